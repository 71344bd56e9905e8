"""Turns of the domain, spoken as messages of chat completions.

Source: OpenAI API reference, "Create chat completion", messages; LiteLLM's extensions.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from app.dialects.blocks import MARK, block_to_wire
from app.dialects.openai.beside import thinking_of
from app.dialects.openai.parts import PDF
from app.dialects.openai.view import FIELDS, OWN, view_of
from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    FileSource,
    ImageBlock,
    TextBlock,
    TextSource,
    ToolResultBlock,
    ToolUseBlock,
    UrlSource,
)
from app.domain.caching import CachePlan, Section, Ttl
from app.domain.request import Request, Turn
from app.errors import TranslationError

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: text that UTF-8 cannot hold."""
_CALL_EXTRA = frozenset({"caller", "toolset_name"})


def messages_to_wire(request: Request) -> Iterator[dict[str, Any]]:
    """The messages of every turn: a user's turn is its tool results, one message each, and then the rest.

    Raises:
        TranslationError: a system turn with fields that the dialect has no place for.
    """
    for index, turn in enumerate(request.turns):
        marks = [request.cache_plan.at(Section.MESSAGES, index, at) for at in range(len(turn.blocks))]
        if turn.role == "assistant":
            yield _assistant(turn, marks)
        elif turn.extra:
            raise TranslationError(f"/messages/{index}", f"the dialect has no place for {', '.join(turn.extra)}")
        else:
            yield from _asked(turn, index, marks, request.cache_plan)


def marked(wire: dict[str, Any], ttl: Ttl | None) -> dict[str, Any]:
    """With the `cache_control` of a breakpoint."""
    if ttl is None:
        return wire
    return {**wire, MARK: {"type": "ephemeral", **({"ttl": "1h"} if ttl is Ttl.ONE_HOUR else {})}}


# ------------------------------------------------------------------ a user's and a system's turn


def _asked(turn: Turn, index: int, marks: list[Ttl | None], plan: CachePlan) -> Iterator[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    own = all(_is_sayable(each) for each in turn.blocks if isinstance(each, ToolResultBlock))
    for at, block in enumerate(turn.blocks):
        if not isinstance(block, ToolResultBlock):
            parts.append(marked(part_to_wire(block), marks[at]))
            continue
        inner = [plan.at(Section.MESSAGES, index, at, part) for part in range(len(block.content or ()))]
        if own:
            yield marked(_result(block, inner), marks[at])
        else:
            parts.append(marked(_native_result(block, inner), marks[at]))
    if not parts:
        return
    only = parts[0] if len(parts) == 1 else {}
    plain = only.keys() == {"type", "text"}
    yield {"role": turn.role, "content": only["text"] if plain else parts}


def _result(block: ToolResultBlock, inner: list[Ttl | None]) -> dict[str, Any]:
    """A tool's message. `is_error` and `toolset_name` are the Messages API's words; clients skip what they ignore."""
    content: Any = block.content if isinstance(block.content, str) else ""
    if isinstance(block.content, tuple):
        content = [marked(part_to_wire(each), ttl) for each, ttl in zip(block.content, inner, strict=True)]
    error = {} if block.is_error is None else {"is_error": block.is_error}
    return {"role": "tool", "tool_call_id": block.tool_use_id, "content": content, **error, **block.extra}


def _is_sayable(block: ToolResultBlock) -> bool:
    return block.content is not None and block.extra.keys() <= {"toolset_name"}


def _native_result(block: ToolResultBlock, inner: list[Ttl | None]) -> dict[str, Any]:
    wire = block_to_wire(block)
    if isinstance(wire.get("content"), list):
        wire["content"] = [marked(each, ttl) for each, ttl in zip(wire["content"], inner, strict=True)]
    return wire


def part_to_wire(block: Block) -> dict[str, Any]:
    """A block as a content part: in the dialect's words where they say all of it, else in the Messages API's."""
    spoken = None
    match block:
        case ImageBlock(source, extra) if not extra:
            spoken = _image(source)
        case DocumentBlock(source, title, None, None, extra) if not extra:
            spoken = _file(source, title)
        case _:
            pass
    return block_to_wire(block) if spoken is None else spoken


def _image(source: Any) -> dict[str, Any] | None:
    match source:
        case Base64Source(media_type, data) if media_type in IMAGES:
            return {"type": "image_url", "image_url": {"url": f"data:{media_type};base64,{data}"}}
        case UrlSource(url) if url.startswith(("https://", "http://")):
            return {"type": "image_url", "image_url": {"url": url}}
        case FileSource(file_id):
            return {"type": "file", "file": {"file_id": file_id, "format": "image/png"}}
        case _:
            return None


def _file(source: Any, title: str | None) -> dict[str, Any] | None:
    if title == "":
        return None
    named = {} if title is None else {"filename": title}
    match source:
        case Base64Source(media_type, data) if media_type == PDF:
            return {"type": "file", "file": {"file_data": f"data:{PDF};base64,{data}", **named}}
        case FileSource(file_id):
            return {"type": "file", "file": {"file_id": file_id, "format": PDF, **named}}
        case TextSource(text, "text/plain") if text and not _SURROGATE.search(text):
            data = b64encode(text.encode()).decode("ascii")
            return {"type": "file", "file": {"file_data": f"data:text/plain;base64,{data}", **named}}
        case _:
            return None


# ------------------------------------------------------------------ an assistant's turn


def _assistant(turn: Turn, marks: list[Ttl | None]) -> dict[str, Any]:
    """Text and calls; where they are not all, or stand in another order, all blocks beside them."""
    view = view_of(turn.blocks)
    message: dict[str, Any] = {"role": "assistant", "content": view.text or None}
    calls = [
        marked(_call(block), ttl)
        for block, ttl in zip(turn.blocks, marks, strict=True)
        if any(block is each for each in view.calls)
    ]
    if calls:
        message["tool_calls"] = calls
    if _is_said(turn.blocks):
        if marks and marks[0] is not None and isinstance(turn.blocks[0], TextBlock):
            message["content"] = [marked(block_to_wire(turn.blocks[0]), marks[0])]
        return message
    thoughts = thinking_of(turn.blocks)
    if thoughts is not None:
        message["thinking_blocks"] = thoughts
    content = [marked(block_to_wire(block), ttl) for block, ttl in zip(turn.blocks, marks, strict=True)]
    return {**message, FIELDS: {OWN: {"content": content}}}


def _is_said(blocks: tuple[Block, ...]) -> bool:
    """Whether text and calls are all that there is: one text at most, at the beginning, and plain calls."""
    calls = blocks[1:] if blocks and isinstance(blocks[0], TextBlock) else blocks
    first = blocks[0] if blocks else None
    plain = not isinstance(first, TextBlock) or (not first.extra and first.citations is None)
    return plain and all(isinstance(each, ToolUseBlock) and each.extra.keys() <= _CALL_EXTRA for each in calls)


def _call(block: Any) -> dict[str, Any]:
    arguments = json.dumps(block.input, ensure_ascii=False)
    extra: Mapping[str, Any] = block.extra
    return {"id": block.id, "type": "function", "function": {"name": block.name, "arguments": arguments}, **extra}
