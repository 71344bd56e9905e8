"""What went over the wire, as it is kept: an exchange is one attempt, a request and what answered it."""

import re
from collections.abc import Sequence
from typing import Literal

from app.domain.connection import Secret
from app.immutable import immutable

Outcome = Literal["done", "failed", "stopped"]
Headers = Sequence[tuple[str, str]]
_SECRET_HEADER = re.compile(r"auth|cookie|key|passw|secret|token", re.IGNORECASE)
_COUNTS = re.compile(r"ratelimit|tokens", re.IGNORECASE)
"""Of headers that say how many tokens are left, and are no secret."""
_KEY = re.compile(rb"sk-ant-[\w-]{9,}")
SHOWN = 4
"""Characters of a secret that are kept."""


@immutable
class Timings:
    """Milliseconds since the request began; None for what never came."""

    connected_ms: float | None = None
    """None as well on a connection that was open already."""
    sent_ms: float | None = None
    first_byte_ms: float | None = None
    """Status and headers."""
    first_token_ms: float | None = None
    last_ms: float | None = None


@immutable
class ExchangeRow:
    """What a list shows of an exchange."""

    id: int
    began_ms: int
    """Since 1970."""
    method: str
    url: str
    model: str
    attempt: int
    """From 1; a retry is an exchange of its own."""
    status: int | None
    outcome: Outcome
    failure: str
    """Why it failed, for one who reads wires; empty when it did not."""
    input_tokens: int | None
    output_tokens: int | None
    request_id: str
    timings: Timings


@immutable
class RecordedExchange:
    """An exchange with everything that went over the wire, without secrets."""

    row: ExchangeRow
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    http_version: str
    response_headers: tuple[tuple[str, str], ...]
    response_body: bytes
    arrivals: tuple[tuple[float, int], ...]
    """(ms since the beginning, bytes that had come by then) of each piece of the response.
    Pieces that lay in the socket together were read together: exact to a frame."""
    is_cut: bool = False
    """A body was longer than what is kept of one."""


@immutable
class Noted:
    """An exchange as it was, keys included: only in memory, and not for long."""

    key: Secret | None
    began_ms: int
    method: str
    url: str
    attempt: int
    request_headers: Headers
    request_body: bytes
    status: int | None
    http_version: str
    response_headers: Headers
    pieces: Sequence[bytes]
    times: Sequence[float]
    """Of each piece, in milliseconds since the beginning."""
    connected_ms: float | None
    sent_ms: float | None
    first_byte_ms: float | None
    last_ms: float
    outcome: Outcome
    failure: str
    is_cut: bool


def without_secrets(headers: Headers, key: str) -> tuple[tuple[str, str], ...]:
    """Headers with only the end of what is secret in them: the key wherever it is, and what a name gives away."""
    return tuple((name, _shown(name, value, key)) for name, value in headers)


def masked(body: bytes, key: str) -> bytes:
    """A body of the same length without the key in it, or anything else that is a key of the API by its looks."""
    if key:
        own = key.encode()
        body = body.replace(own, _stars(own))
    if b"sk-ant-" in body:
        body = _KEY.sub(lambda found: _stars(found[0]), body)
    return body


def _stars(secret: bytes) -> bytes:
    shown = SHOWN if len(secret) >= 3 * SHOWN else 0
    return b"*" * (len(secret) - shown) + secret[len(secret) - shown :]


def _shown(name: str, value: str, key: str) -> str:
    if _SECRET_HEADER.search(name) and not _COUNTS.search(name):
        scheme, gap, secret = value.rpartition(" ")
        tail = secret[-SHOWN:] if len(secret) >= 3 * SHOWN else ""
        return f"{scheme if scheme.lower() in {'bearer', 'basic'} else ''}{gap and ' '}…{tail}".strip()
    if key and key in value:
        value = value.replace(key, f"…{key[-SHOWN:]}" if len(key) >= 3 * SHOWN else "…")
    return _KEY.sub(lambda found: _stars(found[0]), value.encode("utf-8", "surrogateescape")).decode(
        "utf-8", "surrogateescape"
    )


def header(headers: Headers, name: str) -> str:
    """The first value of a header, empty when there is none."""
    return next((value for each, value in headers if each.lower() == name), "")
