"""`tool_choice`, `parallel_tool_calls` and `response_format`: what the answer may be made of.

Source: OpenAI API reference, "Create chat completion"; Messages API reference, "Tool choice", "Structured outputs".
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.dialects.json_values import check_json
from app.dialects.openai.names import Names
from app.dialects.openai.parameters import flag_of
from app.dialects.openai.reading import Wire, list_of, object_of, text_of
from app.dialects.openai.style import JSON_TOOL, WRAPPED
from app.dialects.openai.tool_schemas import answer_schema, tool_schema
from app.dialects.openai.tools import Offered
from app.domain.models import ModelEntry
from app.domain.tools import ToolChoice, ToolDefinition
from app.errors import TranslationError
from app.immutable import NOTHING, immutable

_WORDS = {"auto": "auto", "required": "any", "any": "any", "none": "none"}


def choice_from_wire(body: Wire, names: Names, offered: Offered) -> ToolChoice | None:
    """Read `tool_choice` (or the old `function_call`) and `parallel_tool_calls`.

    Raises:
        TranslationError: a choice of no known shape.
    """
    given = body.get("tool_choice", body.get("function_call"))
    where = "/tool_choice" if "tool_choice" in body else "/function_call"
    choice = None if given is None else _choice(given, names, offered, where)
    if "parallel_tool_calls" not in body:
        return choice
    single = not flag_of(body, "parallel_tool_calls")
    if choice is None:
        choice = ToolChoice() if offered.tools else None
    if choice is None or choice.kind == "none" or choice.disable_parallel_tool_use is not None:
        return choice
    return replace(choice, disable_parallel_tool_use=single)


def _choice(given: Any, names: Names, offered: Offered, where: str) -> ToolChoice:
    if isinstance(given, str):
        return _by_word(given, where)
    if not isinstance(given, Mapping):
        raise TranslationError(where, "neither a word nor an object")
    check_json(given, where)
    kind = given.get("type")
    if not isinstance(kind, str | None):
        raise TranslationError(f"{where}/type", "not a string")
    if kind in {"function", "custom"} or (kind is None and "name" in given):
        place = object_of(given, kind, where) if isinstance(kind, str) and kind in given else given
        return ToolChoice("tool", names.wire(text_of(place, "name", where)))
    if kind == "allowed_tools":
        return _allowed(given, names, offered, where)
    if kind == "tool":
        return _own(given, ToolChoice("tool", names.wire(text_of(given, "name", where))), where)
    if not isinstance(kind, str):
        raise TranslationError(f"{where}/type", "missing or not a string")
    return _own(given, _by_word(kind, f"{where}/type"), where)


def _by_word(word: str, where: str) -> ToolChoice:
    match _WORDS.get(word):
        case "auto":
            return ToolChoice("auto")
        case "any":
            return ToolChoice("any")
        case "none":
            return ToolChoice("none")
        case _:
            raise TranslationError(where, f"none of: {', '.join(_WORDS)}; a tool is named in an object")


def _own(given: Wire, choice: ToolChoice, where: str) -> ToolChoice:
    """The other fields of a choice in the Messages API's own shape."""
    extra = {name: value for name, value in given.items() if name not in {"type", "name"} and value is not None}
    single = extra.pop("disable_parallel_tool_use", None)
    if not isinstance(single, bool | None):
        raise TranslationError(f"{where}/disable_parallel_tool_use", "neither true nor false")
    return replace(choice, disable_parallel_tool_use=single, extra=extra)


def _allowed(given: Wire, names: Names, offered: Offered, where: str) -> ToolChoice:
    """The Messages API has no such list: the other tools are taken out of the request.

    This costs the cache its prefix; the caller's own choice weighs more.
    """
    place = given.get("allowed_tools")
    where = f"{where}/allowed_tools" if isinstance(place, Mapping) else where
    allowed = place if isinstance(place, Mapping) else given
    kept = {names.wire(_named(each, f"{where}/tools")) for each in list_of(allowed.get("tools"), f"{where}/tools")}
    names_offered = [tool.name if isinstance(tool, ToolDefinition) else tool.raw.get("name") for tool in offered.tools]
    pairs = [
        (tool, mark)
        for tool, mark, name in zip(offered.tools, offered.marks, names_offered, strict=True)
        if isinstance(name, str) and name in kept
    ]
    offered.tools = [tool for tool, _ in pairs]
    offered.marks = [mark for _, mark in pairs]
    return ToolChoice("any" if allowed.get("mode") == "required" else "auto")


def _named(entry: Any, where: str) -> str:
    if not isinstance(entry, Mapping):
        raise TranslationError(where, "not an object")
    for place in (entry.get("function"), entry.get("custom"), entry):
        if isinstance(place, Mapping) and isinstance(place.get("name"), str):
            return str(place["name"])
    raise TranslationError(where, "a tool without a name")


# ------------------------------------------------------------------ an answer in JSON


@immutable
class JsonAnswer:
    """How an answer is made to be JSON: by the API itself, or through a tool that the model has to call."""

    output: Mapping[str, Any] = NOTHING
    """For `output_config`."""
    tool: ToolDefinition | None = None
    choice: ToolChoice | None = None
    wrapped: bool = False


def json_answer(body: Wire, entry: ModelEntry | None, *, thinking: bool) -> JsonAnswer:
    """Read `response_format`. Without a schema there is nothing that Claude could be held to.

    Args:
        thinking: the model will think, and then refuses to be forced to call a tool.

    Raises:
        TranslationError: a format of no known kind, or its schema is none.
    """
    given = body.get("response_format")
    if given is None:
        return JsonAnswer()
    schema, where = _schema(given)
    if schema is None:
        return JsonAnswer()
    if entry is None or entry.has("structured_outputs"):
        return JsonAnswer({"format": {"type": "json_schema", "schema": answer_schema(schema, where)}})
    check_json(schema, where)
    wrapped = schema.get("type", "object") != "object"
    if wrapped:
        schema = {"type": "object", "properties": {WRAPPED: schema}, "required": [WRAPPED]}
    forced = not thinking and entry.has("forced_tool_choice")
    tool = ToolDefinition(JSON_TOOL, tool_schema(schema, where))
    return JsonAnswer(tool=tool, choice=ToolChoice("tool", JSON_TOOL) if forced else None, wrapped=wrapped)


def _schema(given: Any) -> tuple[Wire | None, str]:
    """The schema in any of its places, and its pointer."""
    where = "/response_format"
    if not isinstance(given, Mapping):
        raise TranslationError(where, "not an object")
    kind = given.get("type")
    if given.get("response_schema") is not None:
        return object_of(given, "response_schema", where), f"{where}/response_schema"
    if kind in ("text", "json_object"):
        return None, where
    if kind != "json_schema":
        raise TranslationError(f"{where}/type", "none of: text, json_object, json_schema")
    if given.get("schema") is not None:
        return object_of(given, "schema", where), f"{where}/schema"
    inner = object_of(given, "json_schema", where)
    where = f"{where}/json_schema"
    return (None if inner.get("schema") is None else object_of(inner, "schema", where)), f"{where}/schema"
