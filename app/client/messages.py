"""The Messages API over the network."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx

from app.client.connection import Network, Timeouts, build
from app.client.exchange import Answer, Body, Exchange, begins, started
from app.client.recording import Ending, Keep, Recording, begin, recording_of
from app.client.retrying import RetryPolicy
from app.client.speech import Spoken
from app.client.streaming import StreamReader
from app.dialects.anthropic.requests import count_body, headers_for
from app.domain.connection import Endpoint
from app.domain.request import Request
from app.domain.stream import ClientEvent, Reply, events_of
from app.errors import ApiError, ConnectionFailed, NotFound, TranslationError, WrongService

MODELS_PAGES = 20


class MessagesClient:
    """One endpoint, one pool of connections. Made cheaply; it connects at the first request."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeouts: Timeouts | None = None,
        network: Network | None = None,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        http: httpx.AsyncClient | None = None,
        keep: Keep | None = None,
    ) -> None:
        """
        Args:
            http: a pool that others use as well: it is theirs to close.
            keep: takes what went over the wire, attempt by attempt.
        """
        self._keep = keep
        self._exchange = Exchange(endpoint, timeouts=timeouts, network=network, policy=policy)
        self._sleep = sleep
        self._http = http
        self._owned = http is None
        self._making = asyncio.Lock()

    @property
    def address(self) -> str:
        """Where it asks, as it may be shown: no key, no credentials."""
        return self._exchange.address

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[tuple[ClientEvent, ...]]]:
        """Ask, and give the events as they arrive, in batches of about one a frame.

        `Retrying` comes before each further attempt, `ResponseStarted` once headers are there; the last event is
        `MessageStopped`, or the iterator raises. Leaving the context closes the connection.

        Raises (from the iterator):
            ApiError, ConnectionFailed: no answer began, or an `error` event ended it.
            StreamBroken: it began and did not end.
            TranslationError: the request cannot be spoken.
            InvalidKey: the key cannot go into a header.
        """
        async with aclosing(self._batches(request)) as batches:
            yield batches

    async def send(self, request: Request) -> Reply:
        """Ask without streaming. Same errors as `stream`."""
        return (await self.ask(request)).reply

    async def ask(self, request: Request) -> Answer:
        """Ask without streaming, and give the headers as well. Same errors as `stream`."""
        spoken = self._exchange.spoken(request, stream=False)
        limit_s = self._exchange.timeouts.whole_s
        body, headers = await self._json("POST", spoken.path, spoken.wire.headers, spoken.wire.body, limit_s)
        return Answer(self._exchange.reply(spoken, body), headers)

    async def count_tokens(self, request: Request) -> int:
        """The API's own estimate of the input. Same errors as `stream`; NotFound from a dialect that cannot ask."""
        if self._exchange.endpoint.profile.kind == "openai":
            raise NotFound(404, "not_found_error", "this service cannot be asked for a request's tokens")
        found, _ = await self._json("POST", "/v1/messages/count_tokens", headers_for(request), count_body(request))
        count = found.get("input_tokens")
        if not isinstance(count, int):
            raise TranslationError("/input_tokens", "missing or not a number")
        return count

    async def models(self) -> Sequence[Mapping[str, Any]]:
        """Every row of the Models API, unread: see `Catalogue.refreshed`."""
        rows: list[Mapping[str, Any]] = []
        after = ""
        for _ in range(MODELS_PAGES):
            path = f"/v1/models?limit=1000{after}"
            page, _headers = await self._json("GET", path, {"anthropic-version": "2023-06-01"}, None)
            data = page.get("data")
            if not isinstance(data, list):
                raise WrongService(self._exchange.host, "it does not list models", 200)
            rows += [row for row in data if isinstance(row, Mapping)]
            if not page.get("has_more") or not page.get("last_id"):
                break
            after = f"&after_id={page['last_id']}"
        return rows

    async def aclose(self) -> None:
        """Close every connection."""
        if self._http is not None and self._owned:
            await self._http.aclose()

    # ---- streaming

    async def _batches(self, request: Request) -> AsyncGenerator[tuple[ClientEvent, ...], None]:
        spoken = self._exchange.spoken(request, stream=True)
        attempt = 1
        while True:
            begun = False
            try:
                async with aclosing(self._attempt(spoken, attempt)) as batches:
                    async for batch in batches:
                        begun = begun or begins(batch)
                        yield batch
                return
            except (ApiError, ConnectionFailed) as error:
                wait = None if begun else self._exchange.wait_after(error, attempt)
                if wait is None:
                    raise
                retrying = self._exchange.retrying(error, attempt, wait)
            attempt += 1
            yield (retrying,)
            await self._sleep(wait)

    async def _attempt(self, spoken: Spoken, attempt: int) -> AsyncGenerator[tuple[ClientEvent, ...], None]:
        response = await self._open("POST", spoken.path, spoken.wire.headers, spoken.wire.body, attempt)
        try:
            with Ending(recording_of(response)):
                head = started(response)
                yield (head,)
                if self._exchange.is_whole(response):
                    body = self._exchange.parsed(response, await self._whole(response))
                    yield events_of(self._exchange.reply(spoken, body))
                    return
                events = spoken.reader(head.request_id, self._exchange.without_key)
                reader = StreamReader(events, self._exchange.timeouts.between_bytes_s, self._sleep)
                async with aclosing(reader.batches(response)) as batches:
                    async for batch in batches:
                        yield batch
        finally:
            await response.aclose()

    # ---- one request

    async def _json(
        self, method: str, path: str, headers: Mapping[str, str], body: Any, limit_s: float | None = None
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """A request that is answered by one JSON object, with retries: the object, and the response's headers."""
        attempt = 1
        while True:
            try:
                response = await self._open(method, path, headers, body, attempt, limit_s)
                break
            except (ApiError, ConnectionFailed) as error:
                wait = self._exchange.wait_after(error, attempt)
                if wait is None:
                    raise
            attempt += 1
            await self._sleep(wait)
        try:
            with Ending(recording_of(response)):
                return self._exchange.parsed(response, await self._whole(response)), dict(response.headers)
        finally:
            await response.aclose()

    async def _open(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: Any,
        attempt: int,
        limit_s: float | None = None,
    ) -> httpx.Response:
        """Send and wait for headers. Raises for any status but 200.

        `limit_s` is how long they may take once the request is sent; connecting and sending have limits of their own.
        """
        http = await self._client()
        request = self._exchange.request(http, method, path, headers, body)
        recording = begin(request, self._exchange.endpoint.key, attempt, self._keep)
        wait_s = limit_s or self._exchange.timeouts.first_byte_s
        with Ending(recording) as ending:
            response = await self._sent(http, request, recording, wait_s)
            if response.status_code == httpx.codes.OK:
                ending.later()
                return response
            try:
                text = await self._whole(response)
            finally:
                await response.aclose()
            raise self._exchange.refused(response, text)

    async def _sent(
        self, http: httpx.AsyncClient, request: httpx.Request, recording: Recording | None, wait_s: float
    ) -> httpx.Response:
        try:
            async with asyncio.timeout(None) as timer:
                request.extensions["trace"] = _once_sent(timer, wait_s, recording)
                response = await http.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._exchange.no_answer(error, wait_s) from error
        if recording is not None:
            recording.answered(response)
        return response

    async def _whole(self, response: httpx.Response) -> bytes:
        """The body up to its limit; of an error's body, what there is."""
        body, recording = Body(self._exchange, response), recording_of(response)
        try:
            async with asyncio.timeout(self._exchange.timeouts.first_byte_s):
                async for piece in response.aiter_bytes():
                    if recording is not None:
                        recording.piece(piece)
                    if not body.takes(piece):
                        break
        except (TimeoutError, httpx.HTTPError) as error:
            return body.whole(error)
        return body.whole()

    async def _client(self) -> httpx.AsyncClient:
        async with self._making:
            if self._http is None:
                exchange = self._exchange
                self._http = await asyncio.to_thread(build, exchange.endpoint, exchange.timeouts, exchange.network)
            return self._http


def _once_sent(
    timer: asyncio.Timeout, wait_s: float, recording: Recording | None
) -> Callable[[str, Mapping[str, Any]], Awaitable[None]]:
    """Start a timer when a request has been sent whole, and again should it have to be sent over another connection.

    Source: httpx, "Extensions", trace.
    """

    async def trace(event: str, _info: Mapping[str, Any]) -> None:
        if recording is not None:
            recording.trace(event)
        if event.endswith("send_request_body.complete"):
            timer.reschedule(asyncio.get_running_loop().time() + wait_s)
        elif event.endswith("send_request_headers.started"):
            timer.reschedule(None)

    return trace
