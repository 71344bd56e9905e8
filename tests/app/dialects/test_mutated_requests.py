"""Bodies with wrong values anywhere: they are read, or refused as what they are, and what is read can be sent."""

import copy
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from app.dialects.anthropic import incoming
from app.dialects.anthropic.outgoing import reply_to_wire as reply_to_messages
from app.dialects.anthropic.requests import request_to_wire
from app.dialects.anthropic.responses import reply_from_wire as reply_from_messages
from app.dialects.openai.chunk_reader import ChunkReader
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.requests import request_from_wire
from app.dialects.openai.responses import reply_from_wire, reply_to_wire
from app.dialects.openai.speaking import request_to_wire as request_to_openai
from app.domain.blocks import (
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolUseBlock,
)
from app.domain.stream import Reply, events_of
from app.domain.usage import TokenUsage
from app.errors import TranslationError
from app.simulator.server import own_catalogue
from tests.app.dialects.peer.request_shapes import SHAPES

PARSED: tuple[Any, ...] = (
    *(None, True, False, -1, 7, 2**70, 1.5, float("nan"), "", "x"),
    *([], [[]], [None], {}, {"type": "text"}, {"type": 7}, {"type": ["a"]}, [{"type": "text", "text": "a"}]),
)
"""What JSON can hold: an answer comes off the wire."""
ANY = (*PARSED, b"x", {1})
"""A request may be a program's own."""
CATALOGUE = own_catalogue()
ANSWER = Reply(
    blocks=(
        ThinkingBlock("Hm.", "c2ln"),
        RedactedThinkingBlock("ZGF0YQ=="),
        TextBlock("a", ({"type": "web_search_result_location", "url": "https://a.example", "title": "A"},)),
        ServerToolUseBlock("server_tool_use", "srvtoolu_1", "web_search", {"query": "q"}),
        ServerToolResultBlock("web_search_tool_result", "srvtoolu_1", []),
        ToolUseBlock("toolu_1", "f", {"a": [1]}),
    ),
    complete=True,
    api_id="msg_1",
    model="claude-sonnet-5-5",
    stop_reason="tool_use",
    usage=TokenUsage(1, 2, 3, 1, 1, 4, 2, {"iterations": [{"input_tokens": 1}]}),
    extra={"container": {"id": "c1"}},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a value, but for the value itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*path, name)
        yield from places(each, (*path, name))


def mutated(body: Any, chance: random.Random, wrong: Sequence[Any]) -> Any:
    """A copy with one or two values replaced or taken out."""
    found = copy.deepcopy(body)
    for _ in range(chance.randint(1, 2)):
        paths = list(places(found))
        if not paths:
            break
        *way, last = chance.choice(paths)
        place = found
        for name in way:
            place = place[name]
        if chance.random() < 0.15:
            del place[last]
        else:
            place[last] = copy.deepcopy(chance.choice(wrong))
    return found


def outcomes(
    bodies: list[Any], read: Callable[[Any, int], None], count: int, wrong: Sequence[Any] = PARSED
) -> tuple[int, int]:
    """How many bodies were read and how many refused; any other error is the test's failure."""
    chance = random.Random(20261124)
    read_, refused = 0, 0
    for number in range(count):
        body = mutated(bodies[number % len(bodies)], chance, wrong)
        try:
            read(body, number)
            read_ += 1
        except TranslationError:
            refused += 1
    return read_, refused


def sendable(body: Any) -> None:
    json.dumps(body, allow_nan=False)


def test_chat_completions() -> None:
    def read(body: dict[str, Any], number: int) -> None:
        drop, entry = body.pop("drop_params", number % 2 == 0), CATALOGUE.find(str(body.get("model")))
        asked = request_from_wire(body, entry=entry, drop_params=bool(drop), modify_params=number % 3 == 0)
        sendable(request_to_wire(asked.request, stream=asked.stream).body)
        sendable(request_to_openai(asked.request))

    found, refused = outcomes(list(SHAPES.values()), read, 15_000, ANY)
    assert found > 1000
    assert refused > 1000


def test_messages() -> None:
    bodies = []
    for shape in SHAPES.values():
        try:
            asked = request_from_wire({**shape, "drop_params": None}, drop_params=True)
        except TranslationError:
            continue  # one of the shapes that are refused
        bodies.append(request_to_wire(asked.request, stream=asked.stream).body)

    def read(body: dict[str, Any], _number: int) -> None:
        request, stream = incoming.request_from_wire(body)
        sendable(request_to_wire(request, stream=stream).body)
        sendable(request_to_openai(request))

    found, refused = outcomes(bodies, read, 15_000, ANY)
    assert found > 1000
    assert refused > 1000


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (reply_to_wire(ANSWER, id="c", created=1), reply_from_wire),
        (reply_to_messages(ANSWER), reply_from_messages),
    ],
    ids=["openai", "anthropic"],
)
def test_answers(body: Mapping[str, Any], read: Callable[[Any], Reply]) -> None:
    def once(mutation: Any, _number: int) -> None:
        reply = read(mutation)
        reply_to_wire(reply, id="c", created=1)
        reply_to_messages(reply)

    found, refused = outcomes([body], once, 6000)
    assert found > 100
    assert refused > 100


def test_chunks() -> None:
    speaker = ChunkSpeaker(id="c", created=1)
    chunks = [chunk for event in events_of(ANSWER) for chunk in speaker.speak(event)]

    def read(mutation: list[Any], _number: int) -> None:
        reader = ChunkReader()
        for chunk in mutation:
            reader.read(chunk)
        reader.finish()

    found, refused = outcomes([chunks], read, 4000)
    assert found > 100
    assert refused > 100
