"""Markdown source to what is drawn, by way of pyromark's events.

Nothing is ever loaded: an image is its description and its host. HTML is text. Formulae are their source. Reading is a
loop and no recursion, so nesting costs nothing; indentation stops growing at `MAX_STEPS`.

Space stands below the text of a list where a blank line was written. CommonMark spaces a whole list as its loosest
item, which would move what was read long ago.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from app.immutable import immutable
from ui.transcript.characters import BREAK, width
from ui.transcript.markdown.parsing import events
from ui.transcript.specs import Cell, CodeSpec, Columns, Flow, FormulaRun, RuleSpec, Run, TableSpec, TextSpec

MAX_STEPS: Final = 10
LOOKS: Final = {"Strong": "b", "Emphasis": "i", "Strikethrough": "s"}
PARAGRAPH_GAP: Final = 3
ITEM_GAP: Final = 1

_ADDRESS = re.compile(r"https?://[^\s<>\"`\u2028]+")
_FOOTNOTE = re.compile(r"\[\^[^\s\]^]{1,99}\]")
_BLANK_BELOW = re.compile(rb"[^\n]*\n[ \t>]*\n")
_PREFIX = re.compile(r"\n[ \t>]*")
_BLOCKS: Final = frozenset({"Paragraph", "Heading", "Item", "List", "BlockQuote", "TableCell", "FootnoteDefinition"})


class Ending(StrEnum):
    """How the text goes on behind a piece."""

    CLOSED = "closed"
    """With another block."""
    CUT = "cut"
    """In the same block, with another item or paragraph."""
    SEALED = "sealed"
    """In the same paragraph or table, with no space between."""


@immutable
class Context:
    """What stands before a piece, as far as the piece's meaning depends on it."""

    opening: str = ""
    """Markdown that opens the same containers. Nothing of it is drawn."""
    numbers: tuple[int | None, ...] = ()
    """For each list that is open, the number of the first item; None for bullets."""
    columns: Columns | None = None
    """Of the table that goes on."""


TOP: Final = Context()
SEALED: Final = "`.`"
"""Ends a context: stands for the part of a paragraph that was sealed, as what follows cannot change."""


def specs_of(source: str, context: Context = TOP, ending: Ending = Ending.CLOSED) -> tuple[Flow, ...]:
    """What a piece of Markdown looks like."""
    return _Reader(source, context).read(ending)


def host_of(address: str) -> str:
    """What to call a target that is not fetched."""
    try:
        parts = urlsplit(address)
        return parts.hostname or parts.scheme or "local"
    except ValueError:
        return "unreadable address"


def _pair(event: Mapping[str, Any]) -> tuple[str, Any]:
    """An event's kind and what it carries: it is an object with one entry."""
    ((kind, value),) = event.items()
    return kind, value


def _begins_or_ends_block(event: Any) -> bool:
    if isinstance(event, str):
        return event == "Rule"
    kind, value = _pair(event)
    name = value if isinstance(value, str) else next(iter(value), "") if isinstance(value, dict) else ""
    return kind in ("Start", "End") and name in _BLOCKS


class _Line:
    """Text that is being gathered, with the looks of its stretches."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.runs: list[Run] = []
        self.formulas: list[FormulaRun] = []
        self.length = 0

    def add(self, text: str, look: str = "", href: str = "") -> None:
        length = width(text)
        if look and length:
            self.runs.append(Run(self.length, length, look, href))
        self.parts.append(text)
        self.length += length

    def take(self) -> tuple[str, tuple[Run, ...]]:
        text, runs = "".join(self.parts), tuple(self.runs)
        self.parts, self.runs, self.formulas, self.length = [], [], [], 0
        if "http" in text or "[^" in text:
            runs = _with_found(text, runs)
        return text, runs


def _with_found(text: str, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Bare addresses become links, footnotes' marks are muted, where nothing else has claimed the place.

    The parser takes a footnote's mark for one only where the note is known, which may come much later.
    """
    taken = [(run.start, run.start + run.length) for run in runs if "l" in run.look or "c" in run.look]
    found: list[Run] = []
    for pattern, look in ((_ADDRESS, "l"), (_FOOTNOTE, "m")):
        for each in pattern.finditer(text):
            matched = each[0].rstrip(".,;:!?)'*_]") if look == "l" else each[0]
            start = width(text[: each.start()])
            end = start + width(matched)
            if not any(start < other_end and other < end for other, other_end in taken):
                found.append(Run(start, end - start, look, matched if look == "l" else ""))
    return (*runs, *found)


