"""The two dialects that the gateway is spoken to in: what is asked in each, and how answers and errors are told.

Where both sides speak the same dialect, nothing is translated: the body goes on as it came, with the model's own name,
and so does the answer. It is read all the same, so that what is no request is refused here.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import uuid4

from app.dialects.anthropic import incoming, outgoing
from app.dialects.anthropic.failures import error_to_wire as messages_error
from app.dialects.json_values import check_json
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.failures import error_to_wire as chat_error
from app.dialects.openai.requests import Asked, request_from_wire
from app.dialects.openai.responses import reply_to_wire
from app.domain.capabilities import fitted, misfits
from app.domain.models import ModelEntry
from app.domain.stream import ClientEvent, MessageChanged, MessageStopped, Reply
from app.errors import ApiError, DuologueError, GatewayTimedOut, InvalidRequest, ServerFailed, TranslationError
from app.wire.json_bytes import json_bytes

ELSEWHERE = frozenset(
    {
        *("api_base", "base_url", "api_key", "api_version", "api_type", "organization", "custom_llm_provider"),
        *("litellm_params", "mock_response", "extra_headers", "headers", "proxy", "fallbacks", "model_list"),
    }
)
"""Fields with which a caller of LiteLLM says where a request goes, with which key. Here only the gateway says that."""
_DEFAULTS = frozenset({"max_tokens", "temperature", "top_p", "top_k", "thinking", "metadata"})
"""Defaults that both dialects have under one name."""


class Speaker(Protocol):
    """Tells one streamed answer."""

    def events(self, events: Iterable[ClientEvent]) -> bytes: ...


class Face(Protocol):
    """One dialect, towards callers."""

    kind: str
    """The kind of upstream that speaks it too."""
    path: str
    """Where such an upstream is asked."""

    def asked(self, body: Mapping[str, Any], headers: Mapping[str, str], terms: "Terms") -> Asked:
        """Read a request. Raises TranslationError, UnsupportedParameter."""

    def check(self, body: Mapping[str, Any]) -> None:
        """Whether a body can go on as it is. Raises TranslationError."""

    def filled(self, body: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
        """The body with what a deployment sets where a request does not."""

    def forwarded(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The caller's headers that go on with a body as it is."""

    def whole(self, reply: Reply, asked: Asked) -> bytes: ...

    def speaker(self, asked: Asked) -> Speaker: ...

    def refusal(self, error: DuologueError) -> tuple[int, bytes]:
        """The status and body of an error."""

    def broken(self, error: DuologueError) -> bytes:
        """The event of an error that ends a stream."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a request is to be taken by the deployment that it goes to."""

    entry: ModelEntry | None
    drop_params: bool


def checked(body: Any) -> dict[str, Any]:
    """A body that is a request of either dialect as far as both are alike.

    Raises:
        TranslationError: it is no object, names no model, or says where it wants to go.
    """
    if not isinstance(body, dict):
        raise TranslationError("", "not an object")
    check_json(body, "")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise TranslationError("/model", "missing or not a string")
    if not isinstance(body.get("stream", False), bool | None):
        raise TranslationError("/stream", "neither true nor false")
    for name in ELSEWHERE & body.keys():
        if body[name] is not None:
            raise TranslationError(f"/{name}", "the gateway's own configuration says where a request goes")
    return body


