"""A whole message as the stream of events that the API sends it in.

Source: Messages API reference, "Streaming".
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.simulator.answers import pieces_of

Event = dict[str, Any]


def events_of_message(message: Mapping[str, Any]) -> Iterator[Event]:
    """Events in order. The start has an empty content and the input's usage; the end has the output's."""
    usage = message["usage"]
    start = {
        **message,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "usage": {**usage, "output_tokens": 1},
    }
    yield {"type": "message_start", "message": start}
    for index, block in enumerate(message["content"]):
        yield from _block(index, block)
        if index == 0:
            yield {"type": "ping"}
    yield {
        "type": "message_delta",
        "delta": {name: message[name] for name in ("stop_reason", "stop_sequence", "stop_details")},
        "usage": {
            name: usage[name]
            for name in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
        },
    }
    yield {"type": "message_stop"}


def frame(event: Event) -> bytes:
    """One event on the wire."""
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode("utf-8", "replace")


def _block(index: int, block: Mapping[str, Any]) -> Iterator[Event]:
    match block["type"]:
        case "text":
            yield _start(index, {"type": "text", "text": ""})
            for piece in pieces_of(block["text"], block["text"][:40]):
                yield _delta(index, {"type": "text_delta", "text": piece})
        case "thinking":
            yield _start(index, {"type": "thinking", "thinking": "", "signature": ""})
            for piece in pieces_of(block["thinking"], "thinking"):
                yield _delta(index, {"type": "thinking_delta", "thinking": piece})
            yield _delta(index, {"type": "signature_delta", "signature": block["signature"]})
        case "tool_use":
            yield _start(index, {**block, "input": {}})
            yield _delta(index, {"type": "input_json_delta", "partial_json": ""})
            for piece in pieces_of(json.dumps(block["input"], ensure_ascii=False), block["id"]):
                yield _delta(index, {"type": "input_json_delta", "partial_json": piece})
        case _:
            yield _start(index, dict(block))
    yield {"type": "content_block_stop", "index": index}


def _start(index: int, block: Mapping[str, Any]) -> Event:
    return {"type": "content_block_start", "index": index, "content_block": dict(block)}


def _delta(index: int, delta: Mapping[str, Any]) -> Event:
    return {"type": "content_block_delta", "index": index, "delta": dict(delta)}
