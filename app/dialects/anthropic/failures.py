"""Errors, to and from the Messages API's JSON.

Source: Messages API reference, "Errors".
"""

from collections.abc import Mapping
from typing import Any

from app.dialects.error_kinds import BY_KIND, BY_STATUS, MESSAGE_LIMIT, class_of, kind_of, usual_status
from app.errors import ApiError, ServerFailed


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
    found, usual = BY_KIND.get(kind, (ServerFailed, usual_status(ServerFailed)))
    if status is not None and (status in BY_STATUS or kind not in BY_KIND or usual // 100 != status // 100):
        # the status is what the retry rules speak of; a kind that contradicts it must not change them
        found = class_of(status)
    details = error.get("details")
    details = details if isinstance(details, Mapping) else {}
    code = details.get("error_code")
    return found(
        status=status if status is not None else usual,
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
    told = {
        "type": kind_of(error),
        "message": error.message,
        **({"details": dict(error.details)} if error.details else {}),
    }
    request_id = {"request_id": error.request_id} if error.request_id else {}
    return error.status, {"type": "error", "error": told, **request_id}


def _message(error: Mapping[str, Any], body: Any) -> str:
    message = error.get("message")
    text = message if isinstance(message, str) else body if isinstance(body, str) else ""
    return text.strip()[:MESSAGE_LIMIT]


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
