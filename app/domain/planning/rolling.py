"""Marks that move with the conversation.

Source: LiteLLM's documentation, "Continuing multi-turn conversation": the newest message is marked for what follows,
and the one before so that it is found again.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.domain.blocks import Block, RawBlock, RedactedThinkingBlock, ThinkingBlock
from app.domain.caching import MAX_BREAKPOINTS, Breakpoint, Section
from app.domain.request import Request

UNMARKABLE = frozenset({"mcp_tool_listing", "fallback", "tool_addition", "tool_removal"})
"""Blocks that have no name here and carry no mark. Source: Messages API reference §6.2."""
MESSAGES_MARKED = 2


def is_markable(block: object) -> bool:
    """Whether a block, or a tool, can carry a mark."""
    if isinstance(block, RawBlock):
        return block.kind not in UNMARKABLE
    return not isinstance(block, ThinkingBlock | RedactedThinkingBlock)


def rolled(request: Request) -> Request:
    """A copy in which `rolling` became marks on blocks; as many as there is room for, the newest message first."""
    plan = request.cache_plan
    if plan.rolling is None:
        return request
    marks, room = set(plan.breakpoints), MAX_BREAKPOINTS - (plan.automatic is not None)
    for index, block in _newest(request):
        if plan.at(Section.MESSAGES, index, block) is None and len(marks) < room:
            marks.add(Breakpoint(Section.MESSAGES, index, block, plan.rolling))
    return replace(request, cache_plan=replace(plan, breakpoints=frozenset(marks), rolling=None))


def _newest(request: Request) -> Iterator[tuple[int, int]]:
    found = 0
    for index in range(len(request.turns) - 1, -1, -1):
        turn = request.turns[index]
        last = _last_markable(turn.blocks) if turn.role == "user" else None
        if last is not None:
            yield index, last
            found += 1
        if found == MESSAGES_MARKED:
            return


def _last_markable(blocks: tuple[Block, ...]) -> int | None:
    return next((at for at in range(len(blocks) - 1, -1, -1) if is_markable(blocks[at])), None)
