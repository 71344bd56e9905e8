"""Errors, both ways.

Source: OpenAI API reference, "Error codes"; Messages API reference, "Errors".
"""

from collections.abc import Mapping
from typing import Any

from app.errors import (
    ApiError,
    AuthenticationFailed,
    BillingProblem,
    Conflict,
    ConnectionFailed,
    DuologueError,
    GatewayTimedOut,
    InvalidRequest,
    KeyMissing,
    NotFound,
    Overloaded,
    PermissionDenied,
    RateLimited,
    RequestTooLarge,
    ServerFailed,
    StreamBroken,
    TimedOut,
    TranslationError,
    UnsupportedParameter,
)

_KINDS: Mapping[type[ApiError], str] = {
    InvalidRequest: "invalid_request_error",
    AuthenticationFailed: "authentication_error",
    BillingProblem: "billing_error",
    PermissionDenied: "permission_error",
    NotFound: "not_found_error",
    Conflict: "conflict_error",
    RequestTooLarge: "request_too_large",
    RateLimited: "rate_limit_error",
    GatewayTimedOut: "timeout_error",
    Overloaded: "overloaded_error",
}
_BY_STATUS: Mapping[int, type[ApiError]] = {
    401: AuthenticationFailed,
    402: BillingProblem,
    403: PermissionDenied,
    404: NotFound,
    408: GatewayTimedOut,
    409: Conflict,
    413: RequestTooLarge,
    429: RateLimited,
    504: GatewayTimedOut,
    529: Overloaded,
}
_BY_KIND: Mapping[str, type[ApiError]] = {
    **{kind: found for found, kind in _KINDS.items()},
    "insufficient_quota": BillingProblem,
    "server_error": ServerFailed,
    "api_error": ServerFailed,
}
_STATUS: Mapping[type[ApiError], int] = {found: status for status, found in _BY_STATUS.items() if status != 408}
MESSAGE_LIMIT = 2000
"""Characters of an error's text that are kept."""


def error_to_wire(error: DuologueError) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the body of an error; inside a stream the body is the last object."""
    match error:
        case UnsupportedParameter(where, reason):
            return 400, _body(reason, "invalid_request_error", "unsupported_parameter", where)
        case TranslationError(where, reason):
            return 400, _body(f"{where}: {reason}" if where else reason, "invalid_request_error", None, where)
        case ApiError():
            kind = error.kind or _KINDS.get(type(error), "api_error")
            return error.status, _body(error.message, kind, error.error_code)
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
        status=status if status is not None else _STATUS.get(found, 400 if found is InvalidRequest else 500),
        kind=str(kind),
        message=text.strip()[:MESSAGE_LIMIT],
        request_id=request_id,
        error_code=code,
        retry_after_s=retry_after_s,
        mid_stream=status is None,
    )


def _class(kind: str, code: str | None, status: int | None) -> type[ApiError]:
    if code == "insufficient_quota":
        return BillingProblem
    if status is None:
        return _BY_KIND.get(kind, ServerFailed)
    return _BY_STATUS.get(status) or (InvalidRequest if status < 500 else ServerFailed)
