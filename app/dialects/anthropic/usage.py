"""Token usage, from the Messages API's JSON.

Source: Messages API reference, "Usage".
"""

from collections.abc import Mapping
from typing import Any

from app.domain.usage import TokenUsage

_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
_NAMED = frozenset({*_COUNTS, "cache_creation", "output_tokens_details"})


def usage_fields(raw: Any) -> dict[str, Any]:
    """The fields of `TokenUsage` that the wire gives; what is absent or null is left out, for it changes nothing."""
    if not isinstance(raw, Mapping):
        return {}
    found: dict[str, Any] = {name: raw[name] for name in _COUNTS if _is_count(raw.get(name))}
    split = raw.get("cache_creation")
    if isinstance(split, Mapping):
        for name, key in (
            ("cache_creation_5m", "ephemeral_5m_input_tokens"),
            ("cache_creation_1h", "ephemeral_1h_input_tokens"),
        ):
            if _is_count(split.get(key)):
                found[name] = split[key]
    details = raw.get("output_tokens_details")
    if isinstance(details, Mapping) and _is_count(details.get("thinking_tokens")):
        found["thinking_tokens"] = details["thinking_tokens"]
    rest = {name: value for name, value in raw.items() if name not in _NAMED and value is not None}
    if rest:
        found["extra"] = rest
    return found


def usage_from_wire(raw: Any) -> TokenUsage:
    """A whole usage object; counts that are missing are zero."""
    return TokenUsage(**usage_fields(raw))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
