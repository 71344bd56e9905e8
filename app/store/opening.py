"""Opening the database file: its settings, its checks, and what is done when it is damaged.

The original bytes are never changed by a program that cannot read them: a damaged file is put aside under another name
and what can be read of it goes into a new one.
"""

import os
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.errors import StoreCorrupt, StoreError, StoreReadOnly
from app.store.failures import translated
from app.store.schema import APPLICATION_ID, MIGRATIONS, check_version, migrate, version_of

FILE_NAME = "duologue.db"
_MAGIC = b"SQLite format 3\x00"
_VERSION_AT, _APPLICATION_AT = 60, 68
"""Offsets in the file's header. Source: SQLite, "Database File Format"."""
TABLES = ("conversations", "messages", "blobs", "blob_uses", "drafts")


@dataclass(frozen=True, slots=True)
class Recovery:
    """A damaged database was replaced by what could be read of it."""

    kept_at: Path
    """The original, untouched."""
    conversations: int
    messages: int


def prepare_folder(folder: Path) -> None:
    """Make the data folder, for this person alone, whatever the umask says."""
    with translated():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)


def open_file(path: Path, *, suspicious: bool) -> tuple[sqlite3.Connection, Recovery | None]:
    """Open or make the database at `path`.

    Args:
        suspicious: the last run did not end cleanly, so the whole file is checked first.

    Raises:
        StoreTooNew, StoreReadOnly, StoreError: it cannot be used; nothing of it was touched.
    """
    if path.is_dir():
        raise StoreError("a folder stands where the database should be")
    try:
        _peek(path)
        return _opened(path, suspicious=suspicious), None
    except StoreCorrupt:
        return _salvaged(path)


def _peek(path: Path) -> None:
    """Look at the header before SQLite touches the file."""
    if not path.exists():
        return
    with translated(), path.open("rb") as file:
        header = file.read(100)
    if not header:
        return
    if not header.startswith(_MAGIC) or len(header) < 100:
        raise StoreCorrupt("it is not a SQLite database")
    application = int.from_bytes(header[_APPLICATION_AT : _APPLICATION_AT + 4], "big")
    version = int.from_bytes(header[_VERSION_AT : _VERSION_AT + 4], "big")
    if application not in {APPLICATION_ID, 0} or (application == 0 and version):
        raise StoreError("it is another program's database")
    check_version(version)
    if not os.access(path, os.W_OK):
        raise StoreReadOnly("the database file cannot be written")


def _opened(path: Path, *, suspicious: bool) -> sqlite3.Connection:
    with translated():
        # made by us and not by SQLite, so that no other account can ever read it
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        db = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        try:
            configure(db)
            if suspicious:
                (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
                if verdict != "ok":
                    raise StoreCorrupt(str(verdict))
            if 0 < version_of(db) < len(MIGRATIONS):
                back_up(db, path.with_name(f"{path.stem}-before-v{len(MIGRATIONS)}-{stamp()}.db"))
            migrate(db)
        except BaseException:
            db.close()
            raise
        return db


def configure(db: sqlite3.Connection) -> None:
    """Every setting of a connection, with its reason."""
    db.text_factory = partial(str, encoding="utf-8", errors="replace")  # a flipped bit costs a letter, not the row
    db.execute("PRAGMA journal_mode = WAL")  # readers go on while an answer is stored
    db.execute("PRAGMA synchronous = FULL")  # a commit survives a power loss, not only a crash
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute("PRAGMA trusted_schema = OFF")  # a planted schema runs no functions
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA recursive_triggers = OFF")
    db.execute("PRAGMA mmap_size = 0")  # a truncated file is an error, not a crash
    db.execute("PRAGMA cache_size = -512")  # KB; the system caches the file as well
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("PRAGMA secure_delete = FAST")
    db.execute(f"PRAGMA journal_size_limit = {64 * 1024 * 1024}")
    if sys.platform == "darwin":
        db.execute("PRAGMA fullfsync = 1")  # fsync alone does not reach the disk there
        db.execute("PRAGMA checkpoint_fullfsync = 1")
    db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)


def back_up(db: sqlite3.Connection, path: Path) -> None:
    """A whole copy of the open database, readable by this person alone."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    copy = sqlite3.connect(path)
    try:
        db.backup(copy)
    finally:
        copy.close()


def stamp() -> str:
    """The time for a file's name, UTC, to the millisecond."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]


def _salvaged(path: Path) -> tuple[sqlite3.Connection, Recovery]:
    kept = path.with_name(f"{path.name}.damaged-{stamp()}")
    with translated():
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
    db = _opened(path, suspicious=False)
    # what is read is a copy, for SQLite changes even what it only reads: the write-ahead log is replayed
    with translated(), tempfile.TemporaryDirectory(dir=path.parent) as folder:
        copy = Path(folder) / FILE_NAME
        for suffix in ("", "-wal"):
            part = kept.with_name(kept.name + suffix)
            if part.exists():
                shutil.copyfile(part, copy.with_name(copy.name + suffix))
        counts = {table: _copy(copy, db, table) for table in TABLES}
        db.execute("INSERT INTO message_search (message_search) VALUES ('rebuild')")
    return db, Recovery(kept, counts["conversations"], counts["messages"])


def _copy(damaged: Path, db: sqlite3.Connection, table: str) -> int:
    """Copy the rows that can be read, from both ends towards the damage. Returns how many."""
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    order = columns[0]
    before = db.total_changes
    for direction in ("ASC", "DESC"):
        for row in _readable(damaged, f"SELECT {names} FROM {table} ORDER BY {order} {direction}"):  # noqa: S608
            try:
                db.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608
            except sqlite3.IntegrityError:
                continue  # its parent row is lost
    return db.total_changes - before


def _readable(damaged: Path, query: str) -> list[tuple[object, ...]]:
    """Rows up to the first fault."""
    rows: list[tuple[object, ...]] = []
    source = sqlite3.connect(damaged)
    try:
        for row in source.execute(query):
            rows.append(row)  # noqa: PERF402 - the rows before a fault are what is wanted
    except (sqlite3.Error, OverflowError):
        return rows
    finally:
        source.close()
    return rows
