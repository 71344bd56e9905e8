"""What answers have cost: put together, and as CSV."""

import csv
import io
from datetime import UTC

import pytest

from app.domain.spending import as_csv, day_of, sums
from app.domain.usage import Spent, TokenUsage
from app.simulator.server import own_catalogue

CATALOGUE = own_catalogue()
MODEL = "claude-sonnet-5-5"
DAY_MS = 86_400_000


def spent(usage: TokenUsage, model: str = MODEL, title: str = "Lease", at_ms: int = 1_790_000_000_000) -> Spent:
    return Spent("c", title, at_ms, model, usage)


def test_sums_are_those_of_the_answers() -> None:
    rows = [
        spent(TokenUsage(100, 50, 900, output_tokens=30)),
        spent(TokenUsage(10, 0, 1000, output_tokens=5), at_ms=1_790_000_000_000 - DAY_MS),
        spent(TokenUsage(5, output_tokens=5)),
    ]
    found = sums(rows, lambda each: day_of(each, UTC), CATALOGUE)
    assert [(each.name, each.answers) for each in found] == [("2026-09-21", 2), ("2026-09-20", 1)]
    assert (found[0].fresh, found[0].written, found[0].read, found[0].output) == (105, 50, 900, 35)
    entry = CATALOGUE.find(MODEL)
    assert entry is not None
    assert found[0].cost == pytest.approx(sum(entry.cost(rows[at].usage) or 0 for at in (0, 2)))
    assert found[0].cost is not None
    assert found[0].uncached is not None
    assert found[0].cost < found[0].uncached


def test_one_price_that_is_not_known_leaves_the_sum_unknown() -> None:
    rows = [spent(TokenUsage(1)), spent(TokenUsage(1), model="some-other")]
    (whole,) = sums(rows, lambda _: "", CATALOGUE)
    assert (whole.cost, whole.answers) == (None, 2)


def test_csv_is_read_back_and_runs_no_formula() -> None:
    usage = TokenUsage(1, 30, 4, 10, 20, 5)
    text = as_csv([spent(usage, title='=HYPERLINK("x"),"'), spent(usage, model="other")], CATALOGUE)
    first, second = csv.DictReader(io.StringIO(text))
    assert first["conversation"] == '\'=HYPERLINK("x"),"'
    tokens = [first[name] for name in ("fresh_input", "cache_read", "cache_write_5m", "cache_write_1h", "output")]
    assert tokens == ["1", "4", "10", "20", "5"]
    assert float(first["cost_usd"]) > 0
    assert second["cost_usd"] == ""
