"""Connections, kept between calls: a TLS handshake for every question would cost more than the question.

The one state that lives as long as the process, for a function has nowhere else to keep a connection. Keys are not in
it: they go with each request.
"""

import threading
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING
from urllib.request import getproxies
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import asyncio

    import httpx

    from app.domain.connection import Endpoint


class Pools:
    """One blocking pool for all threads, one asynchronous pool for each event loop; each for every kind of endpoint."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocking: dict[str, httpx.Client] = {}
        self._asynchronous: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[str, tuple[httpx.AsyncClient, AsyncGenerator[None, None]]]
        ] = WeakKeyDictionary()

    def blocking(self, endpoint: "Endpoint") -> "httpx.Client":
        """Raises ProxyFailed where the system's proxy is no address."""
        from app.client.connection import Network, Timeouts, build_blocking

        kind = _kind(endpoint)
        with self._lock:
            if kind not in self._blocking:
                self._blocking[kind] = build_blocking(endpoint, Timeouts(), Network())
            return self._blocking[kind]

    async def asynchronous(self, endpoint: "Endpoint") -> "httpx.AsyncClient":
        """The running loop's pool; it is closed when the loop shuts its asynchronous generators down.

        Raises:
            ProxyFailed: the system's proxy is no address.
        """
        import asyncio

        from app.client.connection import Network, Timeouts, build

        kind = _kind(endpoint)
        of_loop = self._asynchronous.setdefault(asyncio.get_running_loop(), {})
        if kind not in of_loop:
            made = await asyncio.to_thread(build, endpoint, Timeouts(), Network())
            if kind not in of_loop:  # another task may have been quicker
                keeper = _kept(made)
                await anext(keeper)
                of_loop[kind] = (made, keeper)
        return of_loop[kind][0]


async def _kept(http: "httpx.AsyncClient") -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await http.aclose()


def _kind(endpoint: "Endpoint") -> str:
    """Endpoints of one kind share a pool: those of this machine, to which no proxy leads; those for which certificates
    have to be read, which takes a tenth of a second; the rest.
    """
    from app.client.connection import is_loopback

    if is_loopback(endpoint):
        return "loopback, secure" if endpoint.profile.base_url.startswith("https:") else "loopback"
    return "secure" if not endpoint.profile.base_url.startswith("http://") or getproxies() else "plain"


POOLS = Pools()
