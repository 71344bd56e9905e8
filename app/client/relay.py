"""The gateway's door to the network: one pool for every upstream, on aiohttp.

httpx costs the window nothing that anyone would notice; a gateway is asked by programs, many at a time. At each request
and at each end of one httpx's pool looks through all its connections and asks the system whether the idle ones can be
read: with sixteen under way that is 120 looks a request and 37 % of its time, with forty-eight 260 and 54 %, and such a
request costs seven times what a single one does. And it parses every byte in Python. aiohttp keeps a list of free
connections and parses in C.

It refuses what `connection` refuses: redirects, cookies, compression. What went wrong is told in the same words.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

from app.client.connection import Timeouts, credentials, host_of, is_loopback, trusted, url_of
from app.client.exchange import Body, Exchange
from app.client.failures import connection_failure
from app.errors import ConnectionFailed, ProxyFailed, TimedOut, WrongService

CONNECTIONS = 256
"""More than callers may have open: whoever was let in never waits for one."""
KEPT_S = 30.0
"""An idle connection's life. Most servers close theirs after a minute or more."""


class Target:
    """An endpoint, and everything about asking there that is the same for each request."""

    def __init__(self, exchange: Exchange) -> None:
        """Raises InvalidKey where the key cannot go into a header."""
        self.exchange = exchange
        self.credentials = credentials(exchange.endpoint)
        self._urls: dict[str, URL] = {}

    def url(self, path: str) -> URL:
        if path not in self._urls:
            self._urls[path] = URL(url_of(self.exchange.endpoint, path), encoded=True)
        return self._urls[path]


class _Head:
    """Status and headers as the rest of the client knows them."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status_code = response.status
        self.headers: Mapping[str, str] = response.headers

    @property
    def request(self) -> httpx.Request:
        return httpx.Request(self._response.method, str(self._response.url))


class Arriving:
    """A response with status 200 whose body is still to come."""

    def __init__(self, response: aiohttp.ClientResponse, target: Target) -> None:
        self._response = response
        self._exchange = target.exchange
        self.headers: Mapping[str, str] = response.headers
        self.head = _Head(response)

    async def whole(self) -> bytes:
        """The body. Raises TimedOut, ConnectionFailed, LimitExceeded."""
        return await _whole(self._response, self._exchange)

    async def pieces(self) -> AsyncIterator[bytes | None]:
        """What has arrived, as much at once as there is; None at the end.

        Raises:
            TimeoutError: nothing came for as long as the endpoint's timers allow.
            aiohttp.ClientError: the connection broke.
        """
        content = self._response.content
        limit_s = self._exchange.timeouts.between_bytes_s
        while True:
            async with asyncio.timeout(limit_s):
                piece = await content.readany()
            if not piece and content.at_eof():
                yield None
                return
            yield piece

    def close(self) -> None:
        """Keep the connection if the body was read to its end, else cut it: the other side stops working."""
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


class Relay:
    """Every connection of one gateway. It belongs to the loop that first uses it."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._trust: dict[Path | None, ssl.SSLContext] = {}
        """By the certificates that are trusted besides the system's."""

    async def post(self, target: Target, path: str, headers: Mapping[str, str], body: bytes, wait_s: float) -> Arriving:
        """Send, and wait `wait_s` seconds for headers.

        Raises:
            ConnectionFailed, TimedOut, WrongService: no answer.
            ApiError: a status other than 200.
        """
        try:
            response = await self._sent(target, path, headers, body, wait_s)
        except aiohttp.ServerDisconnectedError:
            # an idle connection that the other side was just closing; nobody has worked on this request
            response = await self._again(target, path, headers, body, wait_s)
        if response.status == httpx.codes.OK:
            return Arriving(response, target)
        try:
            text = await _whole(response, target.exchange)
        finally:
            response.close()
        raise target.exchange.refused(_Head(response), text)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _again(self, *asked: Any) -> aiohttp.ClientResponse:
        try:
            return await self._sent(*asked)
        except aiohttp.ServerDisconnectedError as error:
            host = asked[0].exchange.host
            raise ConnectionFailed(host, "closed without an answer") from error

    async def _sent(
        self, target: Target, path: str, headers: Mapping[str, str], body: bytes, wait_s: float
    ) -> aiohttp.ClientResponse:
        session, url = self._opened(target), target.url(path)
        secure = url.scheme == "https"
        every = {"content-type": "application/json", "accept": "application/json", **target.credentials, **headers}
        try:
            async with asyncio.timeout(wait_s + target.exchange.timeouts.connect_s):
                return await session.post(
                    url,
                    data=body,
                    headers=target.exchange.with_own(every),
                    allow_redirects=False,
                    ssl=self._trusted(target.exchange) if secure else True,
                    proxy=_proxy(target, url),
                )
        except aiohttp.ServerDisconnectedError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failure(error, target.exchange, wait_s) from error

    def _opened(self, target: Target) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_S, ttl_dns_cache=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"user-agent": "Duologue", "accept-encoding": "identity"},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=target.exchange.timeouts.connect_s),
                auto_decompress=False,
                read_bufsize=2**18,
            )
        return self._session

    def _trusted(self, exchange: Exchange) -> ssl.SSLContext:
        """The system's own store, and the person's certificate file. Reading them takes a tenth of a second, once.

        Raises:
            TlsFailed: the file cannot be read.
        """
        ca_file = exchange.network.ca_file
        if ca_file not in self._trust:
            self._trust[ca_file] = trusted(exchange.network, host_of(exchange.endpoint))
        return self._trust[ca_file]


