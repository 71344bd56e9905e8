"""What a request will read from the cache, write to it, and pay in full: from its prompt and what was sent before.

Source: Messages API reference §12.1, §12.3.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from operator import add

from app.domain.caching import LIFETIME_MS, Entries, Entry, Ttl
from app.domain.planning.prompt import Prompt
from app.domain.usage import TokenUsage
from app.immutable import immutable

LOOK_BACK = 20
"""Blocks, the marked one being the first."""
ENOUGH_TO_LEARN = 200
"""Estimated tokens of text; in less, structure that nobody sees weighs too much."""
LEAST_FACTOR, MOST_FACTOR = 0.4, 4.0


class Effect(StrEnum):
    """What a mark does."""

    READ = "read"
    WRITTEN = "written"
    SHORT = "short"
    """Nothing: the prefix is below the model's floor."""


@immutable
class MarkForecast:
    position: int
    ttl: Ttl
    tokens: int
    """Of the prefix that ends there."""
    effect: Effect
    expires_ms: int | None
    """When the entry that is there ends, unless it is used; None where there is none."""


@immutable
class Forecast:
    """Input tokens by what will become of them."""

    total: int
    read: int
    written_5m: int
    written_1h: int
    read_to: int
    """So many blocks from the start are read."""
    written_to: int
    """So many are read or written; what follows is fresh."""
    tokens: Sequence[int]
    """Up to and with each block."""
    marks: tuple[MarkForecast, ...]
    is_counted: bool
    """The API has counted the whole."""

    @property
    def written(self) -> int:
        return self.written_5m + self.written_1h

    @property
    def fresh(self) -> int:
        return self.total - self.read - self.written

    @property
    def usage(self) -> TokenUsage:
        """As the answer would tell it, without any output: for the price."""
        return TokenUsage(
            input_tokens=self.fresh,
            cache_creation_input_tokens=self.written,
            cache_read_input_tokens=self.read,
            cache_creation_5m=self.written_5m,
            cache_creation_1h=self.written_1h,
        )


def forecast(
    prompt: Prompt, entries: Entries, floor: int, now_ms: int, *, factor: float = 1.0, counted: int | None = None
) -> Forecast:
    """Foretell the usage of a request.

    Args:
        entries: what the API holds; those that have expired count for nothing.
        floor: tokens below which the model caches nothing.
        factor: tokens that the model makes of an estimated one of text.
        counted: what count_tokens says of the whole, where it was asked.
    """
    windows = {mark: range(mark, max(-1, mark - LOOK_BACK), -1) for mark in prompt.marks}
    hashes = prompt.prefixes(at for window in windows.values() for at in window)
    living = {at: entry for at, key in hashes.items() if (entry := entries.get(key)) and entry.expires_ms > now_ms}
    anchors = {at: entry.tokens for at, entry in living.items() if entry.tokens is not None}
    if counted is not None and prompt.blocks:
        anchors[len(prompt.blocks) - 1] = counted
    tokens = _tokens(prompt, factor, anchors)
    effective = [mark for mark in prompt.marks if tokens[mark] >= floor]
    hits = [hit for mark in effective if (hit := next((at for at in windows[mark] if at in living), None)) is not None]
    read_to = max(hits) + 1 if hits else 0
    read = tokens[read_to - 1] if read_to else 0
    written, done, written_to = {Ttl.FIVE_MINUTES: 0, Ttl.ONE_HOUR: 0}, read, read_to
    for mark in effective:
        if tokens[mark] > done:
            written[prompt.marks[mark]] += tokens[mark] - done
            done, written_to = tokens[mark], mark + 1
    marks = tuple(
        MarkForecast(
            mark,
            ttl,
            tokens[mark],
            Effect.SHORT if mark not in effective else Effect.READ if mark < read_to else Effect.WRITTEN,
            living[mark].expires_ms if mark in living else None,
        )
        for mark, ttl in prompt.marks.items()
    )
    return Forecast(
        total=tokens[-1] if tokens else 0,
        read=read,
        written_5m=written[Ttl.FIVE_MINUTES],
        written_1h=written[Ttl.ONE_HOUR],
        read_to=read_to,
        written_to=written_to,
        tokens=tokens,
        marks=marks,
        is_counted=counted is not None,
    )


