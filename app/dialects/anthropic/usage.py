"""Token usage, to and from the Messages API's JSON.

Source: Messages API reference, "Usage".
"""

from collections.abc import Mapping
from typing import Any

from app.domain.usage import TokenUsage

_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
_SPLIT = (("cache_creation_5m", "ephemeral_5m_input_tokens"), ("cache_creation_1h", "ephemeral_1h_input_tokens"))
_NAMED = frozenset({*_COUNTS, "cache_creation", "output_tokens_details"})


def usage_fields(raw: Any) -> dict[str, Any]:
    """The fields of `TokenUsage` that the wire gives; what is absent or null is left out, for it changes nothing."""
    if not isinstance(raw, Mapping):
        return {}
    found: dict[str, Any] = {name: raw[name] for name in _COUNTS if _is_count(raw.get(name))}
    split = raw.get("cache_creation")
    if isinstance(split, Mapping):
        for name, key in _SPLIT:
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


def usage_to_wire(usage: TokenUsage) -> dict[str, Any]:
    """Speak a whole usage object."""
    return usage_fields_to_wire({name: getattr(usage, name) for name in TokenUsage.__dataclass_fields__})


def usage_fields_to_wire(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Speak some of the fields of `TokenUsage`; those that are None are absent."""
    wire: dict[str, Any] = {name: fields[name] for name in _COUNTS if fields.get(name) is not None}
    split = {key: fields[name] for name, key in _SPLIT if fields.get(name) is not None}
    if split:
        wire["cache_creation"] = split
    if fields.get("thinking_tokens") is not None:
        wire["output_tokens_details"] = {"thinking_tokens": fields["thinking_tokens"]}
    return {**wire, **fields.get("extra", {})}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
