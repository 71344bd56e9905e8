"""An event stream, asynchronously: from a response to batches of events, about one a frame."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import httpx

from app.client.gathering import Gathered, gathered
from app.client.reading import EventReader
from app.client.recording import recording_of
from app.domain.stream import ClientEvent


class StreamReader:
    """Reads one response to its end, asynchronously."""

    def __init__(self, reader: EventReader, idle_s: float, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._reader = reader
        self._idle_s = idle_s
        self._sleep = sleep

    async def batches(self, response: httpx.Response) -> AsyncGenerator[tuple[ClientEvent, ...], None]:
        """The events of each read.

        Raises:
            StreamBroken: no `message_stop` came: the connection ended or stalled, or what came is no event stream.
            ApiError: an `error` event.
        """
        recording = recording_of(response)
        async with gathered(response, self._sleep, None if recording is None else recording.piece) as body:
            while not self._reader.finished:
                events, failure = self._reader.take(await self._next(body))
                if events:
                    yield events
                if failure is not None:
                    raise failure
        if verdict := self._reader.verdict():
            raise verdict

    async def _next(self, body: Gathered) -> bytes | None:
        """The next bytes, None at the end."""
        try:
            async with asyncio.timeout(self._idle_s):
                return await body.take()
        except TimeoutError as error:
            raise self._reader.broken(f"nothing came for {self._idle_s:.0f} s") from error
        except httpx.HTTPError as error:
            raise self._reader.broken("the connection broke") from error
