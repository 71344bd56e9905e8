"""Chunks added up to one message, the way any client of the dialect does it."""

from collections.abc import Iterable, Mapping
from typing import Any


def gathered(chunks: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Text, thinking, calls, the last word on what stands beside them, finish reason and usage of a stream."""
    text: list[str] = []
    thoughts: list[str] = []
    blocks: list[dict[str, Any]] = []
    calls: dict[int, dict[str, Any]] = {}
    beside: dict[str, Any] = {}
    citations: list[Any] = []
    finish: list[str] = []
    usage: Any = None
    for chunk in chunks:
        usage = chunk.get("usage") or usage
        for choice in chunk["choices"]:
            delta = choice["delta"]
            text.append(delta.get("content") or "")
            thoughts.append(delta.get("reasoning_content") or "")
            add_thinking(blocks, delta.get("thinking_blocks") or ())
            for call in delta.get("tool_calls") or ():
                add_call(calls, call)
            fields = dict(delta.get("provider_specific_fields") or {})
            if "citation" in fields:
                citations.append(fields.pop("citation"))
            beside |= fields
            finish += [choice["finish_reason"]] if choice.get("finish_reason") else []
    for passing in ("thinking_blocks", "compaction_start", "compaction_delta", "anthropic"):
        beside.pop(passing, None)
    return {
        "content": "".join(text),
        "reasoning_content": "".join(thoughts),
        "thinking_blocks": blocks,
        "tool_calls": [calls[index] for index in sorted(calls)],
        "citations": citations,
        "provider_specific_fields": beside,
        "finish_reason": finish[-1] if finish else None,
        "usage": usage,
    }


def add_thinking(blocks: list[dict[str, Any]], pieces: Iterable[Mapping[str, Any]]) -> None:
    """A signature closes a block of thinking."""
    for piece in pieces:
        if piece["type"] == "redacted_thinking":
            blocks.append({"type": "redacted_thinking", "data": piece["data"]})
            continue
        is_open = bool(blocks) and blocks[-1]["type"] == "thinking" and "signature" not in blocks[-1]
        if not is_open:
            blocks.append({"type": "thinking", "thinking": ""})
        blocks[-1]["thinking"] += piece.get("thinking") or ""
        if piece.get("signature"):
            blocks[-1]["signature"] = piece["signature"]


def add_call(calls: dict[int, dict[str, Any]], call: Mapping[str, Any]) -> None:
    function = call["function"]
    known = calls.setdefault(call["index"], {"id": "", "name": "", "arguments": ""})
    known["id"] = call.get("id") or known["id"]
    known["name"] = function.get("name") or known["name"]
    known["arguments"] += function.get("arguments") or ""
