"""Content blocks, to and from the Messages API's JSON: the one form that every dialect can carry.

Reading and speaking lose nothing but `cache_control`: marks live in the cache plan, beside the messages; whoever reads
a foreign request asks `ttl_of`. A mark of a kind that has no name here stays with its block and is forwarded. A field
that is absent stays absent, one that is null stays null; but thinking always has a signature, which may be empty.

Source: Messages API reference, "Content blocks".
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    FileSource,
    ImageBlock,
    RawBlock,
    RawSource,
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    Source,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    UrlSource,
)
from app.domain.caching import Ttl
from app.errors import TranslationError

Wire = Mapping[str, Any]

SERVER_RESULTS = frozenset(
    {
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "mcp_tool_result",
        "advisor_tool_result",
    }
)
_T = TypeVar("_T")
_KINDS: Mapping[type, str] = {str: "a string", bool: "true or false"}
MARK = "cache_control"
_TTLS: Mapping[Any, Ttl] = {None: Ttl.FIVE_MINUTES, "5m": Ttl.FIVE_MINUTES, "1h": Ttl.ONE_HOUR}


def block_from_wire(raw: Any, *, where: str = "") -> Block:
    """Read one content block.

    Args:
        where: JSON pointer of the block in the payload, for the error.

    Raises:
        TranslationError: it is not an object with a `type`, or a field that its kind needs is missing or of another
            type.
    """
    if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
        raise TranslationError(where, "not an object with a type")
    kind = raw["type"]
    if kind in SERVER_RESULTS:
        return _server_result(raw, where)
    reader = _READERS.get(kind)
    if reader is None:
        return RawBlock({"type": kind, **_rest(raw)})
    return reader(raw, where)


def blocks_from_wire(content: Any, *, where: str = "") -> tuple[Block, ...]:
    """Read a message's content: a list of blocks, or a string that stands for one text block.

    Raises:
        TranslationError: it is neither, or one of the blocks cannot be read.
    """
    if isinstance(content, str):
        return (TextBlock(content),)
    if not isinstance(content, list):
        raise TranslationError(where, "neither a string nor a list of blocks")
    return tuple(block_from_wire(each, where=f"{where}/{index}") for index, each in enumerate(content))


def ttl_of(raw: Wire) -> Ttl | None:
    """The mark that a foreign request carries on a block, a tool or a message; None where there is none."""
    mark = raw.get(MARK)
    if not isinstance(mark, Mapping) or mark.get("type") != "ephemeral" or not mark.keys() <= {"type", "ttl"}:
        return None
    life = mark.get("ttl")
    return _TTLS.get(life) if isinstance(life, str | None) else None


def block_to_wire(block: Block) -> dict[str, Any]:  # noqa: C901 - one arm a kind; the type checker proves it whole
    """Speak one content block, as a new dict."""
    if type(block) is TextBlock and block.citations is None and not block.extra:
        return {"type": "text", "text": block.text}  # nine of ten
    match block:
        case TextBlock(text, citations, extra):
            return {"type": "text", "text": text, **_given(citations=_listed(citations)), **extra}
        case ThinkingBlock(thinking, signature, extra):
            return {"type": "thinking", "thinking": thinking, "signature": signature, **extra}
        case RedactedThinkingBlock(data, extra):
            return {"type": "redacted_thinking", "data": data, **extra}
        case ImageBlock(source, extra):
            return {"type": "image", "source": _source_to_wire(source), **extra}
        case DocumentBlock():
            return _document_to_wire(block)
        case ToolUseBlock(id_, name, arguments, extra):
            return {"type": "tool_use", "id": id_, "name": name, "input": dict(arguments), **extra}
        case ToolResultBlock():
            return _tool_result_to_wire(block)
        case ServerToolUseBlock(kind, id_, name, arguments, extra):
            return {"type": kind, "id": id_, "name": name, "input": dict(arguments), **extra}
        case ServerToolResultBlock(kind, tool_use_id, content, extra):
            return {"type": kind, "tool_use_id": tool_use_id, "content": content, **extra}
        case RawBlock(raw):
            return dict(raw)


# ------------------------------------------------------------------ reading


def _text(raw: Wire, where: str) -> TextBlock:
    citations = raw.get("citations")
    extra = _rest(raw, "text", "citations")
    if "citations" in raw and citations is None:
        extra["citations"] = None
    if citations is not None and not (
        isinstance(citations, list) and all(isinstance(each, Mapping) for each in citations)
    ):
        raise TranslationError(f"{where}/citations", "not a list of objects")
    return TextBlock(_string(raw, "text", where), None if citations is None else tuple(citations), extra)


def _thinking(raw: Wire, where: str) -> ThinkingBlock:
    signature = _optional(raw, "signature", str, where) or ""
    return ThinkingBlock(_string(raw, "thinking", where), signature, _rest(raw, "thinking", "signature"))


def _redacted(raw: Wire, where: str) -> RedactedThinkingBlock:
    return RedactedThinkingBlock(_string(raw, "data", where), _rest(raw, "data"))


def _image(raw: Wire, where: str) -> ImageBlock:
    return ImageBlock(_source(raw.get("source"), f"{where}/source"), _rest(raw, "source"))


def _document(raw: Wire, where: str) -> DocumentBlock:
    extra = _rest(raw, "source", "title", "context", "citations")
    extra |= {name: None for name in ("title", "context", "citations") if name in raw and raw[name] is None}
    title, context = _optional(raw, "title", str, where), _optional(raw, "context", str, where)
    citations = raw.get("citations")
    if not isinstance(citations, Mapping | None):
        raise TranslationError(f"{where}/citations", "not an object")
    return DocumentBlock(_source(raw.get("source"), f"{where}/source"), title, context, citations, extra)


def _tool_use(raw: Wire, where: str) -> ToolUseBlock:
    return ToolUseBlock(
        _string(raw, "id", where),
        _string(raw, "name", where),
        _arguments(raw, where),
        _rest(raw, "id", "name", "input"),
    )


def _tool_result(raw: Wire, where: str) -> ToolResultBlock:
    content = raw.get("content")
    extra = _rest(raw, "tool_use_id", "content", "is_error")
    extra |= {name: None for name in ("content", "is_error") if name in raw and raw[name] is None}
    read = (
        content if content is None or isinstance(content, str) else blocks_from_wire(content, where=f"{where}/content")
    )
    return ToolResultBlock(_string(raw, "tool_use_id", where), read, _optional(raw, "is_error", bool, where), extra)


def _server_use(raw: Wire, where: str) -> ServerToolUseBlock:
    rest = _rest(raw, "id", "name", "input")
    return ServerToolUseBlock(
        raw["type"], _string(raw, "id", where), _string(raw, "name", where), _arguments(raw, where), rest
    )


def _server_result(raw: Wire, where: str) -> ServerToolResultBlock:
    return ServerToolResultBlock(
        raw["type"], _string(raw, "tool_use_id", where), raw.get("content"), _rest(raw, "tool_use_id", "content")
    )


_READERS: Mapping[str, Callable[[Wire, str], Block]] = {
    "text": _text,
    "thinking": _thinking,
    "redacted_thinking": _redacted,
    "image": _image,
    "document": _document,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
    "server_tool_use": _server_use,
    "mcp_tool_use": _server_use,
}


def _source(raw: Any, where: str) -> Source:
    if not isinstance(raw, Mapping):
        raise TranslationError(where, "not an object")
    match raw:
        case {"type": "base64", "media_type": str(media_type), "data": str(data), **rest} if not rest:
            return Base64Source(media_type, data)
        case {"type": "url", "url": str(url), **rest} if not rest:
            return UrlSource(url)
        case {"type": "file", "file_id": str(file_id), **rest} if not rest:
            return FileSource(file_id)
        case {"type": "text", "media_type": str(media_type), "data": str(data), **rest} if not rest:
            return TextSource(data, media_type)
        case _:
            return RawSource(dict(raw))


def _string(raw: Wire, name: str, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str):
        raise TranslationError(f"{where}/{name}", "missing or not a string")
    return value


def _optional(raw: Wire, name: str, kind: type[_T], where: str) -> _T | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, kind):
        raise TranslationError(f"{where}/{name}", f"not {_KINDS[kind]}")
    return value


def _arguments(raw: Wire, where: str) -> Mapping[str, Any]:
    value = raw.get("input")
    if not isinstance(value, Mapping):
        raise TranslationError(f"{where}/input", "not an object")
    return value


def _rest(raw: Wire, *named: str) -> dict[str, Any]:
    known = {"type", *named}
    if MARK in raw and (raw[MARK] is None or ttl_of(raw) is not None):
        known.add(MARK)
    return {name: value for name, value in raw.items() if name not in known}


# ------------------------------------------------------------------ speaking


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _listed(items: tuple[Wire, ...] | None) -> list[Wire] | None:
    return None if items is None else list(items)


def _source_to_wire(source: Source) -> dict[str, Any]:
    match source:
        case Base64Source(media_type, data):
            return {"type": "base64", "media_type": media_type, "data": data}
        case UrlSource(url):
            return {"type": "url", "url": url}
        case FileSource(file_id):
            return {"type": "file", "file_id": file_id}
        case TextSource(data, media_type):
            return {"type": "text", "media_type": media_type, "data": data}
        case RawSource(raw):
            return dict(raw)


def _document_to_wire(block: DocumentBlock) -> dict[str, Any]:
    fields = _given(title=block.title, context=block.context, citations=block.citations)
    return {"type": "document", "source": _source_to_wire(block.source), **fields, **block.extra}


def _tool_result_to_wire(block: ToolResultBlock) -> dict[str, Any]:
    content = block.content
    spoken = content if content is None or isinstance(content, str) else [block_to_wire(each) for each in content]
    return {
        "type": "tool_result",
        "tool_use_id": block.tool_use_id,
        **_given(content=spoken, is_error=block.is_error),
        **block.extra,
    }
