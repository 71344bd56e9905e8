"""The books: what the API's cache holds, as far as this program knows, and what answers have cost."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from app.domain.caching import Entries, Entry
from app.domain.usage import Spent
from app.store.codec import facts_from_json
from app.store.transaction import transaction

T = TypeVar("T")
_ANSWERS = """
    SELECT messages.conversation_id, conversations.title, messages.created_ms, messages.facts
    FROM messages JOIN conversations ON conversations.id = messages.conversation_id
    WHERE messages.role = 'assistant' AND messages.facts IS NOT NULL AND messages.created_ms >= ?
    ORDER BY messages.seq DESC LIMIT ?
"""
"""Answers that were put away as well: they were paid for."""


class Ledger:
    """One for each store. Every method may raise StoreError."""

    def __init__(self, run: Callable[[Callable[[], object]], Awaitable[object]], db: sqlite3.Connection) -> None:
        """`run` does work on the store's thread."""
        self._run = run
        self._db = db

    async def prefixes(self, now_ms: int) -> tuple[Entries, Mapping[str, float]]:
        """The entries that live, by hash, and what each model makes of an estimated token, by its id."""
        return await self._do(lambda: _load(self._db, now_ms))

    async def put_prefixes(self, entries: Entries, model: str, factor: float) -> None:
        """Entries that a request to `model` made or renewed; what has expired goes."""
        await self._do(lambda: _put(self._db, entries, model, factor))

    async def spent(self, since_ms: int, limit: int) -> tuple[Spent, ...]:
        """Answers that tell their usage, the newest first; so many at most."""
        return await self._do(lambda: _spent(self._db, since_ms, limit))

    async def _do(self, work: Callable[[], T]) -> T:
        found: list[T] = []
        await self._run(lambda: found.append(work()))
        return found[0]


def _load(db: sqlite3.Connection, now_ms: int) -> tuple[Entries, Mapping[str, float]]:
    living = db.execute("SELECT hash, expires_ms, lifetime_ms, tokens FROM prefixes WHERE expires_ms > ?", (now_ms,))
    entries = {hash_: Entry(expires, lifetime, tokens) for hash_, expires, lifetime, tokens in living}
    newest = db.execute("SELECT model, factor, max(expires_ms) FROM prefixes GROUP BY model")
    return entries, {model: factor for model, factor, _ in newest}


def _put(db: sqlite3.Connection, entries: Entries, model: str, factor: float) -> None:
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


def _spent(db: sqlite3.Connection, since_ms: int, limit: int) -> tuple[Spent, ...]:
    found: list[Spent] = []
    for conversation, title, at_ms, facts in db.execute(_ANSWERS, (since_ms, limit)):
        told = facts_from_json(facts if isinstance(facts, str) else None)
        if told is not None and told.usage is not None and isinstance(at_ms, int):
            found.append(Spent(str(conversation), str(title), at_ms, told.model, told.usage))
    return tuple(found)
