"""Whether a schema can be used at all, found without following it: every step here is counted, none recurses.

What is refused here never reaches a validator: a reference to somewhere else, a reference that leads to itself, what
would take a validator exponential time, a pattern that is none.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from jsonschema_rs import Draft202012Validator, ReferencingError, RegexOptions, ValidationError

from app.errors import BadSchema
from app.toolkit.edits import value_at, without
from app.toolkit.schema_tree import Path, subschemas

MOST_NODES = 20_000
MOST_LEVELS = 200
MOST_WORK = 100_000
"""Subschemas that one value may be checked against, references followed."""
MOST_TEXT = 1_000_000
"""Characters of all texts; enumerations included."""
IN_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")
"""Keywords that look at the same value as their schema does."""
REGEX = RegexOptions(size_limit=1_000_000)
"""An engine of linear time: no pattern can hang it. What it lacks, looking around and back, is left unchecked."""
LONGEST_PATTERN = 2_000


def validator_of(schema: Any) -> Draft202012Validator:
    """A validator for values of a schema.

    Raises:
        BadSchema: it is no sound JSON Schema; `path` says where.
    """
    refuse_unsound(schema)
    while True:
        try:
            return Draft202012Validator(schema, pattern_options=REGEX, validate_formats=True, offline=True)
        except ValidationError as error:
            path = tuple(error.instance_path)
            if not _looks_around(schema, path):
                raise BadSchema(error.message, path) from error
            schema = without(schema, path)
        except (ReferencingError, ValueError, OverflowError) as error:
            raise BadSchema(str(error), ()) from error


def _looks_around(schema: Any, path: Path) -> bool:
    """Whether the fault is a pattern that is sound, and beyond an engine of linear time."""
    if path[-1:] != ("pattern",) or not isinstance(pattern := value_at(schema, path), str):
        return False
    if len(pattern) > LONGEST_PATTERN:
        return False
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def refuse_unsound(schema: Any) -> None:
    """Raises BadSchema for what must not reach a validator."""
    if not isinstance(schema, Mapping | bool):
        raise BadSchema("a schema is a JSON object", ())
    _refuse_huge(schema)
    nodes = list(_nodes(schema))
    for path, each in nodes:
        if isinstance(each, Mapping):
            _refuse_reference(schema, path, each)
    _refuse_work(schema, nodes)


def resolved(root: Any, reference: str) -> Any:
    """What a local reference names. Raises KeyError: nothing, or nothing here."""
    if not reference.startswith("#"):
        raise KeyError(reference)
    if reference == "#":
        return root
    if not reference.startswith("#/"):
        return _anchored(root, reference[1:])
    value = root
    for part in unquote(reference[2:], errors="strict").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, Mapping):
            value = value[name]
        else:
            raise KeyError(reference)
    return value


def _anchored(root: Any, name: str) -> Any:
    for _, each in _nodes(root):
        if isinstance(each, Mapping) and name in (each.get("$anchor"), each.get("$dynamicAnchor")):
            return each
    raise KeyError(name)


def _refuse_huge(value: Any) -> None:
    nodes = texts = 0
    waiting = [(value, 0)]
    while waiting:
        each, level = waiting.pop()
        nodes += 1
        if isinstance(each, str):
            texts += len(each)
        elif isinstance(each, Mapping):
            waiting += [(below, level + 1) for below in each.values()]
        elif isinstance(each, list):
            waiting += [(below, level + 1) for below in each]
        if nodes > 2 * MOST_NODES or texts > MOST_TEXT or level > MOST_LEVELS or len(waiting) > 2 * MOST_NODES:
            raise BadSchema("it is too large or too deep to be checked", ())


def _nodes(schema: Any) -> Iterator[tuple[Path, Any]]:
    waiting: list[tuple[Path, Any]] = [((), schema)]
    count = 0
    while waiting:
        path, each = waiting.pop()
        count += 1
        if count > MOST_NODES:
            raise BadSchema("it is too large to be checked", ())
        yield path, each
        waiting += [(path + below, sub) for below, _, _, sub in subschemas(each)]


def _refuse_reference(root: Any, path: Path, schema: Mapping[str, Any]) -> None:
    if path and isinstance(schema.get("$id"), str):
        raise BadSchema("$id inside a schema makes its references lead somewhere else", (*path, "$id"))
    for keyword in ("$ref", "$dynamicRef"):
        reference = schema.get(keyword)
        if reference is None:
            continue
        if not isinstance(reference, str):
            raise BadSchema(f"{keyword} is no text", (*path, keyword))
        if not reference.startswith("#"):
            raise BadSchema(f"{reference} is somewhere else, and nothing is fetched", (*path, keyword))
        try:
            resolved(root, reference)
        except (KeyError, UnicodeDecodeError) as error:
            raise BadSchema(f"{reference} leads nowhere", (*path, keyword)) from error


def _refuse_work(root: Any, nodes: list[tuple[Path, Any]]) -> None:
    """Count what checking one value costs: each schema with all that looks at the same value, references followed."""
    work: dict[int, int] = {}
    for path, each in nodes:
        open_: set[int] = set()
        _count(root, each, path, work, open_)


def _count(root: Any, schema: Any, path: Path, work: dict[int, int], open_: set[int]) -> int:
    key = id(schema)
    if key in work or not isinstance(schema, Mapping):
        return work.get(key, 1)
    if key in open_:
        raise BadSchema("it refers to itself without end", path)
    if len(open_) > MOST_LEVELS:
        raise BadSchema("its references lead too deep to be checked", path)
    open_.add(key)
    total = 1
    for each in _looking_at_the_same(root, schema):
        total += _count(root, each, path, work, open_)
        if total > MOST_WORK:
            raise BadSchema("checking a value against it would take too long", path)
    open_.discard(key)
    work[key] = total
    return total


def _looking_at_the_same(root: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    for _, keyword, _, each in subschemas(schema):
        if keyword in IN_PLACE:
            yield each
    for keyword in ("$ref", "$dynamicRef"):
        if isinstance(schema.get(keyword), str):
            yield resolved(root, schema[keyword])
