"""The safety net: when a text is complete, a full parse says whether the pieces show what it shows."""

import itertools
import threading
from collections.abc import Iterable, Sequence
from typing import Final

from ui.transcript.markdown.pieces import MarkdownPiece, Piece, PlainPiece
from ui.transcript.markdown.reading import Ending
from ui.transcript.markdown.structure import line_starts, top_blocks
from ui.transcript.specs import CodeSpec, Flow, TableSpec

LONGEST: Final = 8_000
"""Characters of a block that may be shown as one piece."""


def proved(source: str, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces; those of a block that a full parse shows otherwise are replaced by that block.

    What was sealed or shown as it was written differs by rule, and stays.
    """
    found: list[Piece] = []
    edges = [*line_starts(source, top_blocks(source))[1:], len(source)]
    at = start = 0
    group: list[Piece] = []
    for piece in pieces:
        group.append(piece)
        at += len(piece.source)
        while edges and edges[0] < at:
            edges.pop(0)
        if edges and edges[0] == at:
            found += _proved_block(source[start:at], group)
            start, group = at, []
    return [*found, *group]


def _proved_block(source: str, pieces: list[Piece]) -> list[Piece]:
    is_by_rule = any(isinstance(each, PlainPiece) or _is_sealed(each) for each in pieces)
    if is_by_rule or len(source) > LONGEST or (len(pieces) == 1 and isinstance(pieces[0], MarkdownPiece)):
        return pieces
    whole = MarkdownPiece(source)
    shown = itertools.chain.from_iterable(piece.specs() for piece in pieces)
    return pieces if _flat(shown) == _flat(whole.specs()) else [whole]


def _is_sealed(piece: Piece) -> bool:
    """Whether a paragraph was; a table that is cut is no more sealed than a list."""
    return isinstance(piece, MarkdownPiece) and (piece.ending is Ending.SEALED) and not _is_table(piece)


def _is_table(piece: MarkdownPiece) -> bool:
    specs = piece.specs()
    return bool(specs) and isinstance(specs[-1], TableSpec)


def _flat(specs: Iterable[Flow]) -> list[object]:
    """Tables row by row and code as text, so that it does not matter how they are put into pieces."""
    found: list[object] = []
    for spec in specs:
        if isinstance(spec, TableSpec):
            found += [(spec.aligns, spec.indent, spec.bars, row) for row in spec.rows]
        elif isinstance(spec, CodeSpec):
            found.append((spec.info, str(spec.code).rstrip(), spec.indent, spec.bars))
        else:
            found.append(spec)
    return found


class Proof:
    """Proves a long text on a thread of its own."""

    def __init__(self, source: str, pieces: Sequence[Piece]) -> None:
        self.pieces: list[Piece] | None = None
        """The outcome, once it is there."""
        self._source, self._given = source, list(pieces)
        threading.Thread(target=self._work, name="markdown proof", daemon=True).start()

    def _work(self) -> None:
        self.pieces = proved(self._source, self._given)
