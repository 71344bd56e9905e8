"""Bytes are taken as they lie: many small pieces of one read cost one frame, not one frame each."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from app.client.gathering import FRAME_S, HELD, MUCH, gathered


class Frames:
    """A sleep that counts and does not wait."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


async def taken(body: AsyncIterator[bytes], frames: Frames) -> list[bytes]:
    found = []
    async with gathered(httpx.Response(200, content=body), frames) as bytes_:
        while (piece := await bytes_.take()) is not None:
            found.append(piece)
    return found


async def at_once(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x"


async def slowly(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(0)
        yield b"x"


async def test_what_came_with_one_read_is_taken_at_once() -> None:
    frames = Frames()
    assert b"".join(await taken(at_once(500), frames)) == b"x" * 500
    assert frames.slept == []


async def test_after_a_read_that_waited_the_socket_gathers_for_a_frame() -> None:
    frames = Frames()
    assert b"".join(await taken(slowly(3), frames)) == b"xxx"
    assert frames.slept == [FRAME_S] * 3


async def test_what_comes_in_floods_is_read_without_a_rest() -> None:
    async def flood() -> AsyncIterator[bytes]:
        for _ in range(5):
            await asyncio.sleep(0)
            for _ in range(MUCH // 1024):
                yield b"x" * 1024

    frames = Frames()
    assert len(b"".join(await taken(flood(), frames))) == 5 * MUCH
    assert len(frames.slept) == 1  # before it was known how much comes


async def test_a_slow_reader_is_not_buried() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 65536

    async with gathered(httpx.Response(200, content=endless()), Frames()) as body:
        first = await body.take()
        assert first is not None
        assert len(first) <= HELD + 65536
    assert read <= 2 * HELD / 65536 + 4


async def test_what_came_before_the_connection_broke_is_given_first() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"kept"
        raise httpx.ReadError("reset")

    async with gathered(httpx.Response(200, content=broken()), Frames()) as body:
        assert await body.take() == b"kept"
        with pytest.raises(httpx.ReadError):
            await body.take()


async def test_a_bug_is_no_end_of_the_answer() -> None:
    async def buggy() -> AsyncIterator[bytes]:
        yield b"kept"
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        await taken(buggy(), Frames())


class Lent(httpx.AsyncByteStream):
    """A body whose connection takes a turn of the loop to be given back, as a pool's does."""

    def __init__(self) -> None:
        self.is_given_back = False
        self.giving = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"x"

    async def aclose(self) -> None:
        self.giving.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.is_given_back = True


async def test_who_leaves_at_the_last_byte_still_gives_the_connection_back() -> None:
    body = Lent()
    response = httpx.Response(200, stream=body)
    async with gathered(response, Frames()) as bytes_:
        assert await bytes_.take() == b"x"
        await body.giving.wait()
    await response.aclose()
    assert body.is_given_back
