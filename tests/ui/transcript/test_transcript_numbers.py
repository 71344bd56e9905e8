"""What a message tells of itself: a few facts at its head, all of them on demand, and why it failed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt

from app.domain.conversation import MessageState, ReplyFacts
from app.domain.usage import TokenUsage
from ui.transcript.specs import HeadSpec
from ui.transcript.telling import money

FACTS = ReplyFacts(
    model="claude-sonnet-5-5",
    request_id="req_7",
    stop_reason="end_turn",
    usage=TokenUsage(1200, cache_read_input_tokens=800, output_tokens=412, thinking_tokens=100),
    first_token_ms=1240,
    duration_ms=5400,
)


@pytest.fixture
def priced(transcript):
    transcript.set_models({"claude-sonnet-5-5": "Claude Sonnet 5.5"}.get, lambda facts: 0.0061)
    return transcript


def head_of(transcript) -> HeadSpec:
    (head,) = [spec for unit in transcript.items[-1].units for spec in unit.piece.specs() if isinstance(spec, HeadSpec)]
    return head


def click_head(transcript, qtbot):
    placed = next(each for each in transcript.arrangement.visible if "Claude" in transcript.leaves(each)[0].shown())
    qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, placed.y + 10))


def test_the_head_tells_who_answered_and_what_it_took(priced, answer):
    priced.show([replace(answer("So."), facts=FACTS)])
    head = head_of(priced)
    assert head.name == "Claude Sonnet 5.5"
    assert head.detail == "1.2 s to first token \u00b7 412 tokens \u00b7 800 from cache \u00b7 $0.0061"


def test_a_click_on_the_head_shows_everything_and_hides_it(priced, answer, qtbot):
    priced.show([replace(answer("So."), facts=FACTS)])
    click_head(priced, qtbot)
    for line in ("Tokens in\t2,000", "Tokens out\t412, 100 of them thinking", "Duration\t5.4 s", "Request id\treq_7"):
        assert line in priced.visible_text()
    click_head(priced, qtbot)
    assert "Request id" not in priced.visible_text()


def test_a_growing_answer_still_grows_below_its_numbers(priced, answer, qtbot):
    priced.show([replace(answer("So."), facts=FACTS)], streaming="answer")
    click_head(priced, qtbot)
    item = priced.items[-1]
    priced.finish(replace(answer("So.\n\nIt is."), facts=FACTS))
    assert "It is." in priced.visible_text()
    assert "Request id\treq_7" in priced.visible_text()
    assert [unit.piece.source for unit in item.units if unit.piece.source] == ["So.\n\n", "It is."]


def test_a_long_sentence_of_a_failure_is_read_to_its_end(transcript, answer):
    transcript.resize(500, 600)
    failed = replace(answer(state=MessageState.FAILED), facts=ReplyFacts(error={"class": "x " * 120}))
    transcript.show([failed])
    placed = next(each for each in transcript.arrangement.visible if "Failed" in transcript.leaves(each)[0].shown())
    (leaf,) = transcript.leaves(placed)
    assert leaf._lines[0][1].lineCount() > 2


@pytest.mark.parametrize(
    ("usd", "said"), [(0.0, "$0.0000"), (0.00001, "under $0.0001"), (0.0061, "$0.0061"), (2.5, "$2.50")]
)
def test_money_is_never_nothing_when_it_is_something(usd, said):
    assert money(usd) == said


def test_what_a_broken_off_answer_came_to_is_not_made_up(priced, answer, qtbot):
    begun = replace(FACTS, stop_reason=None, usage=TokenUsage(1200, output_tokens=1))
    priced.show([replace(answer("So far."), state=MessageState.STOPPED, facts=begun)])
    assert head_of(priced).detail == "1.2 s to first token"
    click_head(priced, qtbot)
    assert "Tokens out\tnot told: the answer broke off" in priced.visible_text()
    assert "Cost" not in priced.visible_text()
