"""Libraries as years of use leave them, for what is measured: made in a minute, and kept between runs.

They are kept in the system's folder for temporary files, under a digest of how they are made; older ones go.
"""

import hashlib
import itertools
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.store.backups import FOLDER_NAME
from app.store.opening import FILE_NAME, configure
from app.store.salvage import stamp
from app.store.schema import MIGRATIONS, NEWEST_OF_EACH, migrate

MESSAGES_EACH = 100
SYLLABLES = ("ka", "ro", "min", "tel", "sa", "ve", "lon", "dar", "pi", "mu", "ex", "qua", "ten", "or", "ist", "ble")
WORDS = 20_000
CACHE_KB = 400_000
USUAL_HASH, LARGE_HASH = 1024**2, 128 * 1024**2
_PREFIX = "duologue-library-"


def kept(conversations: int) -> Path:
    """The data folder of a library of so many conversations; it is made where it is not there yet.

    Whoever opens it leaves it as it was, but for what a start writes.
    """
    how = hashlib.sha256(Path(__file__).read_bytes() + repr(MIGRATIONS).encode() + sys.version.encode()).hexdigest()[
        :16
    ]
    place = Path(tempfile.gettempdir()) / f"{_PREFIX}{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    if place.stat().st_uid != os.getuid():
        raise PermissionError(f"{place} is somebody else's")
    for each in place.iterdir():
        if each.name != how:
            shutil.rmtree(each)
    folder = place / how / str(conversations)
    if not folder.exists():
        part = folder.with_name(f"{conversations}.partial")
        shutil.rmtree(part, ignore_errors=True)
        fill(part, conversations)
        part.rename(folder)
    for old in (folder / FOLDER_NAME).glob("*"):
        old.unlink()
    (folder / FOLDER_NAME / f"duologue-{stamp()}.db").touch()  # today's backup is made: it is not what is measured
    return folder


def vocabulary() -> list[str]:
    chance = random.Random(1)
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(chance.choice(SYLLABLES) for _ in range(chance.randint(1, 4)))] = None
    return list(made)


def fill(folder: Path, conversations: int) -> None:
    """A library as years of use would leave it, written without the program's care for each message."""
    (folder / FOLDER_NAME).mkdir(parents=True)
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as db:
        migrate(db)
        for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KB}", "temp_store = MEMORY"):
            db.execute(f"PRAGMA {setting}")
        _index_in(db, LARGE_HASH)
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'message_%'")
        kept = triggers.fetchall()
        for name, _ in kept:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO conversations (id, title, created_ms, setup, leaf) VALUES (?, ?, ?, '{}', ?)",
            heads(conversations),
        )
        db.executemany(
            "INSERT INTO messages (id, conversation_id, parent, role, state, created_ms, blocks, text) "
            "VALUES (?, ?, ?, ?, 'complete', ?, ?, ?)",
            messages(conversations),
        )
        db.execute(NEWEST_OF_EACH)
        db.execute("INSERT INTO message_search (message_search) VALUES ('rebuild')")
        db.execute("COMMIT")
        for _, sql in kept:
            db.execute(sql)
        _index_in(db, USUAL_HASH)
        configure(db)


def _index_in(db: sqlite3.Connection, size: int) -> None:
    """Let the index gather so many bytes before it writes them; the more, the less there is to merge."""
    db.execute("INSERT INTO message_search (message_search, rank) VALUES ('hashsize', ?)", (size,))


def heads(conversations: int) -> Iterator[tuple[str, str, int, str]]:
    chance, words = random.Random(2), vocabulary()
    for number in range(conversations):
        title = " ".join(chance.choices(words, k=5))
        yield f"{number:032x}", title, 1_700_000_000_000 + number * 60_000, f"{number:016x}{MESSAGES_EACH - 1:016x}"


def messages(conversations: int) -> Iterator[tuple[str, str, str | None, str, int, str, str]]:
    chance, words = random.Random(2), vocabulary()
    weights = list(itertools.accumulate(1 / (place + 2) for place in range(WORDS)))
    for number in range(conversations):
        parent = None
        for turn in range(MESSAGES_EACH):
            id_ = f"{number:016x}{turn:016x}"
            text = " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(5, 40)))
            role = "assistant" if turn % 2 else "user"
            made_ms = 1_700_000_000_000 + number * 60_000 + turn
            yield id_, f"{number:032x}", parent, role, made_ms, json.dumps([{"type": "text", "text": text}]), text
            parent = id_
