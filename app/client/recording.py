"""An exchange while it happens: what is sent and what comes is noted, and costs the stream a few list entries.

Everything that takes time (taking keys out, reading tokens, compressing) is left to whoever keeps it.
"""

import time
from collections.abc import Callable

import httpx

from app.domain.connection import Secret
from app.domain.exchanges import Noted, Outcome
from app.errors import DuologueError, facts

KEPT_BYTES = 32 * 1024 * 1024
"""Of one body; the API's own limit for a request."""
_EXTENSION = "duologue_recording"


Keep = Callable[[Noted], None]
"""Takes what was noted. Must not block and must not raise."""


class Recording:
    """One attempt, from the moment before it is sent."""

    def __init__(self, request: httpx.Request, key: Secret | None, attempt: int, keep: Keep) -> None:
        self._request = request
        self._key = key
        self._attempt = attempt
        self._keep = keep
        self._began_ms = time.time_ns() // 1_000_000
        self._began = time.perf_counter()
        self._connected_ms: float | None = None
        self._sent_ms: float | None = None
        self._first_byte_ms: float | None = None
        self._response: httpx.Response | None = None
        self._pieces: list[bytes] = []
        self._times: list[float] = []
        self._size = 0
        self._ended = False

    def trace(self, event: str) -> None:
        """Take note of httpx's own events. Source: httpx, "Extensions", trace."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._connected_ms = self._now()
        elif event.endswith("send_request_body.complete"):
            self._sent_ms = self._now()

    def answered(self, response: httpx.Response) -> None:
        """Status and headers are there. `recording_of` finds this again by them."""
        response.extensions[_EXTENSION] = self
        self._response = response
        self._first_byte_ms = self._now()

    def piece(self, piece: bytes) -> None:
        """More of the body has come."""
        self._size += len(piece)
        if self._size <= KEPT_BYTES:
            self._pieces.append(piece)
            self._times.append(self._now())

    def end(self, outcome: Outcome, failure: str = "") -> None:
        """Nothing more comes. Only the first end counts."""
        if self._ended:
            return
        self._ended = True
        request, response = self._request, self._response
        body = request.content
        self._keep(
            Noted(
                self._key,
                self._began_ms,
                request.method,
                str(request.url),
                self._attempt,
                request.headers.multi_items(),
                body[:KEPT_BYTES],
                None if response is None else response.status_code,
                "" if response is None else response.http_version,
                () if response is None else response.headers.multi_items(),
                self._pieces,
                self._times,
                self._connected_ms,
                self._sent_ms,
                self._first_byte_ms,
                self._now(),
                outcome,
                failure,
                max(len(body), self._size) > KEPT_BYTES,
            )
        )

    def _now(self) -> float:
        return (time.perf_counter() - self._began) * 1000


class Ending:
    """A context in which an exchange ends: well, by a failure, or because nobody wants the rest."""

    def __init__(self, recording: Recording | None) -> None:
        self._recording = recording

    def later(self) -> None:
        """It does not end here: what has come so far is only its beginning."""
        self._recording = None

    def __enter__(self) -> "Ending":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if self._recording is None:
            return
        if error is None:
            self._recording.end("done")
        elif isinstance(error, Exception):
            self._recording.end("failed", _reason(error))
        else:  # cancelled, or the generator was closed
            self._recording.end("stopped")


def begin(request: httpx.Request, key: Secret | None, attempt: int, keep: Keep | None) -> Recording | None:
    """Begin to record a request, if anyone keeps it."""
    if keep is None:
        return None
    return Recording(request, key, attempt, keep)


def recording_of(response: httpx.Response) -> Recording | None:
    """The recording of the request that a response answers."""
    found = response.extensions.get(_EXTENSION)
    return found if isinstance(found, Recording) else None


def _reason(error: Exception) -> str:
    if not isinstance(error, DuologueError):
        return type(error).__name__
    known = facts(error)
    said = known.get("reason") or known.get("message") or ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
