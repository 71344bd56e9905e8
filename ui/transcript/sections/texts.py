"""Text on screen: an answer's Markdown, what a person wrote, and the list of what was cited."""

from collections.abc import Sequence
from typing import Final

from app.domain.blocks import Block, TextBlock
from ui.transcript.characters import width
from ui.transcript.citing import (
    Citation,
    Citations,
    CitedPiece,
    is_marked,
    place_of,
    quoted,
    target_of,
    title_of,
    unmarked,
)
from ui.transcript.markdown.growing import GrowingMarkdown
from ui.transcript.markdown.pieces import Piece, plain_pieces
from ui.transcript.sections.base import Section
from ui.transcript.specs import Run, TextSpec
from ui.transcript.units import RowPiece, Unit

BLOCK_ENDS: Final = ("\n", " ", "|")


class MarkdownSection(Section):
    """Text of an answer. Text blocks that follow one another are one text: the API cuts it where a source begins."""

    def __init__(self, text: str = "", citations: Citations | None = None) -> None:
        super().__init__()
        self.markdown = GrowingMarkdown()
        self._citations = citations or Citations()
        self._cited: list[Citation] = []
        """By the block that is arriving."""
        self._has_marks = False
        self._last = ""
        self._frozen = 0
        self._is_finished = False
        self.feed(text)

    @property
    def is_behind(self) -> bool:
        return self.markdown.is_behind

    @property
    def source(self) -> str:
        return unmarked(self.markdown.source) if self._has_marks else self.markdown.source

    def join(self, block: Block) -> bool:
        if not isinstance(block, TextBlock):
            return False
        self.add(block)
        return True

    def add(self, block: TextBlock) -> None:
        """A whole block, or the beginning of one that is arriving."""
        text = self._citations.marked(block)
        self._has_marks = self._has_marks or is_marked(text)
        self.feed(text)

    def shows(self, blocks: Sequence[Block]) -> bool:
        texts = [self._citations.marked(block) for block in blocks if isinstance(block, TextBlock)]
        return len(texts) == len(blocks) and "".join(texts) == self.markdown.source

    def feed(self, text: str) -> None:
        self._last = text or self._last
        self.markdown.feed(text)

    def cite(self, citation: Citation) -> None:
        self._cited.append(citation)

    def end_block(self) -> None:
        """What was cited is marked now, unless the place for it has passed: then when the message is whole."""
        marks = self._citations.marks(self._cited)
        self._cited.clear()
        if marks and not self._last.endswith(BLOCK_ENDS):
            self._has_marks = True
            self.feed(marks)

    def update(self) -> int | None:
        if not self.markdown.is_behind:
            return None
        self.markdown.step()
        return self._after_step()

    def _after_step(self) -> int:
        if self._is_finished and not self.markdown.is_behind:
            self.markdown.finish()
        return self._replace_open()

    def finish(self) -> None:
        self._is_finished = True
        if self.markdown.is_unread or not self.markdown.is_behind:
            self.markdown.finish()
            self._replace_open()

    def _replace_open(self) -> int:
        """Units of pieces that stay are kept, with their leaves."""
        pieces = self.markdown.pieces
        first = min(self._frozen, len(pieces))
        if len(self.markdown.frozen) < self._frozen or self._is_finished:
            first = 0
        drawn = [self._drawn(piece) for piece in pieces[first:]] if self._has_marks else pieces[first:]
        kept = 0
        while kept < min(len(drawn), len(self.units) - first) and self.units[first + kept].piece == drawn[kept]:
            kept += 1
        self.units[first + kept :] = [Unit(piece) for piece in drawn[kept:]]
        self._frozen = len(self.markdown.frozen)
        return first + kept

    def _drawn(self, piece: Piece) -> Piece | CitedPiece:
        return CitedPiece(piece, self._citations) if is_marked(piece.source) else piece


class PersonSection(Section):
    """What a person wrote, as it was written."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.units = [Unit(piece, in_card=True) for piece in plain_pieces(text)]


class SourcesSection(Section):
    """What an answer cites, one line a source. Nothing is fetched; addresses are links."""

    def __init__(self, citations: Citations) -> None:
        super().__init__()
        count = len(citations.sources)
        lines = [_source_line(each, at, is_last=at == count) for at, each in enumerate(citations.sources, 1)]
        self.units = [Unit(RowPiece(line)) for line in lines]


def _source_line(citation: Citation, number: int, *, is_last: bool) -> TextSpec:
    address, title, cited = target_of(citation), title_of(citation), quoted(citation)
    named = ", ".join(part for part in (title, place_of(citation)) if part)
    text = f"{named}: \u201c{cited}\u201d" if cited else named
    looks = [Run(0, width(text), "m"), *([Run(0, width(title), "lm", address)] if address else [])]
    return TextSpec(text, tuple(looks), indent=1, marker=f"[{number}]", gap=3 if is_last else 1)
