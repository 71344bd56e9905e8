"""Tools of a chat-completions request, to those of the Messages API.

Three shapes are read: OpenAI's functions and custom tools, the Messages API's own tools as they are, and LiteLLM's form
of the latter, where their fields stand in a `function`.

Source: OpenAI API reference, "Create chat completion", tools; Messages API reference, "Tools".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.dialects.blocks import MARK
from app.dialects.json_values import check_json
from app.dialects.openai.names import Names
from app.dialects.openai.reading import Wire, foreign_mark, list_of, mark_on, object_of, text_of
from app.dialects.openai.tool_schemas import tool_schema
from app.domain.caching import Ttl
from app.domain.tools import NativeTool, Tool, ToolDefinition
from app.errors import TranslationError

BESIDE = frozenset({"defer_loading", "allowed_callers", "input_examples", "eager_input_streaming"})
"""Fields of the Messages API that may stand beside `function` or in it, as LiteLLM has it."""
_SCREEN = ("display_width_px", "display_height_px")
_FIXED_NAMES = {
    "computer": "computer",
    "bash": "bash",
    "memory": "memory",
    "web_search": "web_search",
    "web_fetch": "web_fetch",
    "code_execution": "code_execution",
    "tool_search_tool_regex": "tool_search_tool_regex",
    "tool_search_tool_bm25": "tool_search_tool_bm25",
    "advisor": "advisor",
}
"""Kind without its date → the name that the API fixes for it."""
_EDITORS = {"text_editor_20241022": "str_replace_editor", "text_editor_20250124": "str_replace_editor"}
_SEARCH_USES = {"low": 1, "medium": 5, "high": 10}
_BEARER = "Bearer "


@dataclass(slots=True)
class Offered:
    """What the tools of a request come to."""

    tools: list[Tool] = field(default_factory=list)
    marks: list[Ttl | None] = field(default_factory=list)
    servers: list[Wire] = field(default_factory=list)
    """Entries for `mcp_servers`."""
    custom: set[str] = field(default_factory=set)
    """Wire names of the tools that take free text."""

    def add(self, tool: Tool, ttl: Ttl | None = None) -> None:
        self.tools.append(tool)
        self.marks.append(ttl)


def names_of(tools: Iterable[Any]) -> Iterator[str]:
    """The names of the caller's own tools, to be made fit for the wire together."""
    for tool in tools:
        if not isinstance(tool, Mapping):
            continue
        for place in (tool.get("function"), tool.get("custom")):
            if isinstance(place, Mapping) and isinstance(place.get("name"), str):
                yield place["name"]
        if ("input_schema" in tool or tool.get("type") == "function") and isinstance(tool.get("name"), str):
            yield tool["name"]


def flattened(tools: Any, where: str = "/tools") -> list[tuple[Any, str]]:
    """Each tool with its pointer; those of a namespace stand for themselves."""
    found: list[tuple[Any, str]] = []
    for at, tool in enumerate(list_of(tools, where)):
        if isinstance(tool, Mapping) and tool.get("type") == "namespace":
            found += flattened(tool.get("tools"), f"{where}/{at}/tools")
        else:
            found.append((tool, f"{where}/{at}"))
    return found


def tools_from_wire(tools: Iterable[tuple[Any, str]], names: Names) -> Offered:
    """Read the tools that `flattened` gave.

    Raises:
        TranslationError: a tool that is of no known shape, or lacks what its kind needs.
    """
    offered = Offered()
    for tool, where in tools:
        if not isinstance(tool, Mapping):
            raise TranslationError(where, "not an object")
        _add(offered, tool, names, where)
    return offered


def _add(offered: Offered, tool: Wire, names: Names, where: str) -> None:
    kind = tool.get("type")
    if kind is not None and not isinstance(kind, str):
        raise TranslationError(f"{where}/type", "not a string")
    if kind in {"url", "mcp"}:
        offered.servers.append(_server(tool, where))
        return
    ttl = mark_on(tool, where)
    if "input_schema" in tool:
        offered.add(_own_shape(tool, names, where), ttl)
    elif kind in {None, "function", "custom"} and ("function" in tool or "custom" in tool):
        inner = tool.get("function", tool.get("custom"))
        inner_ttl = mark_on(inner, f"{where}/function") if isinstance(inner, Mapping) else None
        definition = _function(tool, names, where)
        offered.add(definition, ttl or inner_ttl)
        if "function" not in tool:
            offered.custom.add(definition.name)
    elif kind == "function" and "name" in tool:  # the flat form of OpenAI's Responses API
        offered.add(_function({"type": kind, "function": tool}, names, where), ttl)
    elif isinstance(kind, str) and kind not in {"function", "custom"}:
        offered.add(_native(tool, kind, where), ttl)
    else:
        raise TranslationError(where, "neither a function nor a tool of the Messages API")


def _function(tool: Wire, names: Names, where: str) -> ToolDefinition:
    if "function" not in tool:
        return _custom(tool, names, f"{where}/custom")
    function = object_of(tool, "function", where)
    where = f"{where}/function"
    name = text_of(function, "name", where)
    if not name:
        raise TranslationError(f"{where}/name", "empty")
    extra = _beside(function) | _beside(tool)
    if function.get("strict") is not None:
        extra["strict"] = function["strict"]
    if extra:
        check_json(extra, where)
    return ToolDefinition(
        names.wire(name),
        tool_schema(function.get("parameters"), f"{where}/parameters"),
        _description(function, where),
        {**extra, **foreign_mark(function), **foreign_mark(tool)},
    )


