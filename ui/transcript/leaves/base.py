"""What every leaf can do. Coordinates are those of the column: x from its left edge, y from the leaf's own top."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Final, Self

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout, QTextOption

from app.immutable import immutable
from ui.transcript.characters import MARK, marked
from ui.transcript.specs import PictureSpec, Run
from ui.transcript.style import Style

Selection = tuple[int, int]
"""From and to, in the leaf's own offsets."""
UNBOUNDED: Final = 1 << 30
MOST_RUNS: Final = 800
"""Stretches of one paragraph that look different; what comes after is plain, for shaping pays for each."""
WRAP: Final = QTextOption()
WRAP.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
WRAP.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
WRAP_LEFTWARDS: Final = QTextOption(Qt.AlignmentFlag.AlignRight)
"""For texts that run to the left: a layout turns nothing round by itself."""
WRAP_LEFTWARDS.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
WRAP_LEFTWARDS.setTextDirection(Qt.LayoutDirection.RightToLeft)
NO_WRAP: Final = QTextOption()
NO_WRAP.setWrapMode(QTextOption.WrapMode.NoWrap)


@immutable
class Act:
    """What a click does, besides selecting."""

    name: str
    """copy, fold, retry, link, cite; wrap, unfold, enlarge and details, which the leaf performs itself."""
    value: str = ""
    doer: "Leaf | None" = None
    """The leaf that performs it itself."""


class Leaf(ABC):
    """A piece of the transcript that is shaped and drawn as one.

    `height` is whole pixels and valid after `layout`. Offsets grow with the text; `end` is the last.
    """

    is_text = True
    """Whether it can be selected."""

    def __init__(self) -> None:
        self.y = 0
        """From the top of the block."""
        self.height = 0

    @property
    def end(self) -> int:
        return 0

    @property
    def lead(self) -> str:
        """What stands before the text in words, and is no part of it: a list item's mark."""
        return ""

    @property
    def bars(self) -> tuple[int, ...]:
        """For each quote around it, the step at which its bar stands."""
        return ()

    @property
    def edge(self) -> int | None:
        """The right edge, if everything is turned round because the text runs to the left."""
        return None

    def has_formulas(self) -> bool:
        """Whether the leaf looks different once formulae have come."""
        return False

    def grow_from(self, _earlier: Self) -> bool:
        """Take over what an earlier state of the same text has shaped at the same width; before `layout`.

        Whether it was one. The earlier leaf is not used any more then.
        """
        return False

    @abstractmethod
    def layout(self, width: int, style: Style) -> None:
        """Shape it for a width in pixels, and know its height."""

    def rows_like(self, _earlier: Self) -> int:
        """How many pixels from its top look as in another leaf, one that may have been an earlier state of it."""
        return 0

    @abstractmethod
    def paint(self, painter: QPainter, clip: QRectF, style: Style, selection: Selection | None) -> None:
        """Draw; the painter's origin is the leaf's top left corner, `clip` is given in the same coordinates."""

    def hit(self, _x: float, _y: float) -> int:
        """The offset nearest to a point."""
        return 0

    def act_at(self, _x: float, _y: float) -> Act | None:
        return None

    def picture_at(self, _x: float, _y: float) -> PictureSpec | None:
        """The picture under a point."""
        return None

    def perform(self, _act: Act) -> bool:
        """Do what was clicked, where that only concerns how this leaf looks. Whether its height may be another."""
        return False

    def reveal(self, _offset: int) -> bool:
        """Bring an offset to where it is drawn, if it is folded away or at the side. Whether the height may change."""
        return False

    def word_at(self, offset: int) -> Selection:
        """The word around an offset."""
        return offset, offset

    @abstractmethod
    def text(self, start: int = 0, end: int = UNBOUNDED) -> str:
        """The source's characters between two offsets, not the marks that are drawn for them."""

    def stretches(self) -> Iterable[tuple[int, str]]:
        """The text in stretches whose offsets are in a row: where each begins, in the leaf's offsets, and its text."""
        return ()

    def rect_of(self, _offset: int) -> QRectF:
        """Where the caret stands at an offset: as high as its line, and a pixel wide."""
        return QRectF(0, 0, 1, self.height)

    def shown(self) -> str:
        """The characters that are drawn."""
        return self.text()

    def caret(self) -> QRectF | None:
        """Where the next character will stand; None where no text goes on."""
        return None

    def offers(self, text: str) -> bool:
        """Whether this is what the leaf gives to be copied."""
        return self.is_text and self.text() == text

    def confirm(self, _done: bool) -> bool:
        """Say that what was clicked is done, or stop saying so. Whether it looks different then."""
        return False

    def scroll_sideways(self, _pixels: int) -> bool:
        """Whether anything moved."""
        return False


