"""The content blocks that a request may hold, field by field.

What only a server wrote (search results, output of code) is opaque and comes back as it went.

Source: Messages API reference §6.2, §16; fields as in the official SDK's types.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from app.simulator.shapes.base import LIST, TEXT, Identifier, Markable, Object, Shape, Text, Toggle, text_or_list

ImageType = Literal["image/jpeg", "image/png", "image/gif", "image/webp"]


class TextBlock(Markable):
    type: Literal["text"]
    text: Text
    citations: list[Object] | None = None


class Base64Image(Shape):
    type: Literal["base64"]
    media_type: ImageType
    data: str


class Url(Shape):
    type: Literal["url"]
    url: Annotated[str, Field(min_length=1)]


class FileSource(Shape):
    type: Literal["file"]
    file_id: Annotated[str, Field(min_length=1)]


class Transformations(Shape):
    oversized_image: Literal["downsize", "error"] | None = None


class ImageBlock(Markable):
    type: Literal["image"]
    source: Annotated[Base64Image | Url | FileSource, Field(discriminator="type")]
    transformations: Transformations | None = None


class Base64Pdf(Shape):
    type: Literal["base64"]
    media_type: Literal["application/pdf"]
    data: str


class PlainText(Shape):
    type: Literal["text"]
    media_type: Literal["text/plain"]
    data: str


Picturable = Annotated[TextBlock | ImageBlock, Field(discriminator="type")]


class ContentSource(Shape):
    type: Literal["content"]
    content: Annotated[
        Annotated[str, Tag(TEXT)] | Annotated[list[Picturable], Tag(LIST)],
        Discriminator(text_or_list),
    ]


class DocumentBlock(Markable):
    type: Literal["document"]
    source: Annotated[Base64Pdf | PlainText | ContentSource | Url | FileSource, Field(discriminator="type")]
    title: str | None = None
    context: str | None = None
    citations: Toggle | None = None


class SearchResultBlock(Markable):
    type: Literal["search_result"]
    source: str
    title: str
    content: list[TextBlock]
    citations: Toggle | None = None


class ThinkingBlock(Shape):
    type: Literal["thinking"]
    thinking: str
    signature: Annotated[str, Field(min_length=1)]


class RedactedThinkingBlock(Shape):
    type: Literal["redacted_thinking"]
    data: Annotated[str, Field(min_length=1)]


class Caller(Shape):
    type: Literal["direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"]
    tool_id: str | None = None


class ToolUseBlock(Markable):
    type: Literal["tool_use"]
    id: Identifier
    name: Annotated[str, Field(min_length=1, max_length=200)]
    input: Object
    caller: Caller | None = None
    toolset_name: str | None = None


class ToolReferenceBlock(Markable):
    type: Literal["tool_reference"]
    tool_name: str


class BrowserStateBlock(Markable):
    type: Literal["browser_state"]
    tabs: list[Object] | None = None
    state_changes: list[Object] | None = None


ResultPart = Annotated[
    TextBlock | ImageBlock | DocumentBlock | SearchResultBlock | ToolReferenceBlock | BrowserStateBlock,
    Field(discriminator="type"),
]


class ToolResultBlock(Markable):
    type: Literal["tool_result"]
    tool_use_id: Identifier
    content: (
        Annotated[
            Annotated[str, Tag(TEXT)] | Annotated[list[ResultPart], Tag(LIST)],
            Discriminator(text_or_list),
        ]
        | None
    ) = None
    is_error: bool | None = None
    toolset_name: str | None = None


class ServerToolUseBlock(Markable):
    type: Literal["server_tool_use"]
    id: Identifier
    name: Literal[
        "advisor", "web_search", "web_fetch", "code_execution", "bash_code_execution", "text_editor_code_execution",
        "tool_search_tool_regex", "tool_search_tool_bm25",
    ]  # fmt: skip
    input: Object
    caller: Caller | None = None


class ServerResultBlock(Markable):
    """Any server tool's result."""

    type: Literal[
        "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result",
        "bash_code_execution_tool_result", "text_editor_code_execution_tool_result", "tool_search_tool_result",
        "advisor_tool_result",
    ]  # fmt: skip
    tool_use_id: Identifier
    content: list[Object] | Object
    caller: Caller | None = None


class ContainerUploadBlock(Markable):
    type: Literal["container_upload"]
    file_id: str


class McpToolUseBlock(Markable):
    type: Literal["mcp_tool_use"]
    id: Identifier
    name: str
    server_name: str
    input: Object


class McpToolResultBlock(Markable):
    type: Literal["mcp_tool_result"]
    tool_use_id: Identifier
    content: (
        Annotated[
            Annotated[str, Tag(TEXT)] | Annotated[list[Object], Tag(LIST)],
            Discriminator(text_or_list),
        ]
        | None
    ) = None
    is_error: bool | None = None


class McpToolListingBlock(Shape):
    type: Literal["mcp_tool_listing"]
    mcp_server_name: str
    tools: list[Object]


class CompactionBlock(Markable):
    type: Literal["compaction"]
    content: str | None = None
    encrypted_content: str | None = None
    signature: str | None = None
    tool_changes: list[Object] | None = None


class Model(Shape):
    model: str


class FallbackBlock(Shape):
    type: Literal["fallback"]
    from_: Annotated[Model, Field(alias="from")]
    to: Model
    trigger: Any = None


class ToolChangeBlock(Markable):
    """§9.8; the tool's own fields are looked at by the rules."""

    type: Literal["tool_addition", "tool_removal"]
    tool: Object


Block = Annotated[
    TextBlock | ImageBlock | DocumentBlock | SearchResultBlock | ThinkingBlock | RedactedThinkingBlock | ToolUseBlock
    | ToolResultBlock | ServerToolUseBlock | ServerResultBlock | ContainerUploadBlock | McpToolUseBlock
    | McpToolResultBlock | McpToolListingBlock | CompactionBlock | FallbackBlock | ToolChangeBlock,
    Field(discriminator="type"),
]  # fmt: skip
