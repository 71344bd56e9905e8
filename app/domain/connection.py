"""Where requests go and who is asking."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from app.errors import AddressRefused
from app.immutable import NOTHING, immutable

ANTHROPIC_URL = "https://api.anthropic.com"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_address(url: str) -> None:
    """Whether a key may be sent to an address. Plain HTTP is for this machine only.

    Raises:
        AddressRefused: it is no http(s) address of a service, or elsewhere would show the key to everyone on the way.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna").decode("idna")
    except ValueError as error:  # a UnicodeError is one too
        raise AddressRefused(_shown(url), "not an address") from error
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.query or parts.fragment:
        raise AddressRefused(_shown(url), "not an address")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise AddressRefused(_shown(url), "not encrypted")


def root_of(url: str) -> str:
    """Where a service's paths begin: a base URL may be given with or without the API's own path at its end."""
    root = url.rstrip("/")
    for known in ("/v1/messages", "/v1/complete", "/v1"):
        root = root.removesuffix(known)
    return root


def is_on_this_machine(url: str) -> bool:
    """Whether an address leads to no other machine."""
    return urlsplit(url).hostname in LOOPBACK


def _shown(url: str) -> str:
    """An address as it may be repeated: nothing before an @, nothing after a question mark, and not endless."""
    return url.rpartition("@")[2].partition("?")[0].partition("#")[0][:100]


class Secret:
    """An API key. Shows its last four characters at most; the whole only through `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for a request header or the keyring and nowhere else."""
        return self._value

    @property
    def tail(self) -> str:
        """What may be shown: `…wxyz`, or only `…` for a short key."""
        return f"…{self._value[-4:]}" if len(self._value) >= 12 else "…"

    def __repr__(self) -> str:
        return f"Secret({self.tail})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> Any:
        raise TypeError("a Secret is not pickled")


@immutable
class Profile:
    """A connection by name. Its key is in the keyring under the same name, never here."""

    name: str
    kind: Literal["anthropic", "simulator", "openai"] = "anthropic"
    """`openai`: any server that speaks chat completions; its key goes as a bearer token."""
    base_url: str = ANTHROPIC_URL
    auth: Literal["x-api-key", "bearer"] = "x-api-key"
    extra_headers: Mapping[str, str] = NOTHING
    betas: tuple[str, ...] = ()
    """Sent with every request, besides those that a conversation asks for."""
    api_version: str = ""
    """Instead of the one that Duologue speaks."""
    proxy: str = ""
    """HTTP or SOCKS; empty: as the settings say."""
    ca_file: str = ""
    """A PEM file, trusted besides the system's certificates; empty: as the settings say."""
    wait_s: float = 0.0
    """Seconds until an answer begins; 0: the usual time."""


@immutable
class Endpoint:
    """A profile with its key: all that a client needs to connect."""

    profile: Profile
    key: Secret | None
