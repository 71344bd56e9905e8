"""The Messages API over the network."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx

from app.client.connection import Network, Timeouts, build, host_of, is_proxied
from app.client.failures import connection_failure, response_failure, wrong_content
from app.client.reading import StreamReader
from app.client.retrying import RetryPolicy
from app.dialects.anthropic.requests import WireRequest, count_body, headers_for, request_to_wire
from app.dialects.anthropic.responses import reply_from_wire
from app.domain.connection import Endpoint
from app.domain.request import Request
from app.domain.stream import ClientEvent, Ping, Reply, ResponseStarted, Retrying, events_of
from app.errors import ApiError, ConnectionFailed, LimitExceeded, TimedOut, TranslationError, WrongService

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of an answer that is not streamed."""
ERROR_BODY_LIMIT = 1024 * 1024
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
    ) -> None:
        self._endpoint = endpoint
        self._timeouts = timeouts or Timeouts()
        self._network = network or Network()
        self._policy = policy or RetryPolicy()
        self._sleep = sleep
        self._host = host_of(endpoint)
        self._http: httpx.AsyncClient | None = None
        self._making = asyncio.Lock()

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
        wire = request_to_wire(request, stream=False)
        return reply_from_wire(await self._json("POST", "/v1/messages", wire.headers, wire.body))

    async def count_tokens(self, request: Request) -> int:
        """The API's own estimate of the input. Same errors as `stream`."""
        found = await self._json("POST", "/v1/messages/count_tokens", headers_for(request), count_body(request))
        count = found.get("input_tokens")
        if not isinstance(count, int):
            raise TranslationError("/input_tokens", "missing or not a number")
        return count

    async def models(self) -> Sequence[Mapping[str, Any]]:
        """Every row of the Models API, unread: see `Catalogue.refreshed`."""
        rows: list[Mapping[str, Any]] = []
        after = ""
        for _ in range(MODELS_PAGES):
            page = await self._json("GET", f"/v1/models?limit=1000{after}", {"anthropic-version": "2023-06-01"}, None)
            data = page.get("data")
            if not isinstance(data, list):
                raise WrongService(self._host, "it does not list models", 200)
            rows += [row for row in data if isinstance(row, Mapping)]
            if not page.get("has_more") or not page.get("last_id"):
                break
            after = f"&after_id={page['last_id']}"
        return rows

    async def aclose(self) -> None:
        """Close every connection."""
        if self._http is not None:
            await self._http.aclose()

    # ---- streaming

    async def _batches(self, request: Request) -> AsyncGenerator[tuple[ClientEvent, ...], None]:
        wire = request_to_wire(request, stream=True)
        attempt = 1
        while True:
            begun = False
            try:
                async with aclosing(self._attempt(wire)) as batches:
                    async for batch in batches:
                        begun = begun or not all(isinstance(event, ResponseStarted | Ping) for event in batch)
                        yield batch
                return
            except (ApiError, ConnectionFailed) as error:
                wait = None if begun else self._policy.wait_after(error, attempt, should_retry=_verdict(error))
                if wait is None:
                    raise
                attempt += 1
                retrying = Retrying(attempt, self._policy.tries, wait, type(error).__name__)
            yield (retrying,)
            await self._sleep(wait)

    async def _attempt(self, wire: WireRequest) -> AsyncGenerator[tuple[ClientEvent, ...], None]:
        response = await self._open("POST", "/v1/messages", wire.headers, wire.body)
        try:
            request_id = response.headers.get("request-id")
            yield (ResponseStarted(request_id, dict(response.headers)),)
            if response.headers.get("content-type", "").startswith("application/json"):
                # some gateways answer whole although a stream was asked for
                yield events_of(reply_from_wire(await self._parsed(response)))
                return
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise wrong_content(response, host=self._host)
            reader = StreamReader(request_id, self._timeouts.between_bytes_s, self._sleep)
            async with aclosing(reader.batches(response)) as batches:
                async for batch in batches:
                    yield batch
        finally:
            await response.aclose()

    # ---- one request

    async def _json(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Mapping[str, Any]:
        """A request that is answered by one JSON object, with retries."""
        attempt = 1
        while True:
            try:
                response = await self._open(method, path, headers, body)
                break
            except (ApiError, ConnectionFailed) as error:
                wait = self._policy.wait_after(error, attempt, should_retry=_verdict(error))
                if wait is None:
                    raise
                attempt += 1
            await self._sleep(wait)
        try:
            return await self._parsed(response)
        finally:
            await response.aclose()

    async def _parsed(self, response: httpx.Response) -> Mapping[str, Any]:
        """The body, which must be a JSON object."""
        try:
            parsed = json.loads(await self._whole(response, BODY_LIMIT))
        except (ValueError, RecursionError) as error:
            raise wrong_content(response, host=self._host) from error
        if not isinstance(parsed, Mapping):
            raise wrong_content(response, host=self._host)
        return parsed

    async def _open(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> httpx.Response:
        """Send and wait for headers. Raises for any status but 200."""
        http = await self._client()
        content = None if body is None else json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
        every = {"content-type": "application/json", "accept": "application/json", **headers}
        request = http.build_request(method, path, content=content, headers=every)
        try:
            async with asyncio.timeout(self._timeouts.first_byte_s):
                response = await http.send(request, stream=True)
        except TimeoutError as error:
            limit = self._timeouts.first_byte_s
            raise TimedOut(self._host, "no answer", "first byte", limit) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise connection_failure(
                error,
                host=self._host,
                connect_s=self._timeouts.connect_s,
                proxied=is_proxied(self._endpoint, self._network),
            ) from error
        if response.status_code == httpx.codes.OK:
            return response
        try:
            text = await self._whole(response, ERROR_BODY_LIMIT)
        finally:
            await response.aclose()
        failure = response_failure(response, self._without_key(text), host=self._host)
        if (verdict := response.headers.get("x-should-retry")) in {"true", "false"}:
            failure.add_note(f"x-should-retry: {verdict}")
        raise failure

    async def _whole(self, response: httpx.Response, limit: int) -> bytes:
        """The body up to `limit` bytes; of an error's body, what there is."""
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._timeouts.first_byte_s):
                async for piece in response.aiter_bytes():
                    pieces.append(piece)
                    size += len(piece)
                    if size > limit:
                        break
        except (TimeoutError, httpx.HTTPError) as error:
            if response.status_code == httpx.codes.OK:
                raise TimedOut(
                    self._host, "the answer stopped", "between bytes", self._timeouts.first_byte_s
                ) from error
        if size > limit and response.status_code == httpx.codes.OK:
            raise LimitExceeded(f"the answer is longer than {limit} bytes", response.headers.get("request-id"))
        return b"".join(pieces)[:limit]

    def _without_key(self, text: bytes) -> bytes:
        """An error's text may repeat the request's headers."""
        key = self._endpoint.key
        return text if key is None else text.replace(key.reveal().encode(), key.tail.encode())

    async def _client(self) -> httpx.AsyncClient:
        async with self._making:
            if self._http is None:
                self._http = await asyncio.to_thread(build, self._endpoint, self._timeouts, self._network)
            return self._http


def _verdict(error: ApiError | ConnectionFailed) -> bool | None:
    """The server's own word on retrying."""
    notes = getattr(error, "__notes__", ())
    return True if "x-should-retry: true" in notes else False if "x-should-retry: false" in notes else None