class _Reader:
    def __init__(self, source: str, context: Context) -> None:
        self._source = (context.opening + source).encode()
        self._events: list[Any] = list(events(context.opening + source))
        self._before = len(context.opening.encode())
        """Bytes of the context: what lies there opens containers and is not drawn."""
        self._known_numbers = list(context.numbers)
        self._columns = context.columns
        self._formulas: list[tuple[int, int]] = []
        """Bytes that are taken as formulae, whatever the parser sees in them."""
        self._unclosed = {""}
        """Ends of formulae that do not come any more in this text."""
        self._end = 0
        """Of the inline text that was read last, in bytes."""
        self._out: list[Flow] = []
        self._line = _Line()
        self._looks: list[str] = []
        self._href = ""
        self._images: list[str] = []
        self._containers: list[str] = []
        """q for a quote, l for a list."""
        self._numbers: list[int | None] = []
        self._marker = ""
        self._level = 0
        self._code: list[str] | None = None
        self._info = ""
        self._rows: list[list[Cell]] = []
        self._is_sealed = context.opening.endswith(SEALED)
        """Whether the text goes on one that was sealed: the space between belongs to neither."""
        self._aligns: tuple[str, ...] = ()

    def read(self, ending: Ending) -> tuple[Flow, ...]:
        for number, (event, where) in enumerate(self._events):
            kind, value = (event, None) if isinstance(event, str) else _pair(event)
            self._take(number, kind, value, where)
        self._flush()
        if self._before:
            return ()
        if self._out and ending is not Ending.CUT:
            gap = PARAGRAPH_GAP if ending is Ending.CLOSED else 0
            if self._out[-1].gap != gap:
                self._out[-1] = replace(self._out[-1], gap=gap)
        return tuple(self._out)

    def _take(self, number: int, kind: str, value: Any, where: Mapping[str, int]) -> None:
        start, end = where["start"], where["end"]
        if self._before and start >= self._before and kind != "End":
            self._pass_context()
        if any(first <= start < last for first, last in self._formulas):
            return
        if kind == "Text" and self._is_math_escape(value, start):
            self._bracketed(number, start, value)
        elif kind == "InlineMath" and self._is_money(end):
            self._text(f"${value}$")
        else:
            self._handle(kind, value)
        if kind in _LEAVES:
            self._end = max(self._end, end)
        elif kind == "Start" and value == "Item":
            self._end = start

    def _handle(self, kind: str, value: Any) -> None:
        if kind == "Start":
            self._start(value)
        elif kind == "End":
            self._end_of(value)
        elif kind in _LEAVES:
            _LEAVES[kind](self, value)

    def _pass_context(self) -> None:
        """What was read so far belongs to the context."""
        self._before = 0
        self._line.take()
        self._out.clear()
        self._rows.clear()
        self._marker = ""
        self._level = 0

    # ---- formulae

    def _is_math_escape(self, text: str, at: int) -> bool:
        """Whether a bracket's backslash begins or ends a formula; the parser takes it for an escape."""
        if text[:1] not in ("(", ")", "[", "]") or self._code is not None:
            return False
        before = self._source[max(0, at - 32) : at]
        return (len(before) - len(before.rstrip(b"\\"))) % 2 == 1

    def _is_money(self, end: int) -> bool:
        """Whether a digit follows, as in "$5 or $6"."""
        return self._source[end : end + 1].isdigit()

    def _bracketed(self, number: int, start: int, said: str) -> None:
        """A formula in `\\(…\\)` or `\\[…\\]`, if its end stands in the same text; else what was written."""
        close = {"(": ")", "[": "]"}.get(said[0], "")
        found = self._closing(number, close) if close not in self._unclosed else None
        if found is None:
            self._unclosed.add(close)
            self._text("\\" + said)
            return
        text, where = found
        tex = self._source[start + 1 : where["start"] - 1].decode()
        self._formula("\\" + said[0], _PREFIX.sub("\n", tex), "\\" + close)
        self._text(text[1:])
        self._formulas.append((start, where["end"]))

    def _closing(self, number: int, close: str) -> tuple[str, Mapping[str, int]] | None:
        """The text that begins with a formula's end, behind an event and in the same block."""
        for event, where in itertools.islice(self._events, number + 1, None):
            if _begins_or_ends_block(event):
                return None
            text: str = event.get("Text", "") if isinstance(event, dict) else ""
            if text[:1] == close and self._is_math_escape(text, where["start"]):
                return text, where
        return None

    def _formula(self, left: str, tex: str, right: str) -> None:
        source = f"{left}{tex}{right}".replace("\n", BREAK)
        is_display = left in ("$$", "\\[")
        self._line.formulas.append(FormulaRun(self._line.length, width(source), tex.strip(), is_display))
        self._say(source, "c")

    def _start(self, value: Any) -> None:
        name, details = (value, None) if isinstance(value, str) else next(iter(value.items()))
        if name in LOOKS:
            self._looks.append(LOOKS[name])
        elif name in _STARTS:
            _STARTS[name](self, details)

    def _end_of(self, value: Any) -> None:
        name = value if isinstance(value, str) else next(iter(value))
        if name in LOOKS:
            self._looks.remove(LOOKS[name])
        elif name in _ENDS:
            _ENDS[name](self)

    # ---- text

    def _say(self, text: str, look: str = "") -> None:
        if self._is_sealed and not self._before:
            self._is_sealed = False
            text = text.lstrip(" ")
        self._line.add(text, "".join(sorted({*self._looks, *look})), self._href)

    def _text(self, text: str) -> None:
        if self._code is not None:
            self._code.append(text)
        else:
            self._say(text)

    def _task(self, done: bool) -> None:
        self._marker = "\u2611" if done else "\u2610"

    @property
    def _steps(self) -> int:
        return min(len(self._containers), MAX_STEPS)

    @property
    def _bars(self) -> tuple[int, ...]:
        return tuple(at for at, kind in enumerate(self._containers[:MAX_STEPS]) if kind == "q")

    def _flush(self) -> None:
        """End a line of text, if one is being gathered."""
        formulas = tuple(self._line.formulas)
        text, runs = self._line.take()
        if text.strip() or self._marker:
            text, gap = text.rstrip(BREAK), self._gap() if text.strip() else ITEM_GAP
            spec = TextSpec(text, runs, self._level, self._steps, self._bars, self._marker, gap, formulas=formulas)
            self._out.append(spec)
            self._marker = ""
        self._level = 0
        self._formulas.clear()
        self._unclosed = {""}

    def _end_cell(self) -> None:
        formulas = tuple(self._line.formulas)
        self._rows[-1].append(Cell(*self._line.take(), formulas))
        self._formulas.clear()

    def _gap(self) -> int:
        """Below the text that ends here."""
        if not self._numbers:
            return PARAGRAPH_GAP
        return PARAGRAPH_GAP - 1 if _BLANK_BELOW.match(self._source, self._end) else ITEM_GAP

    def _start_heading(self, details: Mapping[str, Any]) -> None:
        self._level = int(str(details["level"])[1:])

    def _rule(self, _: None) -> None:
        self._flush()
        self._out.append(RuleSpec(self._steps, self._bars))

    # ---- links

    def _start_link(self, details: Mapping[str, Any]) -> None:
        self._looks.append("l")
        self._href = details["dest_url"]

    def _end_link(self) -> None:
        self._looks.remove("l")
        self._href = ""

    def _start_image(self, details: Mapping[str, Any]) -> None:
        self._images.append(details["dest_url"])
        self._looks.append("m")
        self._say("[Image: ")

    def _end_image(self) -> None:
        self._say(f" \u00b7 {host_of(self._images.pop())}]")
        self._looks.remove("m")

    # ---- containers

    def _open(self, kind: str) -> None:
        self._flush()
        self._containers.append(kind)

    def _close(self) -> None:
        self._flush()
        self._containers.pop()

    def _start_list(self, first: int | None) -> None:
        self._open("l")
        self._numbers.append(self._known_numbers.pop(0) if self._known_numbers else first)

    def _end_list(self) -> None:
        self._close()
        self._numbers.pop()

    def _start_item(self, _: None) -> None:
        number = self._numbers[-1]
        self._marker = "\u2022" if number is None else f"{number}."
        if number is not None:
            self._numbers[-1] = number + 1

    def _end_item(self) -> None:
        self._flush()

    def _start_footnote(self, label: str) -> None:
        self._open("l")
        self._marker = f"[^{label}]"

    # ---- code and tables

    def _start_code(self, details: Any) -> None:
        self._flush()
        self._code = []
        self._info = details.get("Fenced", "") if isinstance(details, dict) else ""

    def _end_code(self) -> None:
        code = "".join(self._code or ())
        self._out.append(CodeSpec(self._info, code.removesuffix("\n"), self._steps, self._bars))
        self._code = None

    def _start_table(self, aligns: Any) -> None:
        self._flush()
        self._rows = []
        self._aligns = tuple(str(each) for each in aligns or ())

    def _end_table(self) -> None:
        rows = tuple(tuple(row) for row in self._rows)
        if rows and not self._before:
            self._out.append(TableSpec(rows, self._aligns, self._steps, self._bars, columns=self._columns))
        self._columns = None

    def _start_row(self, _: None) -> None:
        self._rows.append([])