class MessagesFace:
    kind = "anthropic"
    path = "/v1/messages"

    def asked(self, body: Mapping[str, Any], headers: Mapping[str, str], terms: Terms) -> Asked:
        request, stream = incoming.request_from_wire(body, headers=headers)
        if terms.drop_params:
            request = fitted(request, misfits(request, terms.entry))
        return Asked(request, stream=stream)

    def check(self, body: Mapping[str, Any]) -> None:
        incoming.request_from_wire(body)

    def filled(self, body: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
        own = {name: value for name, value in defaults.items() if name in _DEFAULTS}
        if "stop" in defaults:
            stop = defaults["stop"]
            own["stop_sequences"] = [stop] if isinstance(stop, str) else stop
        return own | {name: value for name, value in body.items() if value is not None}

    def forwarded(self, headers: Mapping[str, str]) -> dict[str, str]:
        named = {name: headers[name] for name in ("anthropic-version", "anthropic-beta") if headers.get(name)}
        return {"anthropic-version": "2023-06-01", **named}

    def whole(self, reply: Reply, asked: Asked) -> bytes:
        return json_bytes(outgoing.reply_to_wire(reply))

    def speaker(self, asked: Asked) -> "MessagesSpeaker":
        return MessagesSpeaker()

    def refusal(self, error: DuologueError) -> tuple[int, bytes]:
        status, body = messages_error(as_api_error(error))
        return status, json_bytes(body)

    def broken(self, error: DuologueError) -> bytes:
        return _event(messages_error(as_api_error(error))[1])


class MessagesSpeaker:
    """The Messages API tells why an answer ended and what it used in one event; chat completions do in two chunks."""

    def __init__(self) -> None:
        self._changed: MessageChanged | None = None

    def events(self, events: Iterable[ClientEvent]) -> bytes:
        spoken: list[bytes] = []
        for event in events:
            if isinstance(event, MessageChanged):
                self._changed = _joined(self._changed, event)
                continue
            if isinstance(event, MessageStopped) and self._changed is not None:
                spoken.append(_event(outgoing.event_to_wire(self._changed)))
            spoken.append(_event(outgoing.event_to_wire(event)))
        return b"".join(spoken)


def _joined(earlier: MessageChanged | None, later: MessageChanged) -> MessageChanged:
    before = earlier or MessageChanged(None, None, None, usage={"output_tokens": 0})
    return MessageChanged(
        later.stop_reason if later.stop_reason is not None else before.stop_reason,
        later.stop_sequence if later.stop_sequence is not None else before.stop_sequence,
        later.stop_details if later.stop_details is not None else before.stop_details,
        usage={**before.usage, **later.usage},
        extra={**before.extra, **later.extra},
    )


def _event(wire: Mapping[str, Any] | None) -> bytes:
    if wire is None:
        return b""
    return b"event: %s\ndata: %s\n\n" % (str(wire["type"]).encode(), json_bytes(wire))


class ChatFace:
    kind = "openai"
    path = "/v1/chat/completions"

    def asked(self, body: Mapping[str, Any], headers: Mapping[str, str], terms: Terms) -> Asked:
        asked = request_from_wire(body, entry=terms.entry, drop_params=terms.drop_params)
        found = misfits(asked.request, terms.entry)
        # what nobody would miss is mended in any case; the rest the service itself refuses
        mended = fitted(asked.request, found if terms.drop_params else tuple(each for each in found if each.harmless))
        return replace(asked, request=mended)

    def check(self, body: Mapping[str, Any]) -> None:
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages:
            raise TranslationError("/messages", "missing or not a list of messages")
        for at, each in enumerate(messages):
            if not isinstance(each, Mapping) or not isinstance(each.get("role"), str):
                raise TranslationError(f"/messages/{at}", "not a message with a role")

    def filled(self, body: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in body.items() if value is not None}
        limits = {"max_tokens", "max_completion_tokens"}
        unless = limits if limits & given.keys() else frozenset()
        return {name: value for name, value in defaults.items() if name not in unless} | given

    def forwarded(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {"anthropic-beta": headers["anthropic-beta"]} if headers.get("anthropic-beta") else {}

    def whole(self, reply: Reply, asked: Asked) -> bytes:
        return json_bytes(reply_to_wire(reply, id=_completion_id(), created=int(time.time()), style=asked.style))

    def speaker(self, asked: Asked) -> "ChatSpeaker":
        return ChatSpeaker(asked)

    def refusal(self, error: DuologueError) -> tuple[int, bytes]:
        status, body = chat_error(error)
        return status, json_bytes(body)

    def broken(self, error: DuologueError) -> bytes:
        return b"data: %s\n\n" % json_bytes(chat_error(error)[1])


class ChatSpeaker:
    def __init__(self, asked: Asked) -> None:
        self._speaker = ChunkSpeaker(id=_completion_id(), created=int(time.time()), style=asked.style)

    def events(self, events: Iterable[ClientEvent]) -> bytes:
        spoken: list[bytes] = []
        for event in events:
            spoken += [b"data: %s\n\n" % json_bytes(chunk) for chunk in self._speaker.speak(event)]
            if isinstance(event, MessageStopped):
                spoken.append(b"data: [DONE]\n\n")
        return b"".join(spoken)


MESSAGES = MessagesFace()
CHAT = ChatFace()


def face_of(path: str) -> Face:
    """The dialect in which whoever asks at a path expects to be answered, refusals included."""
    return MESSAGES if path.startswith("/v1/messages") else CHAT


def as_api_error(error: DuologueError) -> ApiError:
    """Any failure as the Messages API would tell it."""
    if isinstance(error, ApiError):
        return error
    status, body = chat_error(error)
    told = body["error"]
    kind = InvalidRequest if status < 500 else GatewayTimedOut if status == 504 else ServerFailed
    return kind(status, told["type"], told["message"])


def _completion_id() -> str:
    return f"chatcmpl-{uuid4().hex}"
