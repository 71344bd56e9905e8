"""Errors, to and from the Messages API's JSON.

Source: Messages API reference, "Errors".
"""

from collections.abc import Mapping
from typing import Any

from app.errors import (
    ApiError,
    AuthenticationFailed,
    BillingProblem,
    Conflict,
    GatewayTimedOut,
    InvalidRequest,
    NotFound,
    Overloaded,
    PermissionDenied,
    RateLimited,
    RequestTooLarge,
    ServerFailed,
)

_BY_KIND: Mapping[str, tuple[type[ApiError], int]] = {
    "invalid_request_error": (InvalidRequest, 400),
    "authentication_error": (AuthenticationFailed, 401),
    "billing_error": (BillingProblem, 402),
    "permission_error": (PermissionDenied, 403),
    "not_found_error": (NotFound, 404),
    "conflict_error": (Conflict, 409),
    "request_too_large": (RequestTooLarge, 413),
    "rate_limit_error": (RateLimited, 429),
    "api_error": (ServerFailed, 500),
    "timeout_error": (GatewayTimedOut, 504),
    "overloaded_error": (Overloaded, 529),
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
MESSAGE_LIMIT = 2000
"""Characters of an error's text that are kept."""


def error_from_wire(
    body: Any,
    *,
    status: int | None = None,
    request_id: str | None = None,
    retry_after_s: float | None = None,
) -> ApiError:
    """Read an error body, or the data of an `error` event when `status` is None.

    A body that is not the API's (a proxy's page, plain text, nothing) still gives the error that its status stands for.
    """
    outer = body if isinstance(body, Mapping) else {}
    inner = outer.get("error")
    error: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}
    kind = str(error.get("type") or "")
    found, usual_status = _BY_KIND.get(kind, (None, 500))
    if status is not None:
        # the status is what the retry rules speak of; a kind that contradicts it must not change them
        found = _BY_STATUS.get(status) or (found if found and usual_status // 100 == status // 100 else None)
        found = found or (InvalidRequest if status < 500 else ServerFailed)
    details = error.get("details")
    details = details if isinstance(details, Mapping) else {}
    code = details.get("error_code")
    return (found or ServerFailed)(
        status=status if status is not None else usual_status,
        kind=kind,
        message=_message(error, body),
        request_id=request_id or _string(outer.get("request_id")),
        error_code=_string(code),
        retry_after_s=retry_after_s,
        details=details,
        mid_stream=status is None,
    )


def error_to_wire(error: ApiError) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the body of an error; the body is also the data of an `error` event inside a stream."""
    kinds = {found: kind for kind, (found, _) in _BY_KIND.items()}
    kind = error.kind or kinds.get(type(error), "invalid_request_error" if error.status < 500 else "api_error")
    told = {"type": kind, "message": error.message, **({"details": dict(error.details)} if error.details else {})}
    request_id = {"request_id": error.request_id} if error.request_id else {}
    return error.status, {"type": "error", "error": told, **request_id}


def _message(error: Mapping[str, Any], body: Any) -> str:
    message = error.get("message")
    text = message if isinstance(message, str) else body if isinstance(body, str) else ""
    return text.strip()[:MESSAGE_LIMIT]


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