def broken_reason(error: Exception, exchange: Exchange) -> str:
    """What a stream's end before its time is called."""
    if isinstance(error, TimeoutError):
        return f"nothing came for {exchange.timeouts.between_bytes_s:.0f} s"
    return "the connection broke"


async def _whole(response: aiohttp.ClientResponse, exchange: Exchange) -> bytes:
    """The body up to its limit; of an error's body, what there is."""
    body = Body(exchange, _Head(response))
    try:
        async with asyncio.timeout(exchange.timeouts.first_byte_s):
            async for piece in response.content.iter_any():
                if not body.takes(piece):
                    break
    except (TimeoutError, aiohttp.ClientError) as error:
        return body.whole(error)
    return body.whole()


def _proxy(target: Target, url: URL) -> str | None:
    """The person's proxy, else the system's. Raises ProxyFailed for one of a kind that cannot be used here."""
    exchange = target.exchange
    if is_loopback(exchange.endpoint):
        return None
    proxy = exchange.network.proxy
    if proxy is None and not proxy_bypass(url.host or ""):
        proxies = getproxies()
        proxy = proxies.get(url.scheme) or proxies.get("all")
    if proxy and urlsplit(proxy).scheme not in {"http", "https"}:
        raise ProxyFailed(exchange.host, "the gateway goes through HTTP proxies only")
    return proxy or None


def _failure(error: Exception, exchange: Exchange, wait_s: float) -> ConnectionFailed:
    host = exchange.host
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return TimedOut(host, "no connection", "connect", exchange.timeouts.connect_s)
    if isinstance(error, TimeoutError):
        return TimedOut(host, "no answer", "first byte", wait_s)
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return ProxyFailed(host, "the proxy did not take the request")
    if isinstance(error, aiohttp.ClientResponseError):
        return WrongService(host, "it does not speak HTTP", 0, "no HTTP")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        error = error.certificate_error  # it passes for one of `ssl`'s own, and has nothing of what those have
    return connection_failure(error, host=host, connect_s=exchange.timeouts.connect_s, proxied=False)


def timeouts(wait_s: float | None) -> Timeouts:
    """The endpoint's timers, where a configuration says how long an answer may take."""
    return Timeouts() if wait_s is None else Timeouts(first_byte_s=wait_s, whole_s=wait_s)
