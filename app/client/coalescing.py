"""Many small HTTP chunks made one before they are parsed.

A server sends each event of a stream as an HTTP chunk of its own, and parsing a chunk costs httpx three times what its
event costs us. So the bytes of a chunked body are framed anew as they are read: what one read brought becomes one
chunk. Nothing is kept back but the beginning of a chunk's size, and what is not well-formed is handed on as it came,
for h11 to refuse.

Source: RFC 9112, "Chunked Transfer Coding".
"""

import re
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

_HEX = b"0123456789abcdefABCDEF"
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
SIZE_LINE = 256
"""Bytes of a chunk's size and its extensions; a longer one is left to h11."""


class Reframer:
    """The bytes of one response in, the same response out."""

    def __init__(self) -> None:
        self._in_head = True
        self._as_is = False
        self._held = b""
        self._missing = 0
        """Bytes of the chunk under way that have not come."""

    def take(self, data: bytes) -> bytes:
        """The next bytes; what is returned may be empty although the response goes on."""
        if self._as_is:
            return data
        data, self._held = self._held + data, b""
        return self._head(data) if self._in_head else self._body(data)

    def _head(self, data: bytes) -> bytes:
        end = data.find(b"\r\n\r\n")
        if end < 0 or data.startswith(b"HTTP/1.1 1"):
            # a head that comes in pieces, or one that only says that another follows: rare, and not worth a parser
            self._as_is = True
            return data
        self._in_head = False
        self._as_is = _CHUNKED.search(data, 0, end + 2) is None
        if self._as_is:
            return data
        return data[: end + 4] + self._body(data[end + 4 :])

    def _body(self, data: bytes) -> bytes:
        parts: list[bytes] = []
        at = self._continued(data, parts)
        size = len(data)
        while at < size:
            line = data.find(b"\r\n", at)
            if line < 0 and size - at < SIZE_LINE:
                break
            digits = data[at:line].partition(b";")[0]
            length = int(digits, 16) if line >= 0 and digits and not digits.strip(_HEX) else 0
            start, end = line + 2, line + 2 + length
            if not length or (end < size and not b"\r\n".startswith(data[end : end + 2])):
                # the last chunk with its trailers, or no chunk at all
                self._as_is = True
                break
            parts.append(data[start:end])
            at = end + 2
        if at > size:  # the chunk under way, or the line end after it, has not come whole
            self._missing = at - size
            at = size
        rest = data[at:]
        if not self._as_is:
            self._held, rest = rest, b""
        return _chunk(b"".join(parts)) + rest

    def _continued(self, data: bytes, parts: list[bytes]) -> int:
        """Take the rest of the chunk under way, and say where the next begins. Its last two bytes are a line end."""
        missing = self._missing
        if not missing:
            return 0
        self._missing = 0
        if missing > 2:
            parts.append(data[: missing - 2])
        return missing


def _chunk(payload: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(payload), payload) if payload else b""


class CoalescingStream(httpcore.NetworkStream):
    """A connection whose responses are framed anew. A request is written before each of them."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._reframer = Reframer()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while data := self._inner.read(max_bytes, timeout):
            if taken := self._reframer.take(data):
                return taken
        return b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._reframer = Reframer()
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return CoalescingStream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class CoalescingBackend(httpcore.NetworkBackend):
    """Opens such connections."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return CoalescingStream(self._inner.connect_tcp(host, port, timeout, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


def coalesce(client: httpx.Client) -> httpx.Client:
    """Let a client's HTTP/1.1 connections be framed anew. It is the client that was given.

    WORKAROUND: httpx has no argument for httpcore's `network_backend`. Where its transport looks different, the client
    stays as it is: slower, and right.
    """
    for transport in (client._transport, *client._mounts.values()):
        pool: Any = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if isinstance(backend, httpcore.NetworkBackend):
            pool._network_backend = CoalescingBackend(backend)
    return client
