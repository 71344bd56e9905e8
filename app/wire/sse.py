"""Server-sent events, sans I/O: feed bytes in, take events out.

Lines end at CR LF, LF or CR and nowhere else. Splitting decoded text the way `str.splitlines` does would cut JSON at
U+2028 and its like, so lines are found on bytes.

Source: WHATWG HTML, "Server-sent events", parsing an event stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.errors import LimitExceeded, StreamBroken

EVENT_LIMIT = 16 * 1024 * 1024
"""Bytes of one event, and so of any line in it."""
STREAM_LIMIT = 64 * 1024 * 1024
"""Bytes of one answer on the wire; its text is a fraction of that."""
_BOM = b"\xef\xbb\xbf"


class ServerEvent(NamedTuple):
    """A tuple, for one is made for every delta."""

    name: str
    """Of the `event:` line; empty when there was none."""
    data: str


@dataclass(slots=True)
class SseDecoder:
    """Keeps the event that is not complete yet. `feed` costs what it is fed."""

    event_limit: int = EVENT_LIMIT
    stream_limit: int = STREAM_LIMIT
    _pending: list[bytes] = field(default_factory=list)
    _pending_size: int = 0
    _fed: int = 0
    _after_cr: bool = False
    _head: bytes = b""
    _at_start: bool = True

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """Take the next bytes; give the events that they complete, one by one: those before a fault are not lost.

        Exhaust the iterator before the next call.

        Raises:
            LimitExceeded: an event or the stream is longer than its limit.
            StreamBroken: an event is not UTF-8.
        """
        room = self.stream_limit - self._fed
        self._fed += len(chunk)
        for frame in self._frames(self._normalised(chunk[: max(0, room)])):
            event = _event(frame)
            if event is not None:
                yield event
        if self._fed > self.stream_limit:
            raise LimitExceeded(f"the answer is longer than {self.stream_limit} bytes")

    def finish(self) -> Iterator[ServerEvent]:
        """The stream has ended: the event that only lacks its closing blank line, if there is one.

        The standard throws it away; but some servers leave the line out, and a cut event's JSON shows itself as cut.
        """
        rest = b"".join((self._head, *self._pending))
        self._pending.clear()
        event = _event(rest)
        if event is not None:
            yield event

    def _normalised(self, chunk: bytes) -> bytes:
        """The bytes with LF as the only line end, and without the mark that may stand before the first."""
        if self._at_start:
            chunk = self._head + chunk
            self._head = b""
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                self._head = chunk
                return b""
            self._at_start = False
            chunk = chunk.removeprefix(_BOM)
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk

    def _frames(self, chunk: bytes) -> Iterator[bytes]:
        """The events that are complete, each without the blank line that ends it; what follows the last one waits."""
        pending = self._pending
        across = bool(pending) and chunk.startswith(b"\n") and pending[-1].endswith(b"\n")
        if across or b"\n\n" in chunk:
            *complete, rest = b"".join((*pending, chunk)).split(b"\n\n")
            pending.clear()
            self._pending_size = 0
            for frame in complete:
                self._check(len(frame))
                yield frame
            chunk = rest
        if chunk:
            pending.append(chunk)
            self._pending_size += len(chunk)
            self._check(self._pending_size)

    def _check(self, size: int) -> None:
        if size > self.event_limit:
            raise LimitExceeded(f"an event of the answer is longer than {self.event_limit} bytes")


def _event(frame: bytes) -> ServerEvent | None:
    """The event of a frame; None for a comment. Almost always it is a name and one line of data."""
    try:
        text = frame.decode()
    except UnicodeDecodeError as error:
        raise StreamBroken(f"not UTF-8: {error.reason}") from error
    if text.startswith("event: "):
        end = text.find("\n")
        if text.startswith("data: ", end + 1) and text.find("\n", end + 7) < 0:
            return ServerEvent(text[7:end], text[end + 7 :])
    name, data = "", []
    for line in text.split("\n"):
        field_name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field_name == "event":
            name = value
        elif field_name == "data":
            data.append(value)
    return ServerEvent(name, "\n".join(data)) if data else None
