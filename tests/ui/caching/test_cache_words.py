"""Caching in words."""

from typing import Any

import pytest

from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section
from app.domain.conversation import Conversation, Message, Role
from app.domain.planning.verdicts import Cause, Change
from app.domain.request import Setup
from app.services.planning import PlanningService
from app.simulator.server import own_catalogue
from app.store.store import Store
from ui.caching.parts import parts_of
from ui.caching.words import caution_words, change_words, clock, diagnosis_words, forecast_line, title_of


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, ""),
        ({"diagnostics": None}, ""),
        ({"diagnostics": {"cache_miss_reason": None}}, "The API is still comparing."),
        (
            {"diagnostics": {"cache_miss_reason": {"type": "tools_changed", "cache_missed_input_tokens": 1234}}},
            "The API says (tools_changed): the tools differ; 1,234 tokens missed.",
        ),
        (
            {"diagnostics": {"cache_miss_reason": {"type": "unavailable"}}},
            "The API says (unavailable): it could not compare.",
        ),
        (
            {"diagnostics": {"cache_miss_reason": {"type": "of_next_year"}}},
            "The API says (of_next_year): a reason that is not known here.",
        ),
    ],
)
def test_the_api_s_own_reason_is_told(told: dict[str, Any], words: str) -> None:
    assert diagnosis_words(told) == words


def test_what_is_left_of_an_entry_is_told_by_the_second_and_then_by_the_minute() -> None:
    assert [clock(at * 1000, 0) for at in (0, 7, 247, 3540)] == ["0:00", "0:07", "4:07", "59 min"]


def test_a_change_names_its_block() -> None:
    assert change_words(Change(Cause.BLOCK, Breakpoint(Section.TOOLS, 0))) == "Tool 1 is the first block that changed."
    assert "cache of its own" in change_words(Change(Cause.MODEL))


async def test_a_plan_in_words_and_parts() -> None:
    """The parts of the bar are all of the request, and an estimate is told as a range."""
    store, catalogue = await Store.in_memory(), own_catalogue()

    async def connect(_profile: str) -> Any:
        raise AssertionError("a plan asks nobody")

    planning = PlanningService(store.ledger, lambda: catalogue, connect, lambda: 0)
    setup = Setup(
        model="claude-sonnet-5-5",
        system=(TextBlock("Be brief."),),
        cache_plan=CachePlan(frozenset({Breakpoint(Section.SYSTEM, 0)})),
    )
    asked = Message("1", None, Role.USER, (TextBlock("What is in the lease?"), TextBlock("word " * 900)))
    plan = planning.plan(Conversation("c", setup=setup, messages={"1": asked}, leaf="1"))
    parts = parts_of(plan)
    assert [each.name for each in parts] == ["System, fresh", "Message 1, fresh"]
    assert sum(each.tokens for each in parts) == plan.forecast.total
    assert title_of(plan, 1) == "You · What is in the lease?"
    assert forecast_line(plan).startswith("next 977–1,320 tokens · $0.00")
    (caution,) = plan.cautions
    heading, sentence = caution_words(caution, plan)
    assert heading == "System · block 1 is too short to cache."
    assert "minimum of Claude Sonnet 5.5, 512" in sentence
    await store.close()
