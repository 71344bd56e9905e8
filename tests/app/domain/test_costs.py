"""What an answer cost, by the catalogue's prices and the reference's rules."""

from typing import Any

import pytest

from app.domain.models import ModelEntry
from app.domain.usage import TokenUsage
from app.simulator.server import own_catalogue


def entry(model: str) -> ModelEntry:
    found = own_catalogue().find(model)
    assert found is not None
    return found


@pytest.mark.parametrize(("tokens", "price"), [(0, 0.0), (100_000, 0.1), (100_001, 0.5)])
def test_the_higher_tier_begins_above_its_bound(tokens: int, price: float) -> None:
    usage = TokenUsage(input_tokens=tokens)
    assert entry("claude-haiku-5-5").cost(usage) == pytest.approx(tokens * price / 1e6)


@pytest.mark.parametrize(
    ("extra", "cost"),
    [
        ({}, 5.0),
        ({"inference_geo": "us"}, 5.5),
        ({"inference_geo": "global"}, 5.0),
        ({"service_tier": "batch"}, 2.5),
        ({"server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 9}}, 5.03),
        ({"server_tool_use": None}, 5.0),
    ],
)
def test_where_it_ran_and_what_it_searched_counts(extra: dict[str, Any], cost: float) -> None:
    assert entry("claude-opus-5").cost(TokenUsage(input_tokens=10**6, extra=extra)) == pytest.approx(cost)


def test_a_price_that_is_not_known_is_not_guessed() -> None:
    assert entry("claude-opus-5").cost(TokenUsage(input_tokens=1, extra={"speed": "fast"})) is None
    assert entry("claude-2.1").cost(TokenUsage(cache_read_input_tokens=1)) is None
