"""What httpx, sockets and TLS raise, as the failures of `app.errors`."""

import json
import socket
import ssl
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from app.dialects.anthropic.failures import error_from_wire
from app.errors import (
    ApiError,
    ConnectionFailed,
    ConnectionRefused,
    NameNotFound,
    ProxyFailed,
    TimedOut,
    TlsFailed,
    WrongService,
)

REASON_LIMIT = 300


def connection_failure(error: Exception, *, host: str, connect_s: float, proxied: bool) -> ConnectionFailed:
    """The failure that stands for an exception of httpx before or while headers came.

    `host` is what a person would recognise; no URL, no header value and so no key goes into the result.
    """
    causes = list(_causes(error))
    reason = _reason(causes)
    if isinstance(error, httpx.ProxyError):
        return ProxyFailed(host, reason)
    if isinstance(error, httpx.ConnectTimeout):
        return TimedOut(host, "no connection", "connect", connect_s)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return TlsFailed(host, _tls_reason(cause))
        if isinstance(cause, socket.gaierror):
            return ProxyFailed(host, reason) if proxied else NameNotFound(host, reason)
        if isinstance(cause, ConnectionRefusedError):
            return ProxyFailed(host, reason) if proxied else ConnectionRefused(host, reason)
    if isinstance(error, httpx.ConnectError):
        return ProxyFailed(host, reason) if proxied else ConnectionRefused(host, reason)
    return ConnectionFailed(host, reason)


def response_failure(response: httpx.Response, body: bytes, *, host: str) -> ApiError | WrongService:
    """The failure that a response with a status other than 200 stands for."""
    status = response.status_code
    if 300 <= status < 400:
        target = urlsplit(response.headers.get("location", "")).hostname or "an unnamed place"
        return WrongService(host, f"it redirects to {target}", status)
    parsed = _parsed(body)
    if _is_page(response) and not isinstance(parsed, dict):
        if status < 500 and status not in {401, 403, 404, 407, 413, 429}:
            return WrongService(host, "it answered with a web page", status)
        parsed = None
    return error_from_wire(
        parsed,
        status=status,
        request_id=response.headers.get("request-id"),
        retry_after_s=retry_after(response.headers),
    )


def wrong_content(response: httpx.Response, *, host: str) -> WrongService:
    """A 200 that is no event stream: a captive portal, or a server that does not know the Messages API."""
    kind = response.headers.get("content-type", "no content type").partition(";")[0]
    what = "a web page" if _is_page(response) else kind
    return WrongService(host, f"it answered with {what} where an event stream was asked for", response.status_code)


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds, from `retry-after-ms` or `retry-after`; None where neither says how long.

    A number that is not positive says nothing. A date is counted from the response's own, for clocks differ.

    Source: Messages API reference, "Errors and retries"; RFC 9110, "Retry-After".
    """
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            wait = float(headers[name]) * scale
        except KeyError:
            continue
        except ValueError:
            wait = _until(headers[name], headers.get("date", ""))
        if 0 < wait < float("inf"):
            return wait
    return None


def _until(date: str, now: str) -> float:
    """Seconds from one HTTP date to another; 0 where they are none."""
    try:
        return (parsedate_to_datetime(date) - parsedate_to_datetime(now)).total_seconds()
    except (TypeError, ValueError):
        return 0.0


def _is_page(response: httpx.Response) -> bool:
    return "html" in response.headers.get("content-type", "").lower()


def _parsed(body: bytes) -> object:
    try:
        text = body.decode("utf-8", "replace")
        return json.loads(text)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        if isinstance(at, BaseExceptionGroup):
            yield from at.exceptions
        at = at.__cause__ or at.__context__


def _reason(causes: list[BaseException]) -> str:
    """The operating system's own words where there are any, else the exception's class."""
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror[:REASON_LIMIT]
    return type(causes[0]).__name__


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message[:REASON_LIMIT]
    return (error.reason or "TLS failed").replace("_", " ").lower()[:REASON_LIMIT]
