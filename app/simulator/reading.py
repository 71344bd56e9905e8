"""A request's body, from bytes to JSON: what the API would not read is refused here."""

import json
import math
import re
from collections.abc import AsyncIterator
from typing import Any

from app.simulator.refusals import Refusal, invalid

BODY_LIMIT = 32 * 1024 * 1024
"""§2."""
DEEPEST = 200
"""Levels of nesting; far more than a request needs, far less than the interpreter's stack holds."""
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


async def gathered(chunks: AsyncIterator[bytes]) -> bytes | Refusal:
    """All bytes of a body. One that is too large is not read to its end."""
    raw = bytearray()
    async for chunk in chunks:
        raw += chunk
        if len(raw) > BODY_LIMIT:
            return Refusal(413, "request_too_large", "Request exceeds the maximum size")
    return bytes(raw)


def parsed(raw: bytes) -> Any | Refusal:
    """JSON as RFC 8259 has it: UTF-8, no NaN, no half of a surrogate pair, and not without end in depth."""
    try:
        text = raw.decode("utf-8")
        if _too_deep(text):
            return invalid("The request body is nested too deeply")
        body = json.loads(text, parse_constant=_refused_constant, parse_float=_finite)
        if "\\u" in text:
            json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        # a UnicodeEncodeError is a ValueError as well: half of a surrogate pair
        half = isinstance(error, UnicodeEncodeError)
        return invalid(f"The request body is not valid JSON{': no low surrogate in string' if half else ''}")
    return body


def _refused_constant(name: str) -> None:
    raise ValueError(name)


def _finite(digits: str) -> float:
    """1e999 would be written back as no JSON at all."""
    value = float(digits)
    if math.isinf(value):
        raise ValueError(digits)
    return value


def _too_deep(text: str) -> bool:
    """Brackets are only counted where there are enough of them; those in strings do not nest."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    depth = 0
    for found in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if found[0] in "[{" else -1
        if depth > DEEPEST:
            return True
    return False
