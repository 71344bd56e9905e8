"""Counting tokens the simulator's way: not like a real model's, but always the same.

One token for every four bytes of UTF-8 text, rounded up, plus fixed costs for structure. An image costs what the API's
formula says, see `app.domain.pictures`.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from app.domain.pictures import picture_size

PER_BLOCK = 4
PER_MESSAGE = 3
UNREADABLE_IMAGE = 1000
PDF_PAGE = 1500


def text_tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)


def block_tokens(block: Any) -> int:
    """Tokens of one content block, system block or tool definition, as JSON; marks cost nothing."""
    if not isinstance(block, Mapping):
        return text_tokens(str(block))
    match block.get("type"):
        case "text":
            return PER_BLOCK + text_tokens(str(block.get("text", "")))
        case "image":
            return PER_BLOCK + _image_tokens(block.get("source"))
        case "document":
            return PER_BLOCK + _document_tokens(block.get("source"))
        case "tool_result":
            content = block.get("content")
            parts = content if isinstance(content, list) else [{"type": "text", "text": str(content or "")}]
            return PER_BLOCK + sum(block_tokens(part) for part in parts)
        case _:
            plain = {name: value for name, value in block.items() if name not in {"cache_control", "signature"}}
            return PER_BLOCK + text_tokens(json.dumps(plain, ensure_ascii=False, sort_keys=True))


def _image_tokens(source: Any) -> int:
    size = picture_size(_bytes(source))
    return UNREADABLE_IMAGE if size is None else size.tokens


def _document_tokens(source: Any) -> int:
    if isinstance(source, Mapping) and source.get("type") == "text":
        return text_tokens(str(source.get("data", "")))
    return PDF_PAGE * max(1, _bytes(source).count(b"/Type /Page") - 1)


def _bytes(source: Any) -> bytes:
    if not isinstance(source, Mapping) or source.get("type") != "base64":
        return b""
    try:
        return base64.b64decode(str(source.get("data", "")), validate=False)
    except (binascii.Error, ValueError):
        return b""
