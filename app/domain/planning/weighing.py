"""One block of a prompt: the digest that a cache knows it by, and an estimate of its tokens.

The estimate is a token for four bytes of text and a little for structure; what a model really counts is a factor on
that, learnt from its usage. Pictures and pages are not text: that factor does not touch them.
"""

import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from typing import Any

from app.domain.blocks import (
    Base64Source,
    DocumentBlock,
    ImageBlock,
    RawBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolResultBlock,
)
from app.domain.pictures import ENOUGH_BYTES, picture_size
from app.domain.planning.rolling import is_markable
from app.domain.tools import NativeTool
from app.immutable import immutable

DIGEST_BYTES = 16
PER_BLOCK = 4
PER_MESSAGE = 3
UNKNOWN_PICTURE = 1000
"""Tokens of a picture whose size is not known here."""
PDF_PAGE = 1500
_PAGE = re.compile(rb"/Type\s*/Page\b")


@immutable
class Weight:
    """Tokens: of text, before a model's factor; and of pictures and pages."""

    said: int
    drawn: int = 0


@immutable
class Weighed:
    """A block and what planning knows of it. Made once for each block."""

    block: Any
    """A content block or a tool."""
    digest: bytes
    weight: Weight
    markable: bool
    cites: bool
    """A document or search result whose citations are on."""
    pictured: bool


def weighed(block: Any) -> Weighed:
    """Weigh a content block or a tool."""
    return Weighed(block, digest_of(block), weight_of(block), is_markable(block), _cites(block), _pictured(block))


def digest_of(block: Any) -> bytes:
    """Of everything that the API would see of it."""
    if isinstance(block, TextBlock) and not block.citations and not block.extra:
        said = b"text " + block.text.encode("utf-8", "surrogatepass")
    else:
        said = json.dumps(_form(block), sort_keys=True, default=_form).encode()
    return blake2b(said, digest_size=DIGEST_BYTES).digest()


def weight_of(block: Any) -> Weight:
    """The estimate for a content block or a tool."""
    match block:
        case TextBlock(text):
            return Weight(PER_BLOCK + _text(text))
        case ThinkingBlock():
            return Weight(PER_BLOCK + _text(json.dumps({"thinking": block.thinking, "type": "thinking"})))
        case ImageBlock():
            return Weight(PER_BLOCK, _picture(block.source))
        case DocumentBlock(TextSource(data)):
            return Weight(PER_BLOCK + _text(data))
        case DocumentBlock():
            return Weight(PER_BLOCK, PDF_PAGE * _pages(block.source))
        case ToolResultBlock(content=str(text)):
            return Weight(PER_BLOCK * 2 + _text(text))
        case ToolResultBlock():
            parts = [weight_of(part) for part in block.content or ()] or [Weight(PER_BLOCK)]
            return Weight(PER_BLOCK + sum(each.said for each in parts), sum(each.drawn for each in parts))
        case _:
            return Weight(PER_BLOCK + _text(form_text(block)))


def _text(text: str) -> int:
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)


def form_text(block: Any) -> str:
    """All that a block or tool says, as JSON."""
    return json.dumps(_form(block), ensure_ascii=False, default=_form)


def _form(value: Any) -> Any:
    """JSON that says all that the value does; near to the wire's in length."""
    if isinstance(value, RawBlock | NativeTool):
        return {name: each for name, each in value.raw.items() if name != "cache_control"}
    if not is_dataclass(value):
        return str(value)
    told = {field.name: getattr(value, field.name) for field in fields(value)}
    extra = told.pop("extra", {})
    told = {name: each for name, each in told.items() if each is not None}
    kind = told.pop("kind", None) if isinstance(value, ServerToolUseBlock | ServerToolResultBlock) else None
    return {"type": kind or type(value).__name__.removesuffix("Block"), **told, **extra}


def _picture(source: Any) -> int:
    size = picture_size(_bytes(source.data[: ENOUGH_BYTES // 3 * 4])) if isinstance(source, Base64Source) else None
    return UNKNOWN_PICTURE if size is None else size.tokens


def _pages(source: Any) -> int:
    return max(1, len(_PAGE.findall(_bytes(source.data)))) if isinstance(source, Base64Source) else 1


def _bytes(data: str) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except (binascii.Error, ValueError):
        return b""


def _cites(block: Any) -> bool:
    match block:
        case DocumentBlock():
            return bool((block.citations or {}).get("enabled"))
        case ToolResultBlock(content=tuple(parts)):
            return any(_cites(part) for part in parts)
        case RawBlock(raw):
            citations = raw.get("citations")
            return block.kind == "search_result" and isinstance(citations, Mapping) and bool(citations.get("enabled"))
    return False


def _pictured(block: Any) -> bool:
    match block:
        case ImageBlock():
            return True
        case ToolResultBlock(content=tuple(parts)):
            return any(_pictured(part) for part in parts)
    return False
