"""Content blocks: what a message is made of, as the Messages API names them.

Every block keeps, in `extra`, the wire's fields that it has no name for, so that reading a block and speaking it again
loses nothing: signatures, encrypted results and fields of next year's API survive. A block of a kind that is not
known at all is a `RawBlock` and is sent back untouched.

`cache_control` is never inside a block: marks live beside the messages, in `app.domain.caching`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.immutable import NOTHING, immutable

JsonObject = Mapping[str, Any]
"""A parsed JSON object. Never changed in place."""


@immutable
class Base64Source:
    media_type: str
    data: str
    """Base64, as it goes over the wire."""


@immutable
class UrlSource:
    url: str


@immutable
class FileSource:
    file_id: str


@immutable
class TextSource:
    """A document given as plain text."""

    data: str
    media_type: str = "text/plain"


@immutable
class RawSource:
    """A source of a kind that is not known here, or blocks given as a document."""

    raw: JsonObject


Source = Base64Source | UrlSource | FileSource | TextSource | RawSource


@immutable
class TextBlock:
    text: str
    citations: tuple[JsonObject, ...] | None = None
    extra: JsonObject = NOTHING


@immutable
class ThinkingBlock:
    """Text may be empty with a signature present: thinking that the API did not display."""

    thinking: str
    signature: str = ""
    extra: JsonObject = NOTHING


@immutable
class RedactedThinkingBlock:
    data: str
    extra: JsonObject = NOTHING


@immutable
class ImageBlock:
    source: Source
    extra: JsonObject = NOTHING


@immutable
class DocumentBlock:
    source: Source
    title: str | None = None
    context: str | None = None
    citations: JsonObject | None = None
    """`{"enabled": bool}`."""
    extra: JsonObject = NOTHING


@immutable
class ToolUseBlock:
    id: str
    name: str
    input: JsonObject
    extra: JsonObject = NOTHING
    """`caller`, `toolset_name`."""


@immutable
class ToolResultBlock:
    tool_use_id: str
    content: "str | tuple[Block, ...] | None" = None
    is_error: bool | None = None
    extra: JsonObject = NOTHING


@immutable
class ServerToolUseBlock:
    """A tool that the API runs itself: web search, code execution, an MCP server's tool."""

    kind: str
    """`server_tool_use` or `mcp_tool_use`."""
    id: str
    name: str
    input: JsonObject
    extra: JsonObject = NOTHING


@immutable
class ServerToolResultBlock:
    """What such a tool answered. The content is opaque: it holds encrypted parts that must come back unchanged."""

    kind: str
    """The wire's type, e.g. `web_search_tool_result`."""
    tool_use_id: str
    content: Any
    extra: JsonObject = NOTHING


@immutable
class RawBlock:
    """A block of a kind that is not known here."""

    raw: JsonObject

    @property
    def kind(self) -> str:
        return str(self.raw.get("type", "unknown"))


RECEIVED_JSON = "duologue:received_json"
"""In the `extra` of a tool use whose arguments were cut or are no JSON object: what had arrived of them. Never sent."""

OURS = "duologue:"
"""What begins the fields of an `extra` that are ours: kept with the block, and never sent."""

NAME, ALT, WAS = f"{OURS}name", f"{OURS}alt", f"{OURS}was"
"""Of a picture: the name of its file, what it shows in a person's words, what it was before it was made fit."""

UNREADABLE = "unreadable"
"""The kind of the block that stands for stored data that could not be read: shown, never sent."""


def unreadable(raw: str) -> RawBlock:
    """What stands in for stored data that could not be read; `raw` is that data as it was found."""
    return RawBlock({"type": UNREADABLE, "raw": raw})


Block = (
    TextBlock
    | ThinkingBlock
    | RedactedThinkingBlock
    | ImageBlock
    | DocumentBlock
    | ToolUseBlock
    | ToolResultBlock
    | ServerToolUseBlock
    | ServerToolResultBlock
    | RawBlock
)


def without_received(block: Block) -> Block:
    """The block without its `RECEIVED_JSON` and the like, as it may leave the program: no API knows such a field."""
    match block:
        case ImageBlock() | DocumentBlock() if any(name.startswith(OURS) for name in block.extra):
            return replace(block, extra={name: each for name, each in block.extra.items() if not name.startswith(OURS)})
        case ToolUseBlock() | ServerToolUseBlock() if RECEIVED_JSON in block.extra:
            return replace(block, extra={name: each for name, each in block.extra.items() if name != RECEIVED_JSON})
        case RawBlock(raw) if RECEIVED_JSON in raw:
            return RawBlock({name: each for name, each in raw.items() if name != RECEIVED_JSON})
    return block


def plain_text(blocks: tuple[Block, ...]) -> str:
    """The text of the text blocks, joined: what search indexes and a title is made from."""
    return "".join(block.text for block in blocks if isinstance(block, TextBlock))
