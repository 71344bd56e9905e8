"""What the Messages API demands of messages and their content blocks.

Source: Messages API reference, "Messages and content blocks".
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.models import ModelEntry
from app.simulator.images import picture_size

IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
USER_BLOCKS = frozenset(
    ["text", "image", "document", "search_result", "tool_result", "container_upload", "tool_addition", "tool_removal"]
)
ASSISTANT_ONLY = frozenset(["thinking", "redacted_thinking", "tool_use", "server_tool_use"])
UNMARKABLE = frozenset({"thinking", "redacted_thinking"})


def message_faults(body: Mapping[str, Any], entry: ModelEntry, version: str) -> Iterator[str]:
    """Faults of `system` and `messages`, first to last."""
    yield from _system_faults(body.get("system"))
    messages = body.get("messages")
    if messages is None:
        yield "messages: Field required"
        return
    if not isinstance(messages, list) or not messages:
        yield "messages: at least one message is required"
        return
    for at, message in enumerate(messages):
        yield from _message_faults(message, at, entry, version)
    yield from _order_faults(messages, entry, body)
    yield from _pairing_faults(messages)
    yield from _image_count_faults(messages, entry)


def _system_faults(system: Any) -> Iterator[str]:
    if system is None or isinstance(system, str):
        return
    if not isinstance(system, list):
        yield "system: Input should be a valid string or list"
        return
    for at, block in enumerate(system):
        if not isinstance(block, Mapping) or block.get("type") != "text":
            yield f"system.{at}.type: Input should be 'text'"
        elif not str(block.get("text", "")).strip():
            yield f"system: text content blocks must be non-empty (system.{at})"


def _message_faults(message: Any, at: int, entry: ModelEntry, version: str) -> Iterator[str]:
    where = f"messages.{at}"
    if not isinstance(message, Mapping):
        yield f"{where}: Input should be a valid dictionary"
        return
    role, content = message.get("role"), message.get("content")
    if role not in {"user", "assistant", "system"}:
        yield f"{where}.role: Input should be 'user' or 'assistant'"
    elif role == "system" and not entry.has("mid_conversation_system"):
        yield f"{where}.role: 'system' is not supported for {entry.id}"
    for name in message:
        if name not in {"role", "content", "clear_at", "output_config"}:
            yield f"{where}.{name}: Extra inputs are not permitted"
    yield from _content_faults(content, where)
    for number, block in enumerate(content if isinstance(content, list) else ()):
        yield from _block_faults(block, f"{where}.content.{number}", str(role), entry, version)


def _content_faults(content: Any, where: str) -> Iterator[str]:
    if content is None:
        yield f"{where}.content: Field required"
    elif isinstance(content, str):
        if not content.strip():
            yield f"{where}: text content blocks must contain non-whitespace text"
    elif not isinstance(content, list):
        yield f"{where}.content: Input should be a valid list"
    elif not content:
        yield f"{where}: content must not be empty"


def _block_faults(block: Any, where: str, role: str, entry: ModelEntry, version: str) -> Iterator[str]:
    if not isinstance(block, Mapping) or not isinstance(block.get("type"), str):
        yield f"{where}.type: Field required"
        return
    kind = block["type"]
    if role == "user" and kind not in USER_BLOCKS:
        yield f"{where}: `{kind}` blocks are not allowed in user messages"
    if kind in UNMARKABLE and block.get("cache_control"):
        yield f"{where}.{kind}.cache_control: Extra inputs are not permitted"
    if kind == "document" and role == "assistant" and version != "2023-06-01":
        yield f"{where}: `document` blocks are not allowed in assistant messages"
    yield from _faults_by_kind(block, where, role, entry, version)


def _faults_by_kind(block: Mapping[str, Any], where: str, role: str, entry: ModelEntry, version: str) -> Iterator[str]:
    match block["type"]:
        case "text":
            yield from _text_faults(block, where, role, version)
        case "image":
            yield from _image_faults(block, where, entry)
        case "thinking" if not block.get("signature"):
            yield f"{where}.thinking.signature: Field required"
        case "tool_use" if not isinstance(block.get("input"), Mapping):
            yield f"{where}.tool_use.input: Input should be a valid dictionary"
        case "tool_result":
            yield from _result_faults(block, where, entry)


def _text_faults(block: Mapping[str, Any], where: str, role: str, version: str) -> Iterator[str]:
    text = block.get("text")
    if not isinstance(text, str):
        yield f"{where}.text.text: Field required"
    elif not text:
        yield f"{where}: text content blocks must be non-empty"
    elif not text.strip():
        yield f"{where}: text content blocks must contain non-whitespace text"
    if role == "user" and block.get("citations") and version != "2023-06-01":
        yield f"{where}.text.citations: Extra inputs are not permitted"


def _result_faults(block: Mapping[str, Any], where: str, entry: ModelEntry) -> Iterator[str]:
    if not isinstance(block.get("tool_use_id"), str):
        yield f"{where}.tool_result.tool_use_id: Field required"
    content = block.get("content")
    for number, part in enumerate(content if isinstance(content, list) else ()):
        if isinstance(part, Mapping) and part.get("type") == "image":
            yield from _image_faults(part, f"{where}.tool_result.content.{number}", entry)


def _image_faults(block: Mapping[str, Any], where: str, entry: ModelEntry) -> Iterator[str]:
    source = block.get("source")
    if not entry.vision.get("supported"):
        yield f"{where}: {entry.id} does not support image input"
    if not isinstance(source, Mapping):
        yield f"{where}.image.source: Field required"
    elif source.get("type") == "base64":
        yield from _base64_faults(source, f"{where}.image.source.base64", entry.vision)


def _base64_faults(source: Mapping[str, Any], where: str, limits: Mapping[str, Any]) -> Iterator[str]:
    media_type, data = source.get("media_type"), source.get("data")
    if media_type not in IMAGE_TYPES:
        yield f"{where}.media_type: Input should be {', '.join(repr(each) for each in IMAGE_TYPES)}"
    if not isinstance(data, str) or not data:
        yield f"{where}.data: image cannot be empty"
        return
    most = limits["max_base64_bytes"]
    if len(data) > most:
        yield f"{where}: image exceeds {most // 1024 // 1024} MB maximum: {len(data)} bytes > {most} bytes"
    try:
        size = picture_size(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        yield f"{where}.data: invalid base64 data"
        return
    if size is None:
        yield f"{where}.data: Could not process image"
    elif size.media_type != media_type:
        yield f"{where}: Image does not match the provided media type {media_type}: it appears to be {size.media_type}"
    elif max(size.width, size.height) > limits["max_edge_px"]:
        yield f"{where}: At least one of the image dimensions exceed max allowed size: {limits['max_edge_px']} pixels"


def _order_faults(messages: list[Any], entry: ModelEntry, body: Mapping[str, Any]) -> Iterator[str]:
    if messages[0].get("role") != "user":
        yield "messages: first message must use the `user` role"
    last = messages[-1]
    if last.get("role") != "assistant":
        return
    if not entry.has("prefill"):
        yield ("This model does not support assistant message prefill. The conversation must end with a user message.")
    if (body.get("thinking") or {}).get("type") in {"enabled", "adaptive"}:
        yield "messages: prefill is not supported while thinking is enabled"
    content = last.get("content")
    text = content if isinstance(content, str) else content[-1].get("text", "") if content else ""
    if isinstance(text, str) and text != text.rstrip():
        yield "messages: final assistant content cannot end with trailing whitespace"


def _pairing_faults(messages: list[Any]) -> Iterator[str]:
    """Every tool use is answered in the very next message, and every result answers one there."""
    asked: list[str] = []
    for at, message in enumerate(messages):
        blocks = [each for each in message.get("content") or () if isinstance(each, Mapping)]
        answered = [str(each.get("tool_use_id")) for each in blocks if each.get("type") == "tool_result"]
        for identifier in answered:
            if identifier not in asked:
                yield (
                    f"messages.{at}.content: unexpected `tool_use_id` found in `tool_result` blocks: {identifier}. "
                    "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
                )
        missing = [each for each in asked if each not in answered]
        if missing and message.get("role") == "user":
            yield (
                f"messages.{at - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
                f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
                "next message."
            )
        asked = [str(each.get("id")) for each in blocks if each.get("type") == "tool_use"]
        if len(set(asked)) != len(asked):
            yield f"messages.{at}.content: `tool_use` ids must be unique"


def _image_count_faults(messages: list[Any], entry: ModelEntry) -> Iterator[str]:
    count = sum(
        isinstance(block, Mapping) and block.get("type") == "image"
        for message in messages
        for block in (message.get("content") if isinstance(message.get("content"), list) else ())
    )
    most = entry.vision.get("max_images_per_request", 100)
    if count > most:
        yield f"messages: too many images: {count} > {most}"
