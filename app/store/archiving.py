"""Conversations whole: read to be exported, and taken in from a file. In SQL; runs on the store's thread."""

import sqlite3
from collections.abc import Mapping, Sequence

from app.domain.conversation import Conversation, Draft, Message
from app.domain.library import Folder, Kept
from app.store import conversations, listing, messages
from app.store.transaction import transaction


def order(db: sqlite3.Connection) -> tuple[str, ...]:
    """The ids of all conversations, the one with the newest message last."""
    query = "SELECT id FROM conversations WHERE deleted_ms IS NULL ORDER BY last_seq, created_ms, title, id"
    return tuple(str(id_) for (id_,) in db.execute(query))


def inventory(db: sqlite3.Connection) -> Mapping[str, tuple[int, bool]]:
    """For every conversation, by its id, when it was created and whether it is put away."""
    return {
        str(id_): (created_ms, deleted_ms is not None)
        for id_, created_ms, deleted_ms in db.execute("SELECT id, created_ms, deleted_ms FROM conversations")
    }


def load(db: sqlite3.Connection, conversation_id: str) -> Kept:
    """Raises ConversationGone."""
    conversation = conversations.load(db, conversation_id)
    query = "SELECT folder, pinned, unread FROM conversations WHERE id = ?"
    folder, pinned, unread = db.execute(query, (conversation_id,)).fetchone()
    draft = conversations.draft(db, conversation_id) or Draft()
    named = dict.fromkeys(filter(None, map(messages.asked_of, conversation.messages.values())))
    found = {digest: messages.setup_asked(db, digest) for digest in named}
    setups = {digest: setup for digest, setup in found.items() if setup is not None}
    return Kept(conversation, str(folder), bool(pinned), bool(unread), draft, setups)


def take_in(db: sqlite3.Connection, some: Sequence[Kept], at_ms: int) -> None:
    """Store conversations as if they had been put away at `at_ms`: nobody sees them until `show`."""
    with transaction(db):
        first = seq = messages.next_seq(db)
        held: list[tuple[str, Message]] = []
        for kept in some:
            id_ = kept.conversation.id
            conversations.create(db, kept.conversation, kept.folder)
            own = list(kept.conversation.messages.values())
            seq += len(own)
            newest = own[-1] if own else None
            db.execute(_PUT_AWAY, (at_ms, kept.pinned, kept.unread, *_newest(newest, seq - 1, kept.conversation), id_))
            messages.keep_setups(db, kept.setups)
            held += [(id_, each) for each in own]
            if kept.draft.text or kept.draft.attachments:
                conversations.save_draft(db, id_, kept.draft)
        messages.add_all(db, first, held)


_PUT_AWAY = """
    UPDATE conversations SET deleted_ms = ?, pinned = ?, unread = ?, last_seq = ?, last_ms = ?, last_state = ?
    WHERE id = ?
"""


def _newest(message: Message | None, seq: int, conversation: Conversation) -> tuple[int, int, str]:
    """What a conversation's row says of its newest message, so that no trigger need write it for each of them."""
    return (0, conversation.created_ms, "") if message is None else (seq, message.created_ms, message.state.value)


def show(db: sqlite3.Connection, conversation_ids: Sequence[str], folders: Sequence[Folder]) -> None:
    """Make what was taken in a part of the library, all of it at once, with the folders that it lies in."""
    with transaction(db):
        for folder in folders:
            listing.put_folder(db, folder)
        conversations.put_away(db, conversation_ids, None)
