"""Token usage, both ways.

Beware: the dialect's `prompt_tokens` includes what was read from the cache and written to it; the Messages API's
`input_tokens` does not.

Source: OpenAI API reference, "usage"; Messages API reference, "Usage"; LiteLLM's extra keys.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.usage import TokenUsage

_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
_NAMED = frozenset(
    {
        *("prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "completion_tokens_details"),
        *("cache_creation_input_tokens", "cache_read_input_tokens"),
    }
)


def usage_to_wire(usage: TokenUsage) -> dict[str, Any]:
    """Speak usage. Where the API lists its iterations, what was billed is their sum."""
    read, written, fresh, output = _totals(usage)
    prompt: dict[str, Any] = {
        "cached_tokens": read,
        "cache_write_tokens": written,
        "cache_creation_tokens": written,
        "text_tokens": fresh,
    }
    if usage.cache_creation_5m is not None or usage.cache_creation_1h is not None:
        prompt["cache_creation_token_details"] = {
            "ephemeral_5m_input_tokens": usage.cache_creation_5m or 0,
            "ephemeral_1h_input_tokens": usage.cache_creation_1h or 0,
        }
    wire: dict[str, Any] = {
        "prompt_tokens": fresh + read + written,
        "completion_tokens": output,
        "total_tokens": fresh + read + written + output,
        "prompt_tokens_details": prompt,
    }
    if usage.thinking_tokens is not None:
        thought = usage.thinking_tokens
        wire["completion_tokens_details"] = {"reasoning_tokens": thought, "text_tokens": max(0, output - thought)}
    return {
        **wire,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        **usage.extra,
    }


def _totals(usage: TokenUsage) -> tuple[int, int, int, int]:
    """Read, written and fresh input, and output."""
    iterations = usage.extra.get("iterations")
    if isinstance(iterations, Sequence) and iterations and all(isinstance(each, Mapping) for each in iterations):
        fresh, written, read, output = (sum(_count(each.get(name)) for each in iterations) for name in _COUNTS)
        return read, written, fresh, output
    return (
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
        usage.input_tokens,
        usage.output_tokens,
    )


def usage_from_wire(raw: Any) -> TokenUsage:
    """Read usage, LiteLLM's and ours included; what is missing or no count is zero."""
    if not isinstance(raw, Mapping):
        return TokenUsage()
    prompt, completion = _object(raw, "prompt_tokens_details"), _object(raw, "completion_tokens_details")
    read = _count(raw.get("cache_read_input_tokens", prompt.get("cached_tokens")))
    written = _count(
        raw.get("cache_creation_input_tokens", prompt.get("cache_write_tokens", prompt.get("cache_creation_tokens")))
    )
    split = _object(prompt, "cache_creation_token_details")
    return TokenUsage(
        input_tokens=max(0, _count(raw.get("prompt_tokens")) - read - written),
        cache_creation_input_tokens=written,
        cache_read_input_tokens=read,
        cache_creation_5m=_count(split.get("ephemeral_5m_input_tokens")) if split else None,
        cache_creation_1h=_count(split.get("ephemeral_1h_input_tokens")) if split else None,
        output_tokens=_count(raw.get("completion_tokens")),
        thinking_tokens=_known(completion.get("reasoning_tokens")),
        extra={name: value for name, value in raw.items() if name not in _NAMED and value is not None},
    )


def _object(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, Mapping) else {}


def _known(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _count(value: object) -> int:
    return _known(value) or 0
