"""What an answer cites: numbers, the marks inside its text, and what is said of a source.

A mark travels through Markdown as a few signs that no text has, and is drawn as a number. Both are equally long, so
that offsets stay as they are; whoever copies the source gets it without.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from app.domain.blocks import TextBlock
from app.immutable import immutable
from ui.transcript.characters import width
from ui.transcript.markdown.pieces import Piece
from ui.transcript.specs import Cell, CodeSpec, Flow, Run, TableSpec, TextSpec

Citation = Mapping[str, Any]

_OPEN, _CLOSE = "\u2e28\ufdd0", "\u2e29"
"""A bracket, so that Markdown takes what stands before it as ended; with a noncharacter, which no text has."""
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_TAIL = re.compile(r"[\s|]*\Z")
"""Line ends and a table row's last bar: a mark stands before them."""
CITED_LENGTH: Final = 240
LOOK: Final = "q"


def mark_of(number: int) -> str:
    """What stands in Markdown for the source of a number."""
    return f"{_OPEN}{number}{_CLOSE}"


def unmarked(text: str) -> str:
    """The text as it was written."""
    return _MARK.sub("", text) if _OPEN in text else text


def is_marked(text: str) -> bool:
    return _OPEN in text


class Citations:
    """The sources of one message, numbered from 1 in the order in which they are cited; the same one has one number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.sources: list[Citation] = []

    def number(self, citation: Citation) -> int:
        key = json.dumps(citation, sort_keys=True, default=str)
        if key not in self._numbers:
            self.sources.append(citation)
            self._numbers[key] = len(self.sources)
        return self._numbers[key]

    def marks(self, citations: Iterable[Citation]) -> str:
        numbers = dict.fromkeys(self.number(each) for each in citations)
        return "".join(map(mark_of, numbers))

    def marked(self, block: TextBlock) -> str:
        """A block's text with the marks of what it cites at its end."""
        if not block.citations:
            return block.text
        found = _TAIL.search(block.text)
        end = found.start() if found is not None else len(block.text)
        return f"{block.text[:end]}{self.marks(block.citations)}{block.text[end:]}"

    def tip(self, number: int) -> str:
        """What is said of a source where its mark is pointed at."""
        if not 0 < number <= len(self.sources):
            return ""
        citation = self.sources[number - 1]
        quote = quoted(citation)
        parts = (quote and f"\u201c{quote}\u201d", title_of(citation), place_of(citation), address_of(citation))
        return " \u2014 ".join(dict.fromkeys(part for part in parts if part))


def address_of(citation: Citation) -> str:
    return str(citation.get("url") or citation.get("source") or "")


def title_of(citation: Citation) -> str:
    return str(citation.get("title") or citation.get("document_title") or address_of(citation) or "Source")


def quoted(citation: Citation) -> str:
    """The words that are cited, on one line and not too many."""
    whole = " ".join(str(citation.get("cited_text") or "")[: 4 * CITED_LENGTH].split())
    return whole if len(whole) <= CITED_LENGTH else f"{whole[: CITED_LENGTH - 1]}\u2026"


def place_of(citation: Citation) -> str:
    """Where in a document it stands.

    Source: Messages API reference, "Citations": pages count from 1, and their end is not a part of it.
    """
    match citation.get("type"), citation.get("start_page_number"), citation.get("end_page_number"):
        case "page_location", int(first), int(end):
            return f"page {first}" if end - first <= 1 else f"pages {first}\u2013{end - 1}"
    return ""


PLACE: Final = "duologue-place:"
"""How a place in a document of the conversation is addressed: its number, `page` or `text`, start and end."""


def target_of(citation: Citation) -> str:
    """Where following the source leads: an address of the web, or a place in a document; empty: nowhere.

    Source: Messages API reference, "Citations".
    """
    document = citation.get("document_index")
    for kind, unit in (("page", "page_number"), ("text", "char_index")):
        start, end = citation.get(f"start_{unit}"), citation.get(f"end_{unit}")
        if all(isinstance(each, int) and each >= 0 for each in (document, start, end)):
            return f"{PLACE}{document}:{kind}:{start}:{end}"
    return address_of(citation)


@immutable
class CitedPiece:
    """A piece of text with marks in it."""

    piece: Piece
    citations: Citations

    @property
    def source(self) -> str:
        return unmarked(self.piece.source)

    def specs(self) -> tuple[Flow, ...]:
        return tuple(self._drawn(spec) for spec in self.piece.specs())

    def _drawn(self, spec: Flow) -> Flow:
        match spec:
            case TextSpec(text=text, runs=runs) if is_marked(text):
                shown, marks = self._shown(text, runs)
                return replace(spec, text=shown, runs=marks)
            case TableSpec(rows=rows):
                return replace(spec, rows=tuple(self._row(row) for row in rows))
            case CodeSpec(code=code) if is_marked(str(code)):
                return replace(spec, code=unmarked(str(code)))
        return spec

    def _row(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        return tuple(
            replace(cell, text=shown[0], runs=shown[1])
            if is_marked(cell.text) and (shown := self._shown(cell.text, cell.runs))
            else cell
            for cell in cells
        )

    def _shown(self, text: str, runs: Sequence[Run]) -> tuple[str, tuple[Run, ...]]:
        """A number in brackets for each mark, as long as it was; it says what it stands for."""
        marks: list[Run] = []
        for found in _MARK.finditer(text):
            start = width(text[: found.start()])
            marks.append(Run(start + 1, len(found[0]) - 1, LOOK, tip=self.citations.tip(int(found[1]))))
        others = tuple(replace(run, href=unmarked(run.href)) if is_marked(run.href) else run for run in runs)
        return _MARK.sub("\u202f[\\1]", text), (*others, *marks)
