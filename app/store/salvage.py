"""What can be read of a damaged database, in a new one that takes its place.

The original is only ever copied and renamed. Killed or out of space at any moment, it is either where it was, and the
next start tries again, or aside, and the next start finishes.
"""

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.store import header
from app.store.conversations import FRESH_SETUP
from app.store.failures import translated
from app.store.rows import LARGEST_ROW, Row, readable
from app.store.schema import NEWEST_OF_EACH, TABLES, migrate
from app.store.transaction import transaction

FOLDER_NAME = "duologue.salvage"
RECOVERED_TITLE = "Recovered conversation"
_PARTS = ("-wal", "-shm", "")
"""What a database consists of besides its name; the file itself goes last."""
_HOLDING = """
    SELECT seq, blocks FROM messages UNION ALL SELECT seq, facts FROM messages WHERE facts IS NOT NULL
    UNION ALL SELECT seq, tail FROM growth
"""
_BLOB = re.compile(r'"(?:duologue:blob|asked)":"([0-9a-f]{64})"')


def salvage(path: Path) -> Path:
    """Replace the damaged database at `path` by what can be read of it. Returns where the original is kept.

    Raises StoreError: the disk is full or cannot be written; the damaged file is where it was.
    """
    work = path.with_name(FOLDER_NAME)
    with translated():
        try:
            _build(path, work)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    kept = finish(path)
    assert kept is not None
    return kept


def finish(path: Path) -> Path | None:
    """Put a salvaged database that is ready into its place. Returns where the original is kept; None: none is ready."""
    work = path.with_name(FOLDER_NAME)
    with translated():
        ready = next(work.glob("ready-*.db"), None)
        if ready is None:
            return None
        kept = path.with_name(f"{path.name}.damaged-{ready.stem.removeprefix('ready-')}")
        for suffix in _PARTS:
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
        ready.rename(path)
        sync(path.parent)
        shutil.rmtree(work, ignore_errors=True)
    return kept


def stamp() -> str:
    """The time for a file's name, UTC, to the millisecond."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]


def sync(path: Path) -> None:
    """Bring a file or folder to the disk. Windows does that to folders by itself."""
    if path.is_dir() and sys.platform == "win32":
        return
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _build(path: Path, work: Path) -> None:
    if work.exists():
        shutil.rmtree(work)
    work.mkdir(mode=0o700)
    fresh, copy = work / "fresh.db", work / "damaged.db"
    for suffix in ("-wal", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            shutil.copyfile(part, copy.with_name(copy.name + suffix))
    os.close(os.open(fresh, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(fresh, isolation_level=None)) as into:
        migrate(into)
        (page_size,) = into.execute("PRAGMA page_size").fetchone()
        header.mend(copy, fresh.read_bytes()[:page_size])
        with closing(_opened(copy)) as source, transaction(into):
            for table in TABLES:
                _copy(source, into, table, copy.stat().st_size)
            _join(into)
    sync(fresh)
    fresh.rename(work / f"ready-{stamp()}.db")
    sync(work)


def _opened(damaged: Path) -> sqlite3.Connection:
    db = sqlite3.connect(damaged, isolation_level=None)
    db.text_factory = partial(str, encoding="utf-8", errors="replace")
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_ROW)
    for setting in ("trusted_schema = OFF", "mmap_size = 0", "writable_schema = ON"):  # the last reads past bad schemas
        db.execute(f"PRAGMA {setting}")
    return db


def _copy(source: sqlite3.Connection, into: sqlite3.Connection, table: str, bytes_in_file: int) -> None:
    """Copy the rows that can be read, with the columns that both know."""
    known = _columns(source, table)
    columns = [each for each in _columns(into, table) if each in known]
    if not columns:
        return
    names, marks = ", ".join(name for name, _ in columns), ", ".join("?" * len(columns))
    insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
    into.executemany(insert, _sound(readable(source, table, names, bytes_in_file), columns))


def _columns(db: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    """(name, type) of each column; none where the table is not there or the schema cannot be read."""
    try:
        return [(row[1], row[2]) for row in db.execute(f"PRAGMA table_info({table})")]
    except sqlite3.Error:
        return []


def _sound(rows: Iterator[Row], columns: list[tuple[str, str]]) -> Iterator[Row]:
    """Rows with values of the types that the schema wants; a strict table refuses others."""
    optional = {"parent", "facts", "leaf", "deleted_ms"}
    for rowid, *values in rows:
        sound: list[object] = []
        for (name, kind), value in zip(columns, values, strict=True):
            if value is None and name in optional:
                sound.append(None)
            elif kind == "INTEGER":
                sound.append(value if isinstance(value, int) else 0)
            elif isinstance(value, str):
                sound.append(value)
            else:
                sound.append(f"lost-{rowid}" if name in {"id", "conversation_id"} else _text(value))
        yield tuple(sound)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def _join(db: sqlite3.Connection) -> None:
    """Give everything that lost its owner a new one, so that it is found again."""
    db.execute(
        """
        INSERT OR IGNORE INTO conversations (id, title, created_ms, setup)
        SELECT conversation_id, ?, min(at), '{}' FROM (
            SELECT conversation_id, created_ms AS at FROM messages
            UNION ALL SELECT conversation_id, 0 FROM drafts WHERE conversation_id NOT IN ('', ?)
        ) GROUP BY conversation_id
        """,
        (RECOVERED_TITLE, FRESH_SETUP),
    )
    db.executemany("UPDATE messages SET parent = ? WHERE seq = ?", list(_new_parents(db)))
    db.execute("DELETE FROM attachments WHERE conversation_id NOT IN (SELECT conversation_id FROM drafts)")
    db.execute("DELETE FROM growth WHERE seq NOT IN (SELECT seq FROM messages)")
    db.execute("INSERT OR IGNORE INTO tools (id) SELECT tool_id FROM tool_versions")
    db.execute("UPDATE conversations SET folder = '' WHERE folder NOT IN (SELECT id FROM folders)")
    db.execute(NEWEST_OF_EACH)
    for seq, text in db.execute(_HOLDING):
        uses = [(seq, hash_) for hash_ in _BLOB.findall(text)]
        db.executemany("INSERT OR IGNORE INTO blob_uses SELECT ?, hash FROM blobs WHERE hash = ?", uses)
    db.execute("DELETE FROM blobs WHERE hash NOT IN (SELECT hash FROM blob_uses)")
    db.execute("INSERT INTO message_search (message_search) VALUES ('rebuild')")


def _new_parents(db: sqlite3.Connection) -> Iterator[tuple[str | None, int]]:
    """(parent, seq) for messages whose parent is lost: the nearest earlier message, one for all of its children."""
    orphans = db.execute(
        """
        SELECT seq, conversation_id, parent FROM messages m WHERE parent IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM messages p
            WHERE p.id = m.parent AND p.conversation_id = m.conversation_id AND p.seq < m.seq
        ) ORDER BY seq
        """
    )
    found: dict[tuple[str, str], str | None] = {}
    for seq, conversation_id, lost in orphans:
        if (conversation_id, lost) not in found:
            row = db.execute(
                "SELECT id FROM messages WHERE conversation_id = ? AND seq < ? ORDER BY seq DESC LIMIT 1",
                (conversation_id, seq),
            ).fetchone()
            found[conversation_id, lost] = row[0] if row else None
        yield found[conversation_id, lost], seq
