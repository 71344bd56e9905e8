"""Server-sent events, sans I/O: feed bytes in, take events out.

Lines end at CR LF, LF or CR and nowhere else. Splitting decoded text the way `str.splitlines` does would cut JSON at
U+2028 and its like, so lines are found on bytes.

Source: WHATWG HTML, "Server-sent events", parsing an event stream.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.errors import LimitExceeded, StreamBroken

LINE_LIMIT = 16 * 1024 * 1024
"""Bytes."""
STREAM_LIMIT = 64 * 1024 * 1024
"""Bytes of one answer on the wire; its text is a fraction of that."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    name: str
    """Of the `event:` line; empty when there was none."""
    data: str


@dataclass(slots=True)
class SseDecoder:
    """Keeps what is not complete yet. `feed` costs what it is fed."""

    line_limit: int = LINE_LIMIT
    stream_limit: int = STREAM_LIMIT
    _pending: list[bytes] = field(default_factory=list)
    _pending_size: int = 0
    _fed: int = 0
    _after_cr: bool = False
    _name: str = ""
    _data: list[str] = field(default_factory=list)
    _at_start: bool = True

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """Take the next bytes; give the events that they complete, one by one: those before a fault are not lost.

        Exhaust the iterator before the next call.

        Raises:
            LimitExceeded: a line or the stream is longer than its limit.
            StreamBroken: a line is not UTF-8.
        """
        room = self.stream_limit - self._fed
        self._fed += len(chunk)
        chunk = chunk[: max(0, room)]
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        for line in self._lines(chunk):
            event = self._take(line)
            if event is not None:
                yield event
        if self._fed > self.stream_limit:
            raise LimitExceeded(f"the answer is longer than {self.stream_limit} bytes")

    def finish(self) -> Iterator[ServerEvent]:
        """The stream has ended: the event that only lacks its closing blank line, if there is one.

        The standard throws it away; but some servers leave the line out, and a cut event's JSON shows itself as cut.
        """
        rest = b"".join(self._pending)
        self._pending.clear()
        for line in (rest, b"") if rest else (b"",):
            event = self._take(line)
            if event is not None:
                yield event

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        """The complete lines; what follows the last line end waits."""
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *complete, rest = chunk.split(b"\n")
        if complete and self._pending:
            complete[0] = b"".join((*self._pending, complete[0]))
            self._pending.clear()
            self._pending_size = 0
        if rest:
            self._pending.append(rest)
            self._pending_size += len(rest)
        for line in complete:
            self._check(len(line))
            yield line
        self._check(self._pending_size)

    def _check(self, size: int) -> None:
        if size > self.line_limit:
            raise LimitExceeded(f"a line of the answer is longer than {self.line_limit} bytes")

    def _take(self, line: bytes) -> ServerEvent | None:
        if self._at_start:
            line = line.removeprefix(_BOM)
            self._at_start = False
        if not line:
            return self._dispatch()
        try:
            name, _, value = line.decode("utf-8").partition(":")
        except UnicodeDecodeError as error:
            raise StreamBroken(f"not UTF-8: {error.reason}") from error
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        return None

    def _dispatch(self) -> ServerEvent | None:
        name, data = self._name, self._data
        self._name, self._data = "", []
        return ServerEvent(name, "\n".join(data)) if data else None
