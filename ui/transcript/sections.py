"""A content block on screen: which units it is made of, and how it grows."""

import json
from collections.abc import Sequence
from typing import Any, Final

from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    ImageBlock,
    JsonObject,
    RawBlock,
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    Source,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    UrlSource,
)
from ui.transcript.characters import pieces_of, width
from ui.transcript.markdown.growing import GrowingMarkdown
from ui.transcript.markdown.pieces import plain_pieces
from ui.transcript.specs import Cell, CodeSpec, FoldSpec, GapSpec, Run, TableSpec, TextSpec
from ui.transcript.units import RowPiece, Unit

OPEN_BELOW: Final = 400
"""Characters of JSON that a card shows without being asked."""
CITED_LENGTH: Final = 240
RAW: Final = 1 << 20
"""Added to a section's key: its JSON is meant."""
MOST_ROWS: Final = 60
"""Arguments that are shown as rows; a call with more is shown as its JSON."""
LONGEST_JSON: Final = 200_000
"""Characters of JSON that a card shows at all; the wire view has the rest."""


class Section:
    """The units of one content block.

    `changed_from` is the first unit that the last `update` replaced.
    """

    def __init__(self) -> None:
        self.units: list[Unit] = []

    @property
    def is_behind(self) -> bool:
        """Whether there is more to read than one step takes."""
        return False

    def update(self) -> int | None:
        """Take in what was added. Gives the first unit that changed, None if none did."""
        return None

    def finish(self) -> None:
        """Nothing more will be added."""

    def toggle(self) -> None:
        """Open or close, where that can be done."""

    def toggle_raw(self) -> None:
        """Show or hide the JSON, where there is some."""


class MarkdownSection(Section):
    """Text of an answer."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.markdown = GrowingMarkdown()
        self._frozen = 0
        self._is_finished = False
        self.feed(text)

    @property
    def is_behind(self) -> bool:
        return self.markdown.is_behind

    def feed(self, text: str) -> None:
        self.markdown.feed(text)

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
        while first < min(len(pieces), len(self.units)) and self.units[first].piece == pieces[first]:
            first += 1
        self.units[first:] = [Unit(piece) for piece in pieces[first:]]
        self._frozen = len(self.markdown.frozen)
        return first


class SourcesSection(Section):
    """What a text cites, one line a source. Nothing is fetched; addresses are links."""

    def __init__(self, citations: Sequence[JsonObject], before: int) -> None:
        """`before` sources have numbers already."""
        super().__init__()
        self.units = [Unit(RowPiece(_source_line(each, n))) for n, each in enumerate(citations, before + 1)]


def _source_line(citation: JsonObject, number: int) -> TextSpec:
    address = str(citation.get("url") or citation.get("source") or "")
    title = str(citation.get("title") or citation.get("document_title") or address or "Source")
    cited = " ".join(str(citation.get("cited_text") or "").split())[:CITED_LENGTH]
    text = f"{title}: \u201c{cited}\u201d" if cited else title
    looks = [Run(0, width(text), "m"), *([Run(0, width(title), "lm", address)] if address else [])]
    return TextSpec(text, tuple(looks), indent=1, marker=f"[{number}]", gap=1)


class PersonSection(Section):
    """What a person wrote, as it was written."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.units = [Unit(piece, in_card=True) for piece in plain_pieces(text)]


class FoldSection(Section):
    """A row that opens."""

    def __init__(self, key: int, title: str, detail: str, tone: str, *, is_open: bool, in_card: bool = False) -> None:
        super().__init__()
        self.key = key
        self.title = title
        self.detail = detail
        self.tone = tone
        self.is_open = is_open
        self.is_chosen = False
        """Whether the person has opened or closed it; then it stays so."""
        self._in_card = in_card

    def toggle(self) -> None:
        self.is_chosen = True
        self.is_open = not self.is_open
        self.rebuild()

    def body(self) -> list[Unit]:
        """What stands below the row when it is open."""
        return []

    def rebuild(self) -> None:
        spec = FoldSpec(self.key, self.title, self.detail, self.is_open, self.tone)
        fold = Unit(RowPiece(spec), in_card=self._in_card)
        self.units = [fold, *self.body()] if self.is_open else [fold]


class ThoughtSection(FoldSection):
    """Thinking: closed, for it is read rarely."""

    def __init__(self, key: int, text: str, *, is_growing: bool = False, note: str = "") -> None:
        super().__init__(key, "Thinking" if is_growing else "Thought", note, "muted", is_open=False)
        self._parts = [text]
        self._grew = False
        self.rebuild()

    def feed(self, text: str) -> None:
        self._parts.append(text)
        self._grew = True

    def update(self) -> int | None:
        if not self._grew:
            return None
        self._grew = False
        if not self.is_open:
            return None
        self.rebuild()
        return 1

    def finish(self) -> None:
        self.title = "Thought"
        self.rebuild()

    def body(self) -> list[Unit]:
        text = "".join(self._parts)
        self._parts = [text]
        units = [Unit(piece) for piece in plain_pieces(text, "m")]
        return [*units, Unit(RowPiece(GapSpec(3)))]


