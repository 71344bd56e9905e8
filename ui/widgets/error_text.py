"""Facts of an error, told as three short sentences (what happened, what was kept, what to do) and as details.

Every class of `app.errors` has its own words in `ui.widgets.error_words`; a test fails until a new one has some too.
The words are made from the facts alone (`app.errors.facts`), so a stored error reads the same after a restart.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from app.errors import DuologueError, facts
from ui.widgets.error_words import keeping, service
from ui.widgets.error_words.saying import PARTIAL, UNSENT, ErrorText, Facts

__all__ = ["PARTIAL", "UNSENT", "WORDS", "ErrorText", "Facts", "cause", "from_facts", "sentence"]

WORDS: Mapping[str, Callable[[Facts], ErrorText]] = {**service.WORDS, **keeping.WORDS}
"""By class name, for a stored error has no class any more."""

DETAIL_LENGTH = 2000
"""Characters of one detail: what a service says of itself may be a book."""


def sentence(error: DuologueError, at_ms: int | None = None) -> ErrorText:
    """The words for an error; `at_ms` is when it happened, milliseconds since 1970."""
    return from_facts({**facts(error), **({} if at_ms is None else {"at_ms": at_ms})})


def from_facts(known: Facts) -> ErrorText:
    """The words for an error that was kept as `app.errors.facts`, with `address` and `at_ms` where they are known.

    A class that this version does not know (a newer one stored it), or facts that are missing, still give a sentence.
    """
    words = WORDS.get(str(known.get("class", "")))
    if words is None:
        told = ErrorText("The answer failed for a reason that this version does not know.", PARTIAL, "Try again.")
    else:
        told = words(known)
    return replace(told, details="\n".join(f"{name}: {value}" for name, value in _details(known)))


def cause(kind: str, status: int | None = None) -> str:
    """What happened, in a few words, for an error of which only class and HTTP status are told: no full stop."""
    words = WORDS.get(kind)
    said = words({"class": kind}).headline.rstrip(".") if words is not None else "The request failed"
    return f"{said} ({status})" if status else said


def _details(known: Facts) -> Iterator[tuple[str, str]]:
    """Only what is known; a key is in none of these."""
    told = (
        ("Error", " · ".join(str(known[name]) for name in ("class", "kind") if known.get(name))),
        ("Status", known.get("status")),
        ("Code", known.get("error_code")),
        ("Request id", known.get("request_id")),
        ("Address", known.get("address") or known.get("host")),
        ("Leads to", known.get("target")),
        ("File", known.get("path") or known.get("kept_at")),
        ("Time", _time(known.get("at_ms"))),
        ("Said", known.get("message") or known.get("reason")),
    )
    for name, value in told:
        if value:
            yield name, str(value)[:DETAIL_LENGTH]


def _time(at_ms: object) -> str:
    """On this machine's clock, with its distance from UTC."""
    if not isinstance(at_ms, int):
        return ""
    try:
        return datetime.fromtimestamp(at_ms / 1000).astimezone().isoformat(" ", "seconds")
    except (OverflowError, OSError, ValueError):
        return ""
