"""Tools that a request offers, and how the model may choose among them."""

from collections.abc import Mapping
from typing import Any, Literal

from app.immutable import NOTHING, immutable


@immutable
class ToolDefinition:
    """A tool of the person's own."""

    name: str
    input_schema: Mapping[str, Any]
    description: str | None = None
    extra: Mapping[str, Any] = NOTHING
    """`strict`, `defer_loading`, `input_examples`, …: forwarded as given."""


@immutable
class NativeTool:
    """A tool that Anthropic defines (computer, bash, web search, a toolset): forwarded as given."""

    raw: Mapping[str, Any]


Tool = ToolDefinition | NativeTool


@immutable
class ToolChoice:
    kind: Literal["auto", "any", "tool", "none"] = "auto"
    name: str | None = None
    """Of the tool, for `tool`."""
    disable_parallel_tool_use: bool | None = None
    extra: Mapping[str, Any] = NOTHING
