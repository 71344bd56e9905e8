"""Prompt caching: which prefixes of a request the API should remember."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Self

from app.immutable import immutable

MAX_BREAKPOINTS = 4
"""Per request; the API refuses a fifth."""


class Ttl(StrEnum):
    """How long an unused entry lives. Source: Messages API reference, "Prompt caching"."""

    FIVE_MINUTES = "5m"
    ONE_HOUR = "1h"


LIFETIME_MS: Mapping[Ttl, int] = {Ttl.FIVE_MINUTES: 300_000, Ttl.ONE_HOUR: 3_600_000}


@immutable
class Entry:
    """A prefix that the API holds."""

    expires_ms: int
    """Milliseconds since 1970, UTC."""
    lifetime_ms: int
    tokens: int | None = None
    """Of the whole prefix, as the API counted them; None where it did not tell."""


Entries = Mapping[bytes, Entry]
"""By the prefix's hash."""


class Section(StrEnum):
    """The parts of a prompt, in the order in which the API hashes them."""

    TOOLS = "tools"
    SYSTEM = "system"
    MESSAGES = "messages"


@immutable
class Breakpoint:
    """A mark on one block: everything up to and including it is a prefix worth remembering."""

    section: Section
    index: int
    """Of the tool, the system block or the message."""
    block: int = 0
    """Of the block inside the message; 0 elsewhere."""
    ttl: Ttl = Ttl.FIVE_MINUTES
    part: int | None = None
    """Of the block inside a tool result; None: the mark is on the result itself."""


@immutable
class CachePlan:
    """The person's marks, kept beside the messages and never inside them."""

    breakpoints: frozenset[Breakpoint] = frozenset()
    automatic: Ttl | None = None
    """The API marks the last block that can carry a mark, each time. Takes one of the four."""
    rolling: Ttl | None = None
    """The newest message of the person and the one before are marked, each time anew. Takes two of the four."""
    asks_why: bool = False
    """Each request asks the API to compare it with the one before, see `app.domain.planning.diagnosis`."""

    def __post_init__(self) -> None:
        if self.taken > MAX_BREAKPOINTS:
            raise ValueError(f"{self.taken} breakpoints, at most {MAX_BREAKPOINTS}")

    @property
    def taken(self) -> int:
        """How many of the four breakpoints it takes at most."""
        return len(self.breakpoints) + (self.automatic is not None) + 2 * (self.rolling is not None)

    def marked(self, mark: Breakpoint) -> Self:
        """A copy with `mark`, in the place of one that is on the same block.

        Raises:
            ValueError: there are four already.
        """
        return replace(self, breakpoints=self.unmarked(mark).breakpoints | {mark})

    def unmarked(self, place: Breakpoint) -> Self:
        """A copy without the mark on that block, whatever its lifetime."""
        return replace(self, breakpoints=frozenset(each for each in self.breakpoints if not same_block(each, place)))

    def without_block(self, section: Section, index: int) -> Self:
        """A copy for when a tool or a system block was taken away: its mark goes, those after it move up."""
        kept = (each for each in self.breakpoints if (each.section, each.index) != (section, index))
        moved = (
            replace(each, index=each.index - 1) if each.section is section and each.index > index else each
            for each in kept
        )
        return replace(self, breakpoints=frozenset(moved))

    def at(self, section: Section, index: int, block: int = 0, part: int | None = None) -> Ttl | None:
        """The TTL of the mark on one block, or None."""
        wanted = Breakpoint(section, index, block, part=part)
        return next((mark.ttl for mark in self.breakpoints if same_block(mark, wanted)), None)


def same_block(one: Breakpoint, other: Breakpoint) -> bool:
    return (one.section, one.index, one.block, one.part) == (other.section, other.index, other.block, other.part)
