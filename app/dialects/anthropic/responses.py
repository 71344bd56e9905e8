"""Whole answers, from the Messages API's JSON.

Source: Messages API reference, "Response body".
"""

from collections.abc import Mapping
from typing import Any

from app.dialects.anthropic.usage import usage_from_wire
from app.dialects.blocks import blocks_from_wire
from app.domain.stream import Reply
from app.errors import TranslationError

_NAMED = frozenset({"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "stop_details", "usage"})


def reply_from_wire(body: Any) -> Reply:
    """Read the body of an answer that was not streamed.

    Raises:
        TranslationError: it is not a message.
    """
    if not isinstance(body, Mapping) or body.get("type") != "message":
        raise TranslationError("", "not a message")
    return Reply(
        blocks=blocks_from_wire(body.get("content"), where="/content"),
        complete=True,
        api_id=str(body.get("id") or ""),
        model=str(body.get("model") or ""),
        stop_reason=_text(body, "stop_reason"),
        stop_sequence=_text(body, "stop_sequence"),
        stop_details=_details(body),
        usage=usage_from_wire(body.get("usage")),
        extra={name: value for name, value in body.items() if name not in _NAMED and value is not None},
    )


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if not isinstance(value, str | None):
        raise TranslationError(f"/{name}", "not a string")
    return value


def _details(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    value = body.get("stop_details")
    if not isinstance(value, Mapping | None):
        raise TranslationError("/stop_details", "not an object")
    return value
