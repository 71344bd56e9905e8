"""What httpx, sockets and TLS raise, as the failures of `app.errors`."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urljoin, urlsplit

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
TARGET_LIMIT = 100
_NO_HTTP = "illegal status line"
"""What h11 says of a first line that is none of HTTP's."""
_CLOSED = "disconnected without sending a response"
"""What httpcore says of a connection that ended before a blank line came: a greeting of SSH's is swallowed so, too."""


class Head(Protocol):
    """What is known of a response before its body; `httpx.Response` is one."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By name, however it is written."""

    @property
    def request(self) -> httpx.Request: ...


def connection_failure(error: Exception, *, host: str, connect_s: float, proxied: bool) -> ConnectionFailed:
    """The failure that stands for an exception of httpx before or while headers came.

    `host` is what a person would recognise; no URL, no header value and so no key goes into the result.
    """
    causes = list(_causes(error))
    reason = _reason(causes)
    if isinstance(error, httpx.ProxyError):
        return ProxyFailed(host, reason)
    if isinstance(error, httpx.RemoteProtocolError) and _NO_HTTP in str(error):
        return WrongService(host, "it does not speak HTTP", 0, "no HTTP")
    if isinstance(error, httpx.ConnectTimeout):
        return TimedOut(host, "no connection", "connect", connect_s)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return TlsFailed(host, _tls_reason(cause))
        if isinstance(cause, socket.gaierror | ConnectionRefusedError):
            direct = NameNotFound if isinstance(cause, socket.gaierror) else ConnectionRefused
            return (ProxyFailed if proxied else direct)(host, reason)
    if isinstance(error, httpx.ConnectError):
        return (ProxyFailed if proxied else ConnectionRefused)(host, reason)
    return ConnectionFailed(host, reason)


def response_failure(
    response: Head, body: bytes, *, host: str, read: Callable[..., ApiError] = error_from_wire
) -> ApiError | WrongService:
    """The failure that a response with a status other than 200 stands for; `read` knows the dialect of its body."""
    status = response.status_code
    if 300 <= status < 400:
        target = _target(response)
        return WrongService(host, f"it redirects to {target or 'an unnamed place'}", status, "redirect", target)
    if status < 300:
        return wrong_content(response, host=host, body=body)
    parsed = _parsed(body)
    if _is_page(response) and not isinstance(parsed, dict):
        if status < 500 and status not in {401, 403, 404, 407, 413, 429}:
            return WrongService(host, "it answered with a web page", status)
        parsed = None
    return read(
        parsed,
        status=status,
        request_id=response.headers.get("request-id"),
        retry_after_s=retry_after(response.headers),
    )


def wrong_content(response: Head, *, host: str, body: bytes | None = None) -> WrongService:
    """What is no answer of the API: a captive portal's page, another program's data, nothing at all.

    `body` is None where it was not read.
    """
    status = response.status_code
    if response.headers.get("content-length") == "0" or (body is not None and not body.strip()):
        return WrongService(host, "it answered with nothing", status, "nothing")
    kind = response.headers.get("content-type", "no content type").partition(";")[0]
    what = "a web page" if _is_page(response) else kind
    return WrongService(host, f"it answered with {what}", status)


def retry_after(headers: Mapping[str, str]) -> float | None:
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


def _target(response: Head) -> str:
    """Where a redirect leads, as it may be repeated: no credentials, no query. Empty where it says nothing sensible."""
    try:
        parts = urlsplit(urljoin(str(response.request.url), response.headers.get("location", "")))
        place = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return f"{parts.scheme}://{place}{parts.path}"[:TARGET_LIMIT] if parts.scheme else ""


def _is_page(response: Head) -> bool:
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
    """The operating system's own words where there are any, else ours, else the exception's class."""
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror[:REASON_LIMIT]
    return "closed without an answer" if _CLOSED in str(causes[0]) else type(causes[0]).__name__


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message[:REASON_LIMIT]
    return (error.reason or "TLS failed").replace("_", " ").lower()[:REASON_LIMIT]
