"""Arguments that fit a tool's schema, for calls that the simulator makes up."""

from collections.abc import Mapping
from typing import Any

DEPTH_LIMIT = 8
"""A recursive schema ends here: optional parts are left out, lists stay empty."""


def arguments_for(schema: Any, *, variant: int = 0) -> dict[str, Any]:
    """An object that the schema accepts; `variant` makes a second call differ from the first."""
    root = schema if isinstance(schema, Mapping) else {}
    value = _value(root, root, variant, 0, "")
    return value if isinstance(value, dict) else {}


def _value(schema: Any, root: Mapping[str, Any], variant: int, depth: int, name: str) -> Any:
    schema = _resolved(schema, root)
    if not isinstance(schema, Mapping) or depth > DEPTH_LIMIT:
        return "example"
    if "const" in schema:
        return schema["const"]
    for given in ("enum", "examples"):
        options = schema.get(given)
        if isinstance(options, list) and options:
            return options[variant % len(options)]
    for union in ("anyOf", "oneOf", "allOf"):
        options = schema.get(union)
        if isinstance(options, list) and options:
            return _value(options[0], root, variant, depth + 1, name)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return _of_kind(kind[0] if isinstance(kind, list) and kind else kind, schema, root, variant, depth, name)


def _of_kind(kind: Any, schema: Mapping[str, Any], root: Mapping[str, Any], variant: int, depth: int, name: str) -> Any:
    match kind:
        case "object":
            return _object(schema, root, variant, depth)
        case "array":
            least = schema.get("minItems", 1)
            count = min(max(1, least if isinstance(least, int) else 1), 5) if depth < DEPTH_LIMIT else 0
            return [_value(schema.get("items", {}), root, variant + at, depth + 1, name) for at in range(count)]
        case "integer" | "number":
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1 if "exclusiveMinimum" in schema else 1)
            return low + variant if isinstance(low, int | float) and "maximum" not in schema else low
        case "boolean":
            return variant % 2 == 0
        case "null":
            return None
        case _:
            return _string(schema, variant, name)


def _object(schema: Mapping[str, Any], root: Mapping[str, Any], variant: int, depth: int) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    required = schema.get("required")
    wanted = set(required) if isinstance(required, list) else set()
    # near the limit only what must be there, so that recursion ends
    return {
        name: _value(each, root, variant, depth + 1, name)
        for name, each in properties.items()
        if name in wanted or depth < 2
    }


def _string(schema: Mapping[str, Any], variant: int, name: str) -> str:
    formats = {
        "date": "2026-11-24",
        "date-time": "2026-11-24T10:42:00Z",
        "time": "10:42:00",
        "email": "ada@example.org",
        "uri": "https://example.org/",
        "uuid": "123e4567-e89b-42d3-a456-426614174000",
    }
    if schema.get("format") in formats:
        return formats[str(schema["format"])]
    places = ("Boston, MA", "Lisbon")
    text = (
        places[variant % 2]
        if any(word in name.lower() for word in ("city", "location", "place"))
        else f"example {name}"
    )
    least, most = schema.get("minLength", 0), schema.get("maxLength", 200)
    text = text.strip().ljust(least if isinstance(least, int) else 0, "x")
    return text[: most if isinstance(most, int) else 200]


def _resolved(schema: Any, root: Mapping[str, Any]) -> Any:
    """Follow local references only; nothing is ever fetched."""
    for _ in range(DEPTH_LIMIT):
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return schema
        schema = root
        for part in reference[2:].split("/"):
            schema = schema.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(schema, Mapping) else None
    return schema
