"""Words for what goes wrong between this machine and the service, and for what the service itself says."""

from collections.abc import Callable, Mapping

from ui.widgets.error_words.saying import PARTIAL, UNSENT, ErrorText, Facts, duration, host, joined, kept_of, said


def _translation(known: Facts) -> ErrorText:
    where = str(known.get("where") or "its top")
    return ErrorText(
        joined("What came or was to be sent does not keep to the Messages API's format.", said(known)),
        PARTIAL,
        f"Look at {where}, or retry: another answer may be sound.",
    )


def _unsupported(known: Facts) -> ErrorText:
    where = str(known.get("where") or "the request")
    return ErrorText(
        joined("The request has a parameter that Claude does not take.", said(known)),
        UNSENT,
        f"Leave out {where}, or let Duologue drop what Claude does not take.",
    )


def _connection_failed(known: Facts) -> ErrorText:
    if known.get("reason") == "closed without an answer":
        return ErrorText(
            f"{host(known)} closed the connection without an answer.",
            UNSENT,
            "Check the address: what listens there may be no web service at all. Else retry.",
        )
    return ErrorText(
        f"There was no answer from {host(known)}.",
        UNSENT,
        "Check the network and the connection's address, then retry.",
    )


def _name_not_found(known: Facts) -> ErrorText:
    return ErrorText(
        f"The name {host(known)} was not found.",
        UNSENT,
        "Check that you are online and that the address is spelled right, then retry.",
    )


def _connection_refused(known: Facts) -> ErrorText:
    return ErrorText(
        f"Nothing listens at {host(known)}.", UNSENT, "Start the service there or correct the address, then retry."
    )


def _tls_failed(known: Facts) -> ErrorText:
    if "wrong version number" in str(known.get("reason")):
        return ErrorText(
            f"{host(known)} does not encrypt what it says.",
            UNSENT,
            "Check the address: https may be meant for another port, or for another service.",
        )
    return ErrorText(
        joined(f"The certificate of {host(known)} was not accepted.", said(known)),
        UNSENT,
        "Something between you and the service may be reading along: check the clock, the proxy and the network.",
    )


def _proxy_failed(known: Facts) -> ErrorText:
    return ErrorText(
        joined(f"The proxy did not let the request through to {host(known)}.", said(known)),
        UNSENT,
        "Check the proxy's address and its password, then retry.",
    )


def _timed_out(known: Facts) -> ErrorText:
    after = duration(known.get("after_s"))
    within = f" within {after}" if after else " in time"
    headlines = {
        "connect": f"{host(known)} could not be reached{within}.",
        "upload": f"{host(known)} did not take the whole request{within}.",
        "first byte": f"{host(known)} took the request and did not begin to answer{within}.",
        "between bytes": f"{host(known)} fell silent in the middle of its answer; nothing came{within}.",
    }
    phase = str(known.get("phase"))
    return ErrorText(
        headlines.get(phase, f"{host(known)} did not answer{within}."),
        PARTIAL if phase == "between bytes" else UNSENT,
        "Check the network, then retry.",
    )


def _wrong_service(known: Facts) -> ErrorText:
    status = f" (HTTP {known['status']})" if known.get("status") else ""
    check = "Check the connection's address, then retry."
    match known.get("answer"):
        case "nothing":
            return ErrorText(f"{host(known)} answered{status}, but with nothing in it.", UNSENT, check)
        case "no HTTP":
            return ErrorText(
                f"What listens at {host(known)} does not speak HTTP: it is another kind of server.", UNSENT, check
            )
        case "redirect":
            target = str(known.get("target") or "another place")
            return ErrorText(
                f"{host(known)} sends its callers on to {target}{status}; your key was not sent there.",
                UNSENT,
                "If that is the service that you mean, enter its address under Connection, then retry.",
            )
    return ErrorText(
        f"What answered at {host(known)}{status} is not the Messages API.",
        UNSENT,
        "A login page of the network may be in the way: open a browser, sign in there, then retry.",
    )


def _stream_broken(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The answer broke off before its end.", said(known)),
        PARTIAL,
        "Retry, or send another message to go on from there.",
    )


def _limit_exceeded(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The answer grew past a limit of Duologue's and was stopped.", said(known)),
        PARTIAL,
        "Ask for a shorter answer.",
    )


# ------------------------------------------------------------------ what the API says


def _api_error(known: Facts) -> ErrorText:
    return ErrorText(
        joined(f"The API answered with error {known.get('status', '')}".rstrip() + ".", said(known, "message")),
        kept_of(known),
        "Retry; if it stays, change the request.",
    )


def _invalid_request(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The API refused the request as invalid.", said(known, "message")),
        kept_of(known),
        "Change what it names, then send again.",
    )


def _authentication_failed(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The API did not accept the key.", said(known, "message")),
        kept_of(known),
        "Enter another key under Connection, then retry.",
    )


def _billing_problem(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The account cannot pay for this request.", said(known, "message")),
        kept_of(known),
        "Check the plan and the balance in the Console, then retry.",
    )


def _permission_denied(known: Facts) -> ErrorText:
    return ErrorText(
        joined("This key may not do that.", said(known, "message")),
        kept_of(known),
        "Choose another model, or a key of a workspace that has access.",
    )


def _not_found(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The API does not know what was asked for, most often the model.", said(known, "message")),
        kept_of(known),
        "Choose another model, then retry.",
    )


def _conflict(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The request clashed with another one on the server.", said(known, "message")), kept_of(known), "Retry."
    )


def _request_too_large(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The request is larger than the API takes.", said(known, "message")),
        kept_of(known),
        "Remove attachments or branch from an earlier message.",
    )


def _rate_limited(known: Facts) -> ErrorText:
    wait = duration(known.get("retry_after_s"))
    return ErrorText(
        joined("The limit of requests or tokens is reached.", said(known, "message")),
        kept_of(known),
        f"Retry in {wait}." if wait else "Wait a minute, then retry.",
    )


def _server_failed(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The API had a fault of its own.", said(known, "message")),
        kept_of(known),
        "Retry; if it stays, look at status.claude.com.",
    )


def _gateway_timed_out(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The API ran out of time on this request.", said(known, "message")),
        kept_of(known),
        "Retry, with a shorter request or a smaller limit of tokens.",
    )


def _overloaded(known: Facts) -> ErrorText:
    wait = duration(known.get("retry_after_s"))
    return ErrorText(
        # the API's own word for it is most often this one
        joined("The API is overloaded.", "" if known.get("message") == "Overloaded" else said(known, "message")),
        kept_of(known),
        f"Retry in {wait}." if wait else "Retry in a little while, or choose another model.",
    )


WORDS: Mapping[str, Callable[[Facts], ErrorText]] = {
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
}
