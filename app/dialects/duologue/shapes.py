"""Whether a value has the shape that its class declares: what was read from a disk may hold anything.

An annotation is read once and becomes a function; a long history is asked about ten thousands of times.
"""

import types
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Check = Callable[[Any], bool]
hints_of = cache(get_type_hints)
"""The types of a class's fields, by name: evaluating them takes longer than reading a message."""


def fits(value: object, shape: Any) -> bool:
    """Whether `value` is what the annotation `shape` says, dataclasses field by field.

    `Any` fits everything; a JSON object's values are checked as far as the annotation names them; a bool is no number.
    """
    return _check(shape)(value)


@cache
def _check(shape: Hashable) -> Check:
    origin, of = get_origin(shape), get_args(shape)
    if shape is Any:
        return lambda _: True
    if origin in (Union, types.UnionType):
        return _one_of(of)
    if origin is Literal:
        return lambda value: value in of
    if origin is not None:
        return _holding(origin, of)
    return _plain(shape)


def _one_of(shapes: tuple[Any, ...]) -> Check:
    """A dataclass is told by its very class: nothing is derived from ours."""

    def check(value: Any) -> bool:
        own = by_kind.get(type(value))
        return own(value) if own is not None else any(each(value) for each in others)

    checks = {each: _check(each) for each in shapes}
    by_kind = {each: check for each, check in checks.items() if is_dataclass(each)}
    others = [check for each, check in checks.items() if each not in by_kind]
    return check


def _holding(kind: Any, of: tuple[Any, ...]) -> Check:
    """A tuple, a frozenset or a mapping of something."""
    is_mapping = issubclass(kind, Mapping)
    held = of[1] if is_mapping else of[0]
    if held is Any:
        return lambda value: isinstance(value, kind)

    def check(value: Any) -> bool:
        if not isinstance(value, kind):
            return False
        each_fits = _check(held)  # here and not before: blocks hold blocks
        every: Iterable[Any] = value.values() if is_mapping else value
        return all(each_fits(each) for each in every)

    return check


def _plain(kind: Any) -> Check:
    if kind is None:
        return lambda value: value is None
    if kind in (int, float):
        return lambda value: isinstance(value, (int, kind)) and not isinstance(value, bool)
    return _record(kind) if is_dataclass(kind) else lambda value: isinstance(value, kind)


def _record(kind: Any) -> Check:
    hints = hints_of(kind)
    parts = [(attrgetter(each.name), _check(hints[each.name])) for each in fields(kind)]
    return lambda value: isinstance(value, kind) and all(check(part(value)) for part, check in parts)
