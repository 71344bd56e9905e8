"""A text that is complete, by one parse: its top-level blocks, each parsed again only when it is seen."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ui.transcript.markdown.parsing import definitions
from ui.transcript.markdown.pieces import MarkdownPiece, Piece
from ui.transcript.markdown.structure import FENCE, line_starts, top_blocks

LONG: Final = 750
"""Characters from which a growing block is cut: so a text looks the same, stored or streamed."""

_DEFINITION = re.compile(r"^[\s>*+\-\d.)]*\[(?:[^\[\]\\]|\\.){1,999}\]:", re.MULTILINE)


def has_definitions(source: str) -> bool:
    """Whether it looks as if link definitions stood in it."""
    return _DEFINITION.search(source) is not None


def whole(source: str, cut_up: Callable[[str], Iterable[Piece]]) -> Iterator[Piece]:
    """The blocks of a text, each given the definitions that stand in others.

    `cut_up` makes several pieces of a long block; of code too, which keeps what a person has chosen for it.
    """
    definitions = _definitions(source) if has_definitions(source) else ""
    starts = line_starts(source, top_blocks(source)) or [0]
    for start, end in zip(starts, [*starts[1:], len(source)], strict=True):
        block = source[start:end]
        if definitions and "[" in block:
            yield MarkdownPiece(block, definitions=definitions)
        elif len(block) >= LONG or FENCE.match(block):
            yield from cut_up(block)
        elif block:
            yield MarkdownPiece(block)


def _definitions(source: str) -> str:
    """Every definition of a text, as Markdown of which nothing is drawn."""
    found = definitions(source)
    lines = (f"[{label}]: {_escaped(each['dest'], '<>')}{_title(each['title'])}\n" for label, each in found.items())
    drawn = "".join(lines)
    return drawn + "\n" if drawn else ""


def _escaped(text: str, around: str) -> str:
    escaped = re.sub(rf"([{re.escape(around)}\\])", r"\\\1", text.replace("\n", " "))
    return f"{around[0]}{escaped}{around[-1]}"


def _title(title: str | None) -> str:
    return " " + _escaped(title, '""') if title else ""
