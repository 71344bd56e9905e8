"""Every failure that Duologue expects, as one tree.

* DuologueError               the world's fault
  x TranslationError          a payload that one dialect cannot say, or that breaks its rules
    + UnsupportedParameter    a parameter that Claude has nothing like
  * ConnectionFailed          no answer came: nothing was generated
    + NameNotFound            DNS
    + ConnectionRefused       nobody listens
    + TlsFailed               the certificate was not accepted
    + ProxyFailed             the proxy refused or is down
    + TimedOut                one of our three timers fired; which, and after how long
    + WrongService            something answered that is no Messages API (a captive portal, a redirect)
  * StreamBroken              an answer began and did not end
    + LimitExceeded           it grew past a limit of ours
  * ApiError                  the API answered, and the answer was an error
    + InvalidRequest, AuthenticationFailed, BillingProblem, PermissionDenied, NotFound, Conflict, RequestTooLarge,
      RateLimited, ServerFailed, GatewayTimedOut, Overloaded
  * StoreError                the database
    + StoreTooNew, StoreCorrupt, StoreLocked, StoreReadOnly, StoreMisplaced, DiskFull
    + ConversationGone        what was asked for is not in it
  * VaultError                the keyring
    + VaultAbsent, VaultLocked, VaultDenied, VaultSilent, VaultUntrusted
  x InvalidKey                a string that cannot be an API key
  x KeyMissing                nothing to sign a request with
  x AddressRefused            a service's address that is none, or that would show a key to everyone on the way
  x SettingsUnreadable        a settings file that cannot be read
  x SimulatorFailed           the local simulator could not start
  x GatewayFailed             the gateway could not start
  x ConfigRefused             a gateway's config.yaml that cannot be used
  x FileFailed                a file that a person chose cannot be read or written
  x ImportRefused             a file that holds nothing that can be imported
  x MediaRefused              a picture or document that no model would take, or that would do harm
  x BadSchema                 a JSON Schema that is none, or that cannot be checked in bounded time
  x BadTool                   a text that no tool can be made of
  x CommandFailed             a program that was to answer a tool's call did not

A bug is none of these: it stays a KeyError or AssertionError and reaches the crash handler. Errors carry facts;
`ui.widgets.error_text` turns facts into sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(eq=False)
class DuologueError(Exception):
    """The root. `eq=False` here and below keeps exceptions hashable."""

    def __post_init__(self) -> None:
        # BaseException.__new__ has stored the arguments already; this makes str() and tracebacks useful
        super().__init__(*(getattr(self, name) for name in self.__dataclass_fields__))


@dataclass(eq=False)
class TranslationError(DuologueError):
    where: str
    """JSON pointer into the payload."""
    reason: str


@dataclass(eq=False)
class UnsupportedParameter(TranslationError):
    """Whoever would rather go without it can say so: `drop_params`."""


# ------------------------------------------------------------------ the network


@dataclass(eq=False)
class ConnectionFailed(DuologueError):
    host: str
    """Host and port that were to be reached; never a URL with a query or credentials."""
    reason: str
    """`closed without an answer`, or the system's own words."""


@dataclass(eq=False)
class NameNotFound(ConnectionFailed):
    pass


@dataclass(eq=False)
class ConnectionRefused(ConnectionFailed):
    pass


@dataclass(eq=False)
class TlsFailed(ConnectionFailed):
    pass


@dataclass(eq=False)
class ProxyFailed(ConnectionFailed):
    pass


@dataclass(eq=False)
class TimedOut(ConnectionFailed):
    phase: str
    """`connect`, `upload`, `first byte` or `between bytes`."""
    after_s: float


@dataclass(eq=False)
class WrongService(ConnectionFailed):
    status: int
    """HTTP status of what answered; 0 where it spoke no HTTP."""
    answer: str = "other"
    """`nothing`, `redirect`, `no HTTP`, or `other`: a page, another program's data."""
    target: str = ""
    """Where a redirect leads, without credentials and query."""


@dataclass(eq=False)
class StreamBroken(DuologueError):
    """The stream ended, stalled or turned to nonsense before `message_stop`. What had arrived is kept by the caller."""

    reason: str
    request_id: str | None = None


@dataclass(eq=False)
class LimitExceeded(StreamBroken):
    pass


@dataclass(eq=False)
class ApiError(DuologueError):
    """An error that the API itself reported, as an HTTP status or as an `error` event inside a stream.

    Source: Messages API reference, "Errors".
    """

    status: int
    """HTTP status; for an error event inside a stream, the status that its type stands for."""
    kind: str
    """The API's `error.type`, e.g. `overloaded_error`; empty when the body was not the API's."""
    message: str
    request_id: str | None = None
    error_code: str | None = None
    """`error.details.error_code`."""
    retry_after_s: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    mid_stream: bool = False
    should_retry: bool | None = None
    """The server's own word, `x-should-retry`."""


