"""An event stream, from bytes to batches of events, sans I/O: the asynchronous and the blocking client both feed it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.dialects.anthropic.events import event_from_wire
from app.dialects.anthropic.failures import error_from_wire
from app.domain.stream import (
    BlockStarted,
    BlockStopped,
    InputJsonDelta,
    MessageChanged,
    MessageStarted,
    MessageStopped,
    Ping,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    UnknownEvent,
)
from app.errors import ApiError, DuologueError, StreamBroken, TranslationError
from app.wire.sse import ServerEvent, SseDecoder

ANSWER_EVENTS = frozenset(
    {"message_start", "message_delta", "content_block_start", "content_block_delta", "completion"}
)
Batch = tuple[tuple[StreamEvent, ...], DuologueError | None]
"""What has come, and the failure after which nothing more is believed."""
Translate = Callable[[Mapping[str, Any]], Sequence[StreamEvent]]
_FREQUENT = (TextDelta, ThinkingDelta, InputJsonDelta)
_scan = json.JSONDecoder().raw_decode


class EventOrder:
    """The order that a stream's events must keep.

    What breaks it is no answer that can be trusted, but its text was paid for: a fault is remembered and told at the
    end, and what belongs to no open block is left out.
    """

    def __init__(self) -> None:
        self._started = False
        self._open: set[int] = set()
        self.ended = False
        self.fault = ""

    @property
    def has_begun(self) -> bool:
        return self._started

    def takes(self, event: StreamEvent) -> bool:
        """Whether the event can come here; False for one of a block that is not open."""
        if isinstance(event, _FREQUENT) and self._started:
            return event.index in self._open
        if isinstance(event, Ping | UnknownEvent):
            return True
        self._begin(isinstance(event, MessageStarted))
        match event:
            case BlockStarted(index):
                self._open.add(index)
            case BlockStopped(index):
                if index not in self._open:
                    return False
                self._open.discard(index)
            case MessageStopped():
                self.ended = True
            case MessageStarted() | MessageChanged():
                pass
            case delta:
                return delta.index in self._open
        return True

    def _begin(self, is_start: bool) -> None:
        if is_start is self._started:
            self.fault = "a second message began" if is_start else "the message never began"
        self._started = True


class EventReader:
    """Bytes of one response in, events out."""

    def __init__(
        self, request_id: str | None, without_key: Callable[[str], str], translate: Translate | None = None
    ) -> None:
        """
        Args:
            without_key: takes the request's key out of a text: an `error` event may repeat it.
            translate: reads one event's JSON object; None: as the Messages API speaks.
        """
        self._request_id = request_id
        self._without_key = without_key
        self._translate = translate
        self._decoder = SseDecoder()
        self._order = EventOrder()
        self._at_end = False

    @property
    def finished(self) -> bool:
        """Nothing more is to be read: the answer has ended, or its bytes have."""
        return self._order.ended or self._at_end

    def take(self, chunk: bytes | None) -> Batch:
        """The events that the next bytes complete; None for the end of the bytes."""
        if chunk is None:
            self._at_end = True
            return self._events(self._decoder.finish())
        return self._events(self._decoder.feed(chunk))

    def verdict(self) -> StreamBroken | None:
        """Once `finished`: what is wrong with the whole, although every part could be read."""
        if not self._order.ended:
            ended = "the answer did" if self._order.has_begun else "an answer began"
            return self.broken(f"the connection ended before {ended}")
        return self.broken(self._order.fault) if self._order.fault else None

    def broken(self, reason: str) -> StreamBroken:
        return StreamBroken(reason, self._request_id)

    def _events(self, incoming: Iterator[ServerEvent]) -> Batch:
        events: list[StreamEvent] = []
        order = self._order
        try:
            for raw in incoming:
                events += filter(order.takes, self._read(raw))
                if order.ended:
                    break
        except StreamBroken as error:
            error.request_id = self._request_id
            return tuple(events), error
        except TranslationError as error:
            return tuple(events), self.broken(f"an event could not be read ({error.where} {error.reason})")
        except ApiError as error:
            return tuple(events), error
        return tuple(events), None

    def _read(self, raw: ServerEvent) -> Sequence[StreamEvent]:
        """The event, or nothing for what is none at all: noise between events costs nothing of the answer.

        What is named as one of the answer's own events and cannot be read is a fault, told at the end.
        """
        parsed = parsed_or_none(raw.data)
        if parsed is None and raw.name in ANSWER_EVENTS and raw.data.strip():
            self._order.fault = f"a {raw.name} event is not JSON"
        if not isinstance(parsed, dict) or not isinstance(parsed.get("type"), str):
            return ()
        if parsed["type"] == "error":
            raise error_from_wire(parsed_or_none(self._without_key(raw.data)), request_id=self._request_id)
        return (event_from_wire(parsed),) if self._translate is None else self._translate(parsed)


def parsed_or_none(text: str) -> Any:
    """As json.loads, without its looking for white space at both ends first; None for what is no JSON."""
    try:
        value, end = _scan(text)
        return value if end == len(text) else json.loads(text)
    except (ValueError, RecursionError):
        return None
