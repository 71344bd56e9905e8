"""The few parts of ASGI that the gateway needs below Starlette's: bodies with a limit, answers that a caller can leave.

Source: ASGI specification, "HTTP & WebSocket protocol".
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from app.errors import InvalidRequest, RequestTooLarge
from app.gateway.guard import BODY_LIMIT

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
BODY_WITHIN_S = 120.0
"""For the whole of a request's body: one that trickles in holds a connection for no longer."""
TAKEN_WITHIN_S = 60.0
"""For a caller to take what lies ready for it."""
JSON = "application/json"
EVENTS = "text/event-stream; charset=utf-8"


class Gone(Exception):
    """The caller has left, or takes nothing: nobody is there to be answered."""


async def body_of(receive: Receive) -> bytes:
    """A request's body.

    Raises:
        RequestTooLarge: it is longer than its limit, and was not read to its end.
        InvalidRequest: it did not come in time.
        Gone: the caller left in the middle of it.
    """
    pieces: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                piece: bytes = message.get("body", b"")
                pieces.append(piece)
                size += len(piece)
                if size > BODY_LIMIT:
                    raise RequestTooLarge(413, "request_too_large", f"a body may have {BODY_LIMIT // 2**20} MB")
                more = message.get("more_body", False)
    except TimeoutError:
        raise InvalidRequest(408, "invalid_request_error", f"no whole body came in {BODY_WITHIN_S:.0f} s") from None
    return b"".join(pieces)


@asynccontextmanager
async def while_there(receive: Receive) -> AsyncGenerator[None, None]:
    """Work for a caller for as long as it is there: when it leaves, what is awaited inside is cancelled.

    Raises:
        Gone: it left.
    """
    worker = asyncio.current_task()
    assert worker is not None, "ASGI runs in a task"
    left = over = False

    def leave(watcher: asyncio.Task[None]) -> None:
        nonlocal left
        if not watcher.cancelled() and not over:
            left = True
            worker.cancel()

    # owned here, and gone when the context is left
    watcher = asyncio.get_running_loop().create_task(_disconnected(receive), name="caller")
    watcher.add_done_callback(leave)
    try:
        yield
    except asyncio.CancelledError:
        if left and worker.uncancel() == 0:
            raise Gone from None
        raise
    finally:
        over = True  # the response's end looks like the caller's leaving
        watcher.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def put(send: Send, message: Message) -> None:
    """Send, to a caller who takes it in time.

    Raises:
        Gone: it does not.
    """
    try:
        async with asyncio.timeout(TAKEN_WITHIN_S):
            await send(message)
    except TimeoutError:
        raise Gone from None


def start(status: int, kind: str, headers: Mapping[str, str] | None = None) -> Message:
    """The beginning of a response, whose body follows."""
    given = {"content-type": kind, **(headers or {})}
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in given.items()]
    return {"type": "http.response.start", "status": status, "headers": raw}


def piece(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def respond(send: Send, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    """A whole JSON response. Raises Gone."""
    await put(send, start(status, JSON, {"content-length": str(len(body)), **(headers or {})}))
    await put(send, piece(body))
