"""The database's shape, as the list of steps that built it.

Step n brings version n-1 to n. Append only: a released step is never edited.
"""

import sqlite3

from app.errors import StoreError, StoreTooNew

APPLICATION_ID = 0x44756F6C
"""`Duol`, in SQLite's header: a database without it is somebody else's."""

TABLES = (
    "blobs",
    "folders",
    "conversations",
    "messages",
    "growth",
    "drafts",
    "attachments",
    "removed",
    "tools",
    "tool_versions",
    "tries",
)
"""What holds data; the rest can be made of it anew."""

NEWEST_OF_EACH = """
    UPDATE conversations SET (last_seq, last_ms, last_state) = (
        SELECT coalesce(max(seq), 0), coalesce(created_ms, conversations.created_ms), coalesce(state, '')
        FROM messages WHERE conversation_id = conversations.id
    )
"""
"""Makes what the library shows of every conversation anew."""

MIGRATIONS = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        title_is_manual INTEGER NOT NULL DEFAULT 0,
        created_ms INTEGER NOT NULL,
        setup TEXT NOT NULL,
        leaf TEXT,
        pinned INTEGER NOT NULL DEFAULT 0,
        deleted_ms INTEGER
    ) STRICT;

    -- seq is the order in which messages were made: clocks jump, it does not
    CREATE TABLE messages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        parent TEXT,
        role TEXT NOT NULL,
        state TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        blocks TEXT NOT NULL,
        facts TEXT,
        text TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX messages_of_conversation ON messages(conversation_id, seq);
    CREATE INDEX messages_under_way ON messages(state) WHERE state = 'streaming';

    CREATE TABLE blobs (hash TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
    CREATE TABLE blob_uses (
        seq INTEGER NOT NULL REFERENCES messages(seq) ON DELETE CASCADE,
        hash TEXT NOT NULL REFERENCES blobs(hash),
        PRIMARY KEY (seq, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX blob_uses_of_hash ON blob_uses(hash);
    CREATE TRIGGER blobs_unused AFTER DELETE ON blob_uses
    WHEN NOT EXISTS (SELECT 1 FROM blob_uses WHERE hash = old.hash)
    BEGIN DELETE FROM blobs WHERE hash = old.hash; END;

    CREATE TABLE drafts (conversation_id TEXT PRIMARY KEY, text TEXT NOT NULL, caret INTEGER NOT NULL) STRICT;

    -- kept true by app.store.messages: a trigger may not touch it, for the schema is not trusted
    CREATE VIRTUAL TABLE message_search USING fts5(text, content='messages', content_rowid='seq');
    """,
    """
    -- an answer under way: its blocks are those of its message with every tail put on, in the order of id
    CREATE TABLE growth (
        id INTEGER PRIMARY KEY,
        seq INTEGER NOT NULL REFERENCES messages(seq) ON DELETE CASCADE,
        kept INTEGER NOT NULL,
        tail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX growth_of_message ON growth(seq, id);
    """,
    """
    -- messages that were deleted and can be brought back
    CREATE TABLE removed (
        seq INTEGER PRIMARY KEY REFERENCES messages(seq) ON DELETE CASCADE,
        at_ms INTEGER NOT NULL
    ) STRICT;
    """,
    """
    -- what the library shows of a conversation, so that no message is read for it; the triggers keep it true
    ALTER TABLE conversations ADD COLUMN last_seq INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversations ADD COLUMN last_ms INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversations ADD COLUMN last_state TEXT NOT NULL DEFAULT '';
    ALTER TABLE conversations ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversations ADD COLUMN folder TEXT NOT NULL DEFAULT '';
    UPDATE conversations SET (last_seq, last_ms, last_state) = (
        SELECT coalesce(max(seq), 0), coalesce(created_ms, conversations.created_ms), coalesce(state, '')
        FROM messages WHERE conversation_id = conversations.id
    );
    CREATE INDEX library ON conversations(
        pinned, folder, last_seq, id, title, title_is_manual, last_ms, last_state, unread
    ) WHERE deleted_ms IS NULL;
    CREATE INDEX trash ON conversations(deleted_ms) WHERE deleted_ms IS NOT NULL;
    CREATE TRIGGER message_made AFTER INSERT ON messages BEGIN
        UPDATE conversations SET last_seq = new.seq, last_ms = new.created_ms, last_state = new.state
        WHERE id = new.conversation_id AND last_seq < new.seq;
    END;
    CREATE TRIGGER message_ended AFTER UPDATE OF state ON messages WHEN old.state <> new.state BEGIN
        UPDATE conversations SET last_state = new.state WHERE id = new.conversation_id AND last_seq = new.seq;
    END;
    CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
        UPDATE conversations SET (last_seq, last_ms, last_state) = (
            SELECT coalesce(max(seq), 0), coalesce(created_ms, conversations.created_ms), coalesce(state, '')
            FROM messages WHERE conversation_id = old.conversation_id
        ) WHERE id = old.conversation_id AND last_seq = old.seq;
    END;

    -- an empty setup: the program's default
    CREATE TABLE folders (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, setup TEXT NOT NULL, created_ms INTEGER NOT NULL
    ) STRICT;

    -- with an index of beginnings: what is typed is found while it is typed. It is filled from the newest message down,
    -- some at a time: what is not in it yet stands below this mark
    DROP TABLE message_search;
    CREATE VIRTUAL TABLE message_search USING fts5(text, content='messages', content_rowid='seq', prefix='1 2 3');
    CREATE TABLE unindexed (below INTEGER NOT NULL) STRICT;
    INSERT INTO unindexed SELECT max(seq) + 1 FROM messages HAVING count(*) > 0;
    """,
    """
    -- which blocks of a message are shown and not sent: their places as a JSON array; NULL: all are sent
    ALTER TABLE messages ADD COLUMN omitted TEXT;
    """,
    """
    -- what lies beside a draft's text; sent is empty where it is the original
    CREATE TABLE attachments (
        conversation_id TEXT NOT NULL,
        id TEXT NOT NULL,
        place INTEGER NOT NULL,
        facts TEXT NOT NULL,
        original TEXT NOT NULL,
        sent TEXT NOT NULL,
        PRIMARY KEY (conversation_id, id)
    ) STRICT;
    CREATE TRIGGER draft_removed AFTER DELETE ON drafts BEGIN
        DELETE FROM attachments WHERE conversation_id = old.conversation_id;
    END;
    """,
    """
    -- no foreign keys: what salvage finds of a tool is kept although the rest of it is lost
    CREATE TABLE tools (id TEXT PRIMARY KEY, answered_by TEXT NOT NULL DEFAULT '{}', deleted_ms INTEGER) STRICT;
    CREATE TABLE tool_versions (
        tool_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        created_ms INTEGER NOT NULL,
        definition TEXT NOT NULL,
        UNIQUE (tool_id, number)
    ) STRICT;
    CREATE TABLE tries (
        id INTEGER PRIMARY KEY,
        tool_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        prompt TEXT NOT NULL,
        model TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        outcome TEXT NOT NULL
    ) STRICT;
    CREATE INDEX tries_of_tool ON tries(tool_id, id);
    """,
    """
    -- prefixes that the API's cache holds, by hash; what it makes of our estimate of tokens is learnt for each model.
    -- A row that has expired stays as long as it is the newest of its model
    CREATE TABLE prefixes (
        hash BLOB PRIMARY KEY,
        expires_ms INTEGER NOT NULL,
        lifetime_ms INTEGER NOT NULL,
        tokens INTEGER,
        model TEXT NOT NULL,
        factor REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX prefixes_of_model ON prefixes(model, expires_ms);
    """,
)


def version_of(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def check_version(version: int) -> None:
    """Raises StoreTooNew for a database that a newer Duologue has written."""
    if version > len(MIGRATIONS):
        raise StoreTooNew("it was written by a newer Duologue", found=version, known=len(MIGRATIONS))


def migrate(db: sqlite3.Connection) -> None:
    """Bring the database to today's version, each step whole or not at all.

    Raises:
        StoreTooNew: it is newer than this program.
        StoreError: a step failed; the database is as it was before that step.
    """
    version = version_of(db)
    check_version(version)
    for number, step in enumerate(MIGRATIONS[version:], start=version + 1):
        try:
            db.executescript(
                f"BEGIN; {step}; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number}; COMMIT;"
            )
        except sqlite3.Error as error:
            if db.in_transaction:
                db.rollback()
            raise StoreError(f"migration {number} failed: {error}") from error
