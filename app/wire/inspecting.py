"""A recorded exchange as a person reads it: bodies as JSON, events with their moments."""

import json
from collections.abc import Mapping
from typing import Any, Final

from app.domain.exchanges import RecordedExchange, header
from app.immutable import immutable
from app.wire.timeline import TimedEvent, timed_events

SHOWN_STRING: Final = 2_000
"""Characters of one string in a shown text: a picture's data would be one line of megabytes."""
SHOWN_TEXT: Final = 300_000
"""Characters of a shown text; what is copied is whole."""


@immutable
class Body:
    """A body in the three ways in which it is looked at."""

    whole: str
    """As it went over the wire, or spread over lines if it is JSON: what is copied."""
    shown: str
    """The same, without what no one could read."""
    value: Any
    """The parsed JSON; None for what is none."""


@immutable
class Inspected:
    """An exchange, read."""

    exchange: RecordedExchange
    request: Body
    response: Body
    events: tuple[TimedEvent, ...]


def inspected(exchange: RecordedExchange) -> Inspected:
    """Read an exchange. Takes as long as its bodies are large."""
    is_stream = header(exchange.response_headers, "content-type").startswith("text/event-stream")
    events = timed_events(exchange.response_body, exchange.arrivals) if is_stream else ()
    return Inspected(exchange, _body(exchange.request_body), _body(exchange.response_body), events)


def _body(data: bytes) -> Body:
    text = data.decode("utf-8", "replace")
    value = parsed_or_none(text)
    if value is None:
        return Body(text, _short(text), None)
    return Body(_spread(value), _short(_spread(_readable(value))), value)


def parsed_or_none(text: str) -> Any:
    """The value that a text holds as JSON; None where it holds none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _spread(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _readable(value: Any) -> Any:
    if isinstance(value, str):
        rest = len(value) - SHOWN_STRING
        return value if rest <= 0 else f"{value[:SHOWN_STRING]}… {rest:,} characters more"
    if isinstance(value, Mapping):
        return {name: _readable(each) for name, each in value.items()}
    return [_readable(each) for each in value] if isinstance(value, list) else value


def _short(text: str) -> str:
    """Within the limits, with no line that takes a text field seconds to lay out."""
    cut = text[:SHOWN_TEXT]
    if "\n" not in cut and len(cut) > SHOWN_STRING:
        cut = "\n".join(cut[at : at + SHOWN_STRING] for at in range(0, len(cut), SHOWN_STRING))
    return cut if len(text) <= SHOWN_TEXT else f"{cut}\n… {len(text) - SHOWN_TEXT:,} characters more"
