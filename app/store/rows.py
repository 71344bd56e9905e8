"""Every row of a damaged table that can be read, one at a time."""

import sqlite3
from collections import deque
from collections.abc import Generator, Iterator

FAULTS_BORNE = 4000
"""Of one table: a bound on the time that is spent between damaged pages."""
LARGEST_ROW = 512 * 1024 * 1024
"""Bytes. A row that says to be larger is damaged, and is not to fill the memory."""
_FAULTS = (sqlite3.Error, OverflowError, MemoryError)

Row = tuple[object, ...]


def readable(db: sqlite3.Connection, table: str, columns: str, bytes_in_file: int) -> Iterator[Row]:
    """The rows, each with its rowid first, in no order.

    Reads up to a damaged page from below and down to it from above; what lies between is halved, the largest gap first.
    """
    query = f"SELECT rowid, {columns} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608
    gaps = deque([(1, _highest(db, table, bytes_in_file))])
    faults = 0
    while gaps and faults < FAULTS_BORNE:
        low, high = gaps.popleft()
        below = yield from _run(db, query, low, high, 1)
        if below is None or below + 1 >= high:
            continue
        above = yield from _run(db, f"{query} DESC", below + 1, high, -1)
        if above is None:
            continue
        faults += 1
        low, high = below + 1, above - 1
        middle = (low + high) // 2
        if low < high:
            gaps += [(low, middle), (middle + 1, high)]


def _run(db: sqlite3.Connection, query: str, low: int, high: int, step: int) -> Generator[Row, None, int | None]:
    """Rows until a fault. Returns the last rowid before it, or None when there was no fault."""
    at = low - 1 if step > 0 else high + 1
    try:
        for row in db.execute(query, (low, high)):
            found = row[0]
            if not isinstance(found, int) or (found - at) * step <= 0:
                return at  # damaged pages that lead in a circle
            at = found
            yield row
    except _FAULTS:
        return at
    return None


def _highest(db: sqlite3.Connection, table: str, bytes_in_file: int) -> int:
    """The highest rowid to look for: what the table says, else more than the file has room for."""
    found = [bytes_in_file // 16]
    for query in (f"SELECT max(rowid) FROM {table}", f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'"):  # noqa: S608
        try:
            found += [value for (value,) in db.execute(query) if isinstance(value, int)]
        except _FAULTS:
            continue
    return min(max(found), 2**62)
