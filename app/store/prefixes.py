"""What the API's cache holds, as far as this program knows. Runs on the store's thread."""

import sqlite3
from collections.abc import Mapping

from app.domain.caching import Entries, Entry
from app.store.transaction import transaction


def load(db: sqlite3.Connection, now_ms: int) -> tuple[Entries, Mapping[str, float]]:
    """The entries that live, by hash, and each model's factor, by its id."""
    living = db.execute("SELECT hash, expires_ms, lifetime_ms, tokens FROM prefixes WHERE expires_ms > ?", (now_ms,))
    entries = {hash_: Entry(expires, lifetime, tokens) for hash_, expires, lifetime, tokens in living}
    newest = db.execute("SELECT model, factor, max(expires_ms) FROM prefixes GROUP BY model")
    return entries, {model: factor for model, factor, _ in newest}


def put(db: sqlite3.Connection, entries: Entries, model: str, factor: float) -> None:
    """Entries that a request to `model` made or renewed; what has expired goes."""
    if not entries:
        return
    rows = [(hash_, each.expires_ms, each.lifetime_ms, each.tokens, model, factor) for hash_, each in entries.items()]
    with transaction(db):
        db.executemany("INSERT OR REPLACE INTO prefixes VALUES (?, ?, ?, ?, ?, ?)", rows)
        # measured by this request's own time: clocks jump
        newest = max(each.expires_ms - each.lifetime_ms for each in entries.values())
        db.execute(
            "DELETE FROM prefixes WHERE expires_ms < ? AND expires_ms < "
            "(SELECT max(expires_ms) FROM prefixes AS other WHERE other.model = prefixes.model)",
            (newest,),
        )
