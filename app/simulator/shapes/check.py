"""Checking a body against its shape: the first fault, told as the API tells it."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from app.simulator.shapes.requests import Counted, Created, Sampled

SAMPLED = "2023-06-01"
"""The last version with sampling parameters."""
_CLASS = re.compile(r" or (instance of \w+|object to extract fields from)")
"""Words that speak of this program's own classes."""


def shape_fault(body: Any, version: str, *, counting: bool) -> str | None:
    """`place: what is wrong` of the first field that does not fit; None for a sound shape."""
    shape = Counted if counting else Sampled if version == SAMPLED else Created
    try:
        shape.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place, words = _place(first["loc"]), _CLASS.sub("", first["msg"])
        return f"{place}: {words}" if place else words
    return None


def _place(parts: Sequence[int | str]) -> str:
    """A dotted path. Tags that begin with `~`, and types in brackets, tell alternatives apart in here only."""
    return ".".join(str(part) for part in parts if not str(part).startswith("~") and "[" not in str(part))
