"""How the answer to a request has to be spoken."""

from collections.abc import Mapping

from app.immutable import NOTHING, immutable

JSON_TOOL = "json_tool_call"
"""The tool through which models without structured outputs answer in JSON. The name is LiteLLM's."""
WRAPPED = "values"
"""The field that holds an answer whose schema is no object: a tool's input must be one."""


@immutable
class ReplyStyle:
    tool_names: Mapping[str, str] = NOTHING
    """The name that a tool has on the Messages API → the caller's own, for those that differ."""
    custom_tools: frozenset[str] = frozenset()
    """Names, on the Messages API, of tools that take free text: their calls go back as the dialect's custom calls."""
    json_tool: bool = False
    """The model answers through `JSON_TOOL`; the caller sees its input as text."""
    json_wrapped: bool = False
    """And the answer is the field `WRAPPED` of that input."""
    prefix: str = ""
    """The caller's own beginning of the answer (`prefix: true`), put in front of the text."""
    include_usage: bool = False
    """A stream ends with a chunk that has the usage."""
