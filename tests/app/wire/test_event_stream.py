"""The event-stream decoder: any cut of the bytes gives the same events."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import LimitExceeded, StreamBroken
from app.wire.sse import ServerEvent, SseDecoder

STREAM = (
    "\ufeffevent: a\r\ndata: one\r\n\r\n: a comment\rdata:two\u2028still two\r\rdata: 3\ndata: 4\n\n"
    "id: 7\nretry: 9\nevent: empty\n\nevent: last\ndata: ü\n\n"
).encode()
EVENTS = [
    ServerEvent("a", "one"),
    ServerEvent("", "two\u2028still two"),
    ServerEvent("", "3\n4"),
    ServerEvent("last", "ü"),
]


def decoded(pieces: list[bytes], **limits: Any) -> list[ServerEvent]:
    decoder = SseDecoder(**limits)
    return [event for piece in pieces for event in decoder.feed(piece)]


def test_all_at_once() -> None:
    assert decoded([STREAM]) == EVENTS


def test_byte_by_byte() -> None:
    assert decoded([STREAM[at : at + 1] for at in range(len(STREAM))]) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_any_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert decoded([STREAM[a:b] for a, b in pairwise(edges)]) == EVENTS


def test_a_last_event_without_its_blank_line() -> None:
    decoder = SseDecoder()
    assert list(decoder.feed(b"data: x")) == []
    assert list(decoder.finish()) == [ServerEvent("", "x")]


def test_a_line_without_end_is_cut_off() -> None:
    with pytest.raises(LimitExceeded):
        decoded([b"data: ", b"x" * 50, b"x" * 60], event_limit=100)


def test_events_before_bad_bytes_are_not_lost() -> None:
    events = SseDecoder().feed(b"data: good\n\ndata: \xff\xfe\n\n")
    assert next(events).data == "good"
    with pytest.raises(StreamBroken):
        next(events)


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize("limits", [{"event_limit": 40}, {"stream_limit": 60}])
def test_what_came_before_a_limit_is_not_lost(size: int, limits: dict[str, Any]) -> None:
    data = b"data: one\n\ndata: two\n\ndata: " + b"x" * 100 + b"\n\n"
    decoder, heard = SseDecoder(**limits), []

    def hear() -> None:
        for at in range(0, len(data), size):
            for event in decoder.feed(data[at : at + size]):
                heard.append(event.data)  # noqa: PERF401 - what was heard before the fault counts

    with pytest.raises(LimitExceeded):
        hear()
    assert heard == ["one", "two"]
