"""Stream events, from the Messages API's JSON.

What is not known is kept and passed on, never an error: block types, delta types and event types grow without a new
API version.

Source: Messages API reference, "Streaming".
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.dialects.anthropic.usage import usage_fields, usage_from_wire
from app.dialects.blocks import block_from_wire
from app.domain.blocks import RawBlock
from app.domain.stream import (
    BlockStarted,
    BlockStopped,
    CitationsDelta,
    Delta,
    InputJsonDelta,
    MessageChanged,
    MessageStarted,
    MessageStopped,
    Ping,
    RawDelta,
    SignatureDelta,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    UnknownEvent,
)
from app.errors import TranslationError

Wire = Mapping[str, Any]


def event_from_wire(raw: Any) -> StreamEvent:
    """Read the JSON of one event. An `error` event is not read here but by `failures.error_from_wire`.

    Raises:
        TranslationError: a known event without a field that it needs.
    """
    if type(raw) is dict and raw.get("type") == "content_block_delta":
        return _block_delta(raw)
    if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
        raise TranslationError("", "not an event: an object with a type")
    reader = _READERS.get(raw["type"])
    return UnknownEvent(raw["type"], raw) if reader is None else reader(raw)


def _message_started(raw: Wire) -> MessageStarted:
    message = _object(raw, "message")
    named = {"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "stop_details", "usage"}
    extra = {name: value for name, value in message.items() if name not in named and value is not None}
    return MessageStarted(
        str(message.get("id") or ""), str(message.get("model") or ""), usage_from_wire(message.get("usage")), extra
    )


def _block_started(raw: Wire) -> BlockStarted:
    block = _object(raw, "content_block")
    try:
        return BlockStarted(_index(raw), block_from_wire(block, where="/content_block"))
    except TranslationError:
        # an empty start of a kind that we know by another shape: keep it as it came
        return BlockStarted(_index(raw), RawBlock(block))


def _block_delta(raw: Wire) -> Delta:
    index, delta = _index(raw), _object(raw, "delta")
    # matching a mapping asks for its class by way of `abc`: most deltas are text, and they are told without that
    if delta.get("type") == "text_delta" and type(text := delta.get("text")) is str:
        return TextDelta(index, text)
    match delta:
        case {"type": "thinking_delta", "thinking": str(thinking)}:
            tokens = delta.get("estimated_tokens")
            return ThinkingDelta(index, thinking, tokens if isinstance(tokens, int) else None)
        case {"type": "signature_delta", "signature": str(signature)}:
            return SignatureDelta(index, signature)
        case {"type": "input_json_delta", "partial_json": str(partial_json)}:
            return InputJsonDelta(index, partial_json)
        case {"type": "citations_delta", "citation": Mapping() as citation}:
            return CitationsDelta(index, citation)
        case _:
            return RawDelta(index, delta)


def _block_stopped(raw: Wire) -> BlockStopped:
    return BlockStopped(_index(raw))


def _message_changed(raw: Wire) -> MessageChanged:
    delta = _object(raw, "delta")
    named = {"stop_reason", "stop_sequence", "stop_details"}
    extra = {name: value for name, value in delta.items() if name not in named and value is not None}
    for name in ("context_management", "input_transformations"):
        if raw.get(name) is not None:
            extra[name] = raw[name]
    details = delta.get("stop_details")
    return MessageChanged(
        stop_reason=_text(delta.get("stop_reason")),
        stop_sequence=_text(delta.get("stop_sequence")),
        stop_details=details if isinstance(details, Mapping) else None,
        usage=usage_fields(raw.get("usage")),
        extra=extra,
    )


_READERS: Mapping[str, Callable[[Wire], StreamEvent]] = {
    "message_start": _message_started,
    "content_block_start": _block_started,
    "content_block_delta": _block_delta,
    "content_block_stop": _block_stopped,
    "message_delta": _message_changed,
    "message_stop": lambda _raw: MessageStopped(),
    "ping": lambda _raw: Ping(),
}


def _object(raw: Wire, name: str) -> Wire:
    value = raw.get(name)
    if type(value) is dict:
        return value
    if not isinstance(value, Mapping):
        raise TranslationError(f"/{name}", "missing or not an object")
    return value


def _index(raw: Wire) -> int:
    value = raw.get("index")
    if type(value) is int and value >= 0:
        return value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TranslationError("/index", "missing or not a block's index")
    return value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
