"""A recorded event stream: each event with the moment at which its last byte had come."""

from bisect import bisect_left
from collections.abc import Sequence

from app.errors import LimitExceeded, StreamBroken
from app.immutable import immutable
from app.wire.sse import SseDecoder


@immutable
class TimedEvent:
    at_ms: float
    """Since the request began."""
    name: str
    data: str


def timed_events(body: bytes, arrivals: Sequence[tuple[float, int]]) -> tuple[TimedEvent, ...]:
    """The events of a body; `arrivals` are (milliseconds, bytes that had come by then), in order.

    What is no event stream any more ends the list: the body itself is there to be read.
    """
    events: list[TimedEvent] = []
    decoder = SseDecoder()
    begin = 0
    at_ms = 0.0
    try:
        for at_ms, end in _in_order(arrivals, len(body)):
            events += (TimedEvent(at_ms, raw.name, raw.data) for raw in decoder.feed(body[begin:end]))
            begin = end
        events += (TimedEvent(at_ms, raw.name, raw.data) for raw in decoder.finish())
    except (StreamBroken, LimitExceeded):
        pass  # the transcript told of it when it came
    return tuple(events)


def arrived_at(arrivals: Sequence[tuple[float, int]], offset: int) -> float | None:
    """When the byte at `offset` had come; None for one that never did."""
    at = bisect_left(arrivals, offset + 1, key=lambda each: each[1])
    return arrivals[at][0] if at < len(arrivals) else None


def _in_order(arrivals: Sequence[tuple[float, int]], size: int) -> Sequence[tuple[float, int]]:
    last = arrivals[-1][1] if arrivals else 0
    return arrivals if last >= size else (*arrivals, (arrivals[-1][0] if arrivals else 0.0, size))
