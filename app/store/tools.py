"""Tools with their versions, and tries of them, in SQL. Runs on the store's thread."""

import json
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from app.domain.toolbox import KeptTool, ToolVersion, TryRun
from app.errors import StoreError
from app.store.sound import sound
from app.store.transaction import transaction

T = TypeVar("T")

_NEWEST = """
    SELECT tools.id, answered_by, number, tool_versions.created_ms, definition FROM tools
    JOIN tool_versions ON tool_id = tools.id
    WHERE number = (SELECT max(number) FROM tool_versions WHERE tool_id = tools.id)
"""
TRIES_KEPT = 5000
"""Of one tool; the oldest go first."""


class _Run(Protocol):
    def __call__(self, job: Callable[[], T], /) -> Awaitable[T]: ...


class ToolStore:
    """The part of the store that keeps tools. Every method may raise StoreError; then nothing of it was stored."""

    def __init__(self, run: _Run, db: sqlite3.Connection) -> None:
        self._run = run
        self._db = db

    async def tools(self) -> tuple[KeptTool, ...]:
        """Every tool, in the order in which they were made."""
        return await self._run(lambda: _tools(self._db))

    async def versions(self, tool_id: str) -> tuple[ToolVersion, ...]:
        """All versions of a tool, the newest first."""
        return await self._run(lambda: _versions(self._db, tool_id))

    async def put(self, tool_id: str, definition: Mapping[str, Any], now_ms: int) -> KeptTool:
        """Keep a definition as the newest version of a tool, which is made if it is not there. The same adds none."""
        return await self._run(lambda: _put(self._db, tool_id, definition, now_ms))

    async def answer_by(self, tool_id: str, answered_by: Mapping[str, Any]) -> None:
        """Keep who answers a tool's calls."""
        values = (_dumped(answered_by), tool_id)
        await self._run(lambda: self._db.execute("UPDATE tools SET answered_by = ? WHERE id = ?", values))

    async def remove(self, tool_id: str, now_ms: int) -> None:
        """Put a tool away; its versions and tries stay, for `restore`."""
        values = (now_ms, tool_id)
        await self._run(lambda: self._db.execute("UPDATE tools SET deleted_ms = ? WHERE id = ?", values))

    async def restore(self, tool_id: str) -> None:
        """Bring a tool back that was put away."""
        await self._run(lambda: self._db.execute("UPDATE tools SET deleted_ms = NULL WHERE id = ?", (tool_id,)))

    async def add_tries(self, runs: Sequence[TryRun]) -> None:
        """Keep runs, all or none."""
        await self._run(lambda: _add_tries(self._db, runs))

    async def tries(self, tool_id: str, limit: int = 1000) -> tuple[TryRun, ...]:
        """The newest runs of a tool, the newest first."""
        return await self._run(lambda: _tries(self._db, tool_id, limit))


def _tools(db: sqlite3.Connection) -> tuple[KeptTool, ...]:
    rows = db.execute(f"{_NEWEST} AND deleted_ms IS NULL ORDER BY tools.rowid")
    return tuple(_kept(row) for row in rows)


def _kept(row: Sequence[Any]) -> KeptTool:
    id_, answered_by, number, created_ms, definition = row
    return KeptTool(id_, ToolVersion(number, created_ms, _object(definition)), _object(answered_by))


def _versions(db: sqlite3.Connection, tool_id: str) -> tuple[ToolVersion, ...]:
    query = "SELECT number, created_ms, definition FROM tool_versions WHERE tool_id = ? ORDER BY number DESC"
    return tuple(ToolVersion(number, at, _object(text)) for number, at, text in db.execute(query, (tool_id,)))


def _put(db: sqlite3.Connection, tool_id: str, definition: Mapping[str, Any], now_ms: int) -> KeptTool:
    text = _dumped(definition)
    with transaction(db):
        db.execute("INSERT OR IGNORE INTO tools (id) VALUES (?)", (tool_id,))
        query = "SELECT number, definition FROM tool_versions WHERE tool_id = ? ORDER BY number DESC LIMIT 1"
        number, before = db.execute(query, (tool_id,)).fetchone() or (0, "")
        if text != before:
            values = (tool_id, number + 1, now_ms, text)
            db.execute(
                "INSERT INTO tool_versions (tool_id, number, created_ms, definition) VALUES (?, ?, ?, ?)", values
            )
        return _kept(db.execute(f"{_NEWEST} AND tools.id = ?", (tool_id,)).fetchone())


def _add_tries(db: sqlite3.Connection, runs: Sequence[TryRun]) -> None:
    with transaction(db):
        db.executemany(
            "INSERT INTO tries (tool_id, version, prompt, model, at_ms, outcome) VALUES (?, ?, ?, ?, ?, ?)",
            [(r.tool_id, r.version, sound(r.prompt), r.model, r.at_ms, _dumped(r.outcome)) for r in runs],
        )
        for tool_id in {each.tool_id for each in runs}:
            oldest = "SELECT id FROM tries WHERE tool_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
            db.execute(f"DELETE FROM tries WHERE tool_id = ? AND id <= ({oldest})", (tool_id, tool_id, TRIES_KEPT))  # noqa: S608


def _tries(db: sqlite3.Connection, tool_id: str, limit: int) -> tuple[TryRun, ...]:
    query = (
        "SELECT tool_id, version, prompt, model, at_ms, outcome FROM tries WHERE tool_id = ? ORDER BY id DESC LIMIT ?"
    )
    rows = db.execute(query, (tool_id, limit))
    return tuple(TryRun(id_, number, asked, model, at, _object(text)) for id_, number, asked, model, at, text in rows)


def _dumped(value: Mapping[str, Any]) -> str:
    """JSON in the order in which it was written; escaped, so that half a character is kept as well."""
    try:
        return json.dumps(dict(value))
    except (ValueError, TypeError, RecursionError) as error:
        raise StoreError(f"it cannot be kept: {error}") from error


def _object(text: Any) -> Mapping[str, Any]:
    """What a row holds; a damaged one holds nothing."""
    try:
        value = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
