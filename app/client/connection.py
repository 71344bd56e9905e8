"""The httpx client behind a `MessagesClient`: how it connects, and what it refuses to do.

It follows no redirect (it would hand the conversation to another origin), keeps no cookie, asks for no compression
(a small body could unpack to gigabytes), and trusts what the system trusts.
"""

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
import truststore

from app.client.coalescing import coalesce
from app.domain.connection import Endpoint, is_on_this_machine, root_of
from app.errors import InvalidKey, ProxyFailed, TlsFailed
from app.immutable import immutable


@immutable
class Timeouts:
    """Seconds. Each is a total: bytes that trickle in do not stretch them."""

    connect_s: float = 10.0
    upload_s: float = 600.0
    """For the request's body: 30 MB of pictures over a slow line take minutes."""
    first_byte_s: float = 60.0
    """From the end of the upload to the response's headers."""
    whole_s: float = 600.0
    """The same for an answer that is not streamed: its headers come when all of it is made."""
    between_bytes_s: float = 90.0


@immutable
class Network:
    """How to get out of this machine."""

    proxy: str | None = None
    """None: the system's proxies."""
    ca_file: Path | None = None
    """Trusted besides the system's own certificates."""


def build(endpoint: Endpoint, timeouts: Timeouts, network: Network) -> httpx.AsyncClient:
    """Make the client. It reads the certificate store: not on the GUI thread.

    Raises:
        TlsFailed: `ca_file` cannot be read.
        ProxyFailed: the proxy's address, a person's or the system's, is none.
    """
    try:
        return httpx.AsyncClient(**_options(endpoint, network, http2=True), timeout=_httpx_timeout(timeouts))
    except (ValueError, httpx.InvalidURL) as error:
        raise _unusable(endpoint, error) from error


def build_blocking(endpoint: Endpoint, timeouts: Timeouts, network: Network) -> httpx.Client:
    """As `build`, for a client that blocks its thread. Its timers are per read: nothing can interrupt a read."""
    try:
        made = httpx.Client(**_options(endpoint, network, http2=False), timeout=blocking_timeout(timeouts))
    except (ValueError, httpx.InvalidURL) as error:
        raise _unusable(endpoint, error) from error
    return coalesce(made)


def blocking_timeout(timeouts: Timeouts, *, whole: bool = False) -> httpx.Timeout:
    """The timers of a client that blocks, for each read: the longer of two waits; `whole`: that for a whole answer."""
    longest = max(timeouts.whole_s if whole else timeouts.first_byte_s, timeouts.between_bytes_s)
    return httpx.Timeout(longest, connect=timeouts.connect_s, pool=timeouts.connect_s, write=timeouts.upload_s)


def _httpx_timeout(timeouts: Timeouts) -> httpx.Timeout:
    return httpx.Timeout(None, connect=timeouts.connect_s, pool=timeouts.connect_s, write=timeouts.upload_s)


def _options(endpoint: Endpoint, network: Network, *, http2: bool) -> dict[str, Any]:
    return {
        "headers": {"user-agent": "Duologue", "accept-encoding": "identity"},
        "http2": http2,
        "verify": _trust(endpoint, network),
        "proxy": None if is_loopback(endpoint) else network.proxy,
        "trust_env": not is_loopback(endpoint),
        "cookies": CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        "follow_redirects": False,
        "limits": httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=120),
    }


def _unusable(endpoint: Endpoint, error: Exception) -> ProxyFailed:
    return ProxyFailed(host_of(endpoint), f"an address cannot be used ({type(error).__name__})")


def url_of(endpoint: Endpoint, path: str) -> str:
    """Where `path` (`/v1/…`) is: a base URL may be given with or without the API's own path at its end."""
    base = endpoint.profile.base_url
    if endpoint.profile.kind == "openai":
        base = base.rstrip("/").removesuffix("/chat/completions")
        # what has a path of its own stands for `/v1`, as every client of the dialect has it
        return base + (path.removeprefix("/v1") if urlsplit(base).path else path)
    return root_of(base) + path


def host_of(endpoint: Endpoint) -> str:
    """Host and port, without credentials, path and query."""
    parts = urlsplit(endpoint.profile.base_url)
    return parts.netloc.rpartition("@")[2]


def shown_address(endpoint: Endpoint) -> str:
    """The service's address, without credentials and query."""
    parts = urlsplit(url_of(endpoint, ""))
    return f"{parts.scheme}://{host_of(endpoint)}{parts.path}"


def is_loopback(endpoint: Endpoint) -> bool:
    """Whether the service is on this machine: what is said to it goes through no proxy, which would hear it all."""
    return is_on_this_machine(endpoint.profile.base_url)


def is_proxied(endpoint: Endpoint, network: Network) -> bool:
    """Whether requests go through a proxy, by setting or by the system's."""
    if is_loopback(endpoint):
        return False
    if network.proxy is not None:
        return True
    parts = urlsplit(endpoint.profile.base_url)
    proxies = getproxies()
    return bool(proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(parts.hostname or "")


def credentials(endpoint: Endpoint) -> dict[str, str]:
    """The headers that say who asks, and the profile's own.

    Raises:
        InvalidKey: the key cannot go into a header.
    """
    if endpoint.key is None:
        return dict(endpoint.profile.extra_headers)
    value = endpoint.key.reveal()
    # h11 repeats a header value that it refuses, key and all
    if not value or any(not "\x21" <= character <= "\x7e" for character in value):
        raise InvalidKey("it has a character that no key has")
    bearer = endpoint.profile.auth == "bearer" or endpoint.profile.kind == "openai"
    header = {"authorization": f"Bearer {value}"} if bearer else {"x-api-key": value}
    return {**header, **endpoint.profile.extra_headers}


def _trust(endpoint: Endpoint, network: Network) -> ssl.SSLContext | bool:
    if endpoint.profile.base_url.startswith("http://") and (network.proxy is None or is_loopback(endpoint)):
        return False  # nothing to verify, and loading the store takes a tenth of a second
    return trusted(network, host_of(endpoint))


def trusted(network: Network, host: str) -> ssl.SSLContext:
    """What the system trusts, and the person besides. Reads the certificate store: not on the GUI thread.

    Raises:
        TlsFailed: `ca_file` cannot be read; `host` is what was to be reached.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if network.ca_file is not None:
        try:
            context.load_verify_locations(network.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise TlsFailed(host, f"the CA file cannot be read: {type(error).__name__}") from error
    return context
