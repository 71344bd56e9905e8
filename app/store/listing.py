"""What the library shows: conversations in their order, pins, folders. In SQL; runs on the store's thread."""

import sqlite3
from collections.abc import Sequence

from app.domain.library import ConversationRow, Folder, Listing
from app.store.codec import setup_from_json, setup_to_json
from app.store.sound import sound
from app.store.transaction import transaction

_COLUMNS = """
    CAST(id AS TEXT), CAST(title AS TEXT), title_is_manual, CAST(last_ms AS INTEGER),
    pinned, last_state, folder, unread
"""
_ORDER = "ORDER BY last_seq DESC, id DESC"


def listing(db: sqlite3.Connection, limit: int, folders: Sequence[str]) -> Listing:
    """
    Args:
        limit: so many loose conversations.
        folders: ids of those whose conversations are wanted.
    """
    loose = _rows(db, "pinned = 0 AND folder = ''", (), limit + 1)
    return Listing(
        pinned=_rows(db, "pinned = 1", ()),
        folders=_folders(db),
        filed=tuple(row for each in folders for row in _rows(db, "pinned = 0 AND folder = ?", (each,))),
        loose=loose[:limit],
        has_more=len(loose) > limit,
    )


def rows(db: sqlite3.Connection) -> tuple[ConversationRow, ...]:
    """Every conversation, the one with the newest message first."""
    return _rows(db, "TRUE", ())


def pin(db: sqlite3.Connection, conversation_ids: Sequence[str], pinned: bool) -> None:
    _set(db, "pinned", int(pinned), conversation_ids)


def mark_unread(db: sqlite3.Connection, conversation_ids: Sequence[str], unread: bool) -> None:
    _set(db, "unread", int(unread), conversation_ids)


def put_into_folder(db: sqlite3.Connection, conversation_ids: Sequence[str], folder: str) -> None:
    """`folder` is an id; empty: out of every folder."""
    _set(db, "folder", folder, conversation_ids)


def put_folder(db: sqlite3.Connection, folder: Folder) -> None:
    """Make a folder, or give the one with its id its name and setup."""
    setup = "" if folder.setup is None else setup_to_json(folder.setup)
    db.execute(
        "INSERT INTO folders (id, name, setup, created_ms) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, setup = excluded.setup",
        (folder.id, sound(folder.name), setup, folder.created_ms),
    )


def remove_folder(db: sqlite3.Connection, folder_id: str) -> tuple[str, ...]:
    """Take a folder away; what lay in it lies in none. Returns the ids of those conversations, also deleted ones."""
    with transaction(db):
        found = db.execute("SELECT id FROM conversations WHERE folder = ?", (folder_id,)).fetchall()
        db.execute("UPDATE conversations SET folder = '' WHERE folder = ?", (folder_id,))
        db.execute("DELETE FROM folders WHERE id = ?", (folder_id,))
    return tuple(id_ for (id_,) in found)


def restore_folder(db: sqlite3.Connection, folder: Folder, conversation_ids: Sequence[str]) -> None:
    """Bring back a folder that was removed, with what lay in it, as far as nobody has filed that elsewhere since."""
    with transaction(db):
        put_folder(db, folder)
        db.executemany(
            "UPDATE conversations SET folder = ? WHERE id = ? AND folder = ''",
            [(folder.id, each) for each in conversation_ids],
        )


def _folders(db: sqlite3.Connection) -> tuple[Folder, ...]:
    counts = dict(
        db.execute(
            "SELECT folder, count(*) FROM conversations WHERE deleted_ms IS NULL AND folder <> '' GROUP BY folder"
        )
    )
    found = db.execute("SELECT CAST(id AS TEXT), CAST(name AS TEXT), CAST(setup AS TEXT), created_ms FROM folders")
    folders = [
        Folder(id_, name, setup_from_json(setup) if setup else None, created_ms, counts.get(id_, 0))
        for id_, name, setup, created_ms in found
    ]
    return tuple(sorted(folders, key=lambda each: (each.name.casefold(), each.created_ms)))


def _rows(
    db: sqlite3.Connection, condition: str, values: tuple[str, ...], limit: int = -1
) -> tuple[ConversationRow, ...]:
    found = db.execute(
        f"SELECT {_COLUMNS} FROM conversations WHERE deleted_ms IS NULL AND {condition} {_ORDER} LIMIT ?",  # noqa: S608
        (*values, limit),
    )
    return tuple(
        ConversationRow(id_, title or "", bool(manual), last_ms or 0, bool(pinned), state, folder, bool(unread))
        for id_, title, manual, last_ms, pinned, state, folder, unread in found
    )


def _set(db: sqlite3.Connection, column: str, value: int | str, conversation_ids: Sequence[str]) -> None:
    with transaction(db):
        db.executemany(
            f"UPDATE conversations SET {column} = ? WHERE id = ?",  # noqa: S608 - our own names only
            [(value, each) for each in conversation_ids],
        )
