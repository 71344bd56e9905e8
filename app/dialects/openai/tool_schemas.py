"""Schemas: of a tool's arguments, and of an answer that has to be JSON.

Source: Messages API reference, "Tools", "Structured outputs".
"""

from collections.abc import Mapping
from typing import Any

from app.dialects.json_values import check_json
from app.errors import TranslationError

_BRANCHES = ("anyOf", "oneOf", "allOf")
_NOT_ENFORCED = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems",
    "uniqueItems", "contains", "minContains", "maxContains", "prefixItems", "minProperties", "maxProperties",
    "patternProperties", "propertyNames", "dependentRequired", "dependentSchemas", "if", "then", "else", "not",
    "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
"""What the API's grammar cannot hold an answer to; it is told to the model in words instead."""
_SCHEMAS_BY_NAME = ("properties", "$defs")
_VALUES = frozenset({"enum", "const", "required", "default", "examples"})
"""What holds values and no schemas, whatever they look like."""
_OF_TYPE: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def tool_schema(parameters: Any, where: str) -> dict[str, Any]:
    """A function's `parameters` as an `input_schema`: an object at its root, as the API demands.

    Branches at the root, which it refuses, become one object with the properties of all.

    Raises:
        TranslationError: it is no object, or no JSON.
    """
    if parameters is None:
        return {"type": "object", "properties": {}}
    if not isinstance(parameters, Mapping):
        raise TranslationError(where, "not an object")
    check_json(parameters, where)
    schema = {**parameters, "type": "object"}
    schema.setdefault("properties", {})
    for kind in _BRANCHES:
        if kind in schema:
            schema = _joined(schema, kind)
    return schema


def _joined(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    listed = schema.pop(kind)
    branches = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    properties = {**_properties(schema)}
    for branch in branches:
        properties = {**_properties(branch), **properties}
    needed = [set(_required(branch)) for branch in branches]
    # what one of several branches needs, not all need
    common = set().union(*needed) if kind == "allOf" else set.intersection(*needed) if needed else set()
    own = _required(schema)
    required = [*own, *sorted(common - set(own))]
    return {**schema, "properties": properties, **({"required": required} if required else {})}


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def _required(schema: Mapping[str, Any]) -> list[str]:
    listed = schema.get("required")
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []


def answer_schema(schema: Any, where: str) -> dict[str, Any]:
    """A schema as structured outputs take it: what cannot be enforced is moved into the descriptions.

    Raises:
        TranslationError: it is no object, or no JSON.
    """
    if not isinstance(schema, Mapping):
        raise TranslationError(where, "not an object")
    check_json(schema, where)
    found = _enforceable(_with_defs(schema, where))
    assert isinstance(found, dict)
    return found


def _with_defs(schema: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """`definitions`, the word of older drafts, under the name that the API knows."""
    for name in ("definitions", "$defs"):
        if not isinstance(schema.get(name, {}), Mapping):
            raise TranslationError(f"{where}/{name}", "not an object")
    if "definitions" not in schema:
        return schema
    renamed = {name: value for name, value in schema.items() if name != "definitions"}
    renamed["$defs"] = {**schema["definitions"], **schema.get("$defs", {})}
    pointed: Mapping[str, Any] = _repointed(renamed)
    return pointed


def _repointed(value: Any) -> Any:
    if isinstance(value, list):
        return [_repointed(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    found = {name: _repointed(each) for name, each in value.items()}
    if isinstance(found.get("$ref"), str):
        found["$ref"] = found["$ref"].replace("#/definitions/", "#/$defs/")
    return found


def _enforceable(value: Any) -> Any:
    if isinstance(value, list):
        return [_enforceable(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    found: dict[str, Any] = {}
    notes: list[str] = []
    for name, each in value.items():
        if name in _NOT_ENFORCED or (name == "minItems" and each not in (0, 1)):
            notes.append(f"{name}: {each}")
        elif name in _SCHEMAS_BY_NAME and isinstance(each, Mapping):
            found[name] = {key: _enforceable(inner) for key, inner in each.items()}
        elif name in _VALUES:
            found[name] = each
        else:
            found["anyOf" if name == "oneOf" else name] = _enforceable(each)
    return _completed(found, notes)


def _completed(found: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    if notes:
        said = found.get("description")
        found["description"] = " ".join([*([said] if isinstance(said, str) else []), f"({'; '.join(notes)})"])
    if found.get("type") == "object" or "properties" in found:
        found["additionalProperties"] = False
    kind = _OF_TYPE.get(found["type"]) if isinstance(found.get("type"), str) else None
    values = found.get("enum")
    if kind is not None and isinstance(values, list) and not all(isinstance(each, kind) for each in values):
        del found["type"]
    return found
