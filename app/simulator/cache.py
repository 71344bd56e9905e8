"""Prompt caching, accounted for as the API documents it.

A breakpoint stores an entry for the prefix that ends there; a read looks at each breakpoint and walks back up to 20
blocks for an entry that an earlier request stored. Prefixes are hashes over tools, system and messages, in that order,
marks left out. Entries live 5 minutes or 1 hour from their last use. A prefix shorter than the model's floor is not
cached.

Source: Messages API reference, "Prompt caching".
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.simulator.tokens import PER_MESSAGE, block_tokens

LOOK_BACK = 20
"""Positions, the breakpoint itself being the first."""
LIFETIMES_S = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True, slots=True)
class Position:
    """One block of the prompt, in the order in which it is hashed."""

    hash: str
    """Of everything up to and including this block."""
    tokens: int
    """Likewise."""
    ttl: str | None
    """Of the breakpoint on it."""


@dataclass(frozen=True, slots=True)
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


def positions_of(body: Mapping[str, Any]) -> list[Position]:
    """Every block of a request's prompt."""
    blocks: list[tuple[str, Any]] = [("tool", each) for each in body.get("tools") or ()]
    system = body.get("system") or ()
    blocks += [("system", each) for each in ([{"type": "text", "text": system}] if isinstance(system, str) else system)]
    for message in body.get("messages") or ():
        content = message.get("content")
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or ()
        blocks += [(str(message.get("role")), each) for each in parts]
    running = hashlib.sha256(str(body.get("model")).encode())
    total, found = PER_MESSAGE * len(body.get("messages") or ()), []
    for role, block in blocks:
        mark = block.get("cache_control") if isinstance(block, Mapping) else None
        plain = {name: value for name, value in block.items() if name != "cache_control"}
        running.update(json.dumps([role, plain], sort_keys=True).encode())
        total += block_tokens(block)
        found.append(Position(running.hexdigest(), total, str(mark.get("ttl") or "5m") if mark else None))
    return _automatic(found, body.get("cache_control"))


def _automatic(found: list[Position], mark: Any) -> list[Position]:
    """The top-level mark stands on the last block."""
    if not isinstance(mark, Mapping) or not found or found[-1].ttl is not None:
        return found
    last = found[-1]
    return [*found[:-1], Position(last.hash, last.tokens, str(mark.get("ttl") or "5m"))]


class Ledger:
    """What is cached. One for each simulator."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds, monotonic."""
        self._clock = clock
        self._entries: dict[str, _Entry] = {}

    def account(self, positions: list[Position], floor: int) -> Accounted:
        """Read what is there, store what is marked."""
        now = self._clock()
        self._entries = {hash_: entry for hash_, entry in self._entries.items() if entry.expires > now}
        total = positions[-1].tokens if positions else 0
        marked = [at for at, each in enumerate(positions) if each.ttl is not None and each.tokens >= floor]
        if not marked:
            return Accounted(total, 0, 0, 0)
        read_at = max((at for mark in marked for at in self._hits(positions, mark)), default=-1)
        read = positions[read_at].tokens if read_at >= 0 else 0
        if read_at >= 0:
            self._touch(positions[read_at].hash, now)
        written = {"5m": 0, "1h": 0}
        done = read
        for at in marked:
            position = positions[at]
            ttl = position.ttl or "5m"
            if position.tokens > done:
                written[ttl] += position.tokens - done
                done = position.tokens
            entry = self._entries.get(position.hash)
            lifetime = max(LIFETIMES_S[ttl], entry.lifetime if entry else 0.0)
            self._entries[position.hash] = _Entry(now + lifetime, lifetime)
        return Accounted(total - done, read, written["5m"], written["1h"])

    def _hits(self, positions: list[Position], mark: int) -> list[int]:
        first = max(0, mark - LOOK_BACK + 1)
        return [at for at in range(mark, first - 1, -1) if positions[at].hash in self._entries][:1]

    def _touch(self, hash_: str, now: float) -> None:
        entry = self._entries[hash_]
        entry.expires = now + entry.lifetime
