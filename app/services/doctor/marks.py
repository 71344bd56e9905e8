"""Cache marks that the API refuses for the order in which their lifetimes stand.

Source: Messages API reference, "Prompt caching": a mark of an hour must not come after one of five minutes.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.conversation import Conversation, Message, Role
from app.domain.findings import Finding
from app.domain.models import Catalogue
from app.domain.planning.rolling import is_markable
from app.domain.request import Request
from app.services.requests import request_for

_SECTIONS = tuple(Section)
_REASON = "A cache mark of an hour stands after one of five minutes, or beside it on one block; it must come before."


def mark_findings(conversation: Conversation, catalogue: Catalogue) -> Iterator[Finding]:
    """Marks of an hour behind marks of five minutes, once a message of the person's has been added."""
    plan = conversation.setup.cache_plan
    lifetimes = {*(mark.ttl for mark in plan.breakpoints), plan.automatic, plan.rolling} - {None}
    if len(lifetimes) < 2:
        return
    asked = conversation.with_message(Message("", conversation.leaf, Role.USER, (TextBlock("."),)))
    if _is_in_order(request_for(asked, catalogue)):
        return
    for shorter in (_short_from_the_first(plan), _all_short(plan)):
        setup = replace(conversation.setup, cache_plan=shorter)
        if _is_in_order(request_for(replace(asked, setup=setup), catalogue)):
            yield Finding("", _REASON, "Keep for five minutes", setup=setup)
            return


def _is_in_order(request: Request) -> bool:
    plan = request.cache_plan
    lifetimes = [mark.ttl for mark in sorted(plan.breakpoints, key=_on_the_wire)]
    if plan.automatic is not None:
        if _on_the_last(request) not in {None, plan.automatic}:
            return False
        lifetimes.append(plan.automatic)
    return lifetimes == sorted(lifetimes, key=lambda each: each is not Ttl.ONE_HOUR)


def _on_the_last(request: Request) -> Ttl | None:
    """The lifetime of the mark on the block that an automatic one would be on."""
    at = len(request.turns) - 1
    places = [place for place, block in enumerate(request.turns[at].blocks) if is_markable(block)]
    return request.cache_plan.at(Section.MESSAGES, at, places[-1]) if places else None


def _on_the_wire(mark: Breakpoint) -> tuple[int, int, int, int]:
    """By the order in which the API reads them: a tool result before what it holds."""
    return _SECTIONS.index(mark.section), mark.index, mark.block, -1 if mark.part is None else mark.part


def _short_from_the_first(plan: CachePlan) -> CachePlan:
    """Marks before the first of five minutes keep their hour; those behind it, and those that move, give it up."""
    marks = sorted(plan.breakpoints, key=_on_the_wire)
    first = next((at for at, mark in enumerate(marks) if mark.ttl is Ttl.FIVE_MINUTES), len(marks))
    kept = [*marks[:first], *(replace(mark, ttl=Ttl.FIVE_MINUTES) for mark in marks[first:])]
    return replace(_all_short(plan), breakpoints=frozenset(kept))


def _all_short(plan: CachePlan) -> CachePlan:
    short = Ttl.FIVE_MINUTES
    return replace(
        plan,
        breakpoints=frozenset(replace(mark, ttl=short) for mark in plan.breakpoints),
        automatic=None if plan.automatic is None else short,
        rolling=None if plan.rolling is None else short,
    )
