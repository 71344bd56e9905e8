"""Prompt caching, accounted for as the API documents it.

A breakpoint stores an entry for the prefix that ends there; a read looks at each breakpoint and walks back up to 20
blocks for an entry that an earlier request stored. Entries live 5 minutes or 1 hour from their last use. A prefix that
is shorter than the model's floor is not cached.

Source: Messages API reference §12.1 to §12.4.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.models import ModelEntry
from app.immutable import immutable
from app.simulator.prompt import blocks_of, every_block, parts_of, tools_of, turns_of
from app.simulator.rules.caching import UNMARKABLE
from app.simulator.tokens import PER_MESSAGE, block_tokens

LOOK_BACK = 20
"""Positions, the breakpoint itself being the first."""
LIFETIMES_S = {"5m": 300.0, "1h": 3600.0}


@immutable
class Position:
    """One block of the prompt, in the order in which it is hashed."""

    hash: str
    """Of everything up to and including this block."""
    tokens: int
    """Likewise."""
    ttl: str | None
    """Of the breakpoint on it."""
    markable: bool = True


@immutable
class Accounted:
    """Input tokens by what became of them."""

    fresh: int
    read: int
    written_5m: int
    written_1h: int


@dataclass(slots=True)
class _Entry:
    expires: float
    lifetime: float


def positions_of(body: Mapping[str, Any], entry: ModelEntry) -> list[Position]:
    """Every block of a request's prompt. What a prefix costs never depends on what follows it."""
    running = hashlib.sha256(entry.id.encode())
    total, found = 0, []
    for said, cost, blocks in _sections(body, entry):
        running.update(said.encode("utf-8", "surrogatepass"))
        for at, block in enumerate(blocks):
            running.update(json.dumps(_unmarked(block), sort_keys=True).encode())
            total += block_tokens(block) + (cost if at == 0 else 0)
            found.append(Position(running.hexdigest(), total, _ttl_of(block), block.get("type") not in UNMARKABLE))
    return _with_automatic(found, body.get("cache_control"))


def _sections(body: Mapping[str, Any], entry: ModelEntry) -> Iterator[tuple[str, int, Sequence[Mapping[str, Any]]]]:
    """Tools, system and each turn: what else goes into the hash there, what its first block costs, its blocks.

    What stands beside the prompt counts from the section on that it invalidates (§12.4).
    """
    yield "tools", 0, tools_of(body)
    yield f"system {_beside_system(body)}", 0, blocks_of(body.get("system"))
    beside = f"messages {_beside_messages(body, entry)} "
    for turn in turns_of(body):
        yield beside + turn.role, PER_MESSAGE, [placed.block for placed in turn.blocks]
        beside = ""


def _beside_system(body: Mapping[str, Any]) -> str:
    cited = any((placed.block.get("citations") or {}).get("enabled") for placed in _citable(body))
    return json.dumps([body.get("speed") or "standard", cited])


def _citable(body: Mapping[str, Any]) -> Iterator[Any]:
    return (placed for placed in every_block(body) if placed.block["type"] in {"document", "search_result"})


def _beside_messages(body: Mapping[str, Any], entry: ModelEntry) -> str:
    """A value that equals the default is as good as none."""
    choice = {"type": "auto", **(body.get("tool_choice") or {})}
    if not choice.get("disable_parallel_tool_use"):
        choice.pop("disable_parallel_tool_use", None)
    support = entry.thinking
    thinking = {"type": "adaptive" if support and support.default == "adaptive" else "disabled"}
    thinking |= body.get("thinking") or {}
    if support and thinking["type"] in {"adaptive", "enabled"}:
        thinking["display"] = thinking.get("display") or support.default_display
    effort = (body.get("output_config") or {}).get("effort") or (entry.effort.default if entry.effort else None)
    pictured = any(placed.block["type"] == "image" for placed in every_block(body))
    return json.dumps([choice, thinking, effort, pictured], sort_keys=True)


def _unmarked(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """The block without its marks; one on a part of a tool result is a mark on the result."""
    plain = {name: value for name, value in block.items() if name != "cache_control"}
    if block.get("type") == "tool_result" and isinstance(block.get("content"), list):
        plain["content"] = [_unmarked(part) for part in block["content"]]
    return plain


def _ttl_of(block: Mapping[str, Any]) -> str | None:
    inner = parts_of(block) if block.get("type") == "tool_result" else []
    marks = [each["cache_control"] for each in (*inner, block) if each.get("cache_control")]
    return str(marks[-1].get("ttl") or "5m") if marks else None


def _with_automatic(found: list[Position], mark: Mapping[str, Any] | None) -> list[Position]:
    """The top-level mark stands on the last block that can carry one (§12.2)."""
    at = next((at for at in range(len(found) - 1, -1, -1) if found[at].markable), None)
    if mark is None or at is None or found[at].ttl is not None:
        return found
    return [*found[:at], replace(found[at], ttl=str(mark.get("ttl") or "5m")), *found[at + 1 :]]


class Ledger:
    """What is cached. One for each simulator."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds, monotonic."""
        self._clock = clock
        self._entries: dict[str, _Entry] = {}

    def account(self, positions: Sequence[Position], floor: int) -> Accounted:
        """Read what is there, store what is marked after it. `floor` is in tokens, of the whole prefix."""
        now = self._clock()
        self._entries = {hash_: entry for hash_, entry in self._entries.items() if entry.expires > now}
        marked = [at for at, each in enumerate(positions) if each.ttl is not None and each.tokens >= floor]
        hits = [at for mark in marked if (at := self._hit(positions, mark)) is not None]
        for at in hits:
            self._keep(positions[at].hash, now, 0.0)
        read = positions[max(hits)].tokens if hits else 0
        written, done = {"5m": 0, "1h": 0}, read
        for at in marked:
            position = positions[at]
            if position.tokens > done and position.ttl is not None:
                written[position.ttl] += position.tokens - done
                done = position.tokens
                self._keep(position.hash, now, LIFETIMES_S[position.ttl])
        total = positions[-1].tokens if positions else 0
        return Accounted(total - done, read, written["5m"], written["1h"])

    def _hit(self, positions: Sequence[Position], mark: int) -> int | None:
        """The longest entry at this breakpoint or up to 19 blocks before it."""
        within = range(mark, max(-1, mark - LOOK_BACK), -1)
        return next((at for at in within if positions[at].hash in self._entries), None)

    def _keep(self, hash_: str, now: float, lifetime: float) -> None:
        """Start an entry's life, or start it anew; it never gets shorter."""
        known = self._entries.get(hash_)
        lifetime = max(lifetime, known.lifetime if known else 0.0)
        self._entries[hash_] = _Entry(now + lifetime, lifetime)
