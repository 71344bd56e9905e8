"""Where things stand: sums of heights, long conversations, tables that grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QScrollEvent, QScrollPrepareEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.domain.blocks import TextBlock, ThinkingBlock, ToolUseBlock
from app.domain.conversation import MessageState
from app.domain.stream import BlockStarted, TextDelta
from ui.theme.palette import DARK, LIGHT
from ui.transcript.heights import Heights


@given(st.lists(st.integers(1, 500), min_size=1, max_size=60), st.data())
def test_sums_of_heights_are_those_of_a_list(values, data):
    heights = Heights(values)
    index = data.draw(st.integers(0, len(values) - 1))
    values[index] = data.draw(st.integers(1, 500))
    heights.set(index, values[index])

    assert heights.total == sum(values)
    assert [heights.above(at) for at in range(len(values) + 1)] == [sum(values[:at]) for at in range(len(values) + 1)]
    offset = data.draw(st.integers(0, sum(values) - 1))
    found, into = heights.at(offset)
    assert heights.above(found) + into == offset
    assert 0 <= into < values[found]


def test_only_what_is_seen_of_a_long_conversation_is_made(transcript, prompt, answer):
    messages = [(prompt if number % 2 else answer)(f"Message {number}", id_=str(number)) for number in range(4000)]
    transcript.show(messages)
    assert "Message 3999" in transcript.visible_text()

    transcript.verticalScrollBar().setValue(transcript.verticalScrollBar().maximum() // 2)
    assert not transcript.is_following()
    assert "Message 3999" not in transcript.visible_text()
    made = [item for item in transcript.arrangement.items if item.units]
    assert len(made) < 60


def test_a_wheel_step_back_returns_to_the_same_place(transcript, answer, qtbot):
    transcript.show([answer("\n\n".join(f"# Heading {n}\n\nText {n}" for n in range(200)))])
    qtbot.keyClick(transcript, Qt.Key.Key_Home)
    before = transcript.visible_text()
    for _ in range(5):
        qtbot.keyClick(transcript, Qt.Key.Key_PageDown)
    assert transcript.visible_text() != before
    for _ in range(5):
        qtbot.keyClick(transcript, Qt.Key.Key_PageUp)
    assert transcript.visible_text() == before


def test_a_table_that_grew_row_by_row_is_as_one_made_at_once(transcript, answer, prompt):
    table = "| a | b |\n|---|---|\n" + "".join(f"| {'w' * (n % 9)} | {n} |\n" for n in range(12))
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend([BlockStarted(0, TextBlock(""))])
    for at in range(0, len(table), 3):
        transcript.extend([TextDelta(0, table[at : at + 3])])
        transcript._growth.flush()
    transcript.finish(answer(table))
    grown = transcript.grab().toImage()

    transcript.show([prompt("?"), answer(table, id_="again")])
    assert transcript.grab().toImage() == grown


def test_thinking_opens_and_closes_where_it_stands(transcript, prompt, answer):
    transcript.show([prompt("?"), answer(ThinkingBlock("Hm, *let* me see."), "Done.")])
    assert "Thought" in transcript.visible_text()
    assert "let" not in transcript.visible_text()

    item = transcript.arrangement.items[1]
    at = item.first_unit(0)
    placed = next(each for each in transcript.arrangement.visible if (each.item, each.unit) == (1, at))
    act = item.units[at].leaves[0].act_at(20, 10)
    transcript._acting.perform(placed, act)

    assert "Hm, *let* me see." in transcript.visible_text()
    assert next(each for each in transcript.arrangement.visible if (each.item, each.unit) == (1, at)).y == placed.y


def test_a_tool_call_shows_its_arguments(transcript, prompt, answer):
    transcript.show([prompt("?"), answer(ToolUseBlock("t1", "get_weather", {"city": "Bonn"}))])
    assert 'get_weather { "city": "Bonn" }' in transcript.visible_text()


def test_colours_and_size_change_while_it_is_shown(transcript, answer):
    transcript.show([answer("Text")])
    light = transcript.grab().toImage()
    transcript.set_palette(DARK)
    assert transcript.grab().toImage() != light
    transcript.set_zoom(1.5)
    transcript.set_palette(LIGHT)
    assert transcript.grab().toImage() != light
    transcript.set_zoom(1.0)
    assert transcript.grab().toImage() == light


def growing(transcript, prompt, answer):
    """A conversation taller than the window, whose answer grows; gives what adds text to it."""
    long = "\n\n".join(f"Line {number}" for number in range(60))
    shown = [prompt("?"), answer(long, id_="first"), answer(state=MessageState.STREAMING, id_="second")]
    transcript.show(shown, streaming="second")
    transcript.extend([BlockStarted(0, TextBlock(""))])

    def more(text):
        transcript.extend([TextDelta(0, text)])
        transcript._growth.flush()

    return more


def jump_button(transcript):
    return transcript._jump


def notch(transcript, qtbot, angle):
    middle = QPointF(transcript.viewport().rect().center())
    plain = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    event = QWheelEvent(middle, transcript.viewport().mapToGlobal(middle), QPoint(), QPoint(0, angle), *plain)
    QApplication.sendEvent(transcript.viewport(), event)


def test_one_notch_of_the_wheel_lets_go_for_five_hundred_deltas(transcript, prompt, answer, qtbot):
    more = growing(transcript, prompt, answer)
    more("Begun. ")
    notch(transcript, qtbot, 120)
    before, value = transcript.visible_text(), transcript.verticalScrollBar().value()
    for number in range(500):
        more(f"word{number} " if number % 20 else "\n\n")
    assert transcript.verticalScrollBar().value() == value
    assert transcript.visible_text().startswith(before[:200])
    assert jump_button(transcript).isVisible()
    assert "New text" in jump_button(transcript).text()

    qtbot.keyClick(transcript, Qt.Key.Key_End)
    assert transcript.is_following()
    assert not jump_button(transcript).isVisible()
    assert "word499" in transcript.visible_text()


def test_letting_go_where_all_fits_stays_so_when_it_grows(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend([BlockStarted(0, TextBlock("")), TextDelta(0, "Short. ")])
    transcript._growth.flush()
    notch(transcript, qtbot, 120)
    transcript.extend([TextDelta(0, "\n\nmore" * 100)])
    transcript._growth.flush()
    assert not transcript.is_following()
    assert "Short." in transcript.visible_text()
    assert jump_button(transcript).isVisible()


def test_a_line_that_goes_away_does_not_take_up_following(transcript, prompt, answer, qtbot):
    more = growing(transcript, prompt, answer)
    more("Begun.")
    transcript.phase("thinking 3 s")
    transcript.scroll_by(-4)
    transcript.phase(None)
    assert not transcript.is_following()


def test_who_scrolls_down_to_the_end_follows_it_again(transcript, prompt, answer, qtbot):
    more = growing(transcript, prompt, answer)
    notch(transcript, qtbot, 120)
    assert not transcript.is_following()
    for _ in range(4):
        notch(transcript, qtbot, -120)
    more("\n\nmore" * 50 + " last")
    assert transcript.is_following()
    assert "last" in transcript.visible_text()


def test_a_finger_moves_the_text_by_pixels(transcript, prompt, answer):
    growing(transcript, prompt, answer)
    prepare = QScrollPrepareEvent(QPointF(10, 10))
    QApplication.sendEvent(transcript.viewport(), prepare)
    start = prepare.contentPos().y()
    moved = QScrollEvent(QPointF(0, start - 50), QPointF(), QScrollEvent.ScrollState.ScrollStarted)
    before = transcript.arrangement.visible[3].y
    unit = transcript.arrangement.visible[3]
    QApplication.sendEvent(transcript.viewport(), moved)
    now = next(e for e in transcript.arrangement.visible if (e.item, e.unit) == (unit.item, unit.unit))
    assert now.y == before + 50
    assert not transcript.is_following()


def on_screen(transcript):
    """What the window system has been given: not a fresh painting, as `grab` makes."""
    for _ in range(3):  # what one turn of the loop causes, the next one does
        QApplication.processEvents()
    return transcript.screen().grabWindow(transcript.winId()).toImage()


def test_what_is_moved_looks_as_if_painted_anew(transcript, prompt, answer, qtbot):
    qtbot.waitExposed(transcript)
    more = growing(transcript, prompt, answer)
    for number in range(30):
        more(f"- item {number} with some words\n" if number % 7 else "\n```py\nx = 1\n```\n\n")
        on_screen(transcript)
    for angle in (120, 120, -120):
        moved = on_screen(transcript)
        transcript.repaint_all()
        assert on_screen(transcript) == moved
        assert moved.width() == transcript.width()
        notch(transcript, qtbot, angle)


GROWING = {
    "paragraph": "A paragraph that goes on and **becomes bold** in places, with `code` and [a link](https://a.b) here, "
    "until it has several lines, \u6027\u80fd\u6d4b\u8bd5 too, \u05e9\u05dc\u05d5\u05dd, and *ends* at last. ",
    "code": "```python\ndef f(a):\n    text = '''one\n    two\n    '''\n    # say\n    return f'{text} more'\n```\n",
    "table": "| a | b |\n|---|---|\n| one | a cell |\n| two | one that is much longer than those above |\n| x | y |\n",
    "list": "1. an item with words enough to need a second line, so that its first can stay as it is while it grows\n"
    "   - inside\n2. next\n\n> a quote that goes on\n> for some lines\n>\n> and another paragraph\n",
}


@pytest.mark.parametrize("construct", GROWING)
def test_what_grows_looks_as_if_painted_anew(transcript, prompt, answer, qtbot, construct):
    qtbot.waitExposed(transcript)
    more = growing(transcript, prompt, answer)
    transcript.resize(500, 420)
    text = GROWING[construct] * 2
    for at in range(0, len(text), 9):
        more(text[at : at + 9])
        grown = on_screen(transcript)
        transcript.repaint_all()
        assert on_screen(transcript) == grown, text[: at + 9]
