"""The Messages API's kinds of error, which chat completions carry as well, and the statuses that they come with.

Source: Messages API reference, "Errors".
"""

from collections.abc import Mapping

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

MESSAGE_LIMIT = 2000
"""Characters of an error's text that are kept."""
BY_KIND: Mapping[str, tuple[type[ApiError], int]] = {
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
BY_STATUS: Mapping[int, type[ApiError]] = {
    **{status: found for found, status in BY_KIND.values() if found not in {InvalidRequest, ServerFailed}},
    408: GatewayTimedOut,
}
"""Those that tell more than that the request was wrong (4xx) or the service failed (5xx)."""
_KIND: Mapping[type[ApiError], tuple[str, int]] = {found: (kind, status) for kind, (found, status) in BY_KIND.items()}


def class_of(status: int) -> type[ApiError]:
    """The error that a status stands for, whatever its body says."""
    return BY_STATUS.get(status) or (InvalidRequest if status < 500 else ServerFailed)


def usual_status(found: type[ApiError]) -> int:
    """The status that an error comes with, for one that was told inside a stream."""
    return _KIND[found][1]


def kind_of(error: ApiError) -> str:
    """The word for an error: its own, or the one that its class stands for."""
    return error.kind or _KIND.get(type(error), _KIND[class_of(error.status)])[0]
