"""Dated copies of the whole database, made while it is used, and put back into it.

A copy is made by SQLite's online backup from a snapshot, under another name until it is whole and on the disk: whatever
bears a backup's name can be restored. Keys are never in it, for they are never in the database.
"""

import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from app.domain.library import Backup
from app.errors import StoreCorrupt, StoreError, StoreMisplaced
from app.store import header
from app.store.failures import translated
from app.store.salvage import stamp, sync
from app.store.schema import APPLICATION_ID, check_version

FOLDER_NAME = "backups"
PAGES_AT_ONCE = 2000
DAYS_KEPT, WEEKS_KEPT, NEWEST_KEPT = 7, 8, 3
"""The newest of each of the last days and weeks stay, and the newest of all."""
_NAME = re.compile(r"duologue-(\d{8}-\d{6})-\d{3}\.db")
_PARTIAL = ".partial"


class Stopped(Exception):
    """Whoever wanted the copy wants it no more; nothing of it stays."""


def found(folder: Path) -> tuple[Backup, ...]:
    """The backups of a data folder, the newest first. Raises StoreError: they cannot be looked at."""
    with translated():
        paths = sorted((folder / FOLDER_NAME).glob("duologue-*.db"), reverse=True)
        return tuple(
            Backup(path.name, round(made.timestamp() * 1000), path.stat().st_size)
            for path in paths
            if (made := _made(path.name)) is not None
        )


def newest_sound(folder: Path) -> tuple[Backup, int] | None:
    """The newest backup that can be read, and how many conversations are in it; None where there is none.

    Raises StoreError: they cannot be looked at.
    """
    query = "SELECT count(*) FROM conversations WHERE deleted_ms IS NULL"
    for backup in found(folder):
        try:
            with translated(), closing(_opened_to_read(folder / FOLDER_NAME / backup.name)) as db:
                return backup, int(db.execute(query).fetchone()[0])
        except StoreError:
            continue  # whatever damaged the database may have damaged this one
    return None


def make(database: Path, stop: threading.Event) -> Backup:
    """Copy the database of a data folder, and let go of copies that are too many. Not on the store's thread.

    Raises:
        Stopped: `stop` was set.
        StoreError: the disk is full, or cannot be written; no copy was made.
    """
    place = database.parent / FOLDER_NAME
    with translated():
        place.mkdir(mode=0o700, exist_ok=True)
        for left in place.glob(f"*{_PARTIAL}"):
            left.unlink()
        whole = place / f"duologue-{stamp()}.db"
        part = whole.with_name(whole.name + _PARTIAL)
        try:
            _copy(database, part, stop)
            sync(part)
            part.rename(whole)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync(place)
        every = found(database.parent)
        for backup in surplus(every):
            (place / backup.name).unlink()
    return every[0]


def written_since(database: Path, backup: Backup) -> bool:
    """Whether anything was written to a database after a backup of it began."""
    files = (database, database.with_name(f"{database.name}-wal"))
    return any(each.stat().st_mtime * 1000 > backup.made_ms for each in files if each.exists())


def surplus(backups: Iterable[Backup]) -> tuple[Backup, ...]:
    """Those that need not be kept. Days and weeks count from the newest one, not from a clock that may jump."""
    newest_first = sorted(backups, key=lambda each: each.name, reverse=True)
    if not newest_first:
        return ()
    today = _day(newest_first[0])
    kept: dict[object, Backup] = {}
    for at, backup in enumerate(newest_first):
        age = today - _day(backup)
        keys: list[object] = [("newest", at)] if at < NEWEST_KEPT else []
        keys += [("day", age)] if age < timedelta(days=DAYS_KEPT) else []
        keys += [("week", age.days // 7)] if age < timedelta(weeks=WEEKS_KEPT) else []
        for key in keys:
            kept.setdefault(key, backup)
    stay = set(kept.values())
    return tuple(each for each in newest_first if each not in stay)


def put_back(db: sqlite3.Connection, folder: Path, name: str) -> None:
    """Replace everything in the open database by a backup, all or nothing. On the store's thread.

    Raises:
        StoreMisplaced, StoreCorrupt, StoreTooNew: it is no sound backup of ours; nothing was changed.
    """
    path = folder / FOLDER_NAME / name
    if _made(name) is None or not path.is_file():
        raise StoreMisplaced("something else", str(path))
    with translated():
        with path.open("rb") as file:
            head = file.read(100)
        if not head.startswith(header.MAGIC) or header.number(head, header.APPLICATION_AT) != APPLICATION_ID:
            raise StoreMisplaced("something that is no backup", str(path))
        check_version(header.number(head, header.VERSION_AT))
        with closing(_opened_to_read(path)) as source:
            (verdict,) = source.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise StoreCorrupt(str(verdict))
            if strange := _strangers(source, db):
                raise StoreCorrupt(f"it holds what Duologue has not made: {', '.join(strange)}")
            source.backup(db)


def _strangers(source: sqlite3.Connection, db: sqlite3.Connection) -> list[str]:
    """Triggers and views that the open database has not: a planted one would run with the next message."""
    query = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
    ours = set(db.execute(query))
    return sorted(str(name) for name, sql in source.execute(query) if (name, sql) not in ours)


def _copy(database: Path, part: Path, stop: threading.Event) -> None:
    os.close(os.open(part, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    with closing(_opened_to_read(database)) as source, closing(sqlite3.connect(part)) as copy:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it is one moment that is copied
        source.backup(copy, pages=PAGES_AT_ONCE, progress=_stopper(stop), sleep=0.001)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, that can be carried away


def _stopper(stop: threading.Event) -> Callable[[int, int, int], None]:
    def look(_status: int, _remaining: int, _total: int) -> None:
        if stop.is_set():
            raise Stopped

    return look


def _opened_to_read(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5)
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.text_factory = partial(str, encoding="utf-8", errors="replace")
    return db


def _made(name: str) -> datetime | None:
    """When a backup of this name was made; None for the name of something else."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _day(backup: Backup) -> datetime:
    made = _made(backup.name)
    assert made is not None
    return made.replace(hour=0, minute=0, second=0)
