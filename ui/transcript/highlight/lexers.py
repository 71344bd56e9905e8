"""Colours by Pygments, for languages without a grammar. Lexing is slow, so a thread of its own does it."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from ui.transcript.characters import width
from ui.transcript.highlight.roles import COMMENT, FUNCTION, KEYWORD, NUMBER, STRING, TYPE, Runs
from ui.transcript.specs import Run

LONGEST: Final = 60_000
"""Characters that are lexed; what comes after stays plain."""

_ROLES: Final = (
    ("Comment", COMMENT),
    ("Keyword.Type", TYPE),
    ("Keyword", KEYWORD),
    ("Literal.Number", NUMBER),
    ("Literal.String", STRING),
    ("Name.Function", FUNCTION),
    ("Name.Class", TYPE),
    ("Name.Tag", KEYWORD),
    ("Name.Attribute", TYPE),
    ("Name.Builtin", FUNCTION),
)


class LexedColours:
    """The colours of one text: plain at first, and as they were for a shorter text until they are known.

    Args:
        language: as a fence names it.
        tell: called on the lexing thread when there are new colours.
    """

    def __init__(self, language: str, tell: Callable[[], None]) -> None:
        self._language = language
        self._tell = tell
        self._lines: Sequence[str] = ()
        self._lexed: tuple[Sequence[str], Sequence[Runs]] = ((), ())
        self._worker: threading.Thread | None = None
        self._asked_for = 0

    def update(self, lines: Sequence[str]) -> int:
        """Take the lines as they are now. A text that grows is lexed again each time that it is half as long again.

        Lines that look other later are told of then; gives how many lines there are.
        """
        if len(lines) == len(self._lines) and lines == self._lines:
            return len(lines)
        self._lines = list(lines)
        size = sum(map(len, lines))
        is_busy = self._worker is not None and self._worker.is_alive()
        if not is_busy and (not self._asked_for or size >= self._asked_for * 1.5):
            self._asked_for = size
            self._worker = threading.Thread(target=self._lex, args=(self._lines,), name="lexer", daemon=True)
            self._worker.start()
        return len(lines)

    def runs(self, first: int, last: int) -> Sequence[Runs]:
        """Of the lines from `first` up to `last`."""
        lines, runs = self._lexed
        known = min(last, len(runs))
        found = [runs[at] if lines[at] == self._lines[at] else () for at in range(first, known)]
        return [*found, *(() for _ in range(last - max(first, known)))]

    def _lex(self, lines: Sequence[str]) -> None:
        lexer = lexer_for(self._language)
        if lexer is not None:
            self._lexed = lines, _runs_of(lexer, "\n".join(lines)[:LONGEST])
            self._tell()


def lexer_for(language: str) -> Any:
    """A Pygments lexer, None if the language is not known."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _runs_of(lexer: Any, text: str) -> list[Runs]:
    found: list[list[Run]] = [[]]
    at = 0
    for token, value in lexer.get_tokens(text):
        name = str(token).removeprefix("Token.")
        role = next((role for prefix, role in _ROLES if name.startswith(prefix)), "")
        for number, part in enumerate(value.split("\n")):
            if number:
                found.append([])
                at = 0
            if role and part:
                found[-1].append(Run(at, width(part), role))
            at += width(part)
    return [tuple(runs) for runs in found]
