"""Messages, their large data, and search, in SQL. Runs on the store's thread."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from app.domain.blocks import Block, plain_text
from app.domain.conversation import Message, MessageState, Role
from app.immutable import immutable
from app.store import growth
from app.store.codec import blocks_from_json, blocks_to_json, facts_from_json, facts_to_json
from app.store.growth import Growing
from app.store.transaction import transaction

_UNSEARCHABLE = re.compile("[\x00\ud800-\udfff]")
"""What no SQLite text holds: it would end the query or refuse it."""


@immutable
class SearchHit:
    conversation_id: str
    message_id: str
    snippet: str
    """The words around the hit; the hit itself between U+0002 and U+0003."""


def put(db: sqlite3.Connection, growing: Growing, conversation_id: str, message: Message) -> None:
    blobs: dict[str, str] = {}
    blocks = blocks_to_json(message.blocks, blobs)
    under_way = message.state is MessageState.STREAMING
    text = "" if under_way else _searchable(message.blocks)
    with transaction(db):
        before = db.execute("SELECT seq, text FROM messages WHERE id = ?", (message.id,)).fetchone()
        (seq,) = db.execute(
            """
            INSERT INTO messages (id, conversation_id, parent, role, state, created_ms, blocks, facts, text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                state = excluded.state, blocks = excluded.blocks, facts = excluded.facts, text = excluded.text
            RETURNING seq
            """,
            (
                message.id,
                conversation_id,
                message.parent,
                message.role.value,
                message.state.value,
                message.created_ms,
                blocks,
                facts_to_json(message.facts),
                text,
            ),
        ).fetchone()
        if before is not None:
            unindex(db, [before])
        db.execute("INSERT INTO message_search (rowid, text) VALUES (?, ?)", (seq, text))
        _use_blobs(db, seq, blobs)
        growth.forget(db, seq)
    growing.pop(seq, None)


def grow(db: sqlite3.Connection, growing: Growing, message: Message) -> None:
    """Only the blocks and facts, and only of a message that is still under way."""
    blobs: dict[str, str] = {}
    blocks = blocks_to_json(message.blocks, blobs)
    with transaction(db):
        row = db.execute(
            "UPDATE messages SET facts = ? WHERE id = ? AND state = ? RETURNING seq",
            (facts_to_json(message.facts), message.id, MessageState.STREAMING.value),
        ).fetchone()
        if row is None:
            return
        growth.store(db, growing, row[0], blocks)
        if blobs:
            _use_blobs(db, row[0], blobs)
    growing[row[0]] = blocks


def load(db: sqlite3.Connection, conversation_id: str) -> dict[str, Message]:
    """The tree, in the order in which the messages were made."""
    found = db.execute(
        "SELECT seq, id, parent, role, state, created_ms, blocks, facts FROM messages WHERE conversation_id = ? "
        "AND seq NOT IN (SELECT seq FROM removed) ORDER BY seq",
        (conversation_id,),
    ).fetchall()

    def blob(hash_: str) -> str:
        row = db.execute("SELECT data FROM blobs WHERE hash = ?", (str(hash_),)).fetchone()
        return str(row[0]) if row else ""

    return {row[1]: _message(db, row, blob) for row in found}


def _message(db: sqlite3.Connection, row: tuple[Any, ...], blob: Callable[[str], str]) -> Message:
    """A row as a message, in whatever state the row is; only its id is taken for granted."""
    seq, id_, parent, role, state, created_ms, blocks, facts = row
    if state == MessageState.STREAMING.value:
        blocks = growth.grown(db, seq, blocks)
    return Message(
        id=str(id_),
        parent=None if parent is None else str(parent),
        role=Role(role) if role in set(Role) else Role.ASSISTANT,
        blocks=blocks_from_json(str(blocks), blob),
        state=MessageState(state) if state in set(MessageState) else MessageState.INTERRUPTED,
        created_ms=created_ms if isinstance(created_ms, int) else 0,
        facts=None if facts is None else facts_from_json(str(facts)),
    )


def interrupt(db: sqlite3.Connection) -> None:
    """Answers that a dead process left under way are interrupted, with the text that they had."""
    with transaction(db):
        left = db.execute(
            "UPDATE messages SET state = ? WHERE state = ? RETURNING seq, blocks, text",
            (MessageState.INTERRUPTED.value, MessageState.STREAMING.value),
        ).fetchall()
        for seq, stored, indexed in left:
            blocks = growth.grown(db, seq, str(stored))
            text = _searchable(blocks_from_json(blocks, lambda _: ""))
            unindex(db, [(seq, indexed)])
            db.execute("UPDATE messages SET blocks = ?, text = ? WHERE seq = ?", (blocks, text, seq))
            growth.forget(db, seq)
            db.execute("INSERT INTO message_search (rowid, text) VALUES (?, ?)", (seq, text))


def search(db: sqlite3.Connection, text: str, limit: int) -> tuple[SearchHit, ...]:
    # each word in quotes, so that nothing a person types is read as FTS5's own syntax
    words = " ".join('"' + word.replace('"', '""') + '"*' for word in _UNSEARCHABLE.sub(" ", text).split())
    if not words:
        return ()
    found = db.execute(
        """
        SELECT m.conversation_id, m.id, snippet(message_search, 0, char(2), char(3), '…', 12)
        FROM message_search
        JOIN messages m ON m.seq = message_search.rowid
        JOIN conversations c ON c.id = m.conversation_id
        WHERE message_search MATCH ? AND c.deleted_ms IS NULL AND m.seq NOT IN (SELECT seq FROM removed)
        ORDER BY rank LIMIT ?
        """,
        (words, limit),
    )
    return tuple(SearchHit(*row) for row in found)


def remove_of(db: sqlite3.Connection, conversation_id: str) -> None:
    """Every message of a conversation, from the index too. Inside a transaction."""
    found = db.execute("SELECT seq, text FROM messages WHERE conversation_id = ?", (conversation_id,)).fetchall()
    unindex(db, found)
    db.execute("DELETE FROM messages WHERE conversation_id = ?", (conversation_id,))


def unindex(db: sqlite3.Connection, found: list[tuple[int, str]]) -> None:
    """Take messages out of the index, by seq and text; before they are deleted. Inside a transaction."""
    # an index without its own copy of the text must be told the text that goes
    db.executemany("INSERT INTO message_search (message_search, rowid, text) VALUES ('delete', ?, ?)", found)


def _use_blobs(db: sqlite3.Connection, seq: int, blobs: dict[str, str]) -> None:
    db.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?)", list(blobs.items()))
    db.executemany("INSERT OR IGNORE INTO blob_uses VALUES (?, ?)", [(seq, each) for each in blobs])
    unused = [
        (seq, row[0]) for row in db.execute("SELECT hash FROM blob_uses WHERE seq = ?", (seq,)) if row[0] not in blobs
    ]
    db.executemany("DELETE FROM blob_uses WHERE seq = ? AND hash = ?", unused)


def _searchable(blocks: tuple[Block, ...]) -> str:
    return plain_text(blocks).encode("utf-8", "replace").decode("utf-8")
