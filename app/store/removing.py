"""Messages that a person has deleted: put away, brought back, and after a while gone. Runs on the store's thread."""

import sqlite3
from collections.abc import Sequence

from app.store.messages import unindex


def put_away(db: sqlite3.Connection, message_ids: Sequence[str], at_ms: int) -> None:
    """They are not loaded and not found any more. Inside a transaction."""
    db.executemany(
        "INSERT OR REPLACE INTO removed (seq, at_ms) SELECT seq, ? FROM messages WHERE id = ?",
        [(at_ms, each) for each in message_ids],
    )


def bring_back(db: sqlite3.Connection, message_ids: Sequence[str]) -> None:
    """As they were, where they were. Inside a transaction."""
    db.executemany(
        "DELETE FROM removed WHERE seq = (SELECT seq FROM messages WHERE id = ?)", [(each,) for each in message_ids]
    )


def empty(db: sqlite3.Connection, older_than_ms: int) -> None:
    """Let go for good of what was put away before that. Inside a transaction."""
    found = db.execute(
        "SELECT seq, text FROM messages WHERE seq IN (SELECT seq FROM removed WHERE at_ms < ?)", (older_than_ms,)
    ).fetchall()
    unindex(db, found)
    db.executemany("DELETE FROM messages WHERE seq = ?", [(seq,) for seq, _ in found])
