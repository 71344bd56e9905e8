"""Facts of an error, told as three short sentences: what happened, what was kept, what to do.

Every class of `app.errors` has its own words here; a test fails until a new one has some too. The words are made from
the facts alone (`app.errors.facts`), so a stored error reads the same after a restart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import DuologueError, facts

SAID_LENGTH = 300
"""Characters of another program's message that are repeated."""

UNSENT = "Your message is kept, and nothing was generated."
PARTIAL = "Everything that had arrived is kept."
UNCHANGED = "Your conversations are unchanged."


@dataclass(frozen=True, slots=True)
class ErrorText:
    headline: str
    """What happened, as a sentence."""
    kept: str = ""
    """What Duologue kept."""
    advice: str = ""
    """What to do next."""

    @property
    def whole(self) -> str:
        """The three as one paragraph."""
        return " ".join(part for part in (self.headline, self.kept, self.advice) if part)


Facts = Mapping[str, Any]


def sentence(error: DuologueError) -> ErrorText:
    """The words for an error."""
    return from_facts(facts(error))


def from_facts(known: Facts) -> ErrorText:
    """The words for an error that was kept as `app.errors.facts`.

    A class that this version does not know (a newer one stored it), or facts that are missing, still give a sentence.
    """
    words = WORDS.get(str(known.get("class", "")))
    if words is None:
        return ErrorText("The answer failed for a reason that this version does not know.", PARTIAL, "Try again.")
    return words(known)


# ------------------------------------------------------------------ saying facts


def _said(known: Facts, name: str = "reason") -> str:
    """A fact that is another program's text: one line, of bounded length, as a sentence."""
    line = " ".join(str(known.get(name) or "").split())
    if len(line) > SAID_LENGTH:
        line = line[: SAID_LENGTH - 1].rstrip() + "…"
    line = line[:1].upper() + line[1:]
    return line if not line or line[-1] in ".!?…" else f"{line}."


def _host(known: Facts) -> str:
    return str(known.get("host") or "the API")


def _seconds(value: object) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        return ""
    if value >= 120:
        return f"{round(value / 60)} minutes"
    whole = max(1, round(value))
    return f"{whole} second" if whole == 1 else f"{whole} seconds"


def _kept(known: Facts) -> str:
    return PARTIAL if known.get("mid_stream") else UNSENT


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


# ------------------------------------------------------------------ translation and network


def _translation(known: Facts) -> ErrorText:
    where = str(known.get("where") or "its top")
    return ErrorText(
        _joined("What came or was to be sent does not keep to the Messages API's format.", _said(known)),
        PARTIAL,
        f"Look at {where}, or retry: another answer may be sound.",
    )


def _unsupported(known: Facts) -> ErrorText:
    where = str(known.get("where") or "the request")
    return ErrorText(
        _joined("The request has a parameter that Claude does not take.", _said(known)),
        UNSENT,
        f"Leave out {where}, or let Duologue drop what Claude does not take.",
    )


def _connection_failed(known: Facts) -> ErrorText:
    return ErrorText(
        f"There was no answer from {_host(known)}.",
        UNSENT,
        "Check the network and the connection's address, then retry.",
    )


def _name_not_found(known: Facts) -> ErrorText:
    return ErrorText(
        f"The name {_host(known)} was not found.",
        UNSENT,
        "Check that you are online and that the address is spelled right, then retry.",
    )


def _connection_refused(known: Facts) -> ErrorText:
    return ErrorText(
        f"Nothing listens at {_host(known)}.", UNSENT, "Start the service there or correct the address, then retry."
    )


def _tls_failed(known: Facts) -> ErrorText:
    return ErrorText(
        _joined(f"The certificate of {_host(known)} was not accepted.", _said(known)),
        UNSENT,
        "Something between you and the service may be reading along: check the clock, the proxy and the network.",
    )


def _proxy_failed(known: Facts) -> ErrorText:
    return ErrorText(
        _joined(f"The proxy did not let the request through to {_host(known)}.", _said(known)),
        UNSENT,
        "Check the proxy's address and its password, then retry.",
    )


def _timed_out(known: Facts) -> ErrorText:
    after = _seconds(known.get("after_s"))
    within = f" within {after}" if after else " in time"
    headlines = {
        "connect": f"{_host(known)} could not be reached{within}.",
        "first byte": f"{_host(known)} took the request and did not begin to answer{within}.",
        "between bytes": f"{_host(known)} fell silent in the middle of its answer; nothing came{within}.",
    }
    phase = str(known.get("phase"))
    return ErrorText(
        headlines.get(phase, f"{_host(known)} did not answer{within}."),
        PARTIAL if phase == "between bytes" else UNSENT,
        "Check the network, then retry.",
    )


