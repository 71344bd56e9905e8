"""An answer that is read by a task of its own.

Programs leave `async for` by `break` and let the loop end. A loop that ends closes every asynchronous generator at
once, and those that wait for one another then complain; tasks it cancels first, each from the inside out. So what is
nested runs in a task, and a stream that is left without a word is one that was cancelled.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from typing import Self

from app.domain.stream import ClientEvent

Batch = tuple[ClientEvent, ...]
HELD = 16
"""Batches that may lie here before no more are read."""


class Feed:
    """The batches of one answer, as they come."""

    def __init__(self, asking: AbstractAsyncContextManager[AsyncIterator[Batch]]) -> None:
        self._waiting: deque[Batch] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(asking), name="answer")
        self._task.add_done_callback(self._ended)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch:
        """Raises what ended the answer, once everything before it has been given."""
        while not self._waiting:
            if self._task.done():
                if not self._task.cancelled():
                    self._task.result()
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        self._room.set()
        return self._waiting.popleft()

    async def aclose(self) -> None:
        """Stop, and wait until the connection is closed."""
        self._task.cancel()
        await asyncio.wait((self._task,))

    def stop(self) -> None:
        """Stop soon; from any thread, and whether or not the loop still runs."""
        if not self._task.done():
            with suppress(RuntimeError):  # the loop is closed, and its tasks with it
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def _run(self, asking: AbstractAsyncContextManager[AsyncIterator[Batch]]) -> None:
        async with asking as batches:
            async for batch in batches:
                self._waiting.append(batch)
                self._news.set()
                if len(self._waiting) >= HELD:
                    self._room.clear()
                    await self._room.wait()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.exception()  # seen here, for nobody may be left to read it
        self._news.set()
