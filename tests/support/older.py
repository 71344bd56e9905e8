"""Databases as earlier versions of the program left them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.store.opening import FILE_NAME
from app.store.schema import APPLICATION_ID, MIGRATIONS, TABLES


def make_older(folder: Path, version: int) -> None:
    """Turn the database of `folder` into what that version of the schema holds of it. Nobody may have it open."""
    path = folder / FILE_NAME
    today = path.rename(folder / "today.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for step in MIGRATIONS[:version]:
            db.executescript(step)
        db.execute("ATTACH ? AS today", (str(today),))
        for table in TABLES:
            columns = ", ".join(_columns(db, "main", table) & _columns(db, "today", table))
            if columns:
                db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM today.{table}")
        db.execute("INSERT INTO message_search (message_search) VALUES ('rebuild')")
        db.executescript(
            f"DETACH today; PRAGMA journal_mode = WAL; PRAGMA application_id = {APPLICATION_ID};"
            f"PRAGMA user_version = {version}"
        )
    today.unlink()


def _columns(db: sqlite3.Connection, schema: str, table: str) -> set[str]:
    return {name for _, name, *_ in db.execute(f"PRAGMA {schema}.table_info({table})")}
