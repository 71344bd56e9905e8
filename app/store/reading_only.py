"""A database in a folder that cannot be written: read, and copied to where the window can work on it.

The copy is SQLite's own temporary database: in memory while it is small, else in a file without a name, which is gone
when the program ends. So every part of the window works as always, on what is there, and nothing is kept.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.store.opening import check_place, check_tables, configure
from app.store.schema import migrate


def copied(path: Path) -> sqlite3.Connection:
    """A temporary database with what the file at `path` holds; an empty one where there is none.

    Raises:
        StoreTooNew, StoreError: it cannot be read.
        sqlite3.Error, OSError: neither.
    """
    check_place(path)
    db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    try:
        if path.exists() and path.stat().st_size:
            with _opened_to_read(path) as source:
                source.backup(db)
        configure(db)
        migrate(db)
        check_tables(db)
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def _opened_to_read(path: Path) -> Iterator[sqlite3.Connection]:
    """The file with what stands in its log, which SQLite can only follow where it may write beside it."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or not log.stat().st_size:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            yield db
        return
    with tempfile.TemporaryDirectory(prefix="duologue-") as folder:
        for each in (path, log):
            shutil.copyfile(each, Path(folder) / each.name)
        with closing(sqlite3.connect(Path(folder) / path.name)) as db:
            yield db
