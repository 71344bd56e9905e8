"""Arguments that fit a tool's schema, for calls that the simulator makes up.

A schema is a stranger's: a keyword of the wrong type says nothing, and a schema without end gets an end.
"""

import math
from collections.abc import Mapping
from typing import Any

DEPTH_LIMIT = 8
"""A recursive schema ends here: optional parts are left out, lists stay empty."""
MOST_VALUES = 2000
MOST_ITEMS = 5
LONGEST = 200
"""Characters of a text, whatever the schema asks for."""
FORMATS = {
    "date": "2026-11-24",
    "date-time": "2026-11-24T10:42:00Z",
    "time": "10:42:00",
    "email": "ada@example.org",
    "uri": "https://example.org/",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}
PLACES = ("Boston, MA", "Lisbon")


def arguments_for(schema: Any, *, variant: int = 0) -> dict[str, Any]:
    """An object that the schema accepts; `variant` makes a second call differ from the first."""
    root = schema if isinstance(schema, Mapping) else {}
    value = _Maker(root).value(root, variant, 0, "")
    return value if isinstance(value, dict) else {}


class _Maker:
    """Values for one root schema."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._left = MOST_VALUES

    def value(self, schema: Any, variant: int, depth: int, name: str) -> Any:
        schema = self._resolved(schema)
        self._left -= 1
        if not isinstance(schema, Mapping) or depth > DEPTH_LIMIT or self._left < 0:
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
                return self.value(options[0], variant, depth + 1, name)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        return self._of_kind(kind[0] if isinstance(kind, list) and kind else kind, schema, variant, depth, name)

    def _of_kind(self, kind: Any, schema: Mapping[str, Any], variant: int, depth: int, name: str) -> Any:
        match kind:
            case "object":
                return self._object(schema, variant, depth)
            case "array":
                least = _number(schema, "minItems", 1)
                count = int(min(max(1, least), MOST_ITEMS)) if depth < DEPTH_LIMIT else 0
                return [self.value(schema.get("items", {}), variant + at, depth + 1, name) for at in range(count)]
            case "integer" | "number":
                return _amount(schema, variant)
            case "boolean":
                return variant % 2 == 0
            case "null":
                return None
            case _:
                return _string(schema, variant, name)

    def _object(self, schema: Mapping[str, Any], variant: int, depth: int) -> dict[str, Any]:
        properties, required = schema.get("properties"), schema.get("required")
        if not isinstance(properties, Mapping):
            return {}
        wanted = required if isinstance(required, list) else []
        # near the limit only what must be there, so that recursion ends
        return {
            name: self.value(each, variant, depth + 1, name)
            for name, each in properties.items()
            if name in wanted or depth < 2
        }

    def _resolved(self, schema: Any) -> Any:
        """Follow local references only; nothing is ever fetched."""
        for _ in range(DEPTH_LIMIT):
            reference = schema.get("$ref") if isinstance(schema, Mapping) else None
            if not isinstance(reference, str) or not reference.startswith("#"):
                return schema
            schema = self._root
            for part in reference.removeprefix("#").split("/")[1:]:
                schema = schema.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(schema, Mapping) else None
        return schema


def _number(schema: Mapping[str, Any], name: str, default: float) -> float:
    """A keyword's number, as it stands; the default for anything else."""
    value = schema.get(name)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value if fits and value is not None else default


def _amount(schema: Mapping[str, Any], variant: int) -> float:
    """A number between the bounds; the variant moves it where there is room."""
    low = max(_number(schema, "minimum", -math.inf), _number(schema, "exclusiveMinimum", -math.inf) + 1)
    high = min(_number(schema, "maximum", math.inf), _number(schema, "exclusiveMaximum", math.inf) - 1)
    return min(variant + (low if math.isfinite(low) else 1), high)


def _string(schema: Mapping[str, Any], variant: int, name: str) -> str:
    format_ = schema.get("format")
    if isinstance(format_, str) and format_ in FORMATS:
        return FORMATS[format_]
    placed = any(word in name.lower() for word in ("city", "location", "place"))
    text = PLACES[variant % 2] if placed else f"example {name}".strip()
    least, most = _number(schema, "minLength", 0), _number(schema, "maxLength", LONGEST)
    text = text.ljust(int(min(max(least, 0), LONGEST)), "x")
    return text[: int(min(max(most, 0), LONGEST))]
