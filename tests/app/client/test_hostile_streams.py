"""Streams that were cut, mutated and filled with noise: what was sound of them is kept, and they end in a typed way."""

import base64
import gzip
import json
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.client.reading import EventReader
from app.client.streaming import StreamReader
from app.domain.blocks import TextBlock, ThinkingBlock, ToolUseBlock
from app.domain.stream import Accumulator, Reply
from app.errors import ApiError, DuologueError, StreamBroken

pytestmark = pytest.mark.shared
Case = dict[str, Any]


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[Case]:
    with gzip.open(shared / "hostile" / "sse.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def chunked(data: bytes, how: str) -> Iterator[bytes]:
    """The same bytes as one read, as many of one byte, or as some of any size."""
    if how == "whole":
        yield data
        return
    sizes = random.Random(len(data))
    at = 0
    while at < len(data):
        size = 1 if how == "bytes" else sizes.randint(1, 90)
        yield data[at : at + size]
        at += size


async def read(data: bytes, how: str) -> tuple[Reply, DuologueError | None]:
    async def body() -> AsyncIterator[bytes]:
        for chunk in chunked(data, how):
            yield chunk

    async def at_once(seconds: float) -> None: ...

    accumulator = Accumulator()
    try:
        async for batch in StreamReader(EventReader("req_1", str), 5.0, at_once).batches(
            httpx.Response(200, content=body())
        ):
            for event in batch:
                accumulator.add(event)
    except (StreamBroken, ApiError) as error:
        return accumulator.reply(), error
    return accumulator.reply(), None


def said(reply: Reply) -> list[list[Any]]:
    found: list[list[Any]] = []
    for block in reply.blocks:
        if isinstance(block, TextBlock):
            found.append(["text", block.text])
        elif isinstance(block, ThinkingBlock):
            found.append(["thinking", block.thinking])
        elif isinstance(block, ToolUseBlock):
            found.append(["tool_use", block.input])
    return found


def expected(case: Case) -> list[list[Any]]:
    return [[kind, parsed(value) if kind == "tool_use" else value] for kind, value in case["expect"]["blocks"]]


def parsed(arguments: str) -> Any:
    """Arguments that a fault has left incomplete are none."""
    try:
        return json.loads(arguments or "{}")
    except ValueError:
        return {}


@pytest.mark.parametrize("how", ["whole", "bytes", "random"])
async def test_every_hostile_stream_ends_in_a_typed_way(cases: list[Case], how: str) -> None:
    wrong: list[str] = []
    for case in cases:
        reply, error = await read(base64.b64decode(case["data"]), how)
        expect = case["expect"]
        text = "".join(value for kind, value in said(reply) if kind != "tool_use")
        if expect["exact"] and (error is None) is not expect["complete"]:
            wrong.append(f"{case['id']}: complete is {error is None}, not {expect['complete']}: {error!r}")
        if expect["exact"] and expect["complete"] and said(reply) != expected(case):
            wrong.append(f"{case['id']}: {said(reply)} is not {expected(case)}")
        if not text.startswith(expect["min_prefix"]):
            wrong.append(f"{case['id']}: {text!r} does not begin with {expect['min_prefix']!r}")
        whole = "".join(value for kind, value in expect["blocks"] if kind != "tool_use")
        # an event that only lacks its closing blank line came whole: we keep it, the sample's judge does not
        if expect["exact"] and not expect["complete"] and not text.startswith(whole):
            wrong.append(f"{case['id']}: kept {text!r} of {whole!r}")
    assert not wrong, "\n".join(wrong[:20])


async def test_the_result_does_not_depend_on_the_chunks(cases: list[Case]) -> None:
    for case in cases:
        data = base64.b64decode(case["data"])
        results = [await read(data, how) for how in ("whole", "bytes", "random")]
        assert len({(repr(reply.blocks), type(error).__name__) for reply, error in results}) == 1, case["id"]
