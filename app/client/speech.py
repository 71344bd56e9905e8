"""A request in the dialect that is understood where it goes: chat completions by a service that speaks those, a text
prompt by claude-2 and older, messages by all others.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from app.client.reading import EventReader
from app.dialects.anthropic.failures import error_from_wire
from app.dialects.anthropic.requests import request_to_wire
from app.dialects.anthropic.responses import reply_from_wire
from app.dialects.prompt import answers as prompt_answers
from app.dialects.prompt import requests as prompt_requests
from app.dialects.prompt.template import speaks_prompt
from app.dialects.wire_request import WireRequest
from app.domain.request import Request
from app.domain.stream import Reply
from app.errors import ApiError
from app.immutable import immutable


@immutable
class Spoken:
    """What goes over the wire, and who understands what comes back."""

    path: str
    wire: WireRequest
    dialect: Literal["messages", "prompt", "chat"] = "messages"
    prefilled: bool = False
    """The request holds the beginning of the answer."""

    @classmethod
    def of(cls, request: Request, *, stream: bool, chat: bool = False) -> "Spoken":
        """`chat`: as chat completions. Raises TranslationError where the dialect cannot say the request."""
        if chat:
            return cls("/v1/chat/completions", _as_chat(request, stream=stream), "chat")
        if not speaks_prompt(request.model):
            return cls("/v1/messages", request_to_wire(request, stream=stream))
        prefilled = bool(request.turns) and request.turns[-1].role == "assistant"
        return cls("/v1/complete", prompt_requests.request_to_wire(request, stream=stream), "prompt", prefilled)

    def reader(self, request_id: str | None, without_key: Callable[[str], str]) -> EventReader:
        """For the events of the answer; see `EventReader`."""
        if self.dialect == "messages":
            return EventReader(request_id, without_key)
        if self.dialect == "chat":
            from app.client.chunk_reading import ChunkEventReader

            return ChunkEventReader(request_id, without_key)
        return EventReader(request_id, without_key, prompt_answers.CompletionReader(prefilled=self.prefilled).read)

    def reply(self, body: Mapping[str, Any]) -> Reply:
        """Read a whole answer.

        Raises:
            ApiError: some gateways send errors with the status of an answer.
            TranslationError: it is none.
        """
        if body.get("type") == "error" or (self.dialect == "chat" and isinstance(body.get("error"), Mapping)):
            raise error_reader("openai" if self.dialect == "chat" else "anthropic")(body)
        if self.dialect == "messages":
            return reply_from_wire(body)
        if self.dialect == "chat":
            from app.dialects.openai import responses

            return responses.reply_from_wire(body)
        return prompt_answers.reply_from_wire(body, prefilled=self.prefilled)


def error_reader(kind: str) -> Callable[..., ApiError]:
    """What reads the errors of a service of this kind: see `app.domain.connection.Profile`."""
    if kind != "openai":
        return error_from_wire
    from app.dialects.openai import failures

    return failures.error_from_wire


def _as_chat(request: Request, *, stream: bool) -> WireRequest:
    # imported when it is first spoken: most people never do
    from app.dialects.openai.speaking import request_to_wire as spoken

    betas = {"anthropic-beta": ",".join(request.betas)} if request.betas else {}
    own = {name.lower(): value for name, value in request.extra_headers.items()}
    return WireRequest(spoken(request, stream=stream), betas | own)
