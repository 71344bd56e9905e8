"""What a person sees and does in the transcript."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from app.domain.blocks import TextBlock
from app.domain.conversation import MessageState
from app.domain.stream import BlockStarted, BlockStopped, MessageStopped, TextDelta
from ui.transcript.arrangement import KEPT_UNITS

TEXT = """# Title

A *paragraph* with `code`.

- one
- two

> quoted

| a | b |
|---|---|
| 1 | 2 |

```python
print("hello")
```
"""
LONG = "\n\n".join(f"Paragraph number {number}, with some more words in it." for number in range(120))


def streamed(text, size=7):
    deltas = [TextDelta(0, text[at : at + size]) for at in range(0, len(text), size)]
    return [BlockStarted(0, TextBlock("")), *deltas, BlockStopped(0), MessageStopped()]


def test_an_answer_is_shown_as_a_document(transcript, prompt, answer):
    transcript.show([prompt("Show me *all*"), answer(TEXT)])

    shown = transcript.visible_text()
    assert "Show me *all*" in shown
    assert "Title\nA paragraph with code.\n• one\n• two\nquoted\na\tb\n1\t2\nprint" in shown


def test_a_streamed_answer_looks_like_the_finished_one(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend(streamed(TEXT))
    qtbot.waitUntil(lambda: 'print("hello")' in transcript.visible_text())
    while_streaming = transcript.visible_text()

    transcript.finish(answer(TEXT))

    assert transcript.visible_text() == while_streaming
    assert transcript.plain_text() == f"?\n\n{TEXT}"
    transcript.show([prompt("?"), answer(TEXT, id_="again")])
    assert transcript.visible_text() == while_streaming


def test_the_end_stays_in_sight_while_an_answer_grows(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend(streamed(LONG))

    qtbot.waitUntil(lambda: "Paragraph number 119" in transcript.visible_text())
    assert transcript.is_following()


def test_scrolling_up_lets_go_and_nothing_moves(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer(LONG, id_="first"), answer(state=MessageState.STREAMING)], streaming="answer")
    with qtbot.waitSignal(transcript.following_changed) as told:
        qtbot.keyClick(transcript, Qt.Key.Key_PageUp)
    assert told.args == [False]
    before = transcript.visible_text()

    transcript.extend(streamed(LONG))
    qtbot.waitUntil(lambda: "Paragraph number 119" in transcript.plain_text().split("Paragraph number 119", 1)[1])
    assert transcript.visible_text() == before
    transcript.finish(answer(LONG))
    assert transcript.visible_text() == before

    qtbot.keyClick(transcript, Qt.Key.Key_End)
    assert transcript.is_following()
    assert "Paragraph number 119" in transcript.visible_text()


def test_copying_all_gives_the_source(transcript, prompt, answer, qtbot):
    transcript.show([prompt("Show me"), answer(TEXT)])
    transcript.setFocus()
    qtbot.keyClick(transcript, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(transcript, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "Show me\n\n" + TEXT.strip("\n")


def test_a_failed_answer_says_why_and_offers_retry(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer(state=MessageState.FAILED)])
    assert "No answer came." in transcript.visible_text()

    with qtbot.waitSignal(transcript.retry_requested) as told:
        for y in range(0, 300, 4):
            qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(90, y))
    assert told.args == ["answer"]


def test_a_phase_stands_below_the_growing_answer(transcript, prompt, answer):
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.phase("Waiting for the first token · 3 s")
    assert "Waiting for the first token · 3 s" in transcript.visible_text()
    transcript.phase(None)
    assert "Waiting" not in transcript.visible_text()


def test_what_grew_by_unseen_is_let_go(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend([BlockStarted(0, TextBlock(""))])
    for part in range(30):
        text = "".join(f"Part {part}, paragraph {number}.\n\n" for number in range(100))
        transcript.extend([TextDelta(0, text)])
        qtbot.waitUntil(lambda part=part: f"Part {part}, paragraph 99." in transcript.visible_text())

    units = transcript.items[-1].units
    assert len(units) > 3000
    assert sum(unit.leaves is not None for unit in units) <= KEPT_UNITS
