"""Opening the database file: its settings, its checks, and what is done when it is damaged.

The original bytes are never changed by a program that cannot read them: `app.store.salvage` puts a damaged file aside.
"""

import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.errors import StoreCorrupt, StoreMisplaced, StoreReadOnly
from app.immutable import immutable
from app.store import header
from app.store.failures import translated
from app.store.running import RunningMark
from app.store.salvage import finish, salvage, stamp
from app.store.schema import APPLICATION_ID, MIGRATIONS, TABLES, check_version, migrate, version_of

FILE_NAME = "duologue.db"


@immutable
class Recovery:
    """A damaged database was replaced by what could be read of it."""

    kept_at: Path
    """The original, untouched."""
    conversations: int
    messages: int


def prepare_folder(folder: Path) -> None:
    """Make the data folder, for this person alone, whatever the umask says.

    Raises:
        StoreReadOnly: it cannot be written. It is left so: whoever protects a folder means it.
        StoreMisplaced: a file stands there.
    """
    with translated():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise StoreMisplaced("a file", str(folder)) from error
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not os.access(folder, os.W_OK):
            raise StoreReadOnly("it is write-protected")
        if mode & 0o077:
            folder.chmod(mode & 0o700)


def open_file(
    path: Path, mark: RunningMark, prepare: Callable[[sqlite3.Connection], None]
) -> tuple[sqlite3.Connection, Recovery | None]:
    """Open or make the database at `path`.

    Args:
        mark: what the last run has left. If it did not end cleanly, the whole file is checked first; if it has met
            damage, the file is salvaged.
        prepare: the first work on it; damage that this meets is salvaged as well.

    Raises:
        StoreTooNew, StoreReadOnly, StoreMisplaced, StoreError: it cannot be used; nothing of it was touched.
    """
    check_place(path)
    kept = finish(path)
    try:
        _peek(path)
        if mark.is_damaged and kept is None and path.exists():
            raise StoreCorrupt("damage was met while Duologue ran")
        db = _opened(path, is_suspicious=mark.is_suspicious, prepare=prepare)
    except StoreCorrupt:
        kept = salvage(path)
        db = _opened(path, is_suspicious=False, prepare=prepare)
    return db, None if kept is None else _recovery(db, kept)


def check_place(path: Path) -> None:
    """Nothing but a file is opened: reading from a pipe would wait for ever. Raises StoreMisplaced."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise StoreMisplaced("a folder" if stat.S_ISDIR(mode) else "a device or a pipe", str(path))


def _recovery(db: sqlite3.Connection, kept: Path) -> Recovery:
    with translated():
        counts = [db.execute(f"SELECT count(*) FROM {each}").fetchone()[0] for each in ("conversations", "messages")]  # noqa: S608
    return Recovery(kept, *counts)


def _peek(path: Path) -> None:
    """Look at the header before SQLite touches the file."""
    if not path.exists():
        return
    with translated(), path.open("rb") as file:
        head = file.read(100)
    if not head:
        return
    if not head.startswith(header.MAGIC) or len(head) < 100:
        raise StoreCorrupt("it is not a SQLite database")
    application, version = header.number(head, header.APPLICATION_AT), header.number(head, header.VERSION_AT)
    if application not in {APPLICATION_ID, 0} or (application == 0 and version):
        raise StoreMisplaced("another program's database", str(path))
    if application and not header.makes_sense(head):
        raise StoreCorrupt("its header makes no sense")
    check_version(version)
    if not os.access(path, os.W_OK):
        raise StoreReadOnly("the database file is write-protected")


def _opened(path: Path, *, is_suspicious: bool, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    with translated():
        # made by us and not by SQLite, so that no other account can ever read it
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        db = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        try:
            configure(db)
            if is_suspicious:
                (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
                if verdict != "ok":
                    raise StoreCorrupt(str(verdict))
            if 0 < version_of(db) < len(MIGRATIONS):
                back_up(db, path.with_name(f"{path.stem}-before-v{len(MIGRATIONS)}-{stamp()}.db"))
            migrate(db)
            check_tables(db)
            prepare(db)
        except BaseException:
            db.close()
            raise
        return db


def check_tables(db: sqlite3.Connection) -> None:
    """Raises StoreCorrupt where one of the tables is missing."""
    names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if lost := {*TABLES, "blob_uses", "message_search", "unindexed"} - names:
        raise StoreCorrupt(f"it has lost its {', '.join(sorted(lost))}")


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
