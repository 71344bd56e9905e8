"""Finding text in a conversation."""

import itertools

import pytest
from PySide6.QtCore import Qt

from app.domain.blocks import TextBlock, ThinkingBlock, ToolResultBlock, ToolUseBlock

LONG = 400


@pytest.fixture
def long_talk(transcript, prompt, answer):
    texts = {
        7: "A **marked** needle here",
        300: "```py\nneedle = 1  # NEEDLE\n```",
        399: "| a | b |\n|-|-|\n| x | needle |",
    }
    transcript.show([(answer if n % 2 else prompt)(texts.get(n, f"Message {n}"), id_=str(n)) for n in range(LONG)])
    return transcript


def write(qtbot, transcript, text):
    transcript.open_find()
    qtbot.keyClicks(transcript._search.bar.field, text)


def test_every_hit_is_gone_to_and_selected(long_talk, qtbot):
    write(qtbot, long_talk, "Needle")
    qtbot.waitUntil(lambda: long_talk.found[1] == 4)
    seen = set()
    for _ in range(4):
        qtbot.keyClick(long_talk._search.bar.field, Qt.Key.Key_Return)
        assert "needle" in long_talk.visible_text().lower()
        assert long_talk.selected_text().lower() == "needle"
        seen.add(long_talk.found[0])
    assert seen == {1, 2, 3, 4}


def test_a_hit_is_found_through_the_signs_of_markdown(long_talk, qtbot):
    write(qtbot, long_talk, "marked needle")
    qtbot.waitUntil(lambda: long_talk.found == (1, 1))
    assert long_talk.selected_text() == "marked needle"


def test_what_is_not_there_is_said_to_be_missing(long_talk, qtbot):
    write(qtbot, long_talk, "haystack")
    qtbot.waitUntil(lambda: long_talk._search.bar.said == "No hits")
    assert long_talk.found == (0, 0)


def test_escape_closes_the_bar_and_keeps_the_hit(long_talk, qtbot):
    write(qtbot, long_talk, "marked")
    qtbot.waitUntil(lambda: long_talk.found == (1, 1))
    qtbot.keyClick(long_talk._search.bar.field, Qt.Key.Key_Escape)
    assert not long_talk._search.bar.isVisible()
    assert long_talk.selected_text() == "marked"


@pytest.mark.parametrize(
    "block",
    [
        ThinkingBlock("Let me look for the needle.\nAgain.", "s"),
        ToolUseBlock("t", "search", {"query": "a needle", "more": "x" * 500}),
        ToolUseBlock("t", "search", {"query": ["x" * 500, {"deep": "a needle"}]}),
        ToolResultBlock("t", "line\n" * 300 + "a needle\n" + "line\n" * 30),
        ToolResultBlock("t", (TextBlock("first"), TextBlock("a needle"))),
        TextBlock("```py\n" + "x = 1\n" * 200 + "needle = 2\n```"),
        TextBlock("```\n" + "word " * 150 + "needle\n```"),
    ],
)
def test_a_hit_in_what_is_folded_away_unfolds_it(block, transcript, prompt, answer, qtbot):
    above = [prompt("Some words.\n" * 20, f"{n}") for n in range(5)]
    transcript.show([*above, answer(block), prompt("After.\n" * 40, "end")])
    write(qtbot, transcript, "needle")
    qtbot.waitUntil(lambda: transcript.found == (1, 1))
    assert transcript.selected_text() == "needle"
    start, _ = transcript.selecting.range
    assert transcript.viewport().rect().contains(transcript.rect_of(start).center().toPoint())


def marked_pixels(transcript):
    shown = transcript.viewport().grab().toImage()
    colour = transcript.styling.colour("cache_write").name()
    return {
        (x, y) for x in range(shown.width()) for y in range(shown.height()) if shown.pixelColor(x, y).name() == colour
    }


def test_every_hit_in_sight_is_marked_until_the_bar_is_closed(transcript, answer, qtbot):
    transcript.resize(500, 400)
    text = "needle and needle\n\n```\nneedle\n```\n\n| needle | b |\n|-|-|\n| c | Needle |"
    transcript.show([answer(text)])
    assert not marked_pixels(transcript)
    write(qtbot, transcript, "needle")
    qtbot.waitUntil(lambda: transcript.found == (1, 5))
    leaves = [leaf for placed in transcript.arrangement.visible for leaf in transcript.leaves(placed)]
    assert sum(len(list(transcript.marks.rects(leaf, 0, leaf.height))) for leaf in leaves) == 5
    transcript.selecting.clear()
    transcript._search.bar.hide()
    rows = sorted({y for _, y in marked_pixels(transcript)})
    bands = 1 + sum(after - before > 12 for before, after in itertools.pairwise(rows))
    assert bands >= 4
    transcript._search.bar.close_bar()
    assert not marked_pixels(transcript)


def test_a_hit_that_is_broken_into_two_lines_is_marked_in_both(transcript, answer):
    transcript.resize(300, 400)
    transcript.show([answer("word " * 30)])
    transcript.marks.look_for("word " * 29 + "word")
    placed = transcript.arrangement.visible[2]
    (leaf,) = transcript.leaves(placed)
    rects = list(transcript.marks.rects(leaf, 0, leaf.height))
    assert len(rects) == len({rect.y() for rect in rects}) > 2
    assert all(rect.right() <= transcript.arrangement.width + 8 for rect in rects)


def test_a_long_text_is_searched_without_being_drawn(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer("\n\n".join(f"needle {n}" for n in range(3000)))])
    write(qtbot, transcript, "needle")
    qtbot.waitUntil(lambda: transcript.found[1] == 3000)
    transcript.find_again(-1)
    assert transcript.found == (3000, 3000)
    item = transcript.items[1]
    assert sum(unit.leaves is not None for unit in item.units) < 500
