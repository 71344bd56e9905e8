"""Which way a block of code gets its colours."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ui.transcript.highlight.grammars import GrammarColours, grammar_of
from ui.transcript.highlight.lexers import LexedColours
from ui.transcript.highlight.roles import Runs

PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "output", "console", "log"})


class Colours(Protocol):
    """The colours of one text that grows."""

    def update(self, lines: Sequence[str]) -> int:
        """Take the lines as they are now. Gives the first that may look other than before."""

    def runs(self, first: int, last: int) -> Sequence[Runs]: ...


def colours_for(language: str, tell: Callable[[], None]) -> Colours | None:
    """Colours for a language as a fence names it; None for plain text.

    Args:
        tell: called, on any thread, when there are more colours than before.
    """
    if language.lower() in PLAIN:
        return None
    grammar = grammar_of(language)
    return GrammarColours(grammar, tell) if grammar is not None else LexedColours(language, tell)
