"""The lines of a code block as rows: a long line goes on in the next row, so that none is slow to shape."""

from collections.abc import Sequence
from typing import Final

from ui.transcript.characters import pieces_of, width

LONGEST_ROW: Final = 1000
"""Characters."""


class CodeRows:
    """Rows, in whichever way lines are broken. Lines are only ever added, except for a pending last one."""

    def __init__(self, most: int = LONGEST_ROW) -> None:
        self.most = most
        """Characters in a row."""
        self.lines: list[str] = []
        """With tabs expanded."""
        self.texts: list[str] = []
        self.places: list[tuple[int, int]] = []
        """Of each row: its line, and the UTF-16 units of that line before it."""
        self.widest = 0
        """Characters in the longest row."""
        self._is_pending = False

    def add(self, lines: Sequence[str], pending: str | None) -> int:
        """Add complete lines, then one that is not, in place of an earlier one. Gives the first row that is new."""
        if self._is_pending:
            self._drop_last()
        first = len(self.texts)
        for line in lines:
            self._add(line)
        self._is_pending = pending is not None
        if pending is not None:
            self._add(pending)
        return first

    def line_of(self, row: int) -> int:
        return self.places[row][0]

    def goes_on(self, row: int) -> bool:
        """Whether the row's line continues in the next."""
        return row + 1 < len(self.places) and self.places[row + 1][0] == self.places[row][0]

    def _add(self, line: str) -> None:
        line = line.expandtabs(4) if "\t" in line else line
        number, at = len(self.lines), 0
        self.lines.append(line)
        for part in pieces_of(line, self.most) if len(line) > self.most else (line,):
            self.texts.append(part)
            self.places.append((number, at))
            self.widest = max(self.widest, len(part))
            at += width(part)

    def _drop_last(self) -> None:
        self.lines.pop()
        while self.places and self.places[-1][0] == len(self.lines):
            self.places.pop()
            self.texts.pop()