@dataclass(eq=False)
class InvalidRequest(ApiError):
    pass


@dataclass(eq=False)
class AuthenticationFailed(ApiError):
    pass


@dataclass(eq=False)
class BillingProblem(ApiError):
    pass


@dataclass(eq=False)
class PermissionDenied(ApiError):
    pass


@dataclass(eq=False)
class NotFound(ApiError):
    pass


@dataclass(eq=False)
class Conflict(ApiError):
    pass


@dataclass(eq=False)
class RequestTooLarge(ApiError):
    pass


@dataclass(eq=False)
class RateLimited(ApiError):
    pass


@dataclass(eq=False)
class ServerFailed(ApiError):
    pass


@dataclass(eq=False)
class GatewayTimedOut(ApiError):
    pass


@dataclass(eq=False)
class Overloaded(ApiError):
    pass


# ------------------------------------------------------------------ what is kept


@dataclass(eq=False)
class StoreError(DuologueError):
    reason: str


@dataclass(eq=False)
class StoreTooNew(StoreError):
    found: int
    known: int


@dataclass(eq=False)
class StoreCorrupt(StoreError):
    kept_at: str = ""
    """Where the original file was kept, untouched."""


@dataclass(eq=False)
class StoreLocked(StoreError):
    """Another Duologue has this database open."""


@dataclass(eq=False)
class StoreReadOnly(StoreError):
    pass


@dataclass(eq=False)
class DiskFull(StoreError):
    pass


@dataclass(eq=False)
class StoreMisplaced(StoreError):
    """Where the database or its folder should be, `reason` stands: a folder, a device, another program's file."""

    path: str = ""


@dataclass(eq=False)
class ConversationGone(StoreError):
    """There is no conversation of this id."""


@dataclass(eq=False)
class VaultError(DuologueError):
    backend: str
    """The keyring backend in use, as a person knows it: "Secret Service", "macOS Keychain"."""
    reason: str


@dataclass(eq=False)
class VaultAbsent(VaultError):
    pass


@dataclass(eq=False)
class VaultLocked(VaultError):
    pass


@dataclass(eq=False)
class VaultDenied(VaultError):
    pass


@dataclass(eq=False)
class VaultSilent(VaultError):
    """The keyring did not answer within its limit."""


@dataclass(eq=False)
class VaultUntrusted(VaultError):
    """A backend that keeps keys in plain text, or nowhere."""


@dataclass(eq=False)
class InvalidKey(DuologueError):
    reason: str
    """Never the key or a part of it."""
    variable: str = ""
    """The variable of the environment that holds it; empty for one that was entered."""


@dataclass(eq=False)
class KeyMissing(DuologueError):
    profile: str


@dataclass(eq=False)
class AddressRefused(DuologueError):
    address: str
    """Without what could be a credential in it."""
    reason: str
    """`not an address` or `not encrypted`."""


@dataclass(eq=False)
class SettingsUnreadable(DuologueError):
    path: str
    reason: str
    kept_at: str = ""


@dataclass(eq=False)
class SimulatorFailed(DuologueError):
    reason: str


@dataclass(eq=False)
class GatewayFailed(DuologueError):
    reason: str


@dataclass(eq=False)
class ConfigRefused(DuologueError):
    reason: str
    """Never a value of the file: it may be a key."""
    line: int = 0
    """From 1; 0: all of the file."""


@dataclass(eq=False)
class FileFailed(DuologueError):
    path: str
    reason: str


@dataclass(eq=False)
class ImportRefused(DuologueError):
    """Nothing of the file was taken."""

    reason: str
    where: str = ""
    """Where in the file: a line, or a JSON pointer into it. Empty: all of it."""


@dataclass(eq=False)
class MediaRefused(DuologueError):
    name: str
    """Of the file, as the person knows it; empty where it has none."""
    reason: str
    """`empty`, `lies`, `unsupported`, `unknown`, `damaged`, `bomb`, `too slow`, `too large`, `active`, `password`,
    `too many pages`, `not seen`, `not a file` or `too many`."""
    detail: str = ""
    """What `reason` needs to be said: a format, a limit, a model's name."""


def facts(error: DuologueError) -> dict[str, Any]:
    """The error as a JSON object, `{"class": name, …fields}`: what a stored answer keeps of why it failed."""
    return {"class": type(error).__name__, **{each.name: getattr(error, each.name) for each in fields(error)}}


@dataclass(eq=False)
class BadSchema(DuologueError):
    reason: str
    path: tuple[str | int, ...] = ()
    """Where in the schema, from its root."""


@dataclass(eq=False)
class BadTool(DuologueError):
    reason: str
    line: int = 0
    """Of the text, from 1; 0 where no line is to blame."""
    column: int = 0


@dataclass(eq=False)
class CommandFailed(DuologueError):
    reason: str
    program: str = ""
