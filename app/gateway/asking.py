"""One question to one deployment: as it came where it speaks the caller's dialect, translated where it does not."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp

from app.client.exchange import Exchange
from app.client.reading import EventReader
from app.client.relay import Arriving, Relay, broken_reason
from app.client.speech import Spoken, error_reader
from app.dialects.openai.requests import Asked
from app.dialects.wire_request import WireRequest
from app.domain.models import ModelEntry
from app.domain.stream import Accumulator, StreamEvent, events_of
from app.errors import KeyMissing, StreamBroken, TranslationError
from app.gateway.faces import Face, Terms
from app.gateway.routes import Way
from app.gateway.unread import UnreadStream
from app.wire.json_bytes import json_bytes

COUNT_PATH = "/v1/messages/count_tokens"
TOLD_ON = ("request-id", "x-request-id", "retry-after")
"""Headers of an upstream's answer that a caller is told, and those that begin so:"""
TOLD_ON_PREFIXES = ("anthropic-ratelimit-", "x-ratelimit-")
Pieces = AsyncGenerator[bytes, None]
_NOT_SPOKEN = WireRequest({}, {})


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller asks."""

    face: Face
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    drop_params: bool
    find: Callable[[str], ModelEntry | None]

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def streams(self) -> bool:
        return self.body.get("stream") is True


@dataclass(frozen=True, slots=True)
class Told:
    """A whole answer, and headers that go with it."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Sent:
    arriving: Arriving
    spoken: Spoken
    asked: Asked | None
    """None: the body went as it came."""


