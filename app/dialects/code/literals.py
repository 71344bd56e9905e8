"""JSON values as source text: nothing that stands in them can end a literal, or be taken for code.

What cannot be seen (controls, lone surrogates, marks that turn the direction of writing) is escaped, so that the code
that a person reads is the code that runs.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

INDENT = "    "


def python_literal(value: Any, depth: int = 0) -> str:
    """A JSON value as a Python expression, one item a line.

    Args:
        depth: how far the line is indented that it begins in, in steps of `INDENT`.
    """
    return _laid_out(value, depth, repr, repr)


def typescript_literal(value: Any, depth: int = 0) -> str:
    """A JSON value as a TypeScript expression."""
    return _laid_out(value, depth, _script_scalar, _script_key)


def json_text(value: Any) -> str:
    """A JSON value as JSON, one item a line."""
    return _laid_out(value, 0, _script_scalar, _seen)


def shell_word(text: str) -> str:
    """A text as one word of a POSIX shell, in which nothing is expanded."""
    return "'" + text.replace("'", "'\\''") + "'"


def string(text: str) -> str:
    """A text as a string literal of TypeScript and JSON."""
    return _seen(text)


def _laid_out(value: Any, depth: int, scalar: Callable[[Any], str], key: Callable[[str], str]) -> str:
    inner, outer = INDENT * (depth + 1), INDENT * depth
    if isinstance(value, Mapping) and value:
        items = [f"{key(name)}: {_laid_out(each, depth + 1, scalar, key)}" for name, each in value.items()]
        return "{\n" + ",\n".join(inner + item for item in items) + f"\n{outer}}}"
    if isinstance(value, list | tuple) and value:
        items = [_laid_out(each, depth + 1, scalar, key) for each in value]
        return "[\n" + ",\n".join(inner + item for item in items) + f"\n{outer}]"
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, list | tuple) else scalar(value)


def _script_scalar(value: Any) -> str:
    return _seen(value) if isinstance(value, str) else json.dumps(value)


def _script_key(name: str) -> str:
    """`__proto__` would not become a field of an object literal but its prototype."""
    return f"[{_seen(name)}]" if name == "__proto__" else _seen(name)


def _seen(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else "".join(_escaped(each) for each in quoted)


def _escaped(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]
