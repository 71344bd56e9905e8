"""The Text Completions API of claude-2 and older, answered as the Messages API is.

Source: Messages API reference, "Legacy models and Text Completions".
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.dialects.anthropic.events import event_from_wire
from app.dialects.anthropic.requests import request_to_wire
from app.dialects.anthropic.responses import reply_from_wire
from app.dialects.prompt.answers import CompletionSpeaker, reply_to_wire
from app.dialects.prompt.requests import request_from_wire
from app.domain.models import Catalogue
from app.errors import TranslationError
from app.simulator.refusals import Refusal, invalid
from app.simulator.stream import Event, events_of_message
from app.simulator.validation import refusal_of_headers

if TYPE_CHECKING:
    from starlette.datastructures import Headers


def as_messages(headers: "Headers", body: Any, catalogue: Catalogue) -> dict[str, Any] | Refusal:
    """The request in the Messages API's words, or why it is refused. All its models are retired: it takes those."""
    refused = refusal_of_headers(headers)
    if refused is not None:
        return refused
    try:
        request, stream = request_from_wire(body)
    except TranslationError as error:
        return invalid(f"{error.where.strip('/').replace('/', '.')}: {error.reason}")
    entry = catalogue.find(request.model)
    if entry is None or entry.api != "complete":
        return Refusal(404, "not_found_error", f"model: {request.model}")
    return request_to_wire(request, stream=stream).body


def as_completion(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message of text as this API answers; the models begin with a space."""
    wire = reply_to_wire(reply_from_wire(message))
    return {**wire, "completion": f" {wire['completion']}"}


def as_events(message: Mapping[str, Any]) -> Iterator[Event]:
    """The same, as the events of a stream."""
    speaker = CompletionSpeaker()
    first = True
    for event in events_of_message(message):
        for spoken in speaker.speak(event_from_wire(event)):
            if first and spoken.get("completion"):
                spoken, first = {**spoken, "completion": f" {spoken['completion']}"}, False
            yield spoken
