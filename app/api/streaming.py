"""Answers as they come: chunks, and the answer that chunks add up to."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Any, Self
from weakref import finalize

from app.api.exceptions import raised
from app.api.feed import Batch, Feed
from app.api.objects import ModelResponse, ModelResponseStream, Shape
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.responses import reply_to_wire
from app.domain.blocks import plain_text
from app.domain.stream import Accumulator, ResponseStarted
from app.errors import DuologueError


class CompletionStream:
    """The chunks of one answer, as they arrive. It has been asked and has not been refused once this exists.

    Close it, or leave its context, to stop the answer early. An answer that breaks off raises; what had come was given.
    """

    def __init__(self, batches: Generator[Batch, None, None], speaker: ChunkSpeaker, model: str) -> None:
        self.model = model
        self.response_headers: Mapping[str, str] = {}
        self._batches = batches
        self._speaker = speaker
        for batch in batches:
            if started := _started(batch):
                self.response_headers = started.headers
                break
        self._chunks = self._read()

    def __iter__(self) -> Iterator[ModelResponseStream]:
        # the generator itself: a call of ours less for every chunk
        return self._chunks

    def __next__(self) -> ModelResponseStream:
        return next(self._chunks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, it: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and close the connection."""
        self._chunks.close()
        self._batches.close()

    def _read(self) -> Generator[ModelResponseStream, None, None]:
        speak = self._speaker.speak
        try:
            for batch in self._batches:
                for event in batch:
                    for chunk in speak(event):
                        yield ModelResponseStream(chunk)
        except DuologueError as error:
            raise raised(error, self.model, text=_text(self._speaker)) from error
        finally:
            self._batches.close()


class AsyncCompletionStream:
    """As `CompletionStream`, for an event loop. One that nobody holds any more is stopped."""

    def __init__(self, feed: Feed, speaker: ChunkSpeaker, model: str) -> None:
        """Use `opened`."""
        self.model = model
        self.response_headers: Mapping[str, str] = {}
        self._feed = feed
        self._speaker = speaker
        self._chunks = self._read()
        finalize(self, feed.stop).atexit = False

    @classmethod
    async def opened(
        cls, asking: AbstractAsyncContextManager[AsyncIterator[Batch]], speaker: ChunkSpeaker, model: str
    ) -> "AsyncCompletionStream":
        """Ask, and wait until it is not refused. Raises the engine's errors."""
        async with AsyncExitStack() as stack:
            feed = Feed(asking)
            stack.push_async_callback(feed.aclose)
            async for batch in feed:
                if started := _started(batch):
                    stream = cls(feed, speaker, model)
                    stream.response_headers = started.headers
                    stack.pop_all()
                    return stream
        raise AssertionError("a stream begins or raises")

    def __aiter__(self) -> AsyncIterator[ModelResponseStream]:
        return self._chunks

    async def __anext__(self) -> ModelResponseStream:
        return await anext(self._chunks)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, it: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop, and close the connection."""
        await self._chunks.aclose()
        await self._feed.aclose()

    async def _read(self) -> AsyncGenerator[ModelResponseStream, None]:
        speak = self._speaker.speak
        try:
            async for batch in self._feed:
                for event in batch:
                    for chunk in speak(event):
                        yield ModelResponseStream(chunk)
        except DuologueError as error:
            raise raised(error, self.model, text=_text(self._speaker)) from error
        finally:
            await self._feed.aclose()


def stream_chunk_builder(chunks: Iterable[Any], messages: Any = None, **_bookkeeping: Any) -> ModelResponse | None:
    """The whole answer that chunks add up to; None for none.

    Chunks may be objects or dicts, of any OpenAI-compatible service. `messages` and what else LiteLLM takes here are
    not needed: nothing is estimated.
    """
    from app.dialects.openai.chunk_reader import ChunkReader
    from app.dialects.openai.style import ReplyStyle

    reader, accumulator = ChunkReader(), Accumulator()
    first: Mapping[str, Any] | None = None
    try:
        for each in chunks:
            chunk = each._data if isinstance(each, Shape) else each
            first = first or chunk
            for event in reader.read(chunk):
                accumulator.add(event)
        for event in reader.finish():
            accumulator.add(event)
    except DuologueError as error:
        raise raised(error, str(first.get("model", "")) if isinstance(first, Mapping) else "") from error
    if first is None:
        return None
    created = first.get("created")
    return ModelResponse(
        reply_to_wire(
            accumulator.reply(),
            id=str(first.get("id") or ""),
            created=created if isinstance(created, int) else int(time.time()),
            style=ReplyStyle(custom_tools=frozenset(reader.custom_tools)),
        )
    )


def _started(batch: Batch) -> ResponseStarted | None:
    return next((event for event in batch if isinstance(event, ResponseStarted)), None)


def _text(speaker: ChunkSpeaker) -> str:
    return plain_text(speaker.reply().blocks)
