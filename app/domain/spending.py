"""What answers have cost: one row each, put together by day, model or conversation, and as CSV."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo

from app.domain.models import Catalogue
from app.domain.usage import Spent, uncached
from app.immutable import immutable

FIELDS = (
    *("time", "conversation", "model", "fresh_input", "cache_read", "cache_write_5m", "cache_write_1h", "output"),
    *("cost_usd", "without_caching_usd"),
)
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula. Source: OWASP, "CSV injection"."""


@immutable
class Sum:
    """Answers put together. Amounts in USD; None where the price of one is not known."""

    name: str
    answers: int
    fresh: int
    written: int
    read: int
    output: int
    cost: float | None
    uncached: float | None


def day_of(spent: Spent, zone: tzinfo | None = None) -> str:
    """The day on this machine's calendar, or in a time zone: `2026-11-25`."""
    return datetime.fromtimestamp(spent.at_ms / 1000, zone).strftime("%Y-%m-%d")


def price(spent: Spent, catalogue: Catalogue) -> tuple[float | None, float | None]:
    """What it cost, and what it would have cost without caching, in USD; None where that is not known."""
    entry = catalogue.find(spent.model)
    return (None, None) if entry is None else (entry.cost(spent.usage), entry.cost(uncached(spent.usage)))


def sums(rows: Sequence[Spent], name_of: Callable[[Spent], str], catalogue: Catalogue) -> tuple[Sum, ...]:
    """Put answers together by a name, in the order in which the names first come."""
    groups: dict[str, list[Spent]] = {}
    for each in rows:
        groups.setdefault(name_of(each), []).append(each)
    return tuple(_sum(name, group, catalogue) for name, group in groups.items())


def _sum(name: str, group: Sequence[Spent], catalogue: Catalogue) -> Sum:
    prices = [price(each, catalogue) for each in group]
    usages = [each.usage for each in group]
    return Sum(
        name,
        len(group),
        sum(each.input_tokens for each in usages),
        sum(each.cache_creation_input_tokens for each in usages),
        sum(each.cache_read_input_tokens for each in usages),
        sum(each.output_tokens for each in usages),
        _total([cost for cost, _ in prices]),
        _total([plain for _, plain in prices]),
    )


def _total(amounts: Sequence[float | None]) -> float | None:
    known = [each for each in amounts if each is not None]
    return sum(known) if len(known) == len(amounts) else None


def as_csv(rows: Sequence[Spent], catalogue: Catalogue) -> str:
    """One line an answer, with a head. Times are UTC; a text that a spreadsheet would run is made a text."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for each in rows:
        usage, (cost, plain) = each.usage, price(each, catalogue)
        long = usage.cache_creation_1h or 0
        time = datetime.fromtimestamp(each.at_ms / 1000, UTC).isoformat(timespec="seconds")
        tokens = (usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens - long, long)
        amounts = ("" if amount is None else f"{amount:.6f}" for amount in (cost, plain))
        writer.writerow([time, _plain(each.title), _plain(each.model), *tokens, usage.output_tokens, *amounts])
    return file.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text
