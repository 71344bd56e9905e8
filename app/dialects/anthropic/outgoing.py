"""Answers, spoken as the Messages API speaks them: for a gateway and a simulator.

Source: Messages API reference, "Response body", "Streaming".
"""

from collections.abc import Mapping
from typing import Any

from app.dialects.anthropic.usage import usage_fields_to_wire, usage_to_wire
from app.dialects.blocks import block_to_wire
from app.domain.stream import (
    BlockStarted,
    BlockStopped,
    CitationsDelta,
    ClientEvent,
    Delta,
    InputJsonDelta,
    MessageChanged,
    MessageStarted,
    MessageStopped,
    Ping,
    RawDelta,
    Reply,
    ResponseStarted,
    Retrying,
    SignatureDelta,
    TextDelta,
    ThinkingDelta,
    UnknownEvent,
)

BESIDE = ("context_management", "input_transformations")
"""Fields that a `message_delta` has beside its `delta`."""


def reply_to_wire(reply: Reply) -> dict[str, Any]:
    """Speak a whole answer."""
    return {
        "id": reply.api_id,
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "content": [block_to_wire(block) for block in reply.blocks],
        "stop_reason": reply.stop_reason,
        "stop_sequence": reply.stop_sequence,
        **({} if reply.stop_details is None else {"stop_details": dict(reply.stop_details)}),
        "usage": usage_to_wire(reply.usage),
        **reply.extra,
    }


def event_to_wire(event: ClientEvent) -> dict[str, Any] | None:
    """Speak the JSON of one event, whose name is its `type`; None for what only this program knows of."""
    match event:
        case MessageStarted():
            return {"type": "message_start", "message": _skeleton(event)}
        case BlockStarted(index, block):
            return {"type": "content_block_start", "index": index, "content_block": block_to_wire(block)}
        case BlockStopped(index):
            return {"type": "content_block_stop", "index": index}
        case MessageChanged():
            return _changed(event)
        case MessageStopped() | Ping() | UnknownEvent() | Retrying() | ResponseStarted():
            return _plain(event)
        case delta:
            return {"type": "content_block_delta", "index": delta.index, "delta": _delta(delta)}


def _plain(event: MessageStopped | Ping | UnknownEvent | Retrying | ResponseStarted) -> dict[str, Any] | None:
    match event:
        case MessageStopped():
            return {"type": "message_stop"}
        case Ping():
            return {"type": "ping"}
        case UnknownEvent(_, raw):
            return dict(raw)
        case _:
            return None


def _skeleton(event: MessageStarted) -> dict[str, Any]:
    reply = Reply((), complete=False, api_id=event.api_id, model=event.model, usage=event.usage, extra=event.extra)
    return reply_to_wire(reply)


def _changed(event: MessageChanged) -> dict[str, Any]:
    beside = {name: value for name, value in event.extra.items() if name in BESIDE}
    delta: dict[str, Any] = {"stop_reason": event.stop_reason, "stop_sequence": event.stop_sequence}
    if event.stop_details is not None:
        delta["stop_details"] = dict(event.stop_details)
    delta |= {name: value for name, value in event.extra.items() if name not in BESIDE}
    return {"type": "message_delta", "delta": delta, "usage": usage_fields_to_wire(event.usage), **beside}


def _delta(delta: Delta) -> Mapping[str, Any]:
    match delta:
        case TextDelta(_, text):
            return {"type": "text_delta", "text": text}
        case ThinkingDelta(_, thinking, tokens):
            estimate = {} if tokens is None else {"estimated_tokens": tokens}
            return {"type": "thinking_delta", "thinking": thinking, **estimate}
        case SignatureDelta(_, signature):
            return {"type": "signature_delta", "signature": signature}
        case InputJsonDelta(_, partial_json):
            return {"type": "input_json_delta", "partial_json": partial_json}
        case CitationsDelta(_, citation):
            return {"type": "citations_delta", "citation": dict(citation)}
        case RawDelta(_, raw):
            return dict(raw)
