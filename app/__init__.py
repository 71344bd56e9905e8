"""Duologue's engine: conversations with Claude models, without a window.

Reading order: `domain` (the vocabulary) · `dialects` (a vendor's JSON to the domain and back) · `wire` (bytes to
events) · `client` (the network) · `store`, `vault`, `settings` (what is kept) · `services` (use cases) · `simulator`
(a Messages API on this machine) · `api` (`from app import completion`). `errors` holds every failure that is expected.

What `api` offers can be imported from here, and is loaded when it is first asked for: `import app` alone costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.api.counting import completion_cost as completion_cost
    from app.api.counting import token_counter as token_counter
    from app.api.door import acompletion as acompletion
    from app.api.door import completion as completion
    from app.api.objects import ModelResponse as ModelResponse
    from app.api.streaming import stream_chunk_builder as stream_chunk_builder

__version__ = "0.1.0"

_HOMES = {
    "door": ("completion", "acompletion"),
    "counting": ("token_counter", "completion_cost"),
    "streaming": ("stream_chunk_builder", "CompletionStream", "AsyncCompletionStream"),
    "objects": (
        *("ModelResponse", "ModelResponseStream", "Choices", "StreamingChoices", "Message", "Delta", "Usage"),
        *("ChatCompletionMessageToolCall", "Function"),
    ),
    "exceptions": (
        *("OpenAIError", "APIError", "APIStatusError", "APIConnectionError", "Timeout", "BadRequestError"),
        *("UnsupportedParamsError", "ContextWindowExceededError", "ContentPolicyViolationError"),
        *("AuthenticationError", "PaymentRequiredError", "PermissionDeniedError", "NotFoundError", "ConflictError"),
        *("UnprocessableEntityError", "RateLimitError", "InternalServerError", "BadGatewayError"),
        *("ServiceUnavailableError", "MidStreamFallbackError", "APIResponseValidationError"),
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = ["__version__", *_HOME]  # noqa: PLE0604, RUF100 - names that `__getattr__` finds


def __getattr__(name: str) -> Any:
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module 'app' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"app.api.{module}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
