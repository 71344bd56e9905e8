"""Why a cache was missed: what is different from the request before, and what a mark cannot do as it stands.

Everything here is a value; the window has the words.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from app.domain.blocks import DocumentBlock, TextBlock, TextSource, ThinkingBlock, ToolResultBlock
from app.domain.caching import MAX_BREAKPOINTS, Breakpoint, Ttl
from app.domain.planning.forecasting import LOOK_BACK, Effect, Forecast
from app.domain.planning.prompt import Prompt
from app.domain.planning.weighing import form_text
from app.domain.request import Request
from app.domain.usage import TokenUsage
from app.immutable import immutable

CONTEXT = 60
"""Characters of a text that are shown before its first difference, and after it."""


class Cause(StrEnum):
    """What keeps a request from reading what the one before has left."""

    MODEL = "model"
    SPEED = "speed"
    """Or whether documents are cited: both count from the system blocks on."""
    SETTINGS = "settings"
    """Tool choice, thinking, effort, or whether there are pictures: they count from the messages on."""
    BLOCK = "block"


@immutable
class Change:
    """The first difference from an earlier prompt."""

    cause: Cause
    place: Breakpoint | None = None
    """Of the block, for `BLOCK`."""
    before: str = ""
    """Around the first differing character; empty where the block is new."""
    after: str = ""
    """Likewise; empty where the block is gone."""


class Doubt(StrEnum):
    """What a mark cannot do as it stands."""

    BELOW_FLOOR = "below_floor"
    LOOK_BACK = "look_back"
    """More blocks were added since the last entry than the API looks back."""
    LATE_HOUR = "late_hour"
    """One hour after five minutes: the API refuses that."""
    TOO_MANY = "too_many"


@immutable
class Caution:
    doubt: Doubt
    position: int = 0
    """Of the mark in the prompt."""
    tokens: int = 0
    """Of its prefix; for `LOOK_BACK`, blocks since the last mark; for `TOO_MANY`, marks."""


def first_change(before: Prompt, now: Prompt) -> Change | None:
    """What comes first of all that is different; None where `now` only goes on from `before`."""
    if before.salt != now.salt:
        return Change(Cause.MODEL)
    at = next((at for at, pair in enumerate(zip(before.hashed, now.hashed, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        return _gone(before, now)
    old, new = before.blocks[at], now.blocks[at]
    if old.digest == new.digest and before.beside != now.beside:
        return Change(Cause.SPEED if before.beside[0] != now.beside[0] else Cause.SETTINGS)
    return Change(Cause.BLOCK, now.place(at), *around_difference(text_of(old.block), text_of(new.block)))


def _gone(before: Prompt, now: Prompt) -> Change | None:
    if len(before.hashed) <= len(now.hashed):
        return None
    at = len(now.hashed)
    return Change(Cause.BLOCK, before.place(at), text_of(before.blocks[at].block)[: 2 * CONTEXT], "")


def around_difference(before: str, after: str) -> tuple[str, str]:
    """Both texts around the first character in which they differ."""
    pairs = enumerate(zip(before, after, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    start = max(0, at - CONTEXT)
    lead = "…" if start else ""
    return lead + before[start : at + CONTEXT], lead + after[start : at + CONTEXT]


def text_of(block: Any) -> str:
    """What a block or tool says, for comparing and for its name."""
    match block:
        case TextBlock(text) | DocumentBlock(TextSource(text)) | ToolResultBlock(content=str(text)):
            return text
        case ThinkingBlock():
            return block.thinking
        case _:
            return form_text(block)


def cautions(prompt: Prompt, told: Forecast, request: Request, floor: int) -> Iterator[Caution]:
    """What is to be said of the marks of a request before it is sent."""
    if (count := len(prompt.marks)) > MAX_BREAKPOINTS or request.cache_plan.taken > MAX_BREAKPOINTS:
        yield Caution(Doubt.TOO_MANY, tokens=max(count, request.cache_plan.taken))
    after_short = False
    last = -1
    for mark in told.marks:
        if mark.effect is Effect.SHORT and mark.tokens < floor:
            yield Caution(Doubt.BELOW_FLOOR, mark.position, mark.tokens)
        elif mark.effect is Effect.WRITTEN and mark.position - max(last, told.read_to - 1) >= LOOK_BACK:
            yield Caution(Doubt.LOOK_BACK, mark.position, mark.position - max(last, told.read_to - 1))
        if mark.ttl is Ttl.ONE_HOUR and after_short:
            yield Caution(Doubt.LATE_HOUR, mark.position, mark.tokens)
        after_short = after_short or mark.ttl is Ttl.FIVE_MINUTES
        last = mark.position


class Outcome(StrEnum):
    """What became of a forecast."""

    AS_FORETOLD = "as_foretold"
    HIT = "hit"
    """More was read than was foretold."""
    MISS = "miss"
    """A hit was foretold, and nothing was read."""
    OTHER = "other"


TOLERANCE = 0.05


def outcome(told: Forecast, usage: TokenUsage) -> Outcome:
    """How the answer's usage compares with what was foretold; estimates may be off by a twentieth."""
    read = usage.cache_read_input_tokens
    if told.read and not read:
        return Outcome.MISS
    if read and not told.read:
        return Outcome.HIT
    pairs = ((told.read, read), (told.written, usage.cache_creation_input_tokens))
    close = all(abs(foretold - real) <= TOLERANCE * max(foretold, real) for foretold, real in pairs)
    return Outcome.AS_FORETOLD if close else Outcome.OTHER
