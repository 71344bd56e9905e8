"""Rows that open: thinking, tool calls, what tools answered, and blocks that are shown as their JSON."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from app.domain.blocks import Block, DocumentBlock, ImageBlock, TextBlock, ToolResultBlock
from ui.transcript.characters import pieces_of, width
from ui.transcript.links import is_safe
from ui.transcript.markdown.pieces import PlainPiece, plain_pieces
from ui.transcript.sections.base import Section
from ui.transcript.sections.media import attachments_of, describe
from ui.transcript.specs import Cell, CodeSpec, FoldSpec, GapSpec, Run, Spec, TableSpec, TextSpec
from ui.transcript.units import RowPiece, Unit

OPEN_BELOW: Final = 400
"""Characters of JSON that a card shows without being asked."""
RAW: Final = 1 << 20
"""Added to a section's key: its JSON is meant."""
MOST_ROWS: Final = 60
"""Arguments that are shown as rows; a call with more is shown as its JSON."""
LONGEST_JSON: Final = 200_000
"""Characters of JSON that a card shows at all; the wire view has the rest."""


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

    @property
    def is_closed(self) -> bool:
        return not self.is_open

    def toggle(self) -> None:
        self.is_chosen = True
        self.is_open = not self.is_open
        self.rebuild()

    def body(self) -> list[Unit]:
        """What stands below the row when it is open."""
        return []

    def rebuild(self) -> None:
        fold = self.row(FoldSpec(self.key, self.title, self.detail, self.is_open, self.tone))
        self.show([fold, *self.body()] if self.is_open else [fold])

    def row(self, spec: Spec, source: str = "") -> Unit:
        return Unit(RowPiece(spec, source), in_card=self._in_card)

    def code(self, info: str, text: str) -> Unit:
        """Text as code, not all of it if it is very long."""
        shown = text if len(text) <= LONGEST_JSON else f"{text[:LONGEST_JSON]}\n\u2026 {len(text) - LONGEST_JSON} more"
        return self.row(CodeSpec(info, shown), text)


