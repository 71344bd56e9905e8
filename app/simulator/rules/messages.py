"""Rules of messages and their content blocks.

Source: Messages API reference §3.4, §6.2, §6.3, §9.8, §16.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.pictures import EDGE_AMONG_MANY_PX, MANY_PICTURES, picture_size
from app.simulator.prompt import Block, Placed, every_block, messages_of, tools_of
from app.simulator.rules.asked import EXTRA, Asked
from app.simulator.rules.caching import UNMARKABLE
from app.simulator.vocabulary import BLOCKS, MESSAGE_FIELDS

USER = frozenset(["text", "image", "document", "search_result", "tool_result", "container_upload"])
SYSTEM = frozenset(["text", "tool_addition", "tool_removal"])
ASSISTANT = frozenset(
    [
        "text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "web_search_tool_result",
        "web_fetch_tool_result", "code_execution_tool_result", "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result", "tool_search_tool_result", "mcp_tool_use", "mcp_tool_result",
        "mcp_tool_listing", "advisor_tool_result", "compaction", "fallback",
    ]
)  # fmt: skip
ALLOWED = {"user": USER, "system": SYSTEM, "assistant": ASSISTANT}
"""Role → kinds of block (§6.2)."""
OLD = "2023-06-01"
INLINE_TOOLS = ("inline-tools-2026-09-15",)


def message_faults(asked: Asked) -> Iterator[str]:
    """Faults of each message, first to last."""
    for at, message in enumerate(messages_of(asked.body)):
        where, role, content = f"messages.{at}", message["role"], message.get("content")
        if role == "system" and not asked.model.has("mid_conversation_system"):
            yield f"{where}.role: 'system' is not supported for {asked.model.id}"
        for name, needed in MESSAGE_FIELDS.items():
            if message.get(name) is not None and (role != "system" or not asked.opens(needed)):
                yield f"{where}.{name}: {EXTRA}"
        if message.get("output_config") and not asked.model.has("per_message_effort"):
            yield f"{where}.output_config: not supported for {asked.model.id}"
        if content is None and message.get("output_config") is None:
            yield f"{where}.content: Field required"
        elif content == [] and role != "assistant" and message.get("output_config") is None:
            yield f"{where}: {role} messages must have non-empty content"


def block_faults(asked: Asked) -> Iterator[str]:
    """Faults of each block: its role, its beta, its bytes."""
    messages = messages_of(asked.body)
    for placed in every_block(asked.body):
        kind, nested = placed.block["type"], placed.where.count(".") > 3
        role = str(messages[int(placed.where.split(".")[1])]["role"])
        if not nested and not _belongs(kind, role, asked.version):
            yield f"{placed.where}: `{kind}` blocks are not allowed in {role} messages"
        if not asked.opens(BLOCKS.get(kind)):
            yield f"{placed.where}: `{kind}` blocks need the `anthropic-beta` header {BLOCKS[kind][0]}"
        if kind in UNMARKABLE and placed.block.get("cache_control"):
            yield f"{placed.where}.{kind}.cache_control: {EXTRA}"
        yield from _faults_by_kind(asked, placed, role)


def _belongs(kind: str, role: str, version: str) -> bool:
    """Documents in assistant messages ended with version 2026-10-21 (§3.4)."""
    return kind in ALLOWED[role] or (role == "assistant" and kind == "document" and version == OLD)


def _faults_by_kind(asked: Asked, placed: Placed, role: str) -> Iterator[str]:
    block, where = placed.block, placed.where
    match block["type"]:
        case "text" if role == "user" and block.get("citations") and asked.version != OLD:
            yield f"{where}.text.citations: {EXTRA}"
        case "image":
            yield from _image_faults(block, where, asked)
        case "document":
            yield from _document_faults(block, where, asked)
        case "tool_result":
            yield from _mixture_faults(block, where)
        case "tool_addition" | "tool_removal":
            yield from _change_faults(asked, block, where)


def _mixture_faults(block: Block, where: str) -> Iterator[str]:
    """Search results keep to themselves in a tool result (§16.3)."""
    content = block.get("content")
    kinds = {part["type"] for part in content} if isinstance(content, list) else set()
    if "search_result" in kinds and len(kinds) > 1:
        yield f"{where}.tool_result.content: `search_result` blocks cannot be mixed with other content"


def _image_faults(block: Block, where: str, asked: Asked) -> Iterator[str]:
    if not asked.model.vision.get("supported"):
        yield f"{where}: {asked.model.id} does not support image input"
    elif block["source"]["type"] == "base64":
        yield from _picture_faults(block["source"], f"{where}.image.source.base64", asked.model.vision)


def _picture_faults(source: Mapping[str, Any], where: str, limits: Mapping[str, Any]) -> Iterator[str]:
    """§16.1."""
    media_type, data = source["media_type"], source["data"]
    if not data:
        yield f"{where}.data: image cannot be empty"
    most = limits["max_base64_bytes"]
    if len(data) > most:
        yield f"{where}: image exceeds {most // 1024 // 1024} MB maximum: {len(data)} bytes > {most} bytes"
    bytes_ = _decoded(data)
    if bytes_ is None:
        yield f"{where}.data: invalid base64 data"
        return
    size = picture_size(bytes_)
    if size is None:
        yield f"{where}.data: Could not process image"
    elif size.media_type != media_type:
        yield f"{where}: Image does not match the provided media type {media_type}: it appears to be {size.media_type}"
    elif max(size.width, size.height) > limits["max_edge_px"]:
        yield f"{where}: At least one of the image dimensions exceed max allowed size: {limits['max_edge_px']} pixels"


def _among_many(pictures: Iterator[Placed]) -> Iterator[str]:
    """Of many pictures none may be large (§16.1)."""
    for placed in pictures:
        source = placed.block["source"]
        bytes_ = _decoded(source["data"]) if source["type"] == "base64" else None
        size = picture_size(bytes_) if bytes_ is not None else None
        if size is not None and max(size.width, size.height) > EDGE_AMONG_MANY_PX:
            yield (
                f"{placed.where}.image.source.base64.data: At least one of the image dimensions exceed max allowed "
                f"size for many-image requests: {EDGE_AMONG_MANY_PX} pixels"
            )


def _document_faults(block: Block, where: str, asked: Asked) -> Iterator[str]:
    """§16.2."""
    source = block["source"]
    if source["type"] != "base64":
        return
    if not asked.model.pdf.get("supported"):
        yield f"{where}: {asked.model.id} does not support PDF input"
    bytes_ = _decoded(source["data"])
    if bytes_ is None:
        yield f"{where}.document.source.base64.data: invalid base64 data"
    elif b"%PDF-" not in bytes_[:1024]:
        yield f"{where}.document.source.base64.data: The PDF specified was not valid."


def _decoded(data: str) -> bytes | None:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None


def _change_faults(asked: Asked, block: Block, where: str) -> Iterator[str]:
    """Tools that come or go in mid-conversation: what is named must have been declared (§9.8)."""
    tool, kind = block["tool"], block["type"]
    named = {each.get("name") for each in tools_of(asked.body)}
    match tool.get("type"):
        case "tool_reference":
            if tool.get("name") not in named:
                yield f"{where}.{kind}.tool: tool '{tool.get('name')}' not found in provided tools"
        case "mcp_tool_reference" | "mcp_toolset_reference":
            return
        case "tool_definition" if kind == "tool_addition" and asked.opens(INLINE_TOOLS):
            return
        case other:
            yield f"{where}.{kind}.tool: Input tag '{other}' does not match any of the expected tags"


def count_faults(asked: Asked) -> Iterator[str]:
    """Images in the request, and citations on all of its documents or on none (§16)."""
    blocks = [placed.block for placed in every_block(asked.body)]
    images = sum(block["type"] == "image" for block in blocks)
    most = asked.model.vision.get("max_images_per_request", 100)
    if images > most:
        yield f"messages: too many images: {images} > {most}"
    if images > MANY_PICTURES:
        yield from _among_many(placed for placed in every_block(asked.body) if placed.block["type"] == "image")
    cited = {bool((block.get("citations") or {}).get("enabled")) for block in blocks if block["type"] == "document"}
    if len(cited) > 1:
        yield "messages: citations must be enabled on all documents of a request or on none"
