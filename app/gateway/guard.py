"""Who may ask: programs on this machine, and those that show the token. Never a page in a browser.

A page can send requests to this machine without being able to read the answers, and by a name of its own that leads
here (DNS rebinding) it can read them as well. So the name that was called must be ours, no browser may be at the other
end, and a body must say that it is JSON, which a page cannot say without asking first.
"""

import hmac
from collections.abc import Iterable, Mapping

from app.domain.connection import LOOPBACK, Secret
from app.errors import ApiError, AuthenticationFailed, InvalidRequest, PermissionDenied, RequestTooLarge
from app.immutable import immutable

BODY_LIMIT = 32 * 1024 * 1024
"""Bytes; the Messages API's own limit."""
WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - named in order to be told apart
_OF_BROWSERS = ("origin", "sec-fetch-site")
"""Node's `fetch`, which is no browser, sends `sec-fetch-mode` as well."""


@immutable
class Guard:
    """Judges a request by its headers."""

    hosts: frozenset[str]
    """Names with the port that may be called; empty: any, for those who listen everywhere and want a token."""
    token: Secret | None

    def refusal(self, method: str, headers: Iterable[tuple[bytes, bytes]]) -> ApiError | None:
        """Why a request is not answered; None for one that is."""
        found: dict[str, str] = {}
        twice = False
        for raw, value in headers:
            name = raw.decode("latin-1")
            twice = twice or (name in found and name in {"host", "content-length", "authorization", "x-api-key"})
            found[name] = value.decode("latin-1")
        if twice or ("content-length" in found and "transfer-encoding" in found):
            return InvalidRequest(400, "invalid_request_error", "the same header twice, or two lengths of one body")
        return self._stranger(found) or self._unknown(found) or _no_json(method, found)

    def _stranger(self, headers: Mapping[str, str]) -> ApiError | None:
        if self.hosts and headers.get("host", "").lower() not in self.hosts:
            return PermissionDenied(403, "permission_error", "this gateway does not answer to that name")
        if any(name in headers for name in _OF_BROWSERS):
            return PermissionDenied(403, "permission_error", "this gateway does not answer to browsers")
        return None

    def _unknown(self, headers: Mapping[str, str]) -> ApiError | None:
        """Every token that is shown must be the right one: none is a way past the other."""
        if self.token is None:
            return None
        shown = [headers[name] for name in ("authorization", "x-api-key") if name in headers]
        right = self.token.reveal().encode()
        matches = [hmac.compare_digest(_bare(each), right) for each in shown]
        if matches and all(matches):
            return None
        return AuthenticationFailed(
            401, "authentication_error", "this gateway wants its token, as a bearer or x-api-key"
        )


def hosts_of(host: str, port: int, *, as_printed: bool) -> frozenset[str]:
    """The names that one who listens at `host` is called by.

    `as_printed`: also 0.0.0.0, by which LiteLLM's documentation calls its proxy. A browser can be led there, but says
    that it is one.
    """
    if host in WILDCARDS:
        return frozenset()
    names = {*LOOPBACK, host, *({"0.0.0.0"} if as_printed else ())}  # noqa: S104 - a name, not an address to bind
    return frozenset(f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in (n.lower() for n in names))


def _bare(shown: str) -> bytes:
    scheme, _, token = shown.partition(" ")
    return (token.strip() if scheme.lower() == "bearer" else shown).encode("latin-1", "replace")


def _no_json(method: str, headers: Mapping[str, str]) -> ApiError | None:
    if method in {"GET", "HEAD"}:
        return None
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return InvalidRequest(415, "invalid_request_error", "the body must be application/json")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:12]) > BODY_LIMIT:
        return RequestTooLarge(413, "request_too_large", f"a body may have {BODY_LIMIT // 2**20} MB")
    return None
