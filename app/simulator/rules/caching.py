"""Rules of the cache's breakpoints.

Source: Messages API reference §12.1, §12.2.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.simulator.prompt import blocks_of, every_block, tools_of
from app.simulator.rules.asked import Asked

MOST_BREAKPOINTS = 4
_LONG, _SHORT = "1h", "5m"
UNMARKABLE = frozenset(
    ["thinking", "redacted_thinking", "mcp_tool_listing", "fallback", "tool_addition", "tool_removal"]
)
"""Blocks that carry no mark (§6.2); an automatic one passes them by."""


def breakpoint_faults(asked: Asked) -> Iterator[str]:
    """At most four breakpoints, and none of an hour after one of five minutes."""
    found = list(_marks(asked.body))
    automatic = asked.body.get("cache_control")
    if automatic is not None:
        last = _last_markable(asked.body)
        own = (last or {}).get("cache_control")
        if own is not None and _ttl(own) != _ttl(automatic):
            yield "cache_control.ttl: the last block already carries a cache_control with another ttl"
        if len(found) >= MOST_BREAKPOINTS or own is None:
            found.append(("cache_control", automatic))
    if len(found) > MOST_BREAKPOINTS:
        yield f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {len(found)}."
    shorter = False
    for where, mark in found:
        if _ttl(mark) == _LONG and shorter:
            yield (
                f"{where}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
                "Note that blocks are processed in the following order: `tools`, `system`, `messages`."
            )
        shorter = shorter or _ttl(mark) == _SHORT


def _ttl(mark: Mapping[str, Any]) -> str:
    return mark.get("ttl") or _SHORT


def _last_markable(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The block that the automatic mark lands on."""
    blocks = [each for message in body["messages"] for each in blocks_of(message.get("content"))]
    return next((each for each in reversed(blocks) if each["type"] not in UNMARKABLE), None)


def _marks(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every mark in the order of the prompt, those inside tool results included."""
    for name, blocks in (("tools", tools_of(body)), ("system", blocks_of(body.get("system")))):
        for at, block in enumerate(blocks):
            if block.get("cache_control"):
                yield f"{name}.{at}.cache_control", block["cache_control"]
    for placed in every_block(body):
        if placed.block.get("cache_control"):
            yield f"{placed.where}.cache_control", placed.block["cache_control"]