class ThoughtSection(FoldSection):
    """Thinking: closed, for it is read rarely."""

    def __init__(
        self,
        key: int,
        text: str,
        *,
        is_growing: bool = False,
        note: str = "",
        took_ms: int | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(key, "Thinking" if is_growing else thought_title(took_ms), note, "muted", is_open=False)
        self._parts = [text] if text else []
        """What has come and is in no piece yet."""
        self._pieces: list[PlainPiece] = []
        self._monotonic = monotonic
        self._since = monotonic() if is_growing else None
        self.rebuild()

    def feed(self, text: str) -> None:
        self._parts.append(text)

    def update(self) -> int | None:
        """What is open grows at its end only, however long it is."""
        first = super().update()
        if not self._parts or not self.is_open:
            return first
        at = max(1, len(self.units) - 2)
        self.units[at:] = [*self._thoughts(), self.row(GapSpec(3))]
        return at if first is None else first

    def end_block(self) -> None:
        if self._since is not None:
            self.title = thought_title(round((self._monotonic() - self._since) * 1000))
            self._since = None
            self.rebuild()

    def finish(self) -> None:
        if self._since is not None:  # it was cut
            self.title, self._since = thought_title(None), None
        self.rebuild()

    def body(self) -> list[Unit]:
        self._parts, self._pieces = ["".join((*(each.source for each in self._pieces), *self._parts))], []
        return [*self._thoughts(), self.row(GapSpec(3))]

    def _thoughts(self) -> list[Unit]:
        """Units of what has come since, with the last of those before, which goes on."""
        last = self._pieces.pop().source if self._pieces else ""
        new = list(plain_pieces(last + "".join(self._parts), "m"))
        self._pieces += new
        self._parts.clear()
        return [Unit(piece) for piece in new]


def thought_title(took_ms: int | None) -> str:
    """What a finished thought is called, with its time where that is known."""
    if took_ms is None:
        return "Thought"
    seconds = round(took_ms / 1000)
    if seconds < 1:
        return "Thought for less than a second"
    minutes, left = divmod(seconds, 60)
    parts = (f"{minutes} min" if minutes else "", f"{left} s" if left or not minutes else "")
    return f"Thought for {' '.join(part for part in parts if part)}"


class CardSection(FoldSection):
    """A block that is shown as its JSON: a tool's call, what is not known."""

    def __init__(self, key: int, title: str, content: Any, tone: str, *, in_card: bool = False) -> None:
        self._content = content
        self._parts: list[str] = []
        self._json: str | None = None
        self._shows_raw = False
        self._is_growing = False
        text = self.json()
        super().__init__(
            key, title, one_line(text), tone, is_open=0 < len(text) <= OPEN_BELOW and tone == "tool", in_card=in_card
        )
        self.rebuild()

    def feed(self, text: str) -> None:
        """Take a part of arguments that are still arriving."""
        self._parts.append(text)
        self._is_growing = True

    def update(self) -> int | None:
        if self._parts:
            self._json = self._json if self._json not in (None, "{}") else ""
            self._json = f"{self._json}{''.join(self._parts)}"
            self._parts.clear()
            self.detail = one_line(self._json)
            self.rebuild()
        return super().update()

    def json(self) -> str:
        if self._json is None:
            content = self._content
            self._json = content if isinstance(content, str) else pretty(content)
        return self._json

    @property
    def has_more(self) -> bool:
        return not self._shows_raw and not self._is_growing and bool(self.readable_rows())

    def toggle_raw(self) -> None:
        self._shows_raw = not self._shows_raw
        self.rebuild()

    def body(self) -> list[Unit]:
        rows = self.readable_rows() if not self._is_growing else []
        if not rows:
            return [self.code("json", self.json())]
        units = [*rows, self.row(FoldSpec(self.key + RAW, "JSON", "", self._shows_raw))]
        return [*units, self.code("json", self.json())] if self._shows_raw else units

    def readable_rows(self) -> list[Unit]:
        """The content as a person reads it; empty where only JSON can show it."""
        content = self._content
        if not isinstance(content, dict) or not 0 < len(content) <= MOST_ROWS:
            return []
        rows = [(str(name), one_line(pretty(value))) for name, value in content.items()]
        cells = (tuple(Cell(text, (Run(0, width(text), "c"),)) for text in row) for row in rows)
        return [self.row(TableSpec(((Cell("Argument"), Cell("Value")), *cells), gap=2), self.json())]


class SearchResultsSection(CardSection):
    """What the API's own search found: titles that lead to their pages."""

    def __init__(self, key: int, title: str, content: Any, tone: str, *, in_card: bool = False) -> None:
        super().__init__(key, title, content, tone, in_card=in_card)
        count = len(pages_of(content))
        self.detail, self.is_open = "1 page" if count == 1 else f"{count} pages", False
        self.rebuild()

    def readable_rows(self) -> list[Unit]:
        return [self.row(_page_line(each)) for each in pages_of(self._content)]


def pages_of(content: Any) -> Sequence[Mapping[str, Any]]:
    """The pages in a search's answer, few enough to be listed; empty where it holds something else."""
    if not isinstance(content, list) or not 0 < len(content) <= MOST_ROWS:
        return ()
    pages = [each for each in content if isinstance(each, Mapping) and is_safe(str(each.get("url", "")))]
    return pages if len(pages) == len(content) else ()


def _page_line(page: Mapping[str, Any]) -> TextSpec:
    address = str(page["url"])
    title = one_line(str(page.get("title") or address))
    age = one_line(str(page.get("page_age") or ""))
    text = f"{title} \u00b7 {age}" if age else title
    return TextSpec(text, (Run(0, width(title), "l", address), Run(width(title), width(text), "m")), indent=1, gap=1)


class ToolResultSection(FoldSection):
    """What a tool answered: text, pictures and documents, in order."""

    def __init__(self, key: int, block: ToolResultBlock, *, in_card: bool = False) -> None:
        self._parts = parts_of(block)
        seen = [part for part in self._parts if not isinstance(part, str)]
        texts = "".join(part for part in self._parts if isinstance(part, str))
        super().__init__(
            key,
            "Tool error" if block.is_error else "Tool result",
            one_line(texts) or ", ".join(map(describe, seen)) or "empty",
            "error" if block.is_error else "tool",
            is_open=bool(seen) or 0 < len(texts) <= OPEN_BELOW,
            in_card=in_card,
        )
        self.rebuild()

    def body(self) -> list[Unit]:
        units: list[Unit] = []
        for part in self._parts:
            if isinstance(part, str):
                units.append(self.code("json" if part.lstrip()[:1] in ("{", "[") else "text", part))
            else:
                units.append(self.row(attachments_of([part])))
        return units


def parts_of(block: ToolResultBlock) -> list[str | ImageBlock | DocumentBlock]:
    """Texts, pictures and documents; whatever else there is, as JSON."""
    content = (TextBlock(block.content),) if isinstance(block.content, str) else block.content or ()
    return [part for each in content if (part := _part_of(each))]


def _part_of(block: Block) -> str | ImageBlock | DocumentBlock:
    match block:
        case TextBlock(text):
            return text
        case ImageBlock() | DocumentBlock():
            return block
    return pretty(getattr(block, "raw", None) or repr(block))


def pretty(content: Any) -> str:
    """JSON as it is read, or whatever Python says of it."""
    try:
        return json.dumps(content, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return repr(content)


def one_line(text: str) -> str:
    """The beginning of a text, on one line."""
    return " ".join(pieces_of(text, 400)[0].split())
