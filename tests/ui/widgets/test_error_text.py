"""Every expected failure has words of its own: what happened, what was kept, what to do."""

from collections.abc import Iterator
from dataclasses import MISSING, fields

import pytest

from app.errors import (
    ApiError,
    AuthenticationFailed,
    ConnectionRefused,
    DuologueError,
    KeyMissing,
    Overloaded,
    RateLimited,
    SettingsUnreadable,
    StoreCorrupt,
    StoreTooNew,
    StreamBroken,
    TimedOut,
    TlsFailed,
    WrongService,
    facts,
)
from ui.widgets.error_text import PARTIAL, UNSENT, WORDS, cause, from_facts, sentence

SAMPLES = {"str": "the sample reason", "int": 7, "float": 30.0, "str | None": None, "float | None": None, "bool": False}


def every_error(root: type[DuologueError] = DuologueError) -> Iterator[type[DuologueError]]:
    yield root
    for child in root.__subclasses__():
        yield from every_error(child)


EVERY_ERROR = tuple(every_error())


def sample(kind: type[DuologueError]) -> DuologueError:
    needed = [each for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    return kind(*(SAMPLES[str(getattr(each.type, "__name__", each.type))] for each in needed))


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_every_error_says_what_happened_what_was_kept_and_what_to_do(kind: type[DuologueError]) -> None:
    assert kind.__name__ in WORDS, f"{kind.__name__} has no words of its own in ui.widgets.error_text"

    text = sentence(sample(kind))

    for part in (text.headline, text.kept, text.advice):
        assert part[0].isupper() or part[0].isdigit() or part.startswith("the sample")
        assert part.endswith((".", "…"))
        assert "!" not in part
        assert "sorry" not in part.lower()
        assert "None" not in part
        assert "  " not in part


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_no_two_errors_read_the_same(kind: type[DuologueError]) -> None:
    headline = sentence(sample(kind)).headline

    others = {sentence(sample(other)).headline for other in EVERY_ERROR if other is not kind}
    assert headline not in others


@pytest.mark.parametrize("name", WORDS)
def test_a_stored_error_with_missing_facts_still_reads(name: str) -> None:
    text = from_facts({"class": name})

    assert text.headline.endswith(".")
    assert "None" not in text.whole


def test_words_are_only_for_errors_that_exist() -> None:
    assert set(WORDS) == {kind.__name__ for kind in EVERY_ERROR}


def test_a_stored_error_reads_as_it_did_when_it_happened() -> None:
    error = Overloaded(529, "overloaded_error", "Overloaded", retry_after_s=12)

    assert from_facts(facts(error)) == sentence(error)


def test_an_error_of_a_newer_version_still_gets_a_sentence() -> None:
    assert from_facts({"class": "SolarFlare", "reason": "?"}).headline
    assert from_facts({}).headline


def test_a_rate_limit_says_when_to_come_back() -> None:
    assert (
        sentence(RateLimited(429, "rate_limit_error", "Too many", retry_after_s=37.2)).advice == "Retry in 37 seconds."
    )
    assert sentence(RateLimited(429, "rate_limit_error", "Too many", retry_after_s=1)).advice == "Retry in 1 second."
    assert sentence(RateLimited(429, "rate_limit_error", "Too many", retry_after_s=300)).advice == "Retry in 5 minutes."
    assert sentence(RateLimited(429, "rate_limit_error", "Too many", retry_after_s=86e3)).advice == "Retry in 24 hours."
    assert "minute" in sentence(RateLimited(429, "rate_limit_error", "Too many")).advice


def test_a_refused_request_says_that_nothing_was_generated_and_a_broken_one_that_its_part_is_kept() -> None:
    assert sentence(ConnectionRefused("127.0.0.1:1", "refused")).kept == UNSENT
    assert sentence(StreamBroken("reset")).kept == PARTIAL
    assert sentence(ApiError(500, "api_error", "Broken", mid_stream=True)).kept == PARTIAL
    assert sentence(TimedOut("api", "slow", "first byte", 60)).kept == UNSENT
    assert sentence(TimedOut("api", "slow", "between bytes", 60)).kept == PARTIAL


def test_the_apis_own_words_are_repeated_as_one_line_of_bounded_length() -> None:
    said = sentence(AuthenticationFailed(401, "authentication_error", "invalid\nx-api-key " + "x" * 5000)).headline

    assert "Invalid x-api-key" in said
    assert "\n" not in said
    assert len(said) < 400


def test_facts_that_help_are_told() -> None:
    assert "version 9" in sentence(StoreTooNew("too new", found=9, known=3)).headline
    assert "/data/old.db" in sentence(StoreCorrupt("torn page", kept_at="/data/old.db")).kept
    assert "Work" in sentence(KeyMissing("Work")).headline
    assert "settings.toml" in sentence(SettingsUnreadable("settings.toml", "line 3")).headline


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WrongService("host", "…", 204, "nothing"), "answered (HTTP 204), but with nothing in it"),
        (WrongService("host:22", "…", 0, "no HTTP"), "does not speak HTTP"),
        (WrongService("host", "…", 307, "redirect", "https://other.example/v1"), "on to https://other.example/v1"),
        (TlsFailed("host", "wrong version number"), "does not encrypt"),
    ],
)
def test_what_answered_instead_is_named(error: DuologueError, words: str) -> None:
    assert words in sentence(error).headline


def test_details_are_what_a_service_asks_for() -> None:
    error = Overloaded(529, "overloaded_error", "Overloaded", request_id="req_17")

    details = from_facts({**facts(error), "address": "https://api.example", "at_ms": 0}).details

    assert "Status: 529" in details
    assert "Request id: req_17" in details
    assert "overloaded_error" in details
    assert "https://api.example" in details
    assert "Time: 19" in details


def test_a_cause_is_short_and_has_the_status() -> None:
    assert cause("Overloaded", 529) == "The API is overloaded (529)"
    assert cause("ConnectionFailed") == "There was no answer from the API"
    assert cause("Unknown") == "The request failed"
