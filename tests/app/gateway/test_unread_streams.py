"""A stream that goes on as it came: whole events, no key, and an end that is one."""

import json

import pytest

from app.dialects.anthropic.failures import error_from_wire
from app.errors import ApiError, DuologueError, StreamBroken
from app.gateway.unread import UnreadStream
from tests.support.recorder import events, spoken

KEY = "sk-canary"
WHOLE = events("Grüße, ", "世界", "\u2028 and a line")


def passed(data: bytes, step: int) -> tuple[bytes, DuologueError | None, bool]:
    """All that goes on of `data` when it comes in pieces of `step` bytes, what ended it early, and whether it ended."""
    stream = UnreadStream(lambda text: text.replace(KEY, "…"), error_from_wire, "req_1")
    out = b""
    for piece in [*(data[at : at + step] for at in range(0, len(data), step)), None]:
        more, failure = stream.take(piece)
        out += more
        if failure is not None or stream.ended:
            return out, failure, stream.ended
    return out, None, stream.ended


def chunk(text: str, finish: str | None = None, space: str = " ") -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]}, separators=(',', f':{space}'))}\n\n".encode()


@pytest.mark.parametrize("step", [1, 2, 7, 100, 10_000])
def test_what_comes_goes_on_byte_for_byte_however_it_is_cut(step: int) -> None:
    assert passed(WHOLE, step) == (WHOLE, None, True)
    lines = WHOLE.replace(b"\n", b"\r\n")
    assert passed(b": a comment\r\n\r\n" + lines, step) == (WHOLE, None, True)


@pytest.mark.parametrize("end", [*range(0, len(WHOLE) - 2, 37), len(WHOLE) - 3])
def test_every_cut_is_told(end: int) -> None:
    out, failure, ended = passed(WHOLE[:end], 50)

    assert WHOLE.startswith(out)
    assert isinstance(failure, StreamBroken)
    assert failure.request_id == "req_1"
    assert not ended


@pytest.mark.parametrize("space", ["", " "])
def test_chunks_end_with_done_or_after_a_finish_reason_and_with_nothing_else(space: str) -> None:
    begun, said = chunk('x "finish_reason":"stop"', space=space), chunk("", "stop", space)

    assert passed(begun + said + b"data: [DONE]\n\n", 9) == (begun + said + b"data: [DONE]\n\n", None, True)
    assert passed(begun + said, 9) == (begun + said + b"data: [DONE]\n\n", None, True)
    assert isinstance(passed(begun, 9)[1], StreamBroken)


def test_an_error_ends_it_without_the_key() -> None:
    error = spoken({"type": "error", "error": {"type": "overloaded_error", "message": f"busy, {KEY}"}})
    before = events("half", end=False)

    out, failure, _ = passed(before + error, 20)

    assert out == before
    assert isinstance(failure, ApiError)
    assert (failure.status, failure.message) == (529, "busy, …")


def test_a_key_in_the_text_does_not_go_on() -> None:
    out, _, _ = passed(events(f"it is {KEY}"), 3)
    assert KEY.encode() not in out
