"""A JSON Schema as a tree of subschemas, and back: what the tree has no name for stays where it stands.

Source: JSON Schema 2020-12, core, section 10 (applicators), and the older names that people still write.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.immutable import immutable

Path = tuple[str | int, ...]
"""Where a value stands in a JSON value: names and places, from the root."""

NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
"""Keywords whose value names subschemas."""
LISTED = ("anyOf", "oneOf", "allOf", "prefixItems", "items")
"""Keywords whose value lists subschemas; `items` did before 2020-12."""
SINGLE = (
    "items", "additionalItems", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties", "contentSchema",
)  # fmt: skip
"""Keywords whose value is one subschema."""
DEPTH_LIMIT = 100
"""Levels of subschemas that become nodes. What lies deeper is kept in its node, whole."""


@immutable
class Node:
    """One schema with its subschemas."""

    path: Path
    """From the root schema."""
    keyword: str
    """Which keyword of the schema above it stands under; empty for the root."""
    name: str
    """Of the property or definition; empty where the keyword names nothing."""
    schema: Any
    """As it was given, subschemas included."""
    is_required: bool
    children: tuple["Node", ...]


def tree_of(schema: Any) -> Node:
    """Read any JSON value as a schema: what is no schema is a node without children."""
    return _node((), "", "", schema, False)


def json_of(node: Node) -> Any:
    """The schema that a tree shows, with every keyword in the order in which it was given."""
    if not node.children:
        return node.schema
    parts = {child.path[len(node.path) :]: json_of(child) for child in node.children}
    return {keyword: _with_parts(keyword, value, parts) for keyword, value in node.schema.items()}


def subschemas(schema: Any) -> Iterator[tuple[Path, str, str, Any]]:
    """(path from the schema, keyword, name, subschema) of what stands directly below a schema."""
    if not isinstance(schema, Mapping):
        return
    for keyword, value in schema.items():
        if keyword in NAMED and isinstance(value, Mapping):
            for name, each in value.items():
                yield (keyword, name), keyword, name, each
        elif keyword in LISTED and isinstance(value, list):
            for at, each in enumerate(value):
                yield (keyword, at), keyword, "", each
        elif keyword in SINGLE and isinstance(value, Mapping):
            yield (keyword,), keyword, "", value


def walk(schema: Any) -> Iterator[tuple[Path, Any]]:
    """(path, schema) of a schema and of everything below it, however deep, in the order of the text."""
    waiting: list[tuple[Path, Any]] = [((), schema)]
    while waiting:
        path, each = waiting.pop()
        yield path, each
        if len(path) < 4 * DEPTH_LIMIT:
            waiting += reversed([(path + below, sub) for below, _, _, sub in subschemas(each)])


def required_names(schema: Any) -> tuple[str, ...]:
    """The names in `required`; what is no list of names says nothing."""
    names = schema.get("required") if isinstance(schema, Mapping) else None
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def pointer(path: Path) -> str:
    """A path as a JSON pointer. Source: RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def shown(path: Path) -> str:
    """A path as a person writes it: `alerts.level`, `days[0]`. Keywords between names are left out."""
    words = ""
    is_name = False
    for part in path:
        if isinstance(part, int):
            words += f"[{part}]"
        elif is_name or part not in NAMED:
            words += f".{part}" if words else part
        is_name = not is_name and part in NAMED
    return words


def _node(path: Path, keyword: str, name: str, schema: Any, is_required: bool, depth: int = 0) -> Node:
    children: tuple[Node, ...] = ()
    if depth < DEPTH_LIMIT:
        wanted = frozenset(required_names(schema))
        children = tuple(
            _node(path + below, under, called, each, under == "properties" and called in wanted, depth + 1)
            for below, under, called, each in subschemas(schema)
        )
    return Node(path, keyword, name, schema, is_required, children)


def _with_parts(keyword: str, value: Any, parts: Mapping[Path, Any]) -> Any:
    if (keyword,) in parts:
        return parts[keyword,]
    if keyword in NAMED and isinstance(value, Mapping):
        return {name: parts.get((keyword, name), each) for name, each in value.items()}
    if keyword in LISTED and isinstance(value, list):
        return [parts.get((keyword, at), each) for at, each in enumerate(value)]
    return value
