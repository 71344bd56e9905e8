"""Thinking: one row, which tells how long it took."""

from dataclasses import replace

import pytest

from app.domain.blocks import RedactedThinkingBlock, TextBlock, ThinkingBlock
from app.domain.conversation import ReplyFacts
from app.domain.stream import BlockStarted, BlockStopped, TextDelta, ThinkingDelta
from ui.transcript.sections.folds import ThoughtSection, thought_title


@pytest.mark.parametrize(
    ("took_ms", "title"),
    [
        (None, "Thought"),
        (120, "Thought for less than a second"),
        (12_400, "Thought for 12 s"),
        (60_000, "Thought for 1 min"),
        (125_000, "Thought for 2 min 5 s"),
    ],
)
def test_a_row_says_how_long_it_was_thought(took_ms, title):
    assert thought_title(took_ms) == title


def test_a_stored_answer_remembers_it(transcript, answer):
    blocks = (ThinkingBlock("Hm.", "s"), RedactedThinkingBlock("x"), TextBlock("So."))
    facts = ReplyFacts(thought_ms={"0": 12_400, "1": 61_000})
    transcript.show([replace(answer(*blocks), facts=facts)])
    assert "Thought for 12 s" in transcript.visible_text()
    assert "Thought for 1 min 1 s encrypted by the API" in transcript.visible_text()


def test_a_live_thought_tells_it_as_soon_as_it_is_over():
    now = [5.0]
    section = ThoughtSection(0, "", is_growing=True, monotonic=lambda: now[0])
    section.feed("Hm.")
    assert section.title == "Thinking"
    now[0] += 33.0
    section.end_block()
    section.finish()
    assert section.title == "Thought for 33 s"


def test_while_it_is_thought_the_row_says_so(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer()], streaming="answer")
    transcript.extend([BlockStarted(0, ThinkingBlock("")), ThinkingDelta(0, "Hm.")])
    qtbot.waitUntil(lambda: "Thinking" in transcript.visible_text())
    transcript.extend([BlockStopped(0), BlockStarted(1, TextBlock("")), TextDelta(1, "So.")])
    qtbot.waitUntil(lambda: "Thought for less than a second" in transcript.visible_text())


def test_a_thought_that_is_open_grows_at_its_end_only():
    section = ThoughtSection(0, "", is_growing=True)
    section.toggle()
    section.update()
    told = "".join(f"Line {n} of a long thought.\n" for n in range(300))
    for at in range(0, len(told), 40):
        section.feed(told[at : at + 40])
        before = section.units[1:-2]
        section.update()
        assert section.units[1 : 1 + len(before)] == before
    assert "".join(unit.piece.source for unit in section.units) == told
    section.end_block()
    assert "".join(unit.piece.source for unit in section.units) == told