# of the class, for a reader that held its own methods would wait for the garbage collector, with all that it has read
_LEAVES: Final[dict[str, Callable[[_Reader, Any], None]]] = {
    "Text": _Reader._text,
    "Code": lambda reader, text: reader._say(text, "c"),
    "InlineMath": lambda reader, tex: reader._formula("$", tex, "$"),
    "DisplayMath": lambda reader, tex: reader._formula("$$", tex, "$$"),
    "Html": lambda reader, text: reader._say(text.replace("\n", BREAK)),
    "InlineHtml": _Reader._say,
    "FootnoteReference": lambda reader, label: reader._say(f"[^{label}]"),
    "TaskListMarker": _Reader._task,
    "SoftBreak": lambda reader, _: reader._say(" "),
    "HardBreak": lambda reader, _: reader._say(BREAK),
    "Rule": _Reader._rule,
}
_STARTS: Final[dict[str, Callable[[_Reader, Any], None]]] = {
    "Heading": _Reader._start_heading,
    "Link": _Reader._start_link,
    "Image": _Reader._start_image,
    "CodeBlock": _Reader._start_code,
    "List": _Reader._start_list,
    "Item": _Reader._start_item,
    "BlockQuote": lambda reader, _: reader._open("q"),
    "HtmlBlock": lambda reader, _: reader._flush(),
    "FootnoteDefinition": _Reader._start_footnote,
    "Table": _Reader._start_table,
    "TableHead": _Reader._start_row,
    "TableRow": _Reader._start_row,
}
_ENDS: Final[dict[str, Callable[[_Reader], None]]] = {
    "Paragraph": _Reader._flush,
    "Heading": _Reader._flush,
    "HtmlBlock": _Reader._flush,
    "Link": _Reader._end_link,
    "Image": _Reader._end_image,
    "CodeBlock": _Reader._end_code,
    "List": _Reader._end_list,
    "Item": _Reader._end_item,
    "BlockQuote": _Reader._close,
    "FootnoteDefinition": _Reader._close,
    "TableCell": _Reader._end_cell,
    "Table": _Reader._end_table,
}
