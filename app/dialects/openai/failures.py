"""Errors, both ways.

Source: OpenAI API reference, "Error codes"; Messages API reference, "Errors".
"""

from collections.abc import Mapping
from typing import Any

from app.dialects.error_kinds import BY_KIND, MESSAGE_LIMIT, class_of, kind_of, usual_status
from app.errors import (
    ApiError,
    BillingProblem,
    ConnectionFailed,
    DuologueError,
    KeyMissing,
    ServerFailed,
    StreamBroken,
    TimedOut,
    TranslationError,
    UnsupportedParameter,
)


def error_to_wire(error: DuologueError) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the body of an error; inside a stream the body is the last object."""
    match error:
        case UnsupportedParameter(where, reason):
            return 400, _body(reason, "invalid_request_error", "unsupported_parameter", where)
        case TranslationError(where, reason):
            return 400, _body(f"{where}: {reason}" if where else reason, "invalid_request_error", None, where)
        case ApiError():
            return error.status, _body(error.message, kind_of(error), error.error_code)
        case TimedOut():
            return 504, _body(f"no answer after {error.after_s:.0f} s", "timeout_error", error.phase)
        case ConnectionFailed(host, reason):
            return 502, _body(f"{host}: {reason}", "api_error", "connection_failed")
        case StreamBroken(reason):
            return 502, _body(reason, "api_error", "stream_broken")
        case KeyMissing():
            return 401, _body("there is no API key", "authentication_error", None)
        case _:
            return 500, _body(str(error), "api_error", None)


def _body(message: str, kind: str, code: str | None, where: str = "") -> dict[str, Any]:
    param = where.strip("/").partition("/")[0] or None
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def error_from_wire(
    body: Any,
    *,
    status: int | None = None,
    request_id: str | None = None,
    retry_after_s: float | None = None,
) -> ApiError:
    """Read an error's body, or the object with an `error` inside a stream when `status` is None.

    A body that is not the dialect's still gives the error that its status stands for.
    """
    outer = body if isinstance(body, Mapping) else {}
    inner = outer.get("error")
    error: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}
    kind = error.get("type") if isinstance(error.get("type"), str) else ""
    code = error.get("code") if isinstance(error.get("code"), str) else None
    found = _class(str(kind), code, status)
    message = error.get("message") if isinstance(error.get("message"), str) else inner
    text = message if isinstance(message, str) else body if isinstance(body, str) else ""
    return found(
        status=status if status is not None else usual_status(found),
        kind=str(kind),
        message=text.strip()[:MESSAGE_LIMIT],
        request_id=request_id,
        error_code=code,
        retry_after_s=retry_after_s,
        mid_stream=status is None,
    )


def _class(kind: str, code: str | None, status: int | None) -> type[ApiError]:
    if "insufficient_quota" in (code, kind):
        return BillingProblem
    if status is None:
        return BY_KIND[kind][0] if kind in BY_KIND else ServerFailed
    return class_of(status)
