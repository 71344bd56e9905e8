"""Answers under way, stored as the tails that they grow by.

Rewriting an answer five times a second costs the square of its length. As JSON text, it keeps nearly all of what it had
and gets a new end, so only that end is stored: how many characters stay, and what follows them.
"""

import sqlite3

Growing = dict[int, str]
"""What is stored of each answer under way, as JSON text, by its `seq`."""


def store(db: sqlite3.Connection, growing: Growing, seq: int, blocks: str) -> None:
    """Store the JSON text that the blocks have now. Inside a transaction; once it stands, `growing` is to know it."""
    before = growing.get(seq)
    if before is None:
        forget(db, seq)
        db.execute("UPDATE messages SET blocks = ? WHERE seq = ?", (blocks, seq))
    elif blocks != before:
        kept = _common(before, blocks)
        db.execute("INSERT INTO growth (seq, kept, tail) VALUES (?, ?, ?)", (seq, kept, blocks[kept:]))


def grown(db: sqlite3.Connection, seq: int, blocks: str) -> str:
    """The JSON text of an answer under way, from that of its row."""
    pieces, length = [blocks], len(blocks)
    for kept, tail in db.execute("SELECT kept, tail FROM growth WHERE seq = ? ORDER BY id", (seq,)):
        while pieces and length - len(pieces[-1]) >= kept:
            length -= len(pieces.pop())
        if pieces:
            pieces[-1] = pieces[-1][: len(pieces[-1]) - (length - kept)]
        pieces.append(tail)
        length = min(length, kept) + len(tail)
    return "".join(pieces)


def forget(db: sqlite3.Connection, seq: int) -> None:
    """The row holds everything: the tails are not needed any more."""
    db.execute("DELETE FROM growth WHERE seq = ?", (seq,))


def _common(left: str, right: str) -> int:
    """Characters with which both begin. Halving compares in C; a loop over characters would not."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
