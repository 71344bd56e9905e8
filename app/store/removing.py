"""Messages that a person has deleted: put away, brought back, and after a while gone. Runs on the store's thread."""

import sqlite3
from collections.abc import Sequence

from app.store import finding
from app.store.transaction import transaction


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


def empty_some(db: sqlite3.Connection, older_than_ms: int, most: int) -> bool:
    """Let go for good of some of what was put away before that. Returns whether there may be more.

    Args:
        most: so many messages at a time.
    """
    with transaction(db):
        found = db.execute(
            "SELECT seq, text FROM messages WHERE seq IN (SELECT seq FROM removed WHERE at_ms < ?) LIMIT ?",
            (older_than_ms, most),
        ).fetchall()
        for seq, text in found:
            finding.remove(db, seq, text)
        db.executemany("DELETE FROM messages WHERE seq = ?", [(seq,) for seq, _ in found])
    return bool(found)
