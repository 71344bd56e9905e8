"""Changes to a tool's JSON, each as a new value: the order of everything else stays, and nothing is lost."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.immutable import immutable
from app.toolkit.schema_tree import Path, required_names

TYPES = ("string", "integer", "number", "boolean", "object", "array", "enum", "date-time", "null", "union", "any")
"""What a person chooses from; `enum`, `date-time` and `union` say more than JSON Schema's `type`."""
_OF_TYPE = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "minItems", "maxItems", "uniqueItems"),
}
UNDO_LIMIT = 500


def value_at(value: Any, path: Path) -> Any:
    """Raises KeyError: there is nothing at the path."""
    for part in path:
        known = range(len(value)) if isinstance(value, list) else value if isinstance(value, Mapping) else ()
        if part not in known:
            raise KeyError(path)
        value = value[part]
    return value


def changed(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """The value with what stands at the path replaced by what `change` makes of it. Raises KeyError, as `value_at`."""
    if not path:
        return change(value)
    part, rest = path[0], path[1:]
    value_at(value, path[:1])
    new = changed(value[part], rest, change)
    if isinstance(value, list):
        return [new if at == part else each for at, each in enumerate(value)]
    return {name: new if name == part else each for name, each in value.items()}


def with_value(value: Any, path: Path, new: Any) -> Any:
    """With `new` at the path; the last name of it may be one that is not there yet."""
    if not path:
        return new

    def put(holder: Any) -> Any:
        if isinstance(holder, list):
            return [new if at == path[-1] else each for at, each in enumerate(holder)]
        return {**holder, path[-1]: new}

    return changed(value, path[:-1], put)


def without(value: Any, path: Path) -> Any:
    """Without what stands at the path; without its mention in `required`, where it is a property."""

    def drop(holder: Any) -> Any:
        if isinstance(holder, list):
            return [each for at, each in enumerate(holder) if at != path[-1]]
        return {name: each for name, each in holder.items() if name != path[-1]}

    value = changed(value, path[:-1], drop)
    return with_required(value, path, False) if is_property(path) else value


def is_property(path: Path) -> bool:
    return len(path) >= 2 and path[-2] == "properties"


def with_property(value: Any, path: Path, name: str, schema: Mapping[str, Any]) -> Any:
    """The object schema at the path with one more property, at the end."""

    def add(holder: Any) -> Any:
        before = holder.get("properties")
        return {**holder, "properties": {**(before if isinstance(before, Mapping) else {}), name: schema}}

    return changed(value, path, add)


def renamed(value: Any, path: Path, name: str) -> Any:
    """A property or definition under another name, at the same place; what is required stays so.

    Raises:
        ValueError: the name is taken.
    """
    holder = value_at(value, path[:-1])
    if name != path[-1] and name in holder:
        raise ValueError(f"there is a property “{name}” already")
    was_required = is_property(path) and path[-1] in required_names(value_at(value, path[:-2]))
    value = changed(value, path[:-1], lambda each: {name if key == path[-1] else key: sub for key, sub in each.items()})
    if not was_required:
        return value
    names = [name if each == path[-1] else each for each in value_at(value, path[:-2])["required"]]
    return with_value(value, (*path[:-2], "required"), names)


def with_required(value: Any, path: Path, required: bool) -> Any:
    """With a property required, or not. An empty `required` goes."""

    def change(schema: Any) -> Any:
        given = schema.get("required")
        names = [each for each in (given if isinstance(given, list) else []) if each != path[-1]]
        if required:
            if path[-1] in required_names(schema):
                return schema
            names.append(path[-1])
        kept = {key: each for key, each in schema.items() if key != "required" or names}
        return {**kept, "required": names} if names else kept

    return changed(value, path[:-2], change)


def moved(value: Any, path: Path, place: int) -> Any:
    """With a property, definition or alternative at another place among its neighbours."""

    def change(holder: Any) -> Any:
        entries = list(holder.items()) if isinstance(holder, Mapping) else list(enumerate(holder))
        at = [key for key, _ in entries].index(path[-1])
        entry = entries.pop(at)
        entries.insert(max(0, min(place, len(entries))), entry)
        return dict(entries) if isinstance(holder, Mapping) else [each for _, each in entries]

    return changed(value, path[:-1], change)


def type_of(schema: Any) -> str:
    """The word of `TYPES` for a schema."""
    if not isinstance(schema, Mapping):
        return "any"
    if isinstance(schema.get("enum"), list):
        return "enum"
    kind = schema.get("type")
    if any(isinstance(schema.get(word), list) for word in ("anyOf", "oneOf")) or isinstance(kind, list):
        return "union"
    if kind == "string" and schema.get("format") == "date-time":
        return "date-time"
    return kind if isinstance(kind, str) and kind in TYPES else "any"


def retyped(schema: Any, word: str) -> dict[str, Any]:
    """The schema as one of another type: what the other type has no use for goes, all else stays.

    An array gets `items`, an object `properties`, an enum two values and a union two alternatives to begin with.
    """
    old = dict(schema) if isinstance(schema, Mapping) else {}
    if type_of(old) == word:
        return old
    keeps = _OF_TYPE.get("number" if word == "integer" else word, ())
    ours = {key for keys in _OF_TYPE.values() for key in keys} | {"type", "enum", "const", "anyOf", "oneOf"}
    kept = {key: each for key, each in old.items() if key not in ours or (key in keeps and key != "format")}
    kind: dict[str, Any] = {"type": word}
    match word:
        case "enum":
            kind = {"type": "string", "enum": ["one", "two"]}
        case "date-time":
            kind = {"type": "string", "format": "date-time"}
        case "union":
            kind = {"anyOf": [{"type": "string"}, {"type": "null"}]}
        case "any":
            kind = {}
        case "object" if "properties" not in kept:
            kind["properties"] = {}
        case "array" if "items" not in kept:
            kind["items"] = {"type": "string"}
    return {**kind, **kept}


@immutable
class History:
    """A value with what it was before, and what was undone."""

    value: Any
    past: tuple[Any, ...] = ()
    undone: tuple[Any, ...] = ()

    def doing(self, value: Any) -> "History":
        """After a change; one that changes nothing is none."""
        if value == self.value and list(_order(value)) == list(_order(self.value)):
            return self
        return History(value, (*self.past, self.value)[-UNDO_LIMIT:])

    def back(self) -> "History":
        return (
            replace(self, value=self.past[-1], past=self.past[:-1], undone=(*self.undone, self.value))
            if self.past
            else self
        )

    def forth(self) -> "History":
        return (
            replace(self, value=self.undone[-1], past=(*self.past, self.value), undone=self.undone[:-1])
            if self.undone
            else self
        )


def _order(value: Any) -> Any:
    """Every name, in order: two objects that differ in the order of their names are equal in Python."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            yield from each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
