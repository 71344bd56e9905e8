"""A request in the dialect that its model knows: claude-2 and older take a text prompt, all others messages."""

from collections.abc import Callable
from typing import Any

from app.client.reading import EventReader
from app.dialects.anthropic.requests import request_to_wire
from app.dialects.anthropic.responses import reply_from_wire
from app.dialects.prompt import answers as prompt_answers
from app.dialects.prompt import requests as prompt_requests
from app.dialects.prompt.template import speaks_prompt
from app.dialects.wire_request import WireRequest
from app.domain.request import Request
from app.domain.stream import Reply
from app.immutable import immutable


@immutable
class Spoken:
    """What goes over the wire, and who understands what comes back."""

    path: str
    wire: WireRequest
    is_prompt: bool = False
    prefilled: bool = False
    """The request holds the beginning of the answer."""

    @classmethod
    def of(cls, request: Request, *, stream: bool) -> "Spoken":
        """Raises TranslationError where the dialect cannot say the request."""
        if not speaks_prompt(request.model):
            return cls("/v1/messages", request_to_wire(request, stream=stream))
        prefilled = bool(request.turns) and request.turns[-1].role == "assistant"
        return cls("/v1/complete", prompt_requests.request_to_wire(request, stream=stream), True, prefilled)

    def reader(self, request_id: str | None, without_key: Callable[[str], str]) -> EventReader:
        """For the events of the answer; see `EventReader`."""
        if not self.is_prompt:
            return EventReader(request_id, without_key)
        return EventReader(request_id, without_key, prompt_answers.CompletionReader(prefilled=self.prefilled).read)

    def reply(self, body: Any) -> Reply:
        """Read a whole answer. Raises TranslationError where it is none."""
        if not self.is_prompt:
            return reply_from_wire(body)
        return prompt_answers.reply_from_wire(body, prefilled=self.prefilled)
