"""Whether a value has the shape that its class declares: what was read from a disk may hold anything."""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin


def fits(value: object, shape: Any) -> bool:
    """Whether `value` is what the annotation `shape` says, dataclasses field by field.

    `Any` fits everything; a JSON object's values are checked as far as the annotation names them; a bool is no number.
    """
    origin = get_origin(shape)
    if shape is Any:
        return True
    if origin in (Union, types.UnionType):
        return any(fits(value, each) for each in get_args(shape))
    if origin is Literal:
        return value in get_args(shape)
    if origin is not None:
        return _holds(value, origin, get_args(shape))
    return _is(value, shape)


def _holds(value: object, origin: Any, of: tuple[Any, ...]) -> bool:
    """A tuple, a frozenset or a mapping of something."""
    if not isinstance(value, origin):
        return False
    held = value.values() if isinstance(value, Mapping) else typing.cast("typing.Iterable[object]", value)
    shape = of[1] if isinstance(value, Mapping) else of[0]
    return shape is Any or all(fits(each, shape) for each in held)


def _is(value: object, kind: Any) -> bool:
    if kind is None:
        return value is None
    if kind in (int, float):
        return isinstance(value, (int, kind)) and not isinstance(value, bool)
    if not isinstance(value, kind):
        return False
    return all(fits(getattr(value, name), shape) for name, shape in _declared(kind))


@cache
def _declared(kind: type) -> tuple[tuple[str, Any], ...]:
    if not is_dataclass(kind):
        return ()
    hints = typing.get_type_hints(kind)
    return tuple((each.name, hints[each.name]) for each in fields(kind))
