"""Checks on values that are forwarded unread: a schema, arguments, fields of a later API.

They must be JSON, and not nested so deeply that speaking them would end in a RecursionError.
"""

import math
from collections.abc import Mapping
from typing import Any

from app.errors import TranslationError

MAX_DEPTH = 200
"""Levels. The C encoder of `json` gives up at about a thousand."""
MAX_INTEGER = 2**63 - 1
_PLAIN = frozenset({str, bool, type(None)})
_STRING = frozenset({str})


def check_json(value: Any, where: str) -> None:
    """Pass if `value` is JSON that can be spoken.

    Raises:
        TranslationError: something in it is no JSON, a number is not finite or too large, or it is nested too deeply.
    """
    level: list[Any] = [value]
    names: list[Any] = []
    for _ in range(MAX_DEPTH):
        if _PLAIN.issuperset(map(type, level)):  # most of what there is, at the speed of C
            _check_names(names, where)
            return
        below: list[Any] = []
        for each in level:
            kind = type(each)
            if kind in _PLAIN:
                continue
            if kind is dict or isinstance(each, Mapping):
                names += each
                below += each.values()
            elif kind is list or isinstance(each, list | tuple):
                below += each
            else:
                _check_number(each, where)
        level = below
    raise TranslationError(where, f"nested deeper than {MAX_DEPTH} levels")


def _check_names(names: list[Any], where: str) -> None:
    if not _STRING.issuperset(map(type, names)) and not all(isinstance(name, str) for name in names):
        raise TranslationError(where, "an object's key is not a string")


def _check_number(value: Any, where: str) -> None:
    if not isinstance(value, int | float | str):
        raise TranslationError(where, f"not JSON: {type(value).__name__}")
    if isinstance(value, float) and not math.isfinite(value):
        raise TranslationError(where, "not a finite number")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise TranslationError(where, "a number that is too large")
