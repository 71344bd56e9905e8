"""Where things stand: sums of heights, long conversations, tables that grow."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

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
    at = item.unit_of_fold(0)
    placed = next(each for each in transcript.arrangement.visible if (each.item, each.unit) == (1, at))
    act = item.units[at].leaves[0].act_at(20, 10)
    transcript._perform(placed, act)

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