class Asking:
    """Asks deployments over one pool of connections."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    async def whole(self, question: Question, way: Way) -> Told:
        """Raises ApiError, ConnectionFailed, TranslationError, KeyMissing."""
        exchange = way.route.target.exchange
        sent = await self._sent(question, way, exchange.timeouts.whole_s)
        if sent.arriving.headers.get("content-type", "").startswith("text/event-stream"):
            return await self._gathered(question, way, sent)
        try:
            raw = await sent.arriving.whole()
        finally:
            sent.arriving.close()
        head = sent.arriving.head
        reply = exchange.reply(sent.spoken, exchange.parsed(head, raw))
        headers = told_on(head.headers)
        if sent.asked is None:
            return Told(_without_key(raw, exchange), headers)
        return Told(question.face.whole(reply, sent.asked), headers)

    async def stream(self, question: Question, way: Way) -> tuple[Pieces, Mapping[str, str]]:
        """The answer in the caller's dialect, as it comes; raises as `whole`, and StreamBroken from the generator."""
        exchange = way.route.target.exchange
        sent = await self._sent(question, way, exchange.timeouts.first_byte_s)
        try:
            is_whole = exchange.is_whole(sent.arriving.head)
        except BaseException:
            sent.arriving.close()
            raise
        if is_whole:
            pieces = self._at_once(question, way, sent)
        elif sent.asked is None:
            pieces = self._unread(question, way, sent)
        else:
            pieces = self._translated(question, way, sent, sent.asked)
        return pieces, told_on(sent.arriving.headers)

    async def count(self, question: Question, way: Way) -> Told:
        """The Messages API's count of a request's tokens. Raises as `whole`."""
        if way.route.deployment.kind != "anthropic":
            raise TranslationError("/model", "what answers for this model cannot be asked for a request's tokens")
        target = way.route.target
        body = {name: value for name, value in question.body.items() if value is not None} | {"model": way.model}
        headers = question.face.forwarded(question.headers)
        arriving = await self._post(way, COUNT_PATH, headers, body, target.exchange.timeouts.first_byte_s)
        try:
            raw = await arriving.whole()
        finally:
            arriving.close()
        target.exchange.parsed(arriving.head, raw)
        return Told(_without_key(raw, target.exchange), told_on(arriving.headers))

    # ---- sending

    async def _sent(self, question: Question, way: Way, wait_s: float) -> _Sent:
        deployment, face = way.route.deployment, question.face
        if face.kind == deployment.kind:
            body = _as_it_came(question, way)
            face.check(body)
            spoken = Spoken(face.path, _NOT_SPOKEN, "messages" if face.kind == "anthropic" else "chat")
            return _Sent(await self._post(way, face.path, face.forwarded(question.headers), body, wait_s), spoken, None)
        drop = question.drop_params if deployment.drop_params is None else deployment.drop_params
        terms = Terms(question.find(way.model), drop)
        filled = face.filled(question.body, deployment.defaults) | {"model": way.model}
        asked = face.asked(filled, question.headers, terms)
        spoken = way.route.target.exchange.spoken(asked.request, stream=question.streams)
        whole = _named(spoken.wire.body, way, question)
        return _Sent(await self._post(way, spoken.path, spoken.wire.headers, whole, wait_s), spoken, asked)

    async def _post(
        self, way: Way, path: str, headers: Mapping[str, str], body: Mapping[str, Any], wait_s: float
    ) -> Arriving:
        if not way.route.has_key:
            raise KeyMissing(way.route.deployment.name)
        return await self._relay.post(way.route.target, path, headers, json_bytes(body), wait_s)

    # ---- hearing

    async def _at_once(self, question: Question, way: Way, sent: _Sent) -> Pieces:
        exchange = way.route.target.exchange
        try:
            raw = await sent.arriving.whole()
        finally:
            sent.arriving.close()
        reply = exchange.reply(sent.spoken, exchange.parsed(sent.arriving.head, raw))
        speaker = question.face.speaker(sent.asked or _asked(question, way))
        yield speaker.events(events_of(reply))

    async def _gathered(self, question: Question, way: Way, sent: _Sent) -> Told:
        """A stream from a server that knows nothing else, although none was asked for."""
        total = Accumulator()
        async for batch in self._events(way, sent):
            for event in batch:
                total.add(event)
        asked = sent.asked or _asked(question, way)
        return Told(question.face.whole(total.reply(), asked), told_on(sent.arriving.headers))

    async def _translated(self, question: Question, way: Way, sent: _Sent, asked: Asked) -> Pieces:
        speaker = question.face.speaker(asked)
        async with aclosing(self._events(way, sent)) as batches:
            async for batch in batches:
                if spoken := speaker.events(batch):
                    yield spoken

    async def _events(self, way: Way, sent: _Sent) -> AsyncGenerator[tuple[StreamEvent, ...], None]:
        """The events of each read. Raises StreamBroken, ApiError."""
        exchange = way.route.target.exchange
        reader: EventReader = sent.spoken.reader(sent.arriving.headers.get("request-id"), exchange.without_key)
        async with aclosing(_bytes(sent.arriving, exchange)) as chunks:
            async for chunk in chunks:
                events, failure = reader.take(chunk)
                if events:
                    yield events
                if failure is not None:
                    raise failure
                if reader.finished:
                    break
        if verdict := reader.verdict():
            raise verdict

    async def _unread(self, question: Question, way: Way, sent: _Sent) -> Pieces:
        exchange = way.route.target.exchange
        request_id = sent.arriving.headers.get("request-id")
        read_error = partial(error_reader(question.face.kind), request_id=request_id)
        stream = UnreadStream(exchange.without_key, read_error, request_id)
        async with aclosing(_bytes(sent.arriving, exchange)) as chunks:
            async for chunk in chunks:
                passed, failure = stream.take(chunk)
                if passed:
                    yield passed
                if failure is not None:
                    raise failure
                if stream.ended:
                    break


async def _bytes(arriving: Arriving, exchange: Exchange) -> AsyncGenerator[bytes | None, None]:
    """What arrives, None at the end. However it is left, the upstream's connection is given back or cut."""
    try:
        async for piece in arriving.pieces():
            yield piece
    except (TimeoutError, aiohttp.ClientError) as error:
        reason = broken_reason(error, exchange)
        raise StreamBroken(reason, arriving.headers.get("request-id")) from error
    finally:
        arriving.close()


def told_on(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an upstream's answer that its caller is told."""
    return {
        name.lower(): value
        for name, value in headers.items()
        if name.lower() in TOLD_ON or name.lower().startswith(TOLD_ON_PREFIXES)
    }


def _as_it_came(question: Question, way: Way) -> dict[str, Any]:
    return _named(question.face.filled(question.body, way.route.deployment.defaults), way, question)


def _named(body: Mapping[str, Any], way: Way, question: Question) -> dict[str, Any]:
    """With the deployment's own name for the model: whatever else a body says, it goes nowhere else."""
    streams = {"stream": True} if question.streams else {}
    return {**{name: value for name, value in body.items() if name != "stream"}, "model": way.model, **streams}


def _asked(question: Question, way: Way) -> Asked:
    return question.face.asked(question.body, question.headers, Terms(question.find(way.model), True))


def _without_key(raw: bytes, exchange: Exchange) -> bytes:
    key = exchange.endpoint.key
    return raw if key is None else raw.replace(key.reveal().encode(), key.tail.encode())
