"""The Messages API over the network, for whoever has no event loop: every call blocks its thread.

It does what `app.client.messages` does and decides nothing of its own; what both know is in `app.client.exchange`.
"""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from typing import Any

import httpx

from app.client.connection import Timeouts, blocking_timeout
from app.client.exchange import Answer, Body, Exchange, begins, started
from app.client.reading import EventReader
from app.client.retrying import RetryPolicy
from app.client.speech import Spoken
from app.domain.connection import Endpoint
from app.domain.request import Request
from app.domain.stream import ClientEvent, events_of
from app.errors import ApiError, ConnectionFailed

Batches = Generator[tuple[ClientEvent, ...], None, None]


class BlockingClient:
    """One endpoint, over a pool of connections that others use as well."""

    def __init__(
        self,
        endpoint: Endpoint,
        http: httpx.Client,
        *,
        timeouts: Timeouts | None = None,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._exchange = Exchange(endpoint, timeouts=timeouts, policy=policy)
        self._http = http
        self._sleep = sleep

    def ask(self, request: Request) -> Answer:
        """Ask without streaming. Same errors as `stream`."""
        spoken = self._exchange.spoken(request, stream=False)
        attempt = 1
        while True:
            try:
                response = self._open(spoken.path, spoken.wire.headers, spoken.wire.body, whole=True)
                break
            except (ApiError, ConnectionFailed) as error:
                wait = self._exchange.wait_after(error, attempt)
                if wait is None:
                    raise
            attempt += 1
            self._sleep(wait)
        with closing(response):
            body = self._exchange.parsed(response, self._whole(response))
            return Answer(self._exchange.reply(spoken, body), dict(response.headers))

    def stream(self, request: Request) -> Batches:
        """Ask, and give the events as they arrive. Events and errors are those of `MessagesClient.stream`.

        Closing the generator closes the connection.
        """
        spoken = self._exchange.spoken(request, stream=True)
        attempt = 1
        while True:
            begun = False
            try:
                with closing(self._attempt(spoken)) as batches:
                    for batch in batches:
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
            self._sleep(wait)

    def _attempt(self, spoken: Spoken) -> Batches:
        response = self._open(spoken.path, spoken.wire.headers, spoken.wire.body)
        with closing(response):
            head = started(response)
            yield (head,)
            if self._exchange.is_whole(response):
                yield events_of(self._exchange.reply(spoken, self._exchange.parsed(response, self._whole(response))))
                return
            yield from self._read(spoken.reader(head.request_id, self._exchange.without_key), response)

    def _read(self, reader: EventReader, response: httpx.Response) -> Batches:
        # no waiting for the socket to gather: nobody else needs this thread, and a script wants each word at once
        chunks = response.iter_bytes()
        while not reader.finished:
            try:
                chunk = next(chunks, None)
            except httpx.ReadTimeout as error:
                raise reader.broken(f"nothing came for {self._exchange.timeouts.between_bytes_s:.0f} s") from error
            except httpx.HTTPError as error:
                raise reader.broken("the connection broke") from error
            events, failure = reader.take(chunk)
            if events:
                yield events
            if failure is not None:
                raise failure
        if verdict := reader.verdict():
            raise verdict

    def _open(self, path: str, headers: Mapping[str, str], body: Any, *, whole: bool = False) -> httpx.Response:
        """Send and wait for headers; `whole`: of an answer that is not streamed. Raises for any status but 200."""
        timeouts = self._exchange.timeouts
        request = self._exchange.request(self._http, "POST", path, headers, body)
        request.extensions["timeout"] = blocking_timeout(timeouts, whole=whole).as_dict()
        try:
            response = self._http.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._exchange.no_answer(error, timeouts.whole_s if whole else timeouts.first_byte_s) from error
        if response.status_code == httpx.codes.OK:
            return response
        with closing(response):
            raise self._exchange.refused(response, self._whole(response))

    def _whole(self, response: httpx.Response) -> bytes:
        body = Body(self._exchange, response)
        try:
            for piece in response.iter_bytes():
                if not body.takes(piece):
                    break
        except httpx.HTTPError as error:
            return body.whole(error)
        return body.whole()
