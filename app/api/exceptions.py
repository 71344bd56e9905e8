"""What can go wrong, under LiteLLM's names and with the status that the API gave. `__cause__` is the engine's error.

Each is told as a sentence. `headers` has what the answer said of itself: `request-id`, `retry-after`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.errors import (
    ApiError,
    AuthenticationFailed,
    BillingProblem,
    Conflict,
    ConnectionFailed,
    DuologueError,
    GatewayTimedOut,
    InvalidKey,
    KeyMissing,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerFailed,
    StreamBroken,
    TimedOut,
    TranslationError,
    UnsupportedParameter,
    WrongService,
)


class ErrorResponse(NamedTuple):
    """What is kept of the response that an error came with."""

    status_code: int
    headers: Mapping[str, str]


class OpenAIError(Exception):
    pass


class APIError(OpenAIError):
    status_code = 500
    llm_provider = "anthropic"

    def __init__(
        self,
        message: str,
        model: str = "",
        *,
        status_code: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.model = model
        self.status_code = status_code or type(self).status_code
        self.headers = self.litellm_response_headers = dict(headers or {})
        self.response = ErrorResponse(self.status_code, self.headers)
        self.request_id = self.headers.get("request-id")
        self.body = body
        """The API's own `error` object: type, message, details; None where there was none."""
        self.type = body.get("type") if body else None
        self.code = self.status_code
        self.param: str | None = None


class APIConnectionError(APIError):
    """No answer came."""


class Timeout(APIConnectionError):
    status_code = 408


class APIResponseValidationError(APIError):
    """What came is no answer of this API."""


class APIStatusError(APIError):
    pass


class BadRequestError(APIStatusError):
    status_code = 400


class UnsupportedParamsError(BadRequestError):
    """Claude, or this model, has nothing like it; `drop_params=True` leaves it out."""


class ContextWindowExceededError(BadRequestError):
    pass


class ContentPolicyViolationError(BadRequestError):
    pass


class AuthenticationError(APIStatusError):
    status_code = 401


class PaymentRequiredError(APIStatusError):
    status_code = 402


class PermissionDeniedError(APIStatusError):
    status_code = 403


class NotFoundError(APIStatusError):
    status_code = 404


class ConflictError(APIStatusError):
    status_code = 409


class UnprocessableEntityError(APIStatusError):
    status_code = 422


class RateLimitError(APIStatusError):
    status_code = 429


class InternalServerError(APIStatusError):
    status_code = 500


class BadGatewayError(APIStatusError):
    status_code = 502


class ServiceUnavailableError(APIStatusError):
    status_code = 503


class MidStreamFallbackError(ServiceUnavailableError):
    """An answer began and did not end. `generated_content` is its text so far."""

    generated_content = ""


_BY_KIND: Mapping[type[DuologueError], type[APIError]] = {
    AuthenticationFailed: AuthenticationError,
    BillingProblem: PaymentRequiredError,
    PermissionDenied: PermissionDeniedError,
    NotFound: NotFoundError,
    Conflict: ConflictError,
    RateLimited: RateLimitError,
    GatewayTimedOut: Timeout,
}
_BY_STATUS: Mapping[int, type[APIError]] = {
    422: UnprocessableEntityError,
    502: BadGatewayError,
    503: ServiceUnavailableError,
}
_BY_TEXT: tuple[tuple[str, type[APIError]], ...] = (
    ("prompt is too long", ContextWindowExceededError),
    ("prompt: length", ContextWindowExceededError),
    ("content filtering policy", ContentPolicyViolationError),
)


def raised(error: DuologueError, model: str, *, text: str = "") -> APIError:
    """The exception that stands for an error of the engine.

    Args:
        text: of the answer so far, where one had begun.
    """
    made = _raised(error, model)
    if isinstance(made, MidStreamFallbackError):
        made.generated_content = text
    made.__cause__ = error
    return made


def _raised(error: DuologueError, model: str) -> APIError:
    match error:
        case ApiError():
            return _of_api(error, model)
        case UnsupportedParameter(where, reason):
            made: APIError = UnsupportedParamsError(_placed(where, reason), model)
        case TranslationError(where, reason):
            made = BadRequestError(_placed(where, reason), model)
        case KeyMissing() | InvalidKey():
            return AuthenticationError(_key_sentence(error), model)
        case ConnectionFailed():
            return _of_connection(error, model)
        case StreamBroken(reason, request_id):
            headers = {"request-id": request_id} if request_id else {}
            return MidStreamFallbackError(f"The answer broke off: {reason}.", model, headers=headers)
        case _:
            return APIError(" ".join(str(each) for each in error.args), model)
    made.param = where.strip("/") or None
    return made


def _of_connection(error: ConnectionFailed, model: str) -> APIError:
    match error:
        case WrongService(host, reason, status):
            text = f"{host} is no Messages API: {reason} (status {status})."
            return APIResponseValidationError(text, model, status_code=status if status >= 400 else None)
        case TimedOut(host, reason, phase, after_s):
            return Timeout(f"{host} did not answer in time: {reason} within {after_s:g} s ({phase}).", model)
        case _:
            return APIConnectionError(f"{error.host} could not be reached: {error.reason}.", model)


def _of_api(error: ApiError, model: str) -> APIError:
    said = error.message.lower()
    found = next((kind for text, kind in _BY_TEXT if text in said), None)
    found = found or _BY_STATUS.get(error.status) or _BY_KIND.get(type(error))
    if found is None:
        found = InternalServerError if isinstance(error, ServerFailed) or error.status >= 500 else BadRequestError
    headers = {"request-id": error.request_id or "", "retry-after": f"{error.retry_after_s or 0:g}"}
    if error.retry_after_s is None:
        del headers["retry-after"]
    if error.request_id is None:
        del headers["request-id"]
    kind = error.kind or type(error).__name__
    where = f"{kind}, status {error.status}" + (f", request {error.request_id}" if error.request_id else "")
    message = f"{error.message or 'The API gave no reason.'} ({where})"
    body = {"type": error.kind, "message": error.message, "details": dict(error.details)}
    return found(message, model, status_code=error.status, headers=headers, body=body)


def _placed(where: str, reason: str) -> str:
    return f"{where}: {reason}" if where else reason


def _key_sentence(error: DuologueError) -> str:
    if isinstance(error, InvalidKey):
        return f"The API key cannot be used: {error.reason}."
    return "There is no API key: pass api_key, or set ANTHROPIC_API_KEY."
