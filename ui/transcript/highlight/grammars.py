"""Colours by tree-sitter: the text is parsed as it grows, and only the lines that are seen are looked at.

Grammars are imported when a block of their language is first seen; the start of the program knows none of them.
"""

import importlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from ui.transcript.characters import width
from ui.transcript.highlight.roles import Runs, role_of
from ui.transcript.specs import Run

SEGMENT: Final = 6_000
"""Characters that are parsed together."""
MOST_SEGMENTS: Final = 4
"""That one update parses."""

_NAMES: Final = {
    "python": ("python", "py", "python3", "py3", "pyi"),
    "javascript": ("javascript", "js", "jsx", "mjs", "node"),
    "typescript": ("typescript", "ts", "tsx"),
    "json": ("json", "jsonc", "json5"),
    "bash": ("bash", "sh", "shell", "zsh"),
    "c": ("c", "h"),
    "cpp": ("cpp", "c++", "cc", "hpp", "cxx"),
    "rust": ("rust", "rs"),
    "go": ("go", "golang"),
    "java": ("java",),
    "html": ("html", "htm", "xhtml"),
    "css": ("css",),
    "yaml": ("yaml", "yml"),
    "toml": ("toml",),
}
_GRAMMARS: Final = {name: grammar for grammar, names in _NAMES.items() for name in names}
_UNDER: Final = {"typescript": "javascript", "cpp": "c"}
"""Grammars whose query only adds to that of another."""


def grammar_of(language: str) -> str | None:
    """The grammar for a language as a fence names it."""
    return _GRAMMARS.get(language.lower())


@cache
def _loaded(grammar: str) -> tuple[Any, Any]:
    """A parser's language and its query."""
    from tree_sitter import Language, Query

    module: Any = importlib.import_module(f"tree_sitter_{grammar}")
    language = Language(module.language_tsx() if grammar == "typescript" else module.language())
    text: str = module.HIGHLIGHTS_QUERY
    if grammar in _UNDER:
        under: Any = importlib.import_module(f"tree_sitter_{_UNDER[grammar]}")
        text = f"{under.HIGHLIGHTS_QUERY}\n{text}"
    return language, Query(language, text)


class _Segment:
    """Some lines that are parsed together."""

    def __init__(self, first: int) -> None:
        self.first = first
        """Line of the whole text."""
        self.text = b""
        self.tree: Any = None

    def parse(self, parser: Any, lines: Sequence[str]) -> int:
        """Parse the lines as they are now, of which only the last ones differ. Gives the first that may look other."""
        text = "\n".join(lines).encode("utf-8", "replace")
        if text == self.text:
            return self.first + len(lines)
        earlier, row, start = self.tree, self.text.count(b"\n"), self.text.rfind(b"\n") + 1
        if earlier is None:
            self.tree = parser.parse(text)
        else:
            old_end, new_end = (row, len(self.text) - start), (len(lines) - 1, len(text) - text.rfind(b"\n") - 1)
            earlier.edit(start, len(self.text), len(text), (row, 0), old_end, new_end)
            self.tree = parser.parse(text, earlier)
        self.text = text
        changed: list[int] = (
            [each.start_point[0] for each in earlier.changed_ranges(self.tree)] if earlier is not None else []
        )
        return self.first + min([row, *changed])

    def last_boundary(self) -> int:
        """Line of this segment where the last statement begins that stands inside nothing else; 0 if none does."""
        children = self.tree.root_node.children
        return int(children[-1].start_point[0]) if children else 0


class GrammarColours:
    """The colours of one text.

    It is parsed in segments, for a text with errors costs the parser more than its length. They are cut between
    statements. What one call does is bounded; the rest follows.

    Args:
        tell: called when there is more to parse than one update does.
    """

    def __init__(self, grammar: str, tell: Callable[[], None]) -> None:
        from tree_sitter import Parser

        language, self._query = _loaded(grammar)
        self._parser = Parser(language)
        self._tell = tell
        self._lines: Sequence[str] = ()
        self._segments = [_Segment(0)]
        self._runs: dict[int, Runs] = {}

    def update(self, lines: Sequence[str]) -> int:
        """Take the lines as they are now: the earlier ones, of which only the last may be longer, and more.

        Gives the first that may look other than before.
        """
        self._lines = lines
        first = len(lines)
        for _ in range(MOST_SEGMENTS):
            segment = self._segments[-1]
            taken = _first_of(lines, segment.first)
            first = min(first, self._forget(segment.parse(self._parser, taken), segment.first + len(taken)))
            if sum(map(len, taken)) + len(taken) < SEGMENT:
                return first
            cut = segment.last_boundary() or len(taken)
            first = min(first, self._forget(segment.first + cut, segment.first + len(taken)))
            self._segments.append(_Segment(segment.first + cut))
        self._tell()
        return first

    def _forget(self, first: int, end: int) -> int:
        """Let the colours of lines go. Gives `first`."""
        for line in range(first, end):
            self._runs.pop(line, None)
        return first

    def runs(self, first: int, last: int) -> Sequence[Runs]:
        """Of the lines from `first` up to `last`; those that are not parsed yet are plain."""
        for number, segment in enumerate(self._segments):
            end = self._segments[number + 1].first if number + 1 < len(self._segments) else len(self._lines)
            missing = [line for line in range(max(first, segment.first), min(last, end)) if line not in self._runs]
            if missing and segment.tree is not None:
                self._look_at(segment, missing[0], missing[-1] + 1)
        return [self._runs.get(line, ()) for line in range(first, last)]

    def _look_at(self, segment: _Segment, first: int, last: int) -> None:
        from tree_sitter import QueryCursor

        cursor = QueryCursor(self._query)
        cursor.set_point_range((first - segment.first, 0), (last - segment.first, 0))
        found = [
            (node, role)
            for name, nodes in cursor.captures(segment.tree.root_node).items()
            if (role := role_of(name))
            for node in nodes
        ]
        # what is inside is painted over the rest
        found.sort(key=lambda each: (each[0].start_byte - each[0].end_byte, each[0].start_byte, each[1]))
        gathered: dict[int, list[Run]] = {line: [] for line in range(first, last)}
        for node, role in found:
            for line, start, end in self._parts(node, segment.first, first, last):
                gathered[line].append(Run(start, end - start, role))
        self._runs.update((line, tuple(runs)) for line, runs in gathered.items())

    def _parts(self, node: Any, offset: int, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """The stretch of each line that a node covers, in UTF-16 units."""
        (top, left), (bottom, right) = node.start_point, node.end_point
        top, bottom = top + offset, bottom + offset
        for line in range(max(top, first), min(bottom + 1, last, len(self._lines))):
            text = self._lines[line]
            start = _units(text, left) if line == top else 0
            end = _units(text, right) if line == bottom else width(text)
            if end > start:
                yield line, start, end


def _first_of(lines: Sequence[str], first: int) -> list[str]:
    """Lines from one on, as many as a segment takes."""
    taken: list[str] = []
    size = 0
    for line in itertools.islice(lines, first, None):
        taken.append(line)
        size += len(line) + 1
        if size >= SEGMENT:
            break
    return taken


def _units(text: str, column: int) -> int:
    """UTF-16 units before a column in bytes."""
    return column if text.isascii() else width(text.encode("utf-8", "replace")[:column].decode(errors="ignore"))
