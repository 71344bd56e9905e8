"""Conversations and drafts, in SQL. Runs on the store's thread."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.conversation import Conversation, Draft
from app.domain.request import Setup
from app.errors import ConversationGone
from app.store import messages
from app.store.codec import setup_from_json, setup_to_json
from app.store.sound import sound
from app.store.transaction import transaction

if TYPE_CHECKING:
    from app.domain.attachments import Attachment


def load(db: sqlite3.Connection, conversation_id: str) -> Conversation:
    row = db.execute(
        "SELECT title, title_is_manual, created_ms, setup, leaf FROM conversations WHERE id = ?", (conversation_id,)
    ).fetchone()
    if row is None:
        raise ConversationGone("there is no such conversation")
    title, manual, created_ms, setup, leaf = row
    tree = messages.load(db, conversation_id)
    return Conversation(
        id=conversation_id,
        title=str(title),
        title_is_manual=bool(manual),
        created_ms=created_ms if isinstance(created_ms, int) else 0,
        setup=setup_from_json(str(setup)),
        messages=tree,
        leaf=leaf if leaf in tree else next(reversed(tree), None),
    )


def create(db: sqlite3.Connection, conversation: Conversation, folder: str = "") -> None:
    """`folder` is the id of the one that it is begun in; empty: none."""
    db.execute(
        "INSERT INTO conversations (id, title, title_is_manual, created_ms, last_ms, setup, leaf, folder) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO NOTHING",
        (
            conversation.id,
            sound(conversation.title),
            conversation.title_is_manual,
            conversation.created_ms,
            conversation.created_ms,
            setup_to_json(conversation.setup),
            conversation.leaf,
            folder,
        ),
    )


def rename(db: sqlite3.Connection, conversation_id: str, title: str, manual: bool) -> None:
    """A title by hand always wins; one that the program made never replaces it."""
    db.execute(
        "UPDATE conversations SET title = ?, title_is_manual = ? WHERE id = ? AND (? OR NOT title_is_manual)",
        (sound(title), manual, conversation_id, manual),
    )


def save_setup(db: sqlite3.Connection, conversation_id: str, setup: Setup) -> None:
    db.execute("UPDATE conversations SET setup = ? WHERE id = ?", (setup_to_json(setup), conversation_id))


def set_leaf(db: sqlite3.Connection, conversation_id: str, leaf: str | None) -> None:
    db.execute("UPDATE conversations SET leaf = ? WHERE id = ?", (leaf, conversation_id))


def put_away(db: sqlite3.Connection, conversation_ids: Sequence[str], at_ms: int | None) -> None:
    with transaction(db):
        db.executemany(
            "UPDATE conversations SET deleted_ms = ? WHERE id = ?", [(at_ms, each) for each in conversation_ids]
        )


def empty_trash_some(db: sqlite3.Connection, older_than_ms: int, most: int) -> bool:
    """Remove for good some of what was put away long ago. Returns whether there may be more.

    Args:
        most: so many messages at a time.
    """
    row = db.execute("SELECT id FROM conversations WHERE deleted_ms < ? LIMIT 1", (older_than_ms,)).fetchone()
    if row is None:
        return False
    with transaction(db):
        if messages.remove_of(db, row[0], most) < most:
            db.execute("DELETE FROM drafts WHERE conversation_id = ?", row)
            db.execute("DELETE FROM conversations WHERE id = ?", row)
    return True


def draft(db: sqlite3.Connection, conversation_id: str) -> Draft | None:
    row = db.execute("SELECT text, caret FROM drafts WHERE conversation_id = ?", (conversation_id,)).fetchone()
    if row is None:
        return None
    query = "SELECT 1 FROM attachments WHERE conversation_id = ? LIMIT 1"
    if db.execute(query, (conversation_id,)).fetchone() is None:
        return Draft(row[0], row[1])
    from app.store import attaching  # most drafts have nothing to attach

    return Draft(row[0], row[1], attaching.load(db, conversation_id))


def save_draft(
    db: sqlite3.Connection, conversation_id: str, draft: Draft, attached: "Sequence[Attachment]" = ()
) -> None:
    """`attached` is what is stored of its attachments already."""
    with transaction(db):
        _save_text(db, conversation_id, draft)
        if draft.attachments:
            from app.store import attaching

            attaching.save(db, conversation_id, draft.attachments, attached)
        else:
            db.execute("DELETE FROM attachments WHERE conversation_id = ?", (conversation_id,))


def _save_text(db: sqlite3.Connection, conversation_id: str, draft: Draft) -> None:
    if draft.text or draft.attachments:
        db.execute(
            "INSERT INTO drafts VALUES (?, ?, ?) "
            "ON CONFLICT (conversation_id) DO UPDATE SET text = excluded.text, caret = excluded.caret",
            (conversation_id, sound(draft.text), draft.caret),
        )
    else:
        db.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,))


FRESH_SETUP = "setup of a new conversation"
"""Where in the drafts that setup stands: it is one, of a conversation that does not exist yet."""


def fresh_setup(db: sqlite3.Connection) -> Setup | None:
    kept = draft(db, FRESH_SETUP)
    return None if kept is None else setup_from_json(kept.text)


def save_fresh_setup(db: sqlite3.Connection, setup: Setup | None) -> None:
    save_draft(db, FRESH_SETUP, Draft(setup_to_json(setup)) if setup is not None else Draft())
