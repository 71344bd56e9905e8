"""uvicorn's protocol with a limit that it has not: a request whose head trickles in is not waited for without end."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN_S = 30.0
"""From a connection's beginning, or its last answer's end, to a whole request line with its headers."""
HEAD_LIMIT = 32 * 1024
"""Bytes of a request line and its headers."""
CALLERS = 100
"""Connections at one time; a further one is told that the service is not available."""


class Gathering:
    """A transport that writes once a turn of the loop: uvicorn writes a response's head and its body apart, and each
    write is a call of the system.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._waiting:
            self._transport.write(b"".join(self._waiting))
            self._waiting.clear()

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's."""
        return getattr(self._transport, name)


class PatientProtocol(H11Protocol):
    """Patient up to a point."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(asyncio.Transport, Gathering(transport, self.loop)))
        self._deadline = self.loop.call_later(HEAD_WITHIN_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._deadline = self.loop.call_later(HEAD_WITHIN_S, self._give_up)
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._settle()

    def _settle(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()