def _wrong_service(known: Facts) -> ErrorText:
    return ErrorText(
        f"What answered at {_host(known)} (HTTP {known.get('status', 'status unknown')}) is not the Messages API.",
        UNSENT,
        "A login page of the network may be in the way: open a browser, sign in there, then retry.",
    )


def _stream_broken(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The answer broke off before its end.", _said(known)),
        PARTIAL,
        "Retry, or send another message to go on from there.",
    )


def _limit_exceeded(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The answer grew past a limit of Duologue's and was stopped.", _said(known)),
        PARTIAL,
        "Ask for a shorter answer.",
    )


# ------------------------------------------------------------------ what the API says


def _api_error(known: Facts) -> ErrorText:
    return ErrorText(
        _joined(f"The API answered with error {known.get('status', '')}".rstrip() + ".", _said(known, "message")),
        _kept(known),
        "Retry; if it stays, change the request.",
    )


def _invalid_request(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The API refused the request as invalid.", _said(known, "message")),
        _kept(known),
        "Change what it names, then send again.",
    )


def _authentication_failed(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The API did not accept the key.", _said(known, "message")),
        _kept(known),
        "Enter another key under Connection, then retry.",
    )


def _billing_problem(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The account cannot pay for this request.", _said(known, "message")),
        _kept(known),
        "Check the plan and the balance in the Console, then retry.",
    )


def _permission_denied(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("This key may not do that.", _said(known, "message")),
        _kept(known),
        "Choose another model, or a key of a workspace that has access.",
    )


def _not_found(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The API does not know what was asked for, most often the model.", _said(known, "message")),
        _kept(known),
        "Choose another model, then retry.",
    )


def _conflict(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The request clashed with another one on the server.", _said(known, "message")), _kept(known), "Retry."
    )


def _request_too_large(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The request is larger than the API takes.", _said(known, "message")),
        _kept(known),
        "Remove attachments or branch from an earlier message.",
    )


def _rate_limited(known: Facts) -> ErrorText:
    wait = _seconds(known.get("retry_after_s"))
    return ErrorText(
        _joined("The limit of requests or tokens is reached.", _said(known, "message")),
        _kept(known),
        f"Retry in {wait}." if wait else "Wait a minute, then retry.",
    )


def _server_failed(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The API had a fault of its own.", _said(known, "message")),
        _kept(known),
        "Retry; if it stays, look at status.claude.com.",
    )


def _gateway_timed_out(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The API ran out of time on this request.", _said(known, "message")),
        _kept(known),
        "Retry, with a shorter request or a smaller limit of tokens.",
    )


def _overloaded(known: Facts) -> ErrorText:
    wait = _seconds(known.get("retry_after_s"))
    return ErrorText(
        _joined("The API is overloaded.", _said(known, "message")),
        _kept(known),
        f"Retry in {wait}." if wait else "Retry in a little while, or choose another model.",
    )


# ------------------------------------------------------------------ what is kept


def _store_error(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The database could not do that.", _said(known)), UNCHANGED, "Try again; if it stays, restart Duologue."
    )


def _store_too_new(known: Facts) -> ErrorText:
    return ErrorText(
        f"A newer Duologue wrote this database (version {known.get('found', '?')}; this one knows "
        f"{known.get('known', '?')}).",
        UNCHANGED,
        "Update Duologue, or start it with another data folder (DUOLOGUE_DATA_DIR).",
    )


def _store_corrupt(known: Facts) -> ErrorText:
    place = str(known.get("kept_at") or "")
    return ErrorText(
        _joined("The database is damaged.", _said(known)),
        f"The original file is kept, untouched, at {place}." if place else "The original file was left untouched.",
        "Close Duologue and start it again: it then rescues what can be read.",
    )


def _store_locked(known: Facts) -> ErrorText:
    return ErrorText(
        "Another Duologue has these conversations open.", UNCHANGED, "Close the other one, or use its window."
    )


def _store_read_only(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The data folder cannot be written to.", _said(known)),
        "What is stored can be read; what is typed now is not stored.",
        "Allow writing to the folder, or start with another one (DUOLOGUE_DATA_DIR).",
    )


def _disk_full(known: Facts) -> ErrorText:
    return ErrorText(
        "The disk is full; this could not be stored.",
        "What was stored before is safe, and what is on the screen stays there until you close the window.",
        "Free some space, then try again.",
    )


def _conversation_gone(known: Facts) -> ErrorText:
    return ErrorText(
        "This conversation is not there any more.",
        "The others are unchanged.",
        "If it was deleted less than 30 days ago, undo that; else choose another one.",
    )


def _vault_error(known: Facts) -> ErrorText:
    return ErrorText(
        _joined(f"{_backend(known)} could not do that.", _said(known)),
        "No key was written anywhere.",
        "Try again, or use the key for this session only.",
    )