def act_of(runs: Iterable[Run], at: int) -> Act | None:
    """What a click on an offset of a text does: its link, or what its mark stands for."""
    inside = [run for run in runs if (run.href or run.tip) and run.start <= at < run.start + run.length]
    if not inside:
        return None
    cited = next((run.tip for run in inside if run.tip), None)
    return Act("cite", cited) if cited else Act("link", inside[0].href)


def shaped(
    text: str, runs: tuple[Run, ...], style: Style, *, look: str = "", level: int = 0, wrap: QTextOption = WRAP
) -> QTextLayout:
    """A layout with its formats, without lines yet. Hidden characters are marked."""
    font = style.headings[level - 1] if level else style.code if "c" in look else style.body
    shown = marked(text, code="c" in look)
    made = QTextLayout(shown, font)
    made.setCacheEnabled(True)
    made.setTextOption(wrap)
    ranges = [_range(0, len(shown.encode("utf-16-le", "replace")) // 2, look.replace("c", ""), style)] if look else []
    ranges += [_range(run.start, run.length, run.look, style) for run in runs[:MOST_RUNS]]
    if MARK in shown:
        ranges += _mark_ranges(text, shown, style)
    made.setFormats(ranges)
    return made


def _range(start: int, length: int, look: str, style: Style) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, style.format(look)
    return made


def _mark_ranges(text: str, shown: str, style: Style) -> list[QTextLayout.FormatRange]:
    """The stretches that were marked; both texts have the same length in UTF-16 units."""
    before, after = text.encode("utf-16-le", "surrogatepass"), shown.encode("utf-16-le", "surrogatepass")
    differ = [at for at in range(len(after) // 2) if before[2 * at : 2 * at + 2] != after[2 * at : 2 * at + 2]]
    found: list[QTextLayout.FormatRange] = []
    start = 0
    for index, at in enumerate(differ):
        if index + 1 == len(differ) or differ[index + 1] != at + 1:
            found.append(_range(differ[start], at + 1 - differ[start], "x", style))
            start = index + 1
    return found


def broken(layout: QTextLayout, width: float, lead: int, *, x: float = 0.0) -> tuple[int, float]:
    """Break into lines, each `lead` high or more. Gives the height, and the width that was used.

    Every line is made: drawing a layout whose lines were not made to the end crashes the program.
    """
    layout.beginLayout()
    y, used = 0.0, 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1.0, width))
        height = max(float(lead), line.height())
        line.setPosition(QPointF(x, y + (height - line.height()) / 2))
        used = max(used, line.naturalTextWidth())
        y += height
    layout.endLayout()
    return round(y), used


def selected(selection: Selection | None, style: Style) -> list[QTextLayout.FormatRange]:
    """The selection, as `QTextLayout.draw` takes it."""
    return [] if selection is None else [_range(selection[0], selection[1] - selection[0], "S", style)]


def cursor_at(layout: QTextLayout, x: float, y: float) -> int:
    """The offset nearest to a point in a layout's coordinates."""
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        if y < line.y() + line.height() or number == layout.lineCount() - 1:
            return int(line.xToCursor(x))
    return 0


def caret_in(layout: QTextLayout, offset: int) -> QRectF:
    """Where the caret stands at an offset, in the layout's coordinates."""
    line = layout.lineForTextPosition(offset)
    if not line.isValid():
        return QRectF(0, 0, 1, 1)
    x: float = line.cursorToX(offset)[0]  # type: ignore[index]  # Qt's stub forgets the pair
    return QRectF(x, line.y(), 1, line.height())


def word_in(layout: QTextLayout, offset: int) -> Selection:
    """The word around an offset, by Unicode's rules."""
    text_end = len(layout.text().encode("utf-16-le", "replace")) // 2
    start = layout.previousCursorPosition(min(offset + 1, text_end), QTextLayout.CursorMode.SkipWords)
    end = layout.nextCursorPosition(start, QTextLayout.CursorMode.SkipWords)
    word = layout.text().encode("utf-16-le", "replace")[2 * start : 2 * end].decode("utf-16-le", "replace")
    return start, end - (len(word) - len(word.rstrip()))