def entries_after(
    prompt: Prompt, told: Forecast, entries: Entries, sent_ms: int, usage: TokenUsage | None = None
) -> dict[bytes, Entry]:
    """The entries that a request makes or renews: what was read lives anew, what was written lives.

    Args:
        told: the forecast for the request at `sent_ms`, from the same entries. Lifetimes are measured from there.
        usage: what the API counted; None to believe the forecast. Where it cached nothing, there is nothing.
    """
    if usage is not None and not usage.cache_read_input_tokens + usage.cache_creation_input_tokens:
        return {}
    made: dict[bytes, Entry] = {}
    effective = [mark for mark in told.marks if mark.effect is not Effect.SHORT]
    windows = {mark.position: range(mark.position, max(-1, mark.position - LOOK_BACK), -1) for mark in effective}
    hashes = prompt.prefixes(at for window in windows.values() for at in window)
    living = {at for at, key in hashes.items() if (entry := entries.get(key)) and entry.expires_ms > sent_ms}
    for window in windows.values():
        if (hit := next((at for at in window if at in living), None)) is not None:
            made[hashes[hit]] = _renewed(entries.get(hashes[hit]), sent_ms, 0, None)
    exact = {} if usage is None else _counted(told, usage)
    was_missed = usage is not None and usage.cache_read_input_tokens == 0
    for mark in effective:
        key = hashes[mark.position]
        if mark.effect is Effect.WRITTEN or was_missed:
            lifetime = LIFETIME_MS[mark.ttl]
            made[key] = _renewed(made.get(key) or entries.get(key), sent_ms, lifetime, exact.get(mark.position))
    return made


def _counted(told: Forecast, usage: TokenUsage) -> dict[int, int]:
    """What the usage says of prefixes: the last mark's is all that was read and written."""
    last = max((mark.position for mark in told.marks if mark.effect is not Effect.SHORT), default=None)
    return {} if last is None else {last: usage.cache_read_input_tokens + usage.cache_creation_input_tokens}


def _renewed(known: Entry | None, sent_ms: int, lifetime_ms: int, tokens: int | None) -> Entry:
    lifetime_ms = max(lifetime_ms, known.lifetime_ms if known else 0)
    return Entry(sent_ms + lifetime_ms, lifetime_ms, tokens if tokens is not None else known.tokens if known else None)


def _tokens(prompt: Prompt, factor: float, anchors: Mapping[int, int]) -> list[int]:
    """Tokens up to each block: exact where they are known, in between in the proportion of the estimates."""
    if factor == 1.0 and not anchors:
        return [*map(add, prompt.said, prompt.drawn)]
    rough = [said * factor + drawn for said, drawn in zip(prompt.said, prompt.drawn, strict=True)]
    found: list[int] = []
    base, base_rough = 0, 0.0
    for at, exact in sorted(anchors.items()):
        span = rough[at] - base_rough
        slope = (exact - base) / span if span > 0 and exact > base else 1.0
        found += [int(base + (each - base_rough) * slope + 0.5) for each in rough[len(found) : at + 1]]
        found[-1] = exact
        base, base_rough = exact, rough[at]
    return found + [int(base + each - base_rough + 0.5) for each in rough[len(found) :]]


def learnt_factor(prompt: Prompt, usage: TokenUsage, before: float = 1.0) -> float:
    """Tokens that the model makes of an estimated one, by what it counted; `before` where the prompt is too short."""
    if not prompt.said or prompt.said[-1] < ENOUGH_TO_LEARN:
        return before
    return min(MOST_FACTOR, max(LEAST_FACTOR, (usage.total_input - prompt.drawn[-1]) / prompt.said[-1]))
