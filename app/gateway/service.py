"""The gateway's endpoints, as an ASGI application.

Starlette is imported when the application is made, so that importing this module costs nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import orjson

from app.client.relay import Relay
from app.client.retrying import RetryPolicy
from app.domain.models import ModelEntry
from app.errors import ApiError, ConnectionFailed, DuologueError, InvalidRequest, NotFound, ServerFailed, StreamBroken
from app.gateway.asgi import EVENTS, Gone, Receive, Send, body_of, piece, put, respond, start, while_there
from app.gateway.asking import Asking, Pieces, Question, Told
from app.gateway.faces import CHAT, MESSAGES, Face, checked, face_of
from app.gateway.guard import Guard
from app.gateway.listing import health, model_row, models
from app.gateway.routes import Routes, Way
from app.wire.json_bytes import json_bytes

Scope = Mapping[str, Any]
_LOG = logging.getLogger("duologue")


class Gateway:
    """One gateway: who may ask, and where a question goes."""

    def __init__(
        self,
        routes: Routes,
        guard: Guard,
        find: Callable[[str], ModelEntry | None],
        usual: Sequence[str] = (),
        *,
        drop_params: bool = False,
        rounds: int = 1,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """
        Args:
            find: what the catalogue knows of a model.
            usual: models that are listed where any name is answered for.
            drop_params: leave out what a model has nothing like, where a deployment does not say.
            rounds: how often all ways to a model are tried.
        """
        self.guard = guard
        self._routes = routes
        self._find = find
        self._usual = usual
        self._drop_params = drop_params
        self._rounds = rounds
        self._policy = policy or RetryPolicy(tries=rounds)
        self._sleep = sleep
        self._relay = Relay()
        self._asking = Asking(self._relay)

    def asgi(self) -> Callable[[Any, Any, Any], Awaitable[None]]:
        """The application, for any ASGI server."""
        from starlette.applications import Starlette
        from starlette.routing import Route

        chat, messages = _Endpoint(self._ask, CHAT), _Endpoint(self._ask, MESSAGES)
        count, told = _Endpoint(self._count, MESSAGES), _Endpoint(self._tell, CHAT)
        routes = Starlette(
            routes=[
                *(Route(path, chat, methods=["POST"]) for path in ("/chat/completions", "/v1/chat/completions")),
                Route("/v1/messages", messages, methods=["POST"]),
                Route("/v1/messages/count_tokens", count, methods=["POST"]),
                *(Route(path, told, methods=["GET"]) for path in ("/models", "/v1/models", "/health")),
                *(Route(f"{path}/{{id:path}}", told, methods=["GET"]) for path in ("/models", "/v1/models", "/health")),
                Route("/{path:path}", _Endpoint(self._nowhere, CHAT)),
            ]
        )

        async def guarded(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return
            refused = self.guard.refusal(scope["method"], scope["headers"])
            try:
                if refused is not None:
                    await _refuse(send, face_of(scope["path"]), refused, {"connection": "close"})
                else:
                    await routes(scope, receive, send)
            except Gone:
                pass  # nobody is left to be told

        return guarded

    async def aclose(self) -> None:
        """Close every connection to an upstream."""
        await self._relay.aclose()

    # ---- endpoints

    async def _ask(self, face: Face, scope: Scope, receive: Receive, send: Send) -> None:
        question = await self._question(face, scope, receive)
        async with while_there(receive):
            if question.streams:
                (first, pieces), headers = await self._tried(question, self._begun)
                await _stream(send, face, first, pieces, headers)
            else:
                told = await self._tried(question, self._asking.whole)
                await respond(send, 200, told.body, told.headers)

    async def _count(self, face: Face, scope: Scope, receive: Receive, send: Send) -> None:
        question = await self._question(face, scope, receive)
        async with while_there(receive):
            told: Told = await self._tried(question, self._asking.count)
            await respond(send, 200, told.body, told.headers)

    async def _tell(self, face: Face, scope: Scope, receive: Receive, send: Send) -> None:
        """Models, one model, or how the upstreams are."""
        path = str(scope["path"])
        asked = scope["path_params"].get("id", "")
        if "/health" in path[:7]:
            body = health(self._routes.routes)
        elif asked:
            self._routes.ways(asked)
            body = model_row(asked, self._find(asked))
        else:
            body = models(self._routes.names(self._usual), self._find)
        await respond(send, 200, json_bytes(body))

    async def _nowhere(self, face: Face, scope: Scope, receive: Receive, send: Send) -> None:
        raise NotFound(404, "not_found_error", "there is nothing at this path")

    # ---- asking

    async def _question(self, face: Face, scope: Scope, receive: Receive) -> Question:
        raw = await body_of(receive)
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise InvalidRequest(400, "invalid_request_error", f"the body is not JSON: {error.msg}") from None
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return Question(face, checked(body), headers, self._drop_params, self._find)

    async def _tried(self, question: Question, ask: Callable[[Question, Way], Awaitable[Any]]) -> Any:
        """Ask one way after the other until one answers.

        Raises the last way's failure, or the first that is the request's own fault.
        """
        for attempt in range(1, self._rounds + 1):
            ways = self._routes.ways(question.model)
            for way in ways:
                try:
                    answer = await ask(question, way)
                except DuologueError as error:
                    last = error
                    if not self._routes.failed(way, error):
                        raise
                else:
                    self._routes.answered(way)
                    return answer
            await self._pause(last, attempt)
        raise last

    async def _pause(self, error: DuologueError, attempt: int) -> None:
        """Wait before the next round. Raises what cannot be waited for."""
        passing = isinstance(error, ApiError | ConnectionFailed)
        wait = self._policy.wait_after(error, attempt) if passing else None  # type: ignore[arg-type]
        if wait is None:
            raise error
        await self._sleep(wait)

    async def _begun(self, question: Question, way: Way) -> tuple[tuple[bytes, Pieces], Mapping[str, str]]:
        """A stream once its first piece is there: until then another way can be tried."""
        pieces, headers = await self._asking.stream(question, way)
        try:
            first = await anext(pieces, b"")
        except BaseException:
            await pieces.aclose()
            raise
        if not first:
            raise StreamBroken("the connection ended before an answer began")
        return (first, pieces), headers


class _Endpoint:
    """One endpoint as an ASGI application of its own, which Starlette hands the connection to."""

    def __init__(self, work: Callable[[Face, Scope, Receive, Send], Awaitable[None]], face: Face) -> None:
        self._work = work
        self._face = face

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        try:
            await self._work(self._face, scope, receive, send)
        except DuologueError as error:
            await _refuse(send, self._face, error)
        except Gone:
            raise
        except Exception as bug:  # noqa: BLE001 - the last resort: the caller's own shape, the whole story for the log
            _LOG.error("the gateway failed at %s", scope["path"], exc_info=bug)
            await _refuse(send, self._face, ServerFailed(500, "api_error", "Internal server error"))


async def _stream(send: Send, face: Face, first: bytes, pieces: Pieces, headers: Mapping[str, str]) -> None:
    """Pass an answer on as it comes. What ends it early is its last event."""
    async with aclosing(pieces):
        await put(send, start(200, EVENTS, {"cache-control": "no-cache", **headers}))
        await put(send, piece(first, more=True))
        try:
            async for each in pieces:
                await put(send, piece(each, more=True))
        except DuologueError as error:
            await put(send, piece(face.broken(error), more=True))
    await put(send, piece(b""))


async def _refuse(send: Send, face: Face, error: DuologueError, more: Mapping[str, str] | None = None) -> None:
    status, body = face.refusal(error)
    headers: dict[str, str] = {**(more or {})}
    if isinstance(error, ApiError):
        if error.retry_after_s is not None:
            headers["retry-after"] = f"{error.retry_after_s:g}"
        if error.request_id:
            headers["request-id"] = error.request_id
    await respond(send, status, body, headers)
