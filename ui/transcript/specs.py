"""What is to be drawn, as values: made from Markdown or from a content block, compared to find what has changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.immutable import immutable


@immutable
class Run:
    """A stretch of text that looks different. Offsets in UTF-16 units."""

    start: int
    length: int
    look: str
    """Letters: b bold, i italic, s struck out, c code, l link, m muted, q the number of a source."""
    href: str = ""
    tip: str = ""
    """What is said when it is pointed at."""


@immutable
class FormulaRun:
    """A stretch of text that is a formula's source, its signs included. Offsets in UTF-16 units."""

    start: int
    length: int
    tex: str
    is_display: bool
    """Whether it stands on its own, larger."""


@immutable
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
    formulas: tuple[FormulaRun, ...] = ()


class Lines:
    """The first lines of a text that only grows: taking such a view costs nothing, however long the text is.

    The list is shared with whoever lets it grow; what stands before `count` never changes.
    """

    __slots__ = ("_lines", "count", "pending")

    def __init__(self, lines: list[str], count: int | None = None, pending: str | None = None) -> None:
        self._lines = lines
        self.count = len(lines) if count is None else count
        self.pending = pending
        """A last line that is not complete."""

    @classmethod
    def of(cls, text: str) -> "Lines":
        return cls(text.split("\n"))

    def since(self, first: int) -> Sequence[str]:
        """The complete lines from `first` on."""
        return self._lines[first : self.count]

    def grew_from(self, earlier: "Lines") -> bool:
        """Whether all complete lines of `earlier` are the first of these."""
        return self._lines is earlier._lines and self.count >= earlier.count

    def __str__(self) -> str:
        return "\n".join(self._all())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lines):
            return NotImplemented
        if self._lines is other._lines:
            return (self.count, self.pending) == (other.count, other.pending)
        return self._all() == other._all()

    def __hash__(self) -> int:
        return hash(len(self._all()) if self.pending is None else self.count + 1)

    def _all(self) -> list[str]:
        shown = self._lines[: self.count]
        return shown if self.pending is None else [*shown, self.pending]


@dataclass(slots=True)
class CodeState:
    """What a person has chosen for a code block. It outlives the leaves, which come and go."""

    wraps: bool = False
    is_unfolded: bool = False


@immutable
class CodeSpec:
    info: str
    """The language, as the fence names it."""
    code: str | Lines
    indent: int = 0
    bars: tuple[int, ...] = ()
    gap: int = 3
    state: CodeState = field(default_factory=CodeState, compare=False)


@immutable
class Cell:
    text: str
    runs: tuple[Run, ...] = ()
    formulas: tuple[FormulaRun, ...] = ()


class Columns:
    """The first rows of a long table. They decide how wide its columns are, for all pieces that it is drawn in."""

    __slots__ = ("measured", "rows")

    def __init__(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        self.rows = tuple(rows)
        self.measured: tuple[object, list[float]] | None = None
        """A style, and the widths on one line that these rows have in it."""


@immutable
class TableSpec:
    rows: tuple[tuple[Cell, ...], ...]
    """The first is the head, unless `columns` are given: then it stands in another piece of the same table."""
    aligns: tuple[str, ...] = ()
    """Left, Center, Right or None, one for each column."""
    indent: int = 0
    bars: tuple[int, ...] = ()
    gap: int = 3
    columns: Columns | None = None


@immutable
class RuleSpec:
    indent: int = 0
    bars: tuple[int, ...] = ()
    gap: int = 3


@immutable
class HeadSpec:
    """Who speaks."""

    letter: str
    name: str
    detail: str = ""
    is_person: bool = False


@immutable
class FoldSpec:
    """A row that opens and closes what stands below it."""

    key: int
    """Index of the content block."""
    title: str
    detail: str = ""
    is_open: bool = False
    tone: str = "muted"
    """Name of the colour in the palette."""


@immutable
class PictureSpec:
    """A picture whose bytes are here. Its size is known before it is decoded, so that nothing moves when it comes."""

    data: str
    """Base64."""
    media_type: str
    """As the bytes say: one of the four that the API takes."""
    width: int
    height: int
    alt: str = ""
    """What it shows, or is called, in a person's words."""


@immutable
class ChipSpec:
    """What stands for a document, or for a picture that is not here or cannot be shown."""

    title: str
    detail: str = ""
    href: str = ""
    """Where it is, if that is an address. It is only ever opened by a click."""
    is_document: bool = True
    data: str = ""
    """What it holds, where that is here: a click opens it."""


@dataclass(slots=True)
class PictureState:
    """Which pictures a person has made large, by their place. It outlives the leaves."""

    large: set[int] = field(default_factory=set)


@immutable
class AttachmentsSpec:
    """Pictures and documents, side by side as far as there is room."""

    tiles: tuple[PictureSpec | ChipSpec, ...]
    gap: int = 3
    state: PictureState = field(default_factory=PictureState, compare=False)


class NoteKind(StrEnum):
    PHASE = "phase"
    STOPPED = "stopped"
    FAILED = "failed"


@immutable
class NoteSpec:
    """A line below an answer that says how it stands."""

    kind: NoteKind
    text: str
    more: tuple[str, ...] = ()
    """Further sentences, one a line."""
    actions: tuple[str, ...] = ()
    """Names of the acts that are offered below."""
    details: str = ""
    """What only an expert asks for, one `Name: value` a line."""


@immutable
class GapSpec:
    height: int
    """In units of the window's spacing."""


Flow = TextSpec | CodeSpec | TableSpec | RuleSpec
Spec = Flow | HeadSpec | FoldSpec | NoteSpec | GapSpec | AttachmentsSpec
