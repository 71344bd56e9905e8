"""What a schema says to a value, field by field; also to a value of which only a beginning has come."""

import json
from collections.abc import Mapping
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind
from pydantic_core import from_json

from app.errors import BadSchema
from app.immutable import immutable
from app.toolkit.schema_tree import Path
from app.toolkit.soundness import MOST_LEVELS, validator_of

MOST_FAULTS = 200
MOST_BYTES = 2_000_000
"""Of a value that is checked: a larger one would hold the window up."""
_MAY_STILL_COME_TRUE = frozenset(
    ("Required", "MinItems", "MinLength", "MinProperties", "Contains", "DependentRequired", "AnyOf", "OneOfNotValid",
     "OneOfMultipleValid", "Not", "Enum", "Constant", "Pattern", "Format", "Minimum", "ExclusiveMinimum", "MultipleOf")
)  # fmt: skip
"""Faults that more of the value can mend. One that it can only make worse is told at once."""


@immutable
class Fault:
    path: Path
    """Of the field in the value; of the missing one, where it is missing."""
    keyword: str
    words: str


@immutable
class Verdict:
    """No faults, and no `unchecked`: the value is valid."""

    faults: tuple[Fault, ...] = ()
    unchecked: str = ""
    """Why nothing can be said."""

    @property
    def is_valid(self) -> bool:
        return not self.faults and not self.unchecked

    def at(self, path: Path) -> str:
        """What is wrong with one field itself; empty where nothing is."""
        return "; ".join(each.words for each in self.faults if each.path == path)


@immutable
class Arrived:
    """What a beginning of JSON says so far."""

    value: Any
    open_path: Path | None
    """Of the value that is still being written; None when all has come."""


class Checker:
    """One schema, made ready once. A schema that is not sound says so in every verdict, and raises nothing."""

    def __init__(self, schema: Any) -> None:
        self.unsound = ""
        try:
            self._validator = validator_of(schema)
        except BadSchema as error:
            self.unsound = error.reason

    def verdict(self, value: Any, open_path: Path | None = None) -> Verdict:
        """Check a value.

        Args:
            open_path: of what is still being written: what may yet come true there, and above it, is no fault.
        """
        if self.unsound:
            return Verdict(unchecked=self.unsound)
        if _too_deep(value):
            return Verdict(unchecked="the value is too deep to be checked")
        found: list[Fault] = []
        try:
            for error in self._validator.iter_errors(value):
                found += _faults(error, open_path)
                if len(found) >= MOST_FAULTS:
                    break
        except (ValueError, TypeError, OverflowError) as error:
            return Verdict(unchecked=str(error))
        return Verdict(tuple(found))


def arrived(text: str) -> Arrived | None:
    """Read what has come of a JSON value; None while that is nothing, or when it can never become JSON."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        return Arrived(from_json(data, allow_inf_nan=False), None)
    except ValueError:
        pass
    try:
        value = from_json(data, allow_inf_nan=False, allow_partial="trailing-strings")
    except ValueError:
        return None
    return Arrived(value, _last(value))


def parsed(text: str) -> Any:
    """Read a person's or a model's JSON. Raises ValueError: it is none, or too deep to be read."""
    try:
        return json.loads(text, parse_constant=_no_json)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _no_json(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _last(value: Any) -> Path:
    path: list[str | int] = []
    while value and len(path) <= MOST_LEVELS:
        if isinstance(value, Mapping):
            key: str | int = next(reversed(list(value)))
        elif isinstance(value, list):
            key = len(value) - 1
        else:
            break
        path.append(key)
        value = value[key]
    return tuple(path)


def _too_deep(value: Any) -> bool:
    waiting = [(value, 0)]
    while waiting:
        each, level = waiting.pop()
        if level > MOST_LEVELS:
            return True
        below = each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ()
        waiting += [(sub, level + 1) for sub in below]
    return False


def _faults(error: ValidationError, open_path: Path | None) -> list[Fault]:
    path, kind = tuple(error.instance_path), type(error.kind).__name__
    is_open = open_path is not None and open_path[: len(path)] == path
    if is_open and kind in _MAY_STILL_COME_TRUE:
        return []
    keyword = str(error.schema_path[-1]) if error.schema_path else ""
    match error.kind:
        case ValidationErrorKind.Required():
            return [Fault((*path, str(error.kind.property)), "required", "is required")]
        case ValidationErrorKind.AdditionalProperties() | ValidationErrorKind.UnevaluatedProperties():
            return [Fault((*path, name), keyword, "is not in the schema") for name in error.kind.unexpected]
    return [Fault(path, keyword, _words(error.message))]


def _words(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:120]} … {message[-70:]}"
