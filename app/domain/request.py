"""Everything that goes into one request, and the part of it that a conversation keeps: its setup."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from app.domain.blocks import Block, TextBlock
from app.domain.caching import CachePlan, Section
from app.domain.tools import Tool, ToolChoice
from app.immutable import NOTHING, immutable

DEFAULT_MAX_TOKENS = 4096
"""Where the model is not in the catalogue. The API has no default; `max_tokens` is required."""

VERSION_WITHOUT_SAMPLING = "2026-10-21"
"""The API's newest version. It refuses temperature, top_p and top_k on every model, at any value."""
VERSION_WITH_SAMPLING = "2023-06-01"
"""The one before, for a request that has one of them."""

Display = Literal["summarized", "omitted", "updates"]


@immutable
class Thinking:
    """Source: Messages API reference, "Thinking"."""

    kind: Literal["adaptive", "enabled", "disabled", "between_tools"]
    budget_tokens: int | None = None
    """For `enabled`: at least 1,024 and less than `max_tokens`."""
    display: Display | None = None
    extra: Mapping[str, Any] = NOTHING
    """`block_binding` and what else has no name here."""


@immutable
class Parameters:
    """What can be set, and what is None is absent on the wire. Nothing here has a hidden default."""

    max_tokens: int | None = None
    """None: the catalogue's default for the model, else `DEFAULT_MAX_TOKENS`."""
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: tuple[str, ...] = ()
    thinking: Thinking | None = None
    effort: str | None = None
    output: Mapping[str, Any] = NOTHING
    """The rest of `output_config`: `format` (structured output), `task_budget`."""
    service_tier: str | None = None
    user_id: str | None = None
    """`metadata.user_id`: opaque, no address or name."""
    metadata: Mapping[str, Any] = NOTHING
    """The rest of `metadata`."""
    tool_choice: ToolChoice | None = None


@immutable
class Setup:
    """What a conversation sends besides its messages."""

    profile: str = ""
    """The connection profile; empty: the default one."""
    model: str = ""
    """Empty: the catalogue's recommended model."""
    system: tuple[TextBlock, ...] = ()
    parameters: Parameters = Parameters()
    tools: tuple[Tool, ...] = ()
    prefill: str = ""
    cache_plan: CachePlan = CachePlan()
    betas: tuple[str, ...] = ()
    extra_headers: Mapping[str, str] = NOTHING


@immutable
class Turn:
    """One message as it is sent: a role and its blocks, without the tree that it came from."""

    role: Literal["user", "assistant", "system"]
    blocks: tuple[Block, ...]
    extra: Mapping[str, Any] = NOTHING
    """`clear_at` and `output_config` of a system message inside a conversation."""


@immutable
class Request:
    model: str
    max_tokens: int
    turns: tuple[Turn, ...]
    system: tuple[TextBlock, ...] = ()
    parameters: Parameters = Parameters()
    tools: tuple[Tool, ...] = ()
    cache_plan: CachePlan = CachePlan()
    betas: tuple[str, ...] = ()
    extra_headers: Mapping[str, str] = NOTHING
    extra_body: Mapping[str, Any] = NOTHING
    """Fields that Duologue has no name for: forwarded, never filtered."""


def with_blocks(request: Request, keeps: Callable[[int, int, Block], bool]) -> Request:
    """A copy with those blocks of the turns that are kept; what is empty then goes, and cache marks move along.

    Args:
        keeps: is told the turn's index, the block's place in it, and the block.
    """
    turns: list[Turn] = []
    moved: dict[tuple[int, int], tuple[int, int]] = {}
    for index, turn in enumerate(request.turns):
        kept = [at for at, block in enumerate(turn.blocks) if keeps(index, at, block)]
        moved |= {(index, at): (len(turns), place) for place, at in enumerate(kept)}
        if kept:
            turns.append(replace(turn, blocks=tuple(turn.blocks[at] for at in kept)))
    marks = set()
    for mark in request.cache_plan.breakpoints:
        if mark.section is not Section.MESSAGES:
            marks.add(mark)
        elif (place := moved.get((mark.index, mark.block))) is not None:
            marks.add(replace(mark, index=place[0], block=place[1]))
    return replace(request, turns=tuple(turns), cache_plan=replace(request.cache_plan, breakpoints=frozenset(marks)))


def with_tools(request: Request, keeps: Callable[[int, Tool], bool]) -> Request:
    """A copy with those tools that are kept; cache marks move along."""
    kept = [at for at, tool in enumerate(request.tools) if keeps(at, tool)]
    moved = {at: place for place, at in enumerate(kept)}
    marks = frozenset(
        replace(mark, index=moved[mark.index]) if mark.section is Section.TOOLS else mark
        for mark in request.cache_plan.breakpoints
        if mark.section is not Section.TOOLS or mark.index in moved
    )
    return replace(
        request,
        tools=tuple(request.tools[at] for at in kept),
        cache_plan=replace(request.cache_plan, breakpoints=marks),
    )
