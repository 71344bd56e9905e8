"""The tool definitions that a request may hold: one's own, and the dated ones that the API knows.

Source: Messages API reference §9; fields as in the official SDK's types.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag

from app.simulator.shapes.base import CacheControl, Markable, Object, Positive, Shape, Toggle, kind_of


class InputSchema(Shape):
    """JSON Schema of an object; whatever else it says is the schema's own business."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    type: Literal["object"]
    properties: Object | None = None
    required: list[str] | None = None


class Offered(Markable):
    """What every tool but a toolset may say."""

    allowed_callers: (
        list[Literal["direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"]] | None
    ) = None
    defer_loading: bool | None = None
    strict: bool | None = None


class ClientTool(Offered):
    input_examples: list[Object] | None = None


class CustomTool(ClientTool):
    type: Literal["custom"] | None = None
    name: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    description: str | None = None
    input_schema: InputSchema
    eager_input_streaming: bool | None = None


class Bash(ClientTool):
    type: Literal["bash_20241022", "bash_20250124"]
    name: Literal["bash"]


class OldTextEditor(ClientTool):
    type: Literal["text_editor_20241022", "text_editor_20250124"]
    name: Literal["str_replace_editor"]


class TextEditor(ClientTool):
    type: Literal["text_editor_20250429"]
    name: Literal["str_replace_based_edit_tool"]


class LimitedTextEditor(ClientTool):
    type: Literal["text_editor_20250728"]
    name: Literal["str_replace_based_edit_tool"]
    max_characters: Positive | None = None


class Memory(ClientTool):
    type: Literal["memory_20250818"]
    name: Literal["memory"]


class Computer(ClientTool):
    type: Literal["computer_20241022", "computer_20250124"]
    name: Literal["computer"]
    display_width_px: Positive
    display_height_px: Positive
    display_number: int | None = None


class ZoomingComputer(Computer):
    type: Literal["computer_20251124"]  # type: ignore[assignment]  # a narrower literal: pydantic reads, nobody writes
    enable_zoom: bool | None = None


class Toolset(Markable):
    """Computer and browser; no name of their own, `strict` and `input_examples` are not allowed (§9.3)."""

    type: Literal["computer_toolset_20260801", "browser_toolset_20260801"]
    configs: dict[str, Object] | None = None


class CodeExecution(Offered):
    type: Literal[
        "code_execution_20250522", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"
    ]
    name: Literal["code_execution"]


class UserLocation(Shape):
    type: Literal["approximate"]
    city: str | None = None
    region: str | None = None
    country: str | None = None
    timezone: str | None = None


class WebTool(Offered):
    max_uses: Positive | None = None
    allowed_domains: list[str] | None = None
    blocked_domains: list[str] | None = None


class WebSearch(WebTool):
    type: Literal["web_search_20250305", "web_search_20260209", "web_search_20260318"]
    name: Literal["web_search"]
    user_location: UserLocation | None = None
    response_inclusion: Literal["full", "excluded"] | None = None


class WebFetch(WebTool):
    type: Literal["web_fetch_20250910", "web_fetch_20260209", "web_fetch_20260309", "web_fetch_20260318"]
    name: Literal["web_fetch"]
    citations: Toggle | None = None
    max_content_tokens: Positive | None = None
    response_inclusion: Literal["full", "excluded"] | None = None
    url_sources: Object | None = None
    use_cache: bool | None = None


class RegexToolSearch(Offered):
    type: Literal["tool_search_tool_regex_20251119", "tool_search_tool_regex"]
    name: Literal["tool_search_tool_regex"]


class Bm25ToolSearch(Offered):
    type: Literal["tool_search_tool_bm25_20251119", "tool_search_tool_bm25"]
    name: Literal["tool_search_tool_bm25"]


class Advisor(Offered):
    type: Literal["advisor_20260301"]
    name: Literal["advisor"]
    model: str
    max_tokens: Annotated[int, Field(ge=1024)] | None = None
    max_uses: Positive | None = None
    caching: CacheControl | None = None


class McpToolset(Markable):
    type: Literal["mcp_toolset"]
    mcp_server_name: str
    default_config: Object | None = None
    configs: dict[str, Object] | None = None
    tools: list[Object] | None = None


_DATED = Annotated[
    Bash | OldTextEditor | TextEditor | LimitedTextEditor | Memory | Computer | ZoomingComputer | Toolset
    | CodeExecution | WebSearch | WebFetch | RegexToolSearch | Bm25ToolSearch | Advisor | McpToolset,
    Field(discriminator="type"),
]  # fmt: skip


def _whose(value: Any) -> str:
    return "custom" if kind_of(value, "custom") == "custom" else DATED


DATED = "~dated"
Tool = Annotated[
    Annotated[CustomTool, Tag("custom")] | Annotated[_DATED, Tag(DATED)],
    Discriminator(_whose),
]
