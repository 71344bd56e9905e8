"""Streams that went wrong on their way: they end in an answer or in one of our errors, and they end."""

import json
import random
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest

from app.dialects.anthropic.events import event_from_wire
from app.dialects.anthropic.failures import error_from_wire
from app.dialects.openai.chunk_reader import ChunkReader
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.style import ReplyStyle
from app.domain.stream import StreamEvent
from app.errors import ApiError, StreamBroken, TranslationError
from app.wire.sse import SseDecoder

pytestmark = pytest.mark.shared
COUNT = 100_000
LONGEST = 4096
"""Bytes: longer frames are left out, so that so many streams can be tried."""
STYLES = (
    ReplyStyle(),
    ReplyStyle(include_usage=True),
    ReplyStyle(json_tool=True, json_wrapped=True),
    ReplyStyle(prefix="{"),
)
WRONG: tuple[Any, ...] = (
    *(None, True, -1, 7, 2**70, 1.5e308, "", "x"),
    *([], [[]], [None], {}, {"type": "text"}, {"type": 7}),
)
BYTES = (
    *(b"", b"\n", b"\n\n", b"\r", b"data:", b"event: x\n"),
    *(b"{", b"}", b'"', b"\\", b"\xff", b"\x00", b"null", b"9" * 400),
)


@pytest.fixture(scope="module")
def frames(recordings: list[dict[str, Any]]) -> list[list[bytes]]:
    """Recorded streams as lists of frames."""
    streams = (each for each in recordings if each["stream"] and each["response"]["status"] == 200)
    found = [[f"{frame}\n\n".encode() for frame in each["response"]["body"].split("\n\n") if frame] for each in streams]
    return [cut(each) for each in found if len(each) > 3]


def cut(stream: list[bytes]) -> list[bytes]:
    short = [frame for frame in stream if len(frame) < LONGEST]
    return [*short[:12], *short[-4:]] if len(short) > 16 else short


# ------------------------------------------------------------------ mutations


def drop(stream: list[bytes], chance: random.Random) -> None:
    del stream[chance.randrange(len(stream))]


def repeat(stream: list[bytes], chance: random.Random) -> None:
    stream.insert(chance.randrange(len(stream)), chance.choice(stream))


def swap(stream: list[bytes], chance: random.Random) -> None:
    one, other = chance.randrange(len(stream)), chance.randrange(len(stream))
    stream[one], stream[other] = stream[other], stream[one]


def end(stream: list[bytes], chance: random.Random) -> None:
    del stream[chance.randrange(len(stream)) :]
    if stream:
        stream[-1] = stream[-1][: chance.randrange(len(stream[-1]) + 1)]


def scribble(stream: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(stream))
    frame = stream[at]
    start = chance.randrange(len(frame) + 1)
    stream[at] = frame[:start] + chance.choice(BYTES) + frame[start + chance.randrange(4) :]


def mistype(stream: list[bytes], chance: random.Random) -> None:
    """Another value somewhere in an event's JSON, or no value."""
    at = chance.randrange(len(stream))
    head, found, data = stream[at].partition(b"data: ")
    try:
        event = json.loads(data)
    except ValueError:
        return  # a mutation came before this one
    place = event
    while isinstance(place, dict) and place:
        name = chance.choice(list(place))
        if not isinstance(place[name], dict) or chance.random() < 0.4:
            if chance.random() < 0.2:
                del place[name]
            else:
                place[name] = chance.choice(WRONG)
            break
        place = place[name]
    stream[at] = head + found + json.dumps(event).encode() + b"\n\n"


MUTATIONS: tuple[Callable[[list[bytes], random.Random], None], ...] = (
    drop, repeat, swap, end, scribble, mistype, mistype, mistype,
)  # fmt: skip


def mutated(stream: list[bytes], chance: random.Random) -> bytes:
    found = list(stream)
    for _ in range(chance.randint(1, 3)):
        if found:
            chance.choice(MUTATIONS)(found, chance)
    return b"".join(found)


# ------------------------------------------------------------------ reading


def events_of(body: bytes) -> Iterator[StreamEvent]:
    decoder = SseDecoder()
    for event in chain(decoder.feed(body), decoder.finish()):
        try:
            parsed = json.loads(event.data)
        except ValueError as error:
            raise StreamBroken("an event is not JSON") from error
        if isinstance(parsed, dict) and parsed.get("type") == "error":
            raise error_from_wire(parsed)
        yield event_from_wire(parsed)


def test_no_mutated_stream_ends_in_anything_but_our_errors(frames: list[list[bytes]]) -> None:
    chance = random.Random(20261124)
    ended = failed = 0
    for number in range(COUNT):
        body = mutated(frames[number % len(frames)], chance)
        speaker, reader = ChunkSpeaker(id="c", created=1, style=STYLES[number % len(STYLES)]), ChunkReader()
        try:
            for event in events_of(body):
                for chunk in speaker.speak(event):
                    reader.read(chunk)
            reader.finish()
            ended += 1
        except (TranslationError, StreamBroken, ApiError):
            failed += 1
        speaker.reply()
    assert ended > COUNT / 10
    assert failed > COUNT / 10


def test_a_stream_that_is_cut_anywhere_gives_the_same_events(frames: list[list[bytes]]) -> None:
    for stream in sorted(frames, key=lambda each: sum(map(len, each)))[:6]:
        body = b"".join(stream)
        whole = [*events_of(body)]
        for at in range(1, len(body)):
            decoder = SseDecoder()
            pieces = chain(decoder.feed(body[:at]), decoder.feed(body[at:]), decoder.finish())
            assert [event_from_wire(json.loads(event.data)) for event in pieces] == whole
