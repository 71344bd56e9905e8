"""Search over titles and messages, in SQL. Runs on the store's thread.

What is found comes with the newest message first: ranking by how well it fits would look at every message that has the
word, and of a million messages a common word is in most.
"""

import re
import sqlite3
from collections.abc import Sequence
from itertools import islice

from app.domain.library import HIT_BEGINS, HIT_ENDS, SearchHit
from app.store.transaction import transaction

SNIPPET_WORDS = 12
MOST_WORDS = 8
"""Of a query: whoever pastes a page looks for its beginning."""
_UNSEARCHABLE = re.compile("[\x00\ud800-\udfff]")
"""What no SQLite text holds: it would end the query or refuse it."""


def search(db: sqlite3.Connection, text: str, limit: int) -> tuple[SearchHit, ...]:
    """Messages that have all the words of `text`, or words that begin so, the newest first."""
    words = _words(text)
    if not words:
        return ()
    from app.store import beginnings  # with the first search

    query, lowest = beginnings.starting_with(words), 0
    if beginnings.are_worth_it(words):
        query, lowest = beginnings.newest(db, words, limit)
        if not query:
            return ()
    found = db.execute(
        """
        SELECT m.conversation_id, m.id, snippet(message_search, 0, ?, ?, '…', ?), CAST(c.title AS TEXT),
            m.role, m.created_ms
        FROM message_search
        JOIN messages m ON m.seq = message_search.rowid
        JOIN conversations c ON c.id = m.conversation_id
        WHERE message_search MATCH ? AND message_search.rowid >= ?
            AND c.deleted_ms IS NULL AND m.seq NOT IN (SELECT seq FROM removed)
        ORDER BY message_search.rowid DESC LIMIT ?
        """,
        (HIT_BEGINS, HIT_ENDS, SNIPPET_WORDS, query, lowest, limit),
    )
    return tuple(SearchHit(*row) for row in found)


def titles(db: sqlite3.Connection, text: str, limit: int) -> tuple[SearchHit, ...]:
    """Conversations whose title has all the words of `text` somewhere, upper or lower case, the newest first."""
    words = [word.casefold() for word in _words(text)]
    if not words:
        return ()
    # SQLite looks through ten thousand sooner than they are taken out, but knows the capitals of plain letters only
    plain = max((word for word in words if word.isascii()), key=len, default=None)
    found = db.execute(
        "SELECT CAST(id AS TEXT), CAST(title AS TEXT), last_ms FROM conversations INDEXED BY library "
        "WHERE deleted_ms IS NULL AND (instr(lower(title), ?) OR length(title) <> length(CAST(title AS BLOB))) "
        "ORDER BY last_seq DESC",
        (plain,),
    )
    hits = (
        SearchHit(id_, "", "", title, "", last_ms)
        for id_, title, last_ms in found
        if all(word in title.casefold() for word in words)
    )
    return tuple(islice(hits, limit))


def add_all(db: sqlite3.Connection, some: Sequence[tuple[int, str]]) -> None:
    """New messages, each as `seq` and text, are found from now on. Inside a transaction."""
    below = _below(db)
    db.executemany(
        "INSERT INTO message_search (rowid, text) VALUES (?, ?)", [each for each in some if each[0] >= below]
    )


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
    below = _below(db)
    if not below:
        return False
    with transaction(db):
        found = db.execute(
            "SELECT seq, text FROM messages WHERE seq < ? ORDER BY seq DESC LIMIT ?", (below, most)
        ).fetchall()
        db.executemany("INSERT INTO message_search (rowid, text) VALUES (?, ?)", found)
        if found:
            db.execute("UPDATE unindexed SET below = ?", (found[-1][0],))
        else:
            db.execute("DELETE FROM unindexed")
    return bool(found)


def _is_waiting(db: sqlite3.Connection, seq: int) -> bool:
    """Whether a message is still to be taken into the index."""
    return seq < _below(db)


def _below(db: sqlite3.Connection) -> int:
    """Below which `seq` messages are still to be taken into the index; 0 where all are in it."""
    row = db.execute("SELECT below FROM unindexed").fetchone()
    return int(row[0]) if row else 0


def _words(text: str) -> list[str]:
    return _UNSEARCHABLE.sub(" ", text).split()[:MOST_WORDS]
