"""What is to be drawn, as values: made from Markdown or from a content block, compared to find what has changed."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that looks different. Offsets in UTF-16 units."""

    start: int
    length: int
    look: str
    """Letters: b bold, i italic, s struck out, c code, l link, m muted."""
    href: str = ""


@dataclass(frozen=True, slots=True)
class TextSpec:
    """A paragraph, a heading or the text of a list item."""

    text: str
    runs: tuple[Run, ...] = ()
    level: int = 0
    """Of a heading, from 1; 0 for other text."""
    indent: int = 0
    """Steps to the right: one for each list or quote around it."""
    bars: tuple[int, ...] = ()
    """For each quote around it, the step at which its bar stands."""
    marker: str = ""
    """A list item's bullet or number."""
    gap: int = 3
    """Below, in units of the window's spacing."""
    look: str = ""
    """Of all the text: m muted, c code."""


@dataclass(frozen=True, slots=True)
class CodeSpec:
    info: str
    """The language, as the fence names it."""
    code: str
    indent: int = 0
    bars: tuple[int, ...] = ()
    gap: int = 3


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSpec:
    rows: tuple[tuple[Cell, ...], ...]
    """The first is the head."""
    aligns: tuple[str, ...] = ()
    """Left, Center, Right or None, one for each column."""
    indent: int = 0
    bars: tuple[int, ...] = ()
    gap: int = 3


@dataclass(frozen=True, slots=True)
class RuleSpec:
    indent: int = 0
    bars: tuple[int, ...] = ()
    gap: int = 3


@dataclass(frozen=True, slots=True)
class HeadSpec:
    """Who speaks."""

    letter: str
    name: str
    detail: str = ""
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class FoldSpec:
    """A row that opens and closes what stands below it."""

    key: int
    """Index of the content block."""
    title: str
    detail: str = ""
    is_open: bool = False
    tone: str = "muted"
    """Name of the colour in the palette."""


class NoteKind(StrEnum):
    PHASE = "phase"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NoteSpec:
    """A line below an answer that says how it stands."""

    kind: NoteKind
    text: str
    more: tuple[str, ...] = ()
    """Further sentences, one a line."""
    can_retry: bool = False


@dataclass(frozen=True, slots=True)
class GapSpec:
    height: int
    """In units of the window's spacing."""


Flow = TextSpec | CodeSpec | TableSpec | RuleSpec
Spec = Flow | HeadSpec | FoldSpec | NoteSpec | GapSpec
