"""Markdown source to what is drawn, by way of pyromark's events.

Nothing is ever loaded: an image is its description and its host. HTML is text. Formulae are their source. Reading is a
loop and no recursion, so nesting costs nothing; indentation stops growing at `MAX_STEPS`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

import pyromark

from ui.transcript.characters import BREAK, width
from ui.transcript.specs import Cell, CodeSpec, Flow, RuleSpec, Run, TableSpec, TextSpec

MAX_STEPS: Final = 10
OPTIONS: Final = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_MATH
    | pyromark.Options.ENABLE_FOOTNOTES
)
LOOKS: Final = {"Strong": "b", "Emphasis": "i", "Strikethrough": "s"}
PARAGRAPH_GAP: Final = 3
ITEM_GAP: Final = 1

_ADDRESS = re.compile(r"https?://[^\s<>\"`\u2028]+")
_MATH = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)


def specs_of(source: str) -> tuple[Flow, ...]:
    """What a piece of Markdown looks like."""
    return _Reader(source).read()


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


class _Line:
    """Text that is being gathered, with the looks of its stretches."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.runs: list[Run] = []
        self.length = 0

    def add(self, text: str, look: str = "", href: str = "") -> None:
        length = width(text)
        if look and length:
            self.runs.append(Run(self.length, length, look, href))
        self.parts.append(text)
        self.length += length

    def take(self) -> tuple[str, tuple[Run, ...]]:
        text, runs = "".join(self.parts), tuple(self.runs)
        self.parts, self.runs, self.length = [], [], 0
        if "http" in text or "\\" in text:
            runs = _with_found(text, runs)
        return text, runs


def _with_found(text: str, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Bare addresses become links, `\\(…\\)` becomes a formula, where nothing else has claimed the place."""
    taken = [(run.start, run.start + run.length) for run in runs if "l" in run.look or "c" in run.look]
    found: list[Run] = []
    for pattern, look in ((_ADDRESS, "l"), (_MATH, "c")):
        for each in pattern.finditer(text):
            matched = each[0].rstrip(".,;:!?)'*_]") if look == "l" else each[0]
            start = width(text[: each.start()])
            end = start + width(matched)
            if not any(start < other_end and other < end for other, other_end in taken):
                found.append(Run(start, end - start, look, matched if look == "l" else ""))
    return (*runs, *found)


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source.encode()
        self._events = pyromark.events_with_range(source, options=OPTIONS)
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
        self._aligns: tuple[str, ...] = ()
        self._leaves: dict[str, Callable[[Any], None]] = {
            "Text": self._text,
            "Code": lambda text: self._say(text, "c"),
            "InlineMath": lambda text: self._say(f"${text}$", "c"),
            "DisplayMath": lambda text: self._say(f"$${text}$$".replace("\n", BREAK), "c"),
            "Html": lambda text: self._say(text.replace("\n", BREAK)),
            "InlineHtml": self._say,
            "FootnoteReference": lambda label: self._say(f"[^{label}]", "m"),
            "TaskListMarker": self._task,
            "SoftBreak": lambda _: self._say(" "),
            "HardBreak": lambda _: self._say(BREAK),
            "Rule": self._rule,
        }
        self._starts: dict[str, Callable[[Any], None]] = {
            "Heading": self._start_heading,
            "Link": self._start_link,
            "Image": self._start_image,
            "CodeBlock": self._start_code,
            "List": self._start_list,
            "Item": self._start_item,
            "BlockQuote": lambda _: self._open("q"),
            "FootnoteDefinition": self._start_footnote,
            "Table": self._start_table,
            "TableHead": lambda _: self._rows.append([]),
            "TableRow": lambda _: self._rows.append([]),
        }
        self._ends: dict[str, Callable[[], None]] = {
            "Paragraph": self._end_paragraph,
            "Heading": self._flush,
            "HtmlBlock": self._flush,
            "Link": self._end_link,
            "Image": self._end_image,
            "CodeBlock": self._end_code,
            "List": self._end_list,
            "Item": self._end_item,
            "BlockQuote": self._close,
            "FootnoteDefinition": self._close,
            "TableCell": lambda: self._rows[-1].append(Cell(*self._line.take())),
            "Table": self._end_table,
        }

    def read(self) -> tuple[Flow, ...]:
        for event, where in self._events:
            if isinstance(event, str):
                self._leaves[event](None)
                continue
            kind, value = _pair(event)
            if kind == "Start":
                self._start(value)
            elif kind == "End":
                self._end(value)
            elif kind == "Text" and self._is_math_escape(value, where["start"]):
                self._text("\\" + value)
            elif kind in self._leaves:
                self._leaves[kind](value)
        self._flush()
        if self._out:
            self._out[-1] = replace(self._out[-1], gap=PARAGRAPH_GAP)
        return tuple(self._out)

    def _is_math_escape(self, text: str, at: int) -> bool:
        """Whether a bracket's backslash begins or ends a formula; the parser takes it for an escape."""
        return text[:1] in ("(", ")", "[", "]") and at > 0 and self._source[at - 1] == ord("\\") and self._code is None

    def _start(self, value: Any) -> None:
        name, details = (value, None) if isinstance(value, str) else next(iter(value.items()))
        if name in LOOKS:
            self._looks.append(LOOKS[name])
        elif name in self._starts:
            self._starts[name](details)

    def _end(self, value: Any) -> None:
        name = value if isinstance(value, str) else next(iter(value))
        if name in LOOKS:
            self._looks.remove(LOOKS[name])
        elif name in self._ends:
            self._ends[name]()

    # ---- text

    def _say(self, text: str, look: str = "") -> None:
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

    def _flush(self, gap: int | None = None) -> None:
        """End a line of text, if one is being gathered."""
        text, runs = self._line.take()
        if text.strip() or self._marker:
            tight = ITEM_GAP if self._numbers else PARAGRAPH_GAP
            spec = TextSpec(text.rstrip(BREAK), runs, self._level, self._steps, self._bars, self._marker)
            self._out.append(replace(spec, gap=tight if gap is None else gap))
            self._marker = ""
        self._level = 0

    def _end_paragraph(self) -> None:
        self._flush(PARAGRAPH_GAP - 1 if self._numbers else PARAGRAPH_GAP)

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
        self._numbers.append(first)

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
        self._out.append(TableSpec(rows, self._aligns, self._steps, self._bars))
