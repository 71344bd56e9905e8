"""Search over titles and messages, in SQL. Runs on the store's thread.

What is found comes with the newest message first: ranking by how well it fits would look at every message that has the
word, and of a million messages a common word is in most.
"""

import re
import sqlite3

from app.domain.library import HIT_BEGINS, HIT_ENDS, SearchHit
from app.store.transaction import transaction

SNIPPET_WORDS = 12
MOST_WORDS = 8
"""Of a query: whoever pastes a page looks for its beginning."""
_UNSEARCHABLE = re.compile("[\x00\ud800-\udfff]")
"""What no SQLite text holds: it would end the query or refuse it."""


def search(db: sqlite3.Connection, text: str, limit: int) -> tuple[SearchHit, ...]:
    """Messages that have all the words of `text`, or words that begin so, the newest first."""
    # each word in quotes, so that nothing a person types is read as FTS5's own syntax
    words = " ".join('"' + word.replace('"', '""') + '"*' for word in _words(text))
    if not words:
        return ()
    found = db.execute(
        """
        SELECT m.conversation_id, m.id, snippet(message_search, 0, ?, ?, '…', ?), CAST(c.title AS TEXT),
            m.role, m.created_ms
        FROM message_search
        JOIN messages m ON m.seq = message_search.rowid
        JOIN conversations c ON c.id = m.conversation_id
        WHERE message_search MATCH ? AND c.deleted_ms IS NULL AND m.seq NOT IN (SELECT seq FROM removed)
        ORDER BY message_search.rowid DESC LIMIT ?
        """,
        (HIT_BEGINS, HIT_ENDS, SNIPPET_WORDS, words, limit),
    )
    return tuple(SearchHit(*row) for row in found)


def titles(db: sqlite3.Connection, text: str, limit: int) -> tuple[SearchHit, ...]:
    """Conversations whose title has all the words of `text` somewhere, upper or lower case, the newest first."""
    words = [word.casefold() for word in _words(text)]
    if not words:
        return ()
    hits: list[SearchHit] = []
    found = db.execute(
        "SELECT id, CAST(title AS TEXT), last_ms FROM conversations INDEXED BY library WHERE deleted_ms IS NULL "
        "ORDER BY last_seq DESC"
    )
    for id_, title, last_ms in found:
        folded = title.casefold()
        if all(word in folded for word in words):
            hits.append(SearchHit(id_, "", "", title, "", last_ms))
            if len(hits) == limit:
                break
    return tuple(hits)


def replace(db: sqlite3.Connection, seq: int, before: str | None, text: str) -> None:
    """A message's text is found, and what it was `before` no more. Inside a transaction."""
    if _is_waiting(db, seq):
        return
    if before is not None:
        remove(db, seq, before)
    db.execute("INSERT INTO message_search (rowid, text) VALUES (?, ?)", (seq, text))


def remove(db: sqlite3.Connection, seq: int, text: str) -> None:
    """A message is found no more; `text` is what was indexed. Inside a transaction."""
    if not _is_waiting(db, seq):
        # an index without its own copy of the text must be told the text that goes
        db.execute("INSERT INTO message_search (message_search, rowid, text) VALUES ('delete', ?, ?)", (seq, text))


def index_some(db: sqlite3.Connection, most: int) -> bool:
    """Take the newest messages that are not in the index yet into it. Returns whether there are more.

    Args:
        most: so many at a time.
    """
    row = db.execute("SELECT below FROM unindexed").fetchone()
    if row is None:
        return False
    with transaction(db):
        found = db.execute(
            "SELECT seq, text FROM messages WHERE seq < ? ORDER BY seq DESC LIMIT ?", (row[0], most)
        ).fetchall()
        db.executemany("INSERT INTO message_search (rowid, text) VALUES (?, ?)", found)
        if found:
            db.execute("UPDATE unindexed SET below = ?", (found[-1][0],))
        else:
            db.execute("DELETE FROM unindexed")
    return bool(found)


def _is_waiting(db: sqlite3.Connection, seq: int) -> bool:
    """Whether a message is still to be taken into the index."""
    row = db.execute("SELECT below FROM unindexed").fetchone()
    return row is not None and seq < row[0]


def _words(text: str) -> list[str]:
    return _UNSEARCHABLE.sub(" ", text).split()[:MOST_WORDS]
