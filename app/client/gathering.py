"""A response's bytes, as much at once as has arrived.

An HTTP client gives what the server wrote as one piece as one piece, though a hundred of them came with one read of the
socket. Whoever waits a frame after each piece falls behind at eighty events a second; whoever does not wait pays a read
of the socket for every event. So a task of its own reads, and waits a frame only after a read that had to wait itself.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from types import coroutine
from typing import Any

import httpx

FRAME_S = 0.022
"""After a read the socket gathers this long: a thousand events a second cost forty-five reads, and nobody sees it."""
MUCH = 16 * 1024
"""Bytes of one read after which there is more to fetch than to wait for: the socket fills up sooner than in a frame."""
HELD = 1024 * 1024
"""Bytes that may lie here before no more are read."""
Sleep = Callable[[float], Awaitable[None]]
Note = Callable[[bytes], None]


class Gathered:
    """What has arrived and was not taken yet."""

    def __init__(self, note: Note | None = None) -> None:
        """`note` is told every piece the moment it is read."""
        self._note = note
        self._pieces: list[bytes] = []
        self._size = 0
        self._over = False
        self._failure: httpx.HTTPError | None = None
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    async def take(self) -> bytes | None:
        """Wait until there is something, and give all of it; None at the end.

        Raises:
            httpx.HTTPError: the connection broke. What came before it has been given.
        """
        await self._news.wait()
        if self._pieces:
            taken = b"".join(self._pieces)
            self._pieces.clear()
            self._size = 0
            self._room.set()
            if not self._over:
                self._news.clear()
            return taken
        if self._failure is not None:
            raise self._failure
        return None

    async def read(self, chunks: AsyncIterator[bytes], sleep: Sleep) -> None:
        """Read to the end."""
        came = 0  # with the last read, in however many pieces
        try:
            while True:
                piece, waited = await _noting(anext(chunks, None))
                if piece is None:
                    break
                self._put(piece)
                if waited and max(came, len(piece)) < MUCH:
                    await sleep(FRAME_S)
                came = len(piece) if waited else came + len(piece)
                await self._room.wait()
        except httpx.HTTPError as error:
            self._failure = error
        finally:
            self._over = True
            self._news.set()

    def _put(self, piece: bytes) -> None:
        if self._note is not None:
            self._note(piece)
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > HELD:
            self._room.clear()
        self._news.set()


@asynccontextmanager
async def gathered(response: httpx.Response, sleep: Sleep, note: Note | None = None) -> AsyncGenerator[Gathered, None]:
    """Read a response's body in the background for as long as the context lasts; `note` as in `Gathered`."""
    found = Gathered(note)
    # owned here, and gone when the context is left; a task group would wrap what ends a generator in a group
    task = asyncio.get_running_loop().create_task(found.read(response.aiter_bytes(), sleep), name="response body")
    try:
        yield found
    finally:
        if not response.is_closed:
            task.cancel()  # who has read to the end is giving the connection back: cut short, it would be lost
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended  # a bug: what is expected of a connection was told by `take`


@coroutine
def _noting(awaitable: Awaitable[bytes | None]) -> Generator[Any, Any, tuple[bytes | None, bool]]:
    """Await, and tell whether that had to wait: what `await` does, with a note taken when it suspends."""
    steps = awaitable.__await__()
    waited = False
    try:
        step = next(steps)
        while True:
            waited = True
            try:
                sent = yield step
            except BaseException as thrown:  # noqa: BLE001 - handed on to where it belongs, as `yield from` does
                step = steps.throw(thrown)
            else:
                step = steps.send(sent)
    except StopIteration as done:
        return done.value, waited
