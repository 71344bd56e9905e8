"""Token usage of one answer. Prices are the model's business: see `app.domain.models`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

from app.immutable import NOTHING, immutable


@immutable
class TokenUsage:
    """Tokens, as the API counts them.

    Source: Messages API reference, "Usage": input is what was neither read from the cache nor written to it.
    """

    input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_creation_5m: int | None = None
    """Part of the writes; None where the API gave no split (then all are 5-minute writes)."""
    cache_creation_1h: int | None = None
    output_tokens: int = 0
    thinking_tokens: int | None = None
    """Part of the output."""
    extra: Mapping[str, Any] = NOTHING
    """The rest of the wire's object: service tier, geography, server tool counts, iterations."""

    @property
    def total_input(self) -> int:
        return self.input_tokens + self.cache_creation_input_tokens + self.cache_read_input_tokens

    @property
    def web_searches(self) -> int:
        told = self.extra.get("server_tool_use")
        count = told.get("web_search_requests") if isinstance(told, Mapping) else None
        return count if isinstance(count, int) else 0

    def updated(self, **changes: Any) -> Self:
        """A copy in which the given values that are not None replace the old ones: running totals, never added.

        `extra` is merged key by key, for the end of a stream repeats only a part of what its start told.
        """
        given = {name: value for name, value in changes.items() if value is not None}
        if "extra" in given:
            given["extra"] = {**self.extra, **given["extra"]}
        return replace(self, **given)


def uncached(usage: TokenUsage) -> TokenUsage:
    """The same answer had nothing been marked."""
    return TokenUsage(input_tokens=usage.total_input, output_tokens=usage.output_tokens, extra=usage.extra)


@immutable
class Spent:
    """One answer."""

    conversation_id: str
    title: str
    at_ms: int
    """Milliseconds since 1970, UTC."""
    model: str
    usage: TokenUsage
