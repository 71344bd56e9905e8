"""Token usage, to and from the Messages API's JSON.

Source: Messages API reference, "Usage".
"""

from collections.abc import Mapping
from typing import Any

from app.domain.usage import TokenUsage

_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
_NESTED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "cache_creation": (
        ("cache_creation_5m", "ephemeral_5m_input_tokens"),
        ("cache_creation_1h", "ephemeral_1h_input_tokens"),
    ),
    "output_tokens_details": (("thinking_tokens", "thinking_tokens"),),
}
"""Objects in the wire's object → our field and the wire's key in it. Their other keys stay in `extra`, in place."""
_NAMED = frozenset({*_COUNTS, *_NESTED})


def usage_fields(raw: Any) -> dict[str, Any]:
    """The fields of `TokenUsage` that the wire gives; what is absent or null is left out, for it changes nothing."""
    if not isinstance(raw, Mapping):
        return {}
    found: dict[str, Any] = {name: raw[name] for name in _COUNTS if _is_count(raw.get(name))}
    rest = {name: value for name, value in raw.items() if name not in _NAMED and value is not None}
    for place, named in _NESTED.items():
        inner = raw.get(place)
        if isinstance(inner, Mapping):
            found |= {name: inner[key] for name, key in named if _is_count(inner.get(key))}
            unnamed = {key: value for key, value in inner.items() if key not in dict(named).values()}
            rest |= {place: unnamed} if unnamed else {}
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
    rest = fields.get("extra", {})
    wire |= rest
    for place, named in _NESTED.items():
        if told := {key: fields[name] for name, key in named if fields.get(name) is not None}:
            wire[place] = {**told, **rest.get(place, {})}
    return wire


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
