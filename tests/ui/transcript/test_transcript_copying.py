"""Text as text: selecting by keys, and what other programs get."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.blocks import TextBlock
from app.domain.conversation import MessageState
from app.domain.stream import BlockStarted, TextDelta

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_a_copy_is_offered_as_text_markdown_and_html(transcript, answer, qtbot):
    transcript.show([answer("A **bold** <b>word</b>\n\n```\nx < 1\n```")])
    qtbot.keyClick(transcript, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(transcript, Qt.Key.Key_C, CONTROL)
    data = QGuiApplication.clipboard().mimeData()
    assert (
        bytes(data.data("text/markdown").data()).decode() == data.text() == "A **bold** <b>word</b>\n\n```\nx < 1\n```"
    )
    assert "<strong>bold</strong> &lt;b&gt;word&lt;/b&gt;" in data.html()
    assert "<pre><code>x &lt; 1</code></pre>" in data.html()


def test_a_copy_does_not_grow_afterwards(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend([BlockStarted(0, TextBlock("")), TextDelta(0, "first")])
    qtbot.waitUntil(lambda: "first" in transcript.visible_text())
    qtbot.keyClick(transcript, Qt.Key.Key_A, CONTROL)
    transcript.copy()
    transcript.extend([TextDelta(0, " second")])
    qtbot.waitUntil(lambda: "second" in transcript.visible_text())
    assert QGuiApplication.clipboard().text() == "?\n\nfirst"


def test_shift_and_arrows_select_across_blocks(transcript, answer, qtbot):
    transcript.show([answer("one two\n\nthr\U0001f600e")])
    for _ in range(2):
        qtbot.keyClick(transcript, Qt.Key.Key_Right, SHIFT | CONTROL)
    assert transcript.selected_text() == "one "
    for _ in range(3 + 1 + 4):
        qtbot.keyClick(transcript, Qt.Key.Key_Right, SHIFT)
    assert transcript.selected_text() == "one two\n\nthr\U0001f600"
    qtbot.keyClick(transcript, Qt.Key.Key_Up, SHIFT)
    assert transcript.selected_text().startswith("one")
    assert "thr" not in transcript.selected_text()


def test_a_selection_made_while_streaming_is_still_there_at_the_end(transcript, prompt, answer, qtbot):
    whole = "\n\n".join(f"Paragraph {number}" for number in range(60))
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend([BlockStarted(0, TextBlock("")), TextDelta(0, "Paragraph 0\n\nPara")])
    qtbot.waitUntil(lambda: "Para\n" in transcript.visible_text() + "\n")
    transcript.find_text("graph 0")
    qtbot.waitUntil(lambda: transcript.found == (1, 1))
    transcript.extend([TextDelta(0, whole[len("Paragraph 0\n\nPara") :])])
    transcript.finish(answer(whole))
    assert transcript.selected_text() == "graph 0"


def test_control_and_arrows_go_from_message_to_message(transcript, prompt, answer, qtbot):
    long = "\n\n".join(f"Line {number}" for number in range(60))
    transcript.show([(answer if n % 2 else prompt)(f"Message {n}\n\n{long}", id_=str(n)) for n in range(6)])
    for expected in (5, 4, 3):
        qtbot.keyClick(transcript, Qt.Key.Key_Up, CONTROL)
        assert f"Message {expected}" in transcript.visible_text()
    qtbot.keyClick(transcript, Qt.Key.Key_Down, CONTROL)
    assert "Message 4" in transcript.visible_text()


def test_what_lies_between_the_ends_is_copied_as_it_was_written(transcript, answer, qtbot):
    text = "Begin\n\n- one\n- **two**\n- three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nAnd end"
    transcript.show([answer(text)])
    transcript.find_text("gin")
    qtbot.waitUntil(lambda: transcript.found == (1, 1))
    for _ in range(300):
        qtbot.keyClick(transcript, Qt.Key.Key_Right, SHIFT | CONTROL)
    assert transcript.selected_text() == text[2:]


def formats():
    return QGuiApplication.clipboard().mimeData().formats()


def long_talk(transcript, answer):
    transcript.show([answer("A **bold** word.\n\n" * 20_000)])
    transcript.select_all()
    transcript.copy()


def test_formatted_text_of_a_long_answer_comes_a_moment_later(transcript, answer, qtbot):
    long_talk(transcript, answer)
    assert formats() == ["text/plain", "text/markdown"]
    qtbot.waitUntil(lambda: "text/html" in formats(), timeout=30_000)
    made = bytes(QGuiApplication.clipboard().mimeData().data("text/html").data()).decode()
    assert made.count("<strong>bold</strong>") == 20_000
    assert not transcript._working.isVisible()


def test_making_it_can_be_stopped_and_what_was_copied_stays(transcript, answer, qtbot):
    long_talk(transcript, answer)
    qtbot.waitUntil(transcript._working.isVisible)
    qtbot.keyClick(transcript, Qt.Key.Key_Escape)
    transcript._aside._pool.waitForDone()
    qtbot.waitUntil(lambda: not transcript._working.isVisible())
    assert formats() == ["text/plain", "text/markdown"]


def test_what_is_copied_meanwhile_is_not_replaced(transcript, answer, qtbot):
    long_talk(transcript, answer)
    QGuiApplication.clipboard().setText("something else")
    qtbot.waitUntil(lambda: not transcript._aside.is_working, timeout=30_000)
    assert QGuiApplication.clipboard().text() == "something else"
