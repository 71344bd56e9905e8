"""The next request as parts of one bar. No Qt."""

from collections.abc import Iterator

from app.domain.blocks import ImageBlock, RedactedThinkingBlock, ThinkingBlock
from app.domain.planning.plan import Plan
from ui.caching.bars import Part

STATES = ("cache_read", "cache_write", "faint")
"""Colours of what is read, written, and neither."""
STATE_WORDS = {"cache_read": "read from cache", "cache_write": "written to cache", "faint": "fresh"}


def state_of(plan: Plan, position: int) -> str:
    """The colour of one block."""
    told = plan.forecast
    return STATES[0] if position < told.read_to else STATES[1] if position < told.written_to else STATES[2]


def parts_of(plan: Plan) -> list[Part]:
    """Tools, system, and each message's text, pictures and thinking; neighbours of one kind and state are one part."""
    found: list[Part] = []
    name = ""
    for position, (group, kind) in enumerate(_kinds(plan)):
        before = plan.forecast.tokens[position - 1] if position else 0
        tokens, state = plan.forecast.tokens[position] - before, state_of(plan, position)
        said = f"{group}{kind}, {STATE_WORDS[state]}"
        if said == name:
            last = found.pop()
            found.append(Part(last.name, last.tokens + tokens, state, last.key))
        else:
            found.append(Part(said, tokens, state, position))
        name = said
    return found


def _kinds(plan: Plan) -> Iterator[tuple[str, str]]:
    tools, system = len(plan.request.tools), len(plan.request.system)
    yield from [("Tools", "")] * tools
    yield from [("System", "")] * system
    for number, turn in enumerate(plan.request.turns, 1):
        for block in turn.blocks:
            kind = {ImageBlock: " picture", ThinkingBlock: " thinking", RedactedThinkingBlock: " thinking"}
            yield f"Message {number}", kind.get(type(block), "")