def _vault_absent(known: Facts) -> ErrorText:
    return ErrorText(
        "This system has no keyring to keep a key in.",
        "No key was written anywhere.",
        "Use the key for this session only, set ANTHROPIC_API_KEY, or install a keyring.",
    )


def _vault_locked(known: Facts) -> ErrorText:
    return ErrorText(f"{_backend(known)} is locked.", "The keys in it are unchanged.", "Unlock it, then try again.")


def _vault_denied(known: Facts) -> ErrorText:
    return ErrorText(
        f"{_backend(known)} refused access.",
        "The keys in it are unchanged.",
        "Allow Duologue to use it, or use a key for this session only.",
    )


def _vault_silent(known: Facts) -> ErrorText:
    return ErrorText(
        f"{_backend(known)} did not answer.",
        "What it was asked for was given up; a key that it takes later all the same is removed again.",
        "A question of the system's may be waiting behind another window; answer it, then try again.",
    )


def _vault_untrusted(known: Facts) -> ErrorText:
    return ErrorText(
        f"{_backend(known)} would not keep a key secret.",
        "No key was written anywhere.",
        "Use the key for this session only, or install a keyring.",
    )


def _backend(known: Facts) -> str:
    return str(known.get("backend") or "The keyring")


def _invalid_key(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("This cannot be an API key.", _said(known)),
        "It was not stored.",
        "Copy the whole key and paste it again.",
    )


def _key_missing(known: Facts) -> ErrorText:
    profile = str(known.get("profile") or "")
    return ErrorText(
        f"There is no API key for {profile}." if profile else "There is no API key.",
        UNSENT,
        "Add a key under Connection, or try the simulator.",
    )


def _address_refused(known: Facts) -> ErrorText:
    address = str(known.get("address") or "") or "This"
    if known.get("reason") == "not encrypted":
        return ErrorText(f"{address} is not encrypted.", UNSENT, "Use https for other machines.")
    return ErrorText(f"{address} is not the address of a service.", UNSENT, "It looks like https://api.anthropic.com.")


def _settings_unreadable(known: Facts) -> ErrorText:
    place = str(known.get("kept_at") or "")
    return ErrorText(
        _joined(f"The settings file {known.get('path', '')} cannot be read.".replace("  ", " "), _said(known)),
        f"It is kept at {place}." if place else "It was left as it is.",
        "Duologue goes on with its defaults; correct the file or choose the settings again.",
    )


def _simulator_failed(known: Facts) -> ErrorText:
    return ErrorText(
        _joined("The simulator could not start.", _said(known)), UNCHANGED, "Try again, or use an API key instead."
    )


def _duologue_error(known: Facts) -> ErrorText:
    return ErrorText("Something outside Duologue failed.", PARTIAL, "Try again.")


WORDS: Mapping[str, Callable[[Facts], ErrorText]] = {
    "DuologueError": _duologue_error,
    "TranslationError": _translation,
    "UnsupportedParameter": _unsupported,
    "ConnectionFailed": _connection_failed,
    "NameNotFound": _name_not_found,
    "ConnectionRefused": _connection_refused,
    "TlsFailed": _tls_failed,
    "ProxyFailed": _proxy_failed,
    "TimedOut": _timed_out,
    "WrongService": _wrong_service,
    "StreamBroken": _stream_broken,
    "LimitExceeded": _limit_exceeded,
    "ApiError": _api_error,
    "InvalidRequest": _invalid_request,
    "AuthenticationFailed": _authentication_failed,
    "BillingProblem": _billing_problem,
    "PermissionDenied": _permission_denied,
    "NotFound": _not_found,
    "Conflict": _conflict,
    "RequestTooLarge": _request_too_large,
    "RateLimited": _rate_limited,
    "ServerFailed": _server_failed,
    "GatewayTimedOut": _gateway_timed_out,
    "Overloaded": _overloaded,
    "StoreError": _store_error,
    "StoreTooNew": _store_too_new,
    "StoreCorrupt": _store_corrupt,
    "StoreLocked": _store_locked,
    "StoreReadOnly": _store_read_only,
    "DiskFull": _disk_full,
    "ConversationGone": _conversation_gone,
    "VaultError": _vault_error,
    "VaultAbsent": _vault_absent,
    "VaultLocked": _vault_locked,
    "VaultDenied": _vault_denied,
    "VaultSilent": _vault_silent,
    "VaultUntrusted": _vault_untrusted,
    "InvalidKey": _invalid_key,
    "KeyMissing": _key_missing,
    "AddressRefused": _address_refused,
    "SettingsUnreadable": _settings_unreadable,
    "SimulatorFailed": _simulator_failed,
}
"""By class name, for a stored error has no class any more."""
