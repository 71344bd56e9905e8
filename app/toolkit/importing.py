"""Tools out of what people have: JSON in several shapes, an example, a Python function. Nothing of it is ever run."""

import json
from collections.abc import Mapping
from typing import Any

from app.dialects.openai.tool_schemas import tool_schema
from app.errors import BadTool, TranslationError
from app.toolkit.openapi import METHODS, operation_tool, operations
from app.toolkit.python_source import tools_from_python
from app.toolkit.schema_tree import required_names
from app.toolkit.soundness import MOST_LEVELS

Tool = Mapping[str, Any]
"""In the Messages API's own JSON."""
LONGEST = 2_000_000
"""Characters of a text that is read."""
SCHEMA_WORDS = frozenset(("$schema", "$defs", "properties", "anyOf", "oneOf", "allOf", "$ref"))


def imported(text: str) -> tuple[Tool, ...]:
    """Tools of whatever the text is: JSON of any shape that is known here, else Python.

    Raises:
        BadTool: nothing can be made of it; where one place is to blame, it is told.
    """
    if len(text) > LONGEST:
        raise BadTool("it is too long to be read as a tool")
    stripped = text.strip()
    if not stripped:
        raise BadTool("there is nothing")
    if stripped[0] in "{[":
        try:
            return tools_from_json(json.loads(stripped))
        except json.JSONDecodeError as error:
            raise BadTool(f"it is no JSON: {error.msg}", error.lineno, error.colno) from error
        except RecursionError as error:
            raise BadTool("it is nested too deep") from error
    return tools_from_python(text)


def tools_from_json(value: Any) -> tuple[Tool, ...]:
    """Tools of a parsed JSON value: the Messages API's, OpenAI's, a whole request, OpenAPI, a schema, or an example."""
    if isinstance(value, list):
        if value and all(isinstance(each, Mapping) and _is_tool(each) for each in value):
            return tuple(_tool(each) for each in value)
        raise BadTool("a list is read when each entry of it is a tool")
    if not isinstance(value, Mapping):
        raise BadTool("a tool is a JSON object")
    if isinstance(value.get("tools"), list):
        return tools_from_json(value["tools"])
    if isinstance(value.get("paths"), Mapping):
        return operations(value)
    return (_one(value),)


def _one(value: Mapping[str, Any]) -> Tool:
    if _is_tool(value):
        return _tool(value)
    if "operationId" in value or ("responses" in value and {"parameters", "requestBody"} & value.keys()):
        return operation_tool(value, "", "", value)
    if len(value) == 1 and (method := next(iter(value))) in METHODS and isinstance(value[method], Mapping):
        return operation_tool(value[method], method, "", value)
    if value.get("type") == "object" or SCHEMA_WORDS & value.keys():
        return _of_schema(value)
    return example_tool(value)


def example_tool(example: Mapping[str, Any], name: str = "new_tool") -> Tool:
    """A tool whose input looks like an example: types are read off it, and what is there is required."""
    return {"name": name, "input_schema": schema_of(example)}


def schema_of(example: Any, level: int = 0) -> dict[str, Any]:
    """A schema that an example fits."""
    if level > MOST_LEVELS:
        raise BadTool("it is nested too deep")
    match example:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case None:
            return {"type": "null"}
        case list():
            return {"type": "array", "items": _common([schema_of(each, level + 1) for each in example])}
        case Mapping():
            properties = {name: schema_of(each, level + 1) for name, each in example.items()}
            required = {"required": list(properties)} if properties else {}
            return {"type": "object", "properties": properties, **required}
    return {"type": "string"}


def _common(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema for the entries of a list; objects are laid over one another."""
    different = [each for at, each in enumerate(schemas) if each not in schemas[:at]]
    if not different:
        return {"type": "string"}
    if len(different) == 1:
        return different[0]
    if all(each.get("type") == "object" for each in different):
        properties = {name: sub for each in reversed(different) for name, sub in each["properties"].items()}
        always = [name for name in properties if all(name in required_names(each) for each in different)]
        return {"type": "object", "properties": properties, **({"required": always} if always else {})}
    if {each.get("type") for each in different} == {"integer", "number"}:
        return {"type": "number"}
    return {"anyOf": different}


def _is_tool(value: Mapping[str, Any]) -> bool:
    return (
        isinstance(value.get("function"), Mapping)
        or (
            isinstance(value.get("name"), str) and {"input_schema", "parameters", "inputSchema"} & value.keys() != set()
        )
        or _is_dated(value.get("type"))
    )


def _is_dated(kind: Any) -> bool:
    """Whether it is the type of a tool that Anthropic defines."""
    return isinstance(kind, str) and kind[-8:].isdecimal()


def _tool(value: Mapping[str, Any]) -> Tool:
    """A tool of any dialect as the Messages API has it; our own shape stays as it is."""
    if "input_schema" in value or ("function" not in value and not {"parameters", "inputSchema"} & value.keys()):
        return dict(value)
    inner = value.get("function", value)
    if not isinstance(inner, Mapping) or not isinstance(inner.get("name"), str):
        raise BadTool("the function has no name")
    schema = inner.get("inputSchema", inner.get("parameters"))
    if _is_dated(value.get("type")):  # LiteLLM's way to write a tool that Anthropic defines
        return {"type": value["type"], "name": inner["name"], **(schema if isinstance(schema, Mapping) else {})}
    try:
        read = schema if isinstance(schema, Mapping) and schema.get("type") == "object" else tool_schema(schema, "")
    except TranslationError as error:
        raise BadTool(f"its parameters are {error.reason}") from error
    described = {"description": inner["description"]} if isinstance(inner.get("description"), str) else {}
    strict = {"strict": inner["strict"]} if isinstance(inner.get("strict"), bool) else {}
    mark = next((each["cache_control"] for each in (value, inner) if "cache_control" in each), None)
    return {
        "name": inner["name"],
        **described,
        "input_schema": read,
        **strict,
        **({"cache_control": mark} if mark else {}),
    }


def _of_schema(schema: Mapping[str, Any]) -> Tool:
    """A model's JSON schema, as pydantic makes it: its title names the tool and its description describes it."""
    title = schema.get("title")
    name = (
        "".join(each if each.isascii() and each.isalnum() else "_" for each in title) if isinstance(title, str) else ""
    )
    described = {"description": schema["description"]} if isinstance(schema.get("description"), str) else {}
    return {"name": name[:64] or "new_tool", **described, "input_schema": dict(schema)}