class CardSection(FoldSection):
    """A block that is shown as its JSON: a tool's call, its result, a picture, what is not known."""

    def __init__(self, key: int, title: str, content: Any, tone: str, *, in_card: bool = False) -> None:
        self._content = content
        self._parts: list[str] = []
        self._json: str | None = None
        self._shows_raw = False
        self._is_growing = False
        text = self.json()
        super().__init__(
            key, title, _one_line(text), tone, is_open=0 < len(text) <= OPEN_BELOW and tone == "tool", in_card=in_card
        )
        self.rebuild()

    def feed(self, text: str) -> None:
        """Take a part of arguments that are still arriving."""
        self._parts.append(text)
        self._is_growing = True

    def update(self) -> int | None:
        if not self._parts:
            return None
        self._json = self._json if self._json not in (None, "{}") else ""
        self._json = f"{self._json}{''.join(self._parts)}"
        self._parts.clear()
        self.detail = _one_line(self._json)
        self.rebuild()
        return 0

    def json(self) -> str:
        if self._json is None:
            content = self._content
            self._json = content if isinstance(content, str) else _pretty(content)
        return self._json

    def toggle_raw(self) -> None:
        self._shows_raw = not self._shows_raw
        self.rebuild()

    def body(self) -> list[Unit]:
        rows = _argument_rows(self._content) if not self._is_growing else None
        if rows is None:
            return [self._raw()]
        fold = RowPiece(FoldSpec(self.key + RAW, "JSON", "", self._shows_raw))
        units = [Unit(RowPiece(rows, self.json()), in_card=self._in_card), Unit(fold, in_card=self._in_card)]
        return [*units, self._raw()] if self._shows_raw else units

    def _raw(self) -> Unit:
        text = self.json()
        shown = text if len(text) <= LONGEST_JSON else f"{text[:LONGEST_JSON]}\n\u2026 {len(text) - LONGEST_JSON} more"
        return Unit(RowPiece(CodeSpec("json", shown), text), in_card=self._in_card)


def _argument_rows(content: Any) -> TableSpec | None:
    """A call's arguments, one a row; None where they are no object, or too many."""
    if not isinstance(content, dict) or not 0 < len(content) <= MOST_ROWS:
        return None
    rows = [(str(name), _one_line(_pretty(value))) for name, value in content.items()]
    cells = (tuple(Cell(text, (Run(0, width(text), "c"),)) for text in row) for row in rows)
    return TableSpec(((Cell("Argument"), Cell("Value")), *cells), gap=1)


def _pretty(content: Any) -> str:
    try:
        return json.dumps(content, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return repr(content)


def _one_line(text: str) -> str:
    return " ".join(pieces_of(text, 400)[0].split())


def section_of(key: int, block: Block, *, is_person: bool, is_growing: bool = False) -> Section:
    """What shows a content block; `key` is its index in the message."""
    match block:
        case TextBlock(text) if is_person:
            return PersonSection(text)
        case TextBlock(text):
            return MarkdownSection(text)
        case ThinkingBlock(thinking):
            note = "" if thinking or is_growing else "not shown by the API"
            return ThoughtSection(key, thinking, is_growing=is_growing, note=note)
        case RedactedThinkingBlock():
            return ThoughtSection(key, "", note="encrypted by the API")
        case _:
            title, content, tone = _card(block)
            return CardSection(key, title, content, tone, in_card=is_person)


def _card(block: Block) -> tuple[str, Any, str]:
    match block:
        case ToolUseBlock() | ServerToolUseBlock():
            return block.name, block.input, "tool"
        case ToolResultBlock():
            return ("Tool error" if block.is_error else "Tool result"), _result(block), "tool"
        case ServerToolResultBlock():
            return block.kind, block.content, "tool"
        case ImageBlock():
            return "Image", _source(block.source), "muted"
        case DocumentBlock():
            return block.title or "Document", _source(block.source), "muted"
        case RawBlock():
            return block.kind, block.raw, "muted"
    return "Block", repr(block), "muted"


def _result(block: ToolResultBlock) -> Any:
    if isinstance(block.content, str):
        return block.content
    return [each.text if isinstance(each, TextBlock) else _card(each)[0] for each in block.content or ()]


def _source(source: Source) -> str:
    match source:
        case Base64Source(media_type, data):
            return f"{media_type}, {len(data) * 3 // 4:,} bytes"
        case UrlSource(url):
            return url
    return type(source).__name__
