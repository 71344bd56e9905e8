"""Prompt caching: which prefixes of a request the API should remember."""

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

    def __post_init__(self) -> None:
        if len(self.breakpoints) > MAX_BREAKPOINTS:
            raise ValueError(f"{len(self.breakpoints)} breakpoints, at most {MAX_BREAKPOINTS}")

    def toggled(self, mark: Breakpoint) -> Self:
        """A copy with `mark` added, or removed if it is there."""
        return replace(self, breakpoints=self.breakpoints ^ {mark})

    def at(self, section: Section, index: int, block: int = 0, part: int | None = None) -> Ttl | None:
        """The TTL of the mark on one block, or None."""
        for mark in self.breakpoints:
            if (mark.section, mark.index, mark.block, mark.part) == (section, index, block, part):
                return mark.ttl
        return None
