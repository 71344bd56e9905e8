"""A setup's cache plan is kept whole, and goes on the wire."""

import json

import pytest

from app.dialects.anthropic.requests import request_to_wire
from app.dialects.duologue.values import setup_from_raw, setup_to_raw
from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.request import Request, Setup, Turn

MARK = Breakpoint(Section.SYSTEM, 1, ttl=Ttl.ONE_HOUR)


@pytest.mark.parametrize(
    "plan",
    [
        CachePlan(),
        CachePlan(frozenset({MARK})),
        CachePlan(frozenset({MARK}), automatic=Ttl.FIVE_MINUTES),
        CachePlan(frozenset({MARK}), automatic=Ttl.FIVE_MINUTES, rolling=Ttl.ONE_HOUR),
        CachePlan(asks_why=True),
    ],
)
def test_a_plan_is_read_as_it_was_kept(plan: CachePlan) -> None:
    raw = json.loads(json.dumps(setup_to_raw(Setup(cache_plan=plan))))
    assert setup_from_raw(raw).cache_plan == plan


def test_a_plan_takes_no_more_than_four() -> None:
    marks = frozenset(Breakpoint(Section.TOOLS, at) for at in range(3))
    with pytest.raises(ValueError, match="at most 4"):
        CachePlan(marks, rolling=Ttl.FIVE_MINUTES)
    with pytest.raises(ValueError, match="at most 4"):
        CachePlan(marks, automatic=Ttl.FIVE_MINUTES).marked(MARK)


def test_one_block_has_one_mark() -> None:
    plan = CachePlan(frozenset({MARK})).marked(Breakpoint(Section.SYSTEM, 1))
    assert [each.ttl for each in plan.breakpoints] == [Ttl.FIVE_MINUTES]
    assert plan.unmarked(MARK) == CachePlan()


def test_automatic_caching_is_a_field_of_the_request() -> None:
    request = Request("m", 1, (Turn("user", (TextBlock("hi"),)),), cache_plan=CachePlan(automatic=Ttl.ONE_HOUR))
    assert request_to_wire(request, stream=False).body["cache_control"] == {"type": "ephemeral", "ttl": "1h"}
