"""The last exchanges with services, in a file of their own beside the database: it may be lost, the database may not.

Nothing waits for it: exchanges pass through a queue to a thread that takes the keys out, compresses and writes. A file
that cannot be written loses what it would have held and nothing else.
"""

import os
import queue
import sqlite3
import threading
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import orjson

from app.domain.exchanges import ExchangeRow, Noted, RecordedExchange, Timings
from app.errors import StoreError
from app.store.failures import translated
from app.wire.sealing import sealed

T = TypeVar("T")
FILE_NAME = "wire.db"
KEPT = 500
KEPT_BYTES = 192 * 1024 * 1024
"""Of compressed bodies; the oldest exchanges go first."""
_VERSION = 1
_SCHEMA = """
CREATE TABLE exchanges (
    id INTEGER PRIMARY KEY AUTOINCREMENT, request_id TEXT NOT NULL, size INTEGER NOT NULL,
    row BLOB NOT NULL, headers BLOB NOT NULL, request BLOB NOT NULL, response BLOB NOT NULL
);
CREATE INDEX exchanges_request_id ON exchanges (request_id);
"""
_ROW_FIELDS = tuple(each for each in ExchangeRow.__slots__ if each not in {"id", "timings"})  # type: ignore[attr-defined]
_TIMES = tuple(Timings.__slots__)  # type: ignore[attr-defined]


class ExchangeStore:
    """Thread-safe. The file and the thread are made with the first exchange that is kept or asked for."""

    def __init__(self, path: Path | None, changed: Callable[[], None] = lambda: None) -> None:
        """
        Args:
            path: None: kept in memory, for as long as this lives.
            changed: called on the store's thread after each exchange that was kept.
        """
        self._path = path
        self.changed = changed
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._making = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def keep(self, noted: Noted) -> None:
        """Keep an exchange, some time soon. Never blocks, never raises."""
        self._put(lambda: self._keep(noted))

    def rows(self, words: str = "") -> "Future[Sequence[ExchangeRow]]":
        """The exchanges, the newest first; with `words` those that have them anywhere, whatever their case.

        The future raises StoreError.
        """
        return self._asked(lambda: self._rows(words.strip()))

    def exchange(self, id_: int) -> "Future[RecordedExchange | None]":
        """All of one exchange; None when it is not kept any more. The future raises StoreError."""
        return self._asked(lambda: self._exchange(id_))

    def clear(self) -> "Future[None]":
        """Forget every exchange. The future raises StoreError."""
        return self._asked(self._clear)

    def close(self, within_s: float = 2.0) -> None:
        """Write what waits and close the file. Blocks, but not for ever."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join(within_s)

    # ---- on its thread

    def _put(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        with self._making:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="wire", daemon=True)
                self._thread.start()

    def _asked(self, job: Callable[[], T]) -> "Future[T]":
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                with translated():
                    future.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked
                future.set_exception(error)

        self._put(run)
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        if self._db is not None:
            self._db.close()

    def _keep(self, noted: Noted) -> None:
        # what cannot be written is not kept: a wire that nobody can read later disturbs no answer now
        with suppress(StoreError), translated():
            self._insert(sealed(noted))
            self._trim()
            self.changed()

    def _insert(self, each: RecordedExchange) -> None:
        row = {name: getattr(each.row, name) for name in _ROW_FIELDS}
        row["timings"] = [getattr(each.row.timings, name) for name in _TIMES]
        headers = [each.request_headers, each.http_version, each.response_headers, each.arrivals, each.is_cut]
        packed = [_packed(body) for body in (_json(headers), each.request_body, each.response_body)]
        self._opened().execute(
            "INSERT INTO exchanges (request_id, size, row, headers, request, response) VALUES (?, ?, ?, ?, ?, ?)",
            (each.row.request_id, sum(map(len, packed)), _json(row), *packed),
        )

    def _trim(self) -> None:
        db = self._opened()
        found = db.execute(
            "SELECT max(id) FROM (SELECT id, row_number() OVER w AS place, sum(size) OVER w AS total FROM exchanges"
            " WINDOW w AS (ORDER BY id DESC)) WHERE place > ? OR (total > ? AND place > 1)",
            (KEPT, KEPT_BYTES),
        ).fetchone()[0]
        if found is not None:
            db.execute("DELETE FROM exchanges WHERE id <= ?", (found,))
            db.execute("PRAGMA incremental_vacuum").fetchall()

    def _rows(self, words: str) -> Sequence[ExchangeRow]:
        wanted = words.casefold()
        columns = "id, row, headers, request, response" if wanted else "id, row"
        found = self._opened().execute(f"SELECT {columns} FROM exchanges ORDER BY id DESC")  # noqa: S608
        return tuple(_row(id_, row) for id_, row, *bodies in found if not wanted or _has(wanted, row, bodies))

    def _exchange(self, id_: int) -> RecordedExchange | None:
        query = "SELECT row, headers, request, response FROM exchanges WHERE id = ?"
        found = self._opened().execute(query, (id_,)).fetchone()
        if found is None:
            return None
        row, *packed = found
        headers, request, response = (zlib.decompress(each) for each in packed)
        asked, version, answered, arrivals, is_cut = orjson.loads(headers)
        return RecordedExchange(
            _row(id_, row),
            tuple(map(tuple, asked)),
            request,
            version,
            tuple(map(tuple, answered)),
            response,
            tuple(map(tuple, arrivals)),
            is_cut,
        )

    def _clear(self) -> None:
        self._opened().execute("DELETE FROM exchanges")
        self._opened().execute("PRAGMA incremental_vacuum").fetchall()
        self.changed()

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = self._made()
        return self._db

    def _made(self) -> sqlite3.Connection:
        if self._path is None:
            return _prepared(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        try:
            return _prepared(_file(self._path))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
        # damaged, or of another version: it is a record of what was, and a new one begins
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return _prepared(_file(self._path))


def _file(path: Path) -> sqlite3.Connection:
    # made by us and not by SQLite, so that no other account can ever read it
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)


def _prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    """Raises sqlite3.DatabaseError for a file of another kind or version."""
    db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.execute("PRAGMA journal_mode = WAL").fetchall()
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA secure_delete = ON").fetchall()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == 0:
        db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
    elif version != _VERSION:
        db.close()
        raise sqlite3.DatabaseError("another version")
    return db


def _row(id_: int, packed: bytes) -> ExchangeRow:
    known: dict[str, Any] = orjson.loads(packed)
    return ExchangeRow(id=id_, **{**known, "timings": Timings(*known["timings"])})


def _has(words: str, row: bytes, bodies: Sequence[bytes]) -> bool:
    if words in row.decode().casefold():
        return True
    return any(words in zlib.decompress(each).decode("utf-8", "replace").casefold() for each in bodies)


def _packed(body: bytes) -> bytes:
    return zlib.compress(body, 1)


def _json(value: Any) -> bytes:
    # a header or a failure may hold what is no UTF-8
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return orjson.dumps(_sound(value))


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: _sound(each) for name, each in value.items()}
    return [_sound(each) for each in value] if isinstance(value, list | tuple) else value
