"""Small readers that every part of a chat-completions body needs: the right type, or an error with its pointer."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.dialects.blocks import MARK, ttl_of
from app.dialects.json_values import check_json
from app.domain.blocks import Block
from app.domain.caching import Ttl
from app.errors import TranslationError

Wire = Mapping[str, Any]


class Marked(NamedTuple):
    """A block and the breakpoints on it, before its place among the turns is known."""

    block: Block
    ttl: Ttl | None = None
    parts: tuple[tuple[int, Ttl], ...] = ()
    """Of a tool result: the marks on the blocks inside."""


def text_of(raw: Wire, name: str, where: str) -> str:
    """A string that has to be there."""
    value = raw.get(name)
    if not isinstance(value, str):
        raise TranslationError(f"{where}/{name}", "missing or not a string")
    return value


def object_of(raw: Wire, name: str, where: str) -> Wire:
    """An object that has to be there."""
    value = raw.get(name)
    if type(value) is dict:  # by far the most common, and a tenth of the cost of asking for any mapping
        return value
    if not isinstance(value, Mapping):
        raise TranslationError(f"{where}/{name}", "missing or not an object")
    return value


def list_of(value: Any, where: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TranslationError(where, "not a list")
    return value


def mark_on(raw: Wire, where: str) -> Ttl | None:
    """The `cache_control` of a part, a message, a tool or a call.

    Raises:
        TranslationError: it is no object.
    """
    mark = raw.get(MARK)
    if mark is None:
        return None
    if not isinstance(mark, Mapping):
        raise TranslationError(f"{where}/{MARK}", "not an object")
    ttl = ttl_of(raw)
    if ttl is None:
        check_json(mark, f"{where}/{MARK}")  # it stays with its block, and is forwarded
    return ttl


def foreign_mark(raw: Wire) -> dict[str, Any]:
    """The `cache_control` of a kind that has no name here, to be kept with the block; else nothing."""
    mark = raw.get(MARK)
    return {MARK: mark} if mark is not None and isinstance(mark, Mapping) and ttl_of(raw) is None else {}


def arguments_of(text: Any, where: str) -> Wire:
    """A call's arguments, which the dialect sends as JSON text; `""` stands for none.

    Text that was cut is closed where only brackets are missing: an answer that ended at its limit can come back.

    Raises:
        TranslationError: they are no JSON object.
    """
    if text is not None and not isinstance(text, str):
        if not isinstance(text, Mapping):
            raise TranslationError(where, "not a string")
        check_json(text, where)
        return text
    parsed = _parsed(text, where) if text and text.strip() else {}
    if not isinstance(parsed, dict):
        raise TranslationError(where, "not a JSON object")
    return parsed


def _parsed(text: str, where: str) -> Any:
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise TranslationError(where, "nested too deeply") from error
    except ValueError as error:
        closed = _closed(text)
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        if closed is None:
            raise TranslationError(where, f"not JSON: {reason}") from error
    try:
        return _DECODER.decode(closed)
    except (ValueError, RecursionError):
        raise TranslationError(where, f"not JSON: {reason}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _closed(text: str) -> str | None:
    """The text with the brackets that it lacks at its end; None where something else is wrong with it."""
    open_: list[str] = []
    in_string = escaped = False
    for character in text:
        if in_string:
            escaped, in_string = (character == "\\" and not escaped), (character != '"' or escaped)
        elif character == '"':
            in_string = True
        elif character in "{[":
            open_.append("}" if character == "{" else "]")
        elif character in "}]" and (not open_ or open_.pop() != character):
            return None
    return None if in_string or not open_ else text + "".join(reversed(open_))
