"""What a text is shown in: its blocks and parts of blocks. The sources of all pieces together are the text."""

from collections.abc import Iterator
from dataclasses import field
from typing import Final

from app.immutable import immutable
from ui.transcript.characters import pieces_of
from ui.transcript.markdown.reading import TOP, Context, Ending, specs_of
from ui.transcript.specs import CodeSpec, CodeState, Flow, Lines, TextSpec

PLAIN_PIECE: Final = 1_500
"""Characters of source that are shaped in one piece."""


@immutable
class MarkdownPiece:
    """A top-level block, a part of one, or what is still open."""

    source: str
    context: Context = TOP
    ending: Ending = Ending.CLOSED
    definitions: str = ""
    """Link definitions that stand elsewhere, in front of which nothing else is drawn."""

    def specs(self) -> tuple[Flow, ...]:
        return specs_of(self.definitions + self.source, self.context, self.ending)


@immutable
class PlainPiece:
    """Text that is shown as it was written."""

    source: str
    look: str = ""

    def specs(self) -> tuple[Flow, ...]:
        return (TextSpec(self.source.removesuffix("\n").replace("\n", "\u2028"), look=self.look, gap=0),)


@immutable
class CodePiece:
    """A fenced code block."""

    raw: Lines
    info: str
    code: Lines
    indent: int = 0
    bars: tuple[int, ...] = ()
    state: CodeState = field(default_factory=CodeState, compare=False)

    @property
    def source(self) -> str:
        """Each line of `raw` has its end; a pending one has none yet."""
        return str(self.raw) if self.raw.pending is not None else f"{self.raw}\n"

    def specs(self) -> tuple[Flow, ...]:
        return (CodeSpec(self.info, self.code, self.indent, self.bars, state=self.state),)


Piece = MarkdownPiece | PlainPiece | CodePiece


def plain_pieces(text: str, look: str = "") -> Iterator[PlainPiece]:
    """Text as it was written, in pieces that are quick to shape, broken at line ends where there are any."""
    gathered: list[str] = []
    size = 0
    for line in text.splitlines(keepends=True) if "\n" in text else [text]:
        for part in pieces_of(line, PLAIN_PIECE):
            if gathered and size + len(part) > PLAIN_PIECE:
                yield PlainPiece("".join(gathered), look)
                gathered, size = [], 0
            gathered.append(part)
            size += len(part)
    if gathered:
        yield PlainPiece("".join(gathered), look)