def _beside(place: Wire) -> dict[str, Any]:
    if BESIDE.isdisjoint(place):
        return {}
    return {key: given for key, given in place.items() if key in BESIDE and given is not None}


def _description(given: Wire, where: str) -> str | None:
    text = given.get("description")
    if text is not None and not isinstance(text, str):
        raise TranslationError(f"{where}/description", "not a string")
    return text


def _custom(tool: Wire, names: Names, where: str) -> ToolDefinition:
    """A tool that takes free text: here a function with one string, `input`."""
    custom = object_of(tool, "custom", where.removesuffix("/custom"))
    check_json(custom, where)
    extra = _beside(custom) | _beside(tool) | foreign_mark(custom) | foreign_mark(tool)
    check_json(extra, where)
    grammar = custom.get("format")
    asked: dict[str, Any] = {"type": "string"}
    if isinstance(grammar, Mapping) and isinstance(grammar.get("grammar"), Mapping):
        asked["description"] = f"Follows this grammar: {grammar['grammar'].get('definition', '')}"
    schema = {"type": "object", "properties": {"input": asked}, "required": ["input"]}
    return ToolDefinition(names.wire(text_of(custom, "name", where)), schema, _description(custom, where), extra)


def _own_shape(tool: Wire, names: Names, where: str) -> ToolDefinition:
    """A tool as the Messages API has it: taken as it is."""
    check_json(tool, where)
    schema = object_of(tool, "input_schema", where)
    named = {"name", "description", "input_schema", MARK}
    extra = {key: value for key, value in tool.items() if key not in named}
    if extra.get("type") == "custom":
        del extra["type"]
    name = names.wire(text_of(tool, "name", where))
    return ToolDefinition(name, schema, _description(tool, where), {**extra, **foreign_mark(tool)})


def _native(tool: Wire, kind: str, where: str) -> NativeTool:
    """A tool that Anthropic defines. LiteLLM's form has name and fields in `function`; here they come out of it."""
    check_json(tool, where)
    function = tool.get("function")
    raw = {key: value for key, value in tool.items() if key not in {"function", MARK}}
    if isinstance(function, Mapping):
        parameters = function.get("parameters")
        raw |= {key: value for key, value in function.items() if key not in {"parameters", "description"}}
        raw |= dict(parameters) if isinstance(parameters, Mapping) else {}
    base = kind.rstrip("0123456789").rstrip("_")
    if base in _FIXED_NAMES:
        raw.setdefault("name", _FIXED_NAMES[base])
    if base == "text_editor":
        raw.setdefault("name", _EDITORS.get(kind, "str_replace_based_edit_tool"))
    if base == "computer":
        for name in _SCREEN:
            if not isinstance(raw.get(name), int):
                raise TranslationError(f"{where}/{name}", "a computer tool needs the size of its screen, in pixels")
    return NativeTool({**raw, **foreign_mark(tool)})


def _server(tool: Wire, where: str) -> Wire:
    """An MCP server: in the Messages API's own shape, or in OpenAI's."""
    check_json(tool, where)
    if tool["type"] == "url":
        text_of(tool, "url", where)
        return dict(tool)
    server: dict[str, Any] = {
        "type": "url",
        "url": text_of(tool, "server_url", where),
        "name": text_of(tool, "server_label", where),
    }
    if tool.get("require_approval") not in (None, "never"):
        raise TranslationError(f"{where}/require_approval", "Claude asks nobody before it calls a server's tool")
    headers = tool.get("headers")
    for name, value in headers.items() if isinstance(headers, Mapping) else ():
        if name.lower() != "authorization" or not isinstance(value, str):
            raise TranslationError(f"{where}/headers/{name}", "Claude sends a server no header but its authorization")
        server["authorization_token"] = value.removeprefix(_BEARER)
    allowed = tool.get("allowed_tools")
    if isinstance(allowed, Mapping):
        allowed = list_of(allowed.get("tool_names"), f"{where}/allowed_tools/tool_names")
    if allowed is not None:
        server["tool_configuration"] = {"allowed_tools": allowed}
    return server


def web_search_tool(options: Any) -> NativeTool:
    """`web_search_options` as the API's own tool."""
    if not isinstance(options, Mapping):
        raise TranslationError("/web_search_options", "not an object")
    check_json(options, "/web_search_options")
    raw: dict[str, Any] = {"type": "web_search_20250305", "name": "web_search"}
    size = options.get("search_context_size")
    if isinstance(size, str) and size in _SEARCH_USES:
        raw["max_uses"] = _SEARCH_USES[size]
    location = options.get("user_location")
    if isinstance(location, Mapping):
        near = location.get("approximate")
        known = ("city", "region", "country", "timezone")
        given = near if isinstance(near, Mapping) else location
        raw["user_location"] = {"type": "approximate", **{key: given[key] for key in known if given.get(key)}}
    return NativeTool(raw)
