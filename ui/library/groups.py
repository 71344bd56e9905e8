"""Under which heading a conversation stands: pure arithmetic on days."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import accumulate

from app.immutable import immutable

PINNED = "Pinned"
FOLDERS = "Folders"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@immutable
class LibraryRow:
    """One conversation in the library."""

    id: str
    title: str
    last_ms: int
    """When its newest message was made, milliseconds since 1970."""
    state: str = ""
    """"" | `answering` | `failed`."""
    pinned: bool = False
    folder: str = ""
    """The id of the folder that it lies in; empty: none."""
    unread: bool = False


@immutable
class Heading:
    text: str


@immutable
class FolderRow:
    """One folder; what lies in it stands below while it is open."""

    id: str
    name: str
    count: int = 0
    is_open: bool = False
    has_setup: bool = False
    """A conversation that is begun in it starts with a setup of its own."""


Entry = LibraryRow | Heading | FolderRow


def grouped(
    rows: Sequence[LibraryRow], now_ms: int, zone: tzinfo | None = None, folders: Sequence[FolderRow] = ()
) -> tuple[Entry, ...]:
    """The rows under their headings: the pinned ones, the folders, then the others in the order that is given, by day.

    That order is the store's, the newest message first, and clocks do not change it: a row that says to be older than
    one below it was made by a clock that had jumped, and stands under the same day as that one.

    `now_ms` in milliseconds since 1970; days begin at midnight in `zone`, by default this machine's.
    """
    known = {folder.id for folder in folders}
    pinned = [row for row in rows if row.pinned]
    filed = [row for row in rows if not row.pinned and row.folder in known]
    others = [row for row in rows if not row.pinned and row.folder not in known]
    entries: list[Entry] = [Heading(PINNED), *pinned] if pinned else []
    if folders:
        entries.append(Heading(FOLDERS))
    for folder in folders:
        entries.append(folder)
        entries += [row for row in filed if row.folder == folder.id and folder.is_open]
    return (*entries, *_by_day(others, now_ms, zone))


def _by_day(rows: Sequence[LibraryRow], now_ms: int, zone: tzinfo | None) -> Iterator[Entry]:
    heading = ""
    calendar = _Calendar(now_ms, zone)
    times = list(accumulate((min(row.last_ms, now_ms) for row in reversed(rows)), max))
    for row in rows:
        found = calendar.heading(times.pop())
        if found != heading:
            yield Heading(found)
            heading = found
        yield row


class _Calendar:
    """Headings for falling times: each is asked of the calendar once, not for each of ten thousand rows."""

    def __init__(self, now_ms: int, zone: tzinfo | None) -> None:
        self._zone = zone
        self._steps = _steps(_moment(now_ms, zone).date())
        self._since_ms, self._heading = self._next()

    def heading(self, ms: int) -> str:
        while ms < self._since_ms:
            self._since_ms, self._heading = self._next()
        return self._heading

    def _next(self) -> tuple[float, str]:
        step = next(self._steps, None)
        if step is None:
            return float("-inf"), "Earlier"
        since, heading = step
        midnight = datetime.combine(since, time(), self._zone)
        return midnight.timestamp() * 1000, heading


def _steps(today: date) -> Iterator[tuple[date, str]]:
    """(first day, heading), from today back to 1970."""
    yield today, "Today"
    yield today - timedelta(days=1), "Yesterday"
    yield today - timedelta(days=7), "Previous 7 days"
    yield today - timedelta(days=30), "Previous 30 days"
    month = (today - timedelta(days=31)).replace(day=1)
    while month.year >= 1971:
        name = MONTHS[month.month - 1]
        yield month, name if month.year == today.year else f"{name} {month.year}"
        month = (month - timedelta(days=1)).replace(day=1)


def _moment(ms: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(ms / 1000, zone)
