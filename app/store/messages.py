"""Messages and their large data, in SQL. Runs on the store's thread."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.blocks import Block, plain_text
from app.domain.conversation import Message, MessageState, Role
from app.domain.request import Setup
from app.store import finding, growth
from app.store.codec import (
    blocks_from_json,
    blocks_to_json,
    facts_from_json,
    facts_to_json,
    places_from_json,
    places_to_json,
    setup_from_json,
    setup_to_json,
)
from app.store.growth import Growing
from app.store.transaction import transaction


def put(
    db: sqlite3.Connection, growing: Growing, conversation_id: str, message: Message, asked: Setup | None = None
) -> None:
    """`asked` is the setup that the message's facts name, where that may not be kept yet."""
    blobs: dict[str, str] = {}
    blocks = blocks_to_json(message.blocks, blobs)
    under_way = message.state is MessageState.STREAMING
    text = "" if under_way else _searchable(message.blocks)
    with transaction(db):
        before = db.execute("SELECT seq, text FROM messages WHERE id = ?", (message.id,)).fetchone()
        (seq,) = db.execute(
            """
            INSERT INTO messages (id, conversation_id, parent, role, state, created_ms, blocks, facts, text, omitted)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
                places_to_json(message.omitted),
            ),
        ).fetchone()
        finding.replace(db, seq, None if before is None else before[1], text)
        if asked is not None:
            db.execute(_KEEP, (asked_of(message), setup_to_json(asked)))
        _use_blobs(db, seq, blobs, asked_of(message))
        growth.forget(db, seq)
    growing.pop(seq, None)


def add_all(db: sqlite3.Connection, first: int, some: Sequence[tuple[str, Message]]) -> None:
    """Store messages that are at their end and not there yet, each with its conversation's id. Inside a transaction.

    A few statements for all of them: an import stores hundreds of thousands.

    Args:
        first: the `seq` of the first one, see `next_seq`; the others follow.
    """
    held: list[dict[str, str]] = []
    rows: list[tuple[object, ...]] = []
    texts: list[tuple[int, str]] = []
    for seq, (conversation_id, message) in enumerate(some, first):
        held.append({})
        blocks, facts = blocks_to_json(message.blocks, held[-1]), facts_to_json(message.facts)
        about = (message.id, conversation_id, message.parent, message.role.value, message.state.value)
        texts.append((seq, _searchable(message.blocks)))
        omitted = places_to_json(message.omitted)
        rows.append((seq, *about, message.created_ms, blocks, facts, texts[-1][1], omitted))
    db.executemany(
        """
        INSERT INTO messages (seq, id, conversation_id, parent, role, state, created_ms, blocks, facts, text, omitted)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        rows,
    )
    finding.add_all(db, texts)
    for seq, (blobs, (_, message)) in enumerate(zip(held, some, strict=True), first):
        if blobs or asked_of(message):
            _use_blobs(db, seq, blobs, asked_of(message))


def next_seq(db: sqlite3.Connection) -> int:
    """What the next message's `seq` will be. Inside a transaction."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").fetchone()
    return int(row[0]) + 1 if row else 1


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
            _use_blobs(db, row[0], blobs, asked_of(message))
    growing[row[0]] = blocks


def load(db: sqlite3.Connection, conversation_id: str) -> dict[str, Message]:
    """The tree, in the order in which the messages were made."""
    found = db.execute(
        "SELECT seq, id, parent, role, state, created_ms, blocks, facts, omitted FROM messages "
        "WHERE conversation_id = ? AND seq NOT IN (SELECT seq FROM removed) ORDER BY seq",
        (conversation_id,),
    ).fetchall()

    def blob(hash_: str) -> str:
        row = db.execute("SELECT data FROM blobs WHERE hash = ?", (str(hash_),)).fetchone()
        return str(row[0]) if row else ""

    return {row[1]: _message(db, row, blob) for row in found}


def _message(db: sqlite3.Connection, row: tuple[Any, ...], blob: Callable[[str], str]) -> Message:
    """A row as a message, in whatever state the row is; only its id is taken for granted."""
    seq, id_, parent, role, state, created_ms, blocks, facts, omitted = row
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
        omitted=places_from_json(omitted),
    )


def leave_out(db: sqlite3.Connection, omitted: Mapping[str, tuple[int, ...]]) -> None:
    """Which blocks of messages, by their ids, are not sent."""
    with transaction(db):
        db.executemany(
            "UPDATE messages SET omitted = ? WHERE id = ?",
            [(places_to_json(places), id_) for id_, places in omitted.items()],
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
            finding.replace(db, seq, indexed, text)
            db.execute("UPDATE messages SET blocks = ?, text = ? WHERE seq = ?", (blocks, text, seq))
            growth.forget(db, seq)


def remove_of(db: sqlite3.Connection, conversation_id: str, most: int) -> int:
    """The newest messages of a conversation, from the index too; how many there were. Inside a transaction.

    Args:
        most: so many at a time.
    """
    found = db.execute(
        "SELECT seq, text FROM messages WHERE conversation_id = ? ORDER BY seq DESC LIMIT ?", (conversation_id, most)
    ).fetchall()
    for seq, text in found:
        finding.remove(db, seq, text)
    db.executemany("DELETE FROM messages WHERE seq = ?", [(seq,) for seq, _ in found])
    return len(found)


def keep_setups(db: sqlite3.Connection, setups: Mapping[str, Setup]) -> None:
    """Keep what answers were asked with, under the digests that they name. Inside a transaction that stores them."""
    if setups:
        db.executemany(_KEEP, [(digest, setup_to_json(setup)) for digest, setup in setups.items()])


def setup_asked(db: sqlite3.Connection, digest: str) -> Setup | None:
    """What an answer was asked with; None where it is not kept."""
    row = db.execute("SELECT data FROM blobs WHERE hash = ?", (digest,)).fetchone() if digest else None
    return None if row is None else setup_from_json(str(row[0]))


def asked_of(message: Message) -> str:
    """The digest of the setup that a message was asked with; empty where none is known."""
    return message.facts.asked if message.facts is not None else ""


_KEEP = "INSERT OR IGNORE INTO blobs VALUES (?, ?)"


def _use_blobs(db: sqlite3.Connection, seq: int, blobs: dict[str, str], asked: str) -> None:
    """What a message holds, and what its facts name, is kept as long as the message."""
    db.executemany(_KEEP, list(blobs.items()))
    named = {*blobs, asked}
    db.executemany(
        "INSERT OR IGNORE INTO blob_uses SELECT ?, hash FROM blobs WHERE hash = ?", [(seq, each) for each in named]
    )
    unused = [
        (seq, row[0]) for row in db.execute("SELECT hash FROM blob_uses WHERE seq = ?", (seq,)) if row[0] not in named
    ]
    db.executemany("DELETE FROM blob_uses WHERE seq = ? AND hash = ?", unused)


def _searchable(blocks: tuple[Block, ...]) -> str:
    return plain_text(blocks).encode("utf-8", "replace").decode("utf-8")
