"""Under which day a conversation stands."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from ui.library.groups import Heading, LibraryRow, grouped

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def row(name: str, when: datetime, *, pinned: bool = False) -> LibraryRow:
    return LibraryRow(name, name, round(when.timestamp() * 1000), pinned=pinned)


def headings(*whens: datetime, now: datetime = NOW) -> list[str]:
    rows = [row(str(at), when) for at, when in enumerate(whens)]
    entries = grouped(rows, round(now.timestamp() * 1000), now.tzinfo)
    return [entry.text for entry in entries if isinstance(entry, Heading)]


@pytest.mark.parametrize(
    ("ago", "heading"),
    [
        (timedelta(minutes=1), "Today"),
        (timedelta(hours=10, minutes=30), "Today"),
        (timedelta(hours=10, minutes=31), "Yesterday"),
        (timedelta(days=2), "Previous 7 days"),
        (timedelta(days=7), "Previous 7 days"),
        (timedelta(days=8), "Previous 30 days"),
        (timedelta(days=30), "Previous 30 days"),
        (timedelta(days=31), "October"),
        (timedelta(days=300), "January"),
        (timedelta(days=365), "November 2025"),
        (timedelta(days=20_000), "February 1972"),
        (timedelta(days=20_700), "Earlier"),
        (timedelta(hours=-5), "Today"),
    ],
)
def test_a_conversation_stands_under_its_day(ago: timedelta, heading: str) -> None:
    assert headings(NOW - ago) == [heading]


def test_headings_stand_once_in_the_order_that_is_given() -> None:
    found = headings(NOW, NOW - timedelta(hours=1), NOW - timedelta(days=1), NOW - timedelta(days=60))

    assert found == ["Today", "Yesterday", "September"]


def test_a_clock_that_jumped_changes_no_order() -> None:
    whens = (
        NOW,
        NOW - timedelta(days=20_000),
        NOW - timedelta(hours=2),
        NOW + timedelta(days=1),
        NOW - timedelta(days=2),
    )
    rows = [row(str(at), when) for at, when in enumerate(whens)]

    entries = grouped(rows, round(NOW.timestamp() * 1000), UTC)

    assert [entry for entry in entries if isinstance(entry, LibraryRow)] == rows
    assert [entry.text for entry in entries if isinstance(entry, Heading)] == ["Today", "Previous 7 days"]


def test_the_days_are_those_of_the_place() -> None:
    tokyo = timezone(timedelta(hours=9))
    just_after_midnight = datetime(2026, 11, 24, 0, 5, tzinfo=tokyo)

    assert headings(just_after_midnight - timedelta(minutes=10), now=just_after_midnight) == ["Yesterday"]


def test_the_day_that_has_twenty_five_hours_is_one_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 26, 0, 30, tzinfo=berlin)

    assert headings(datetime(2026, 10, 25, 0, 10, tzinfo=berlin), now=now) == ["Yesterday"]


def test_pinned_conversations_come_first_whenever_they_were() -> None:
    rows = [row("new", NOW), row("old", NOW - timedelta(days=400), pinned=True)]

    assert grouped(rows, round(NOW.timestamp() * 1000), UTC) == (Heading("Pinned"), rows[1], Heading("Today"), rows[0])


def test_nothing_has_no_heading() -> None:
    assert grouped([], 0, UTC) == ()
