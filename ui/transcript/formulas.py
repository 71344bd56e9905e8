"""Formulae among text. The text keeps their source, so that offsets and copies are those of the source: on screen the
first character becomes a space as wide as the formula, the others have no width.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QTextCharFormat, QTextLayout

from app.immutable import immutable
from ui.transcript.specs import FormulaRun

SPACE: Final = "\u00a0"
NOTHING: Final = "\u2060"
"""Has no width, and no line is broken at it."""
ARGUMENTS: Final = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}


class Typeset(Protocol):
    """What the engine makes of TeX; see `app.typesetting.formula.Formula`."""

    @property
    def outline(self) -> str: ...
    @property
    def width(self) -> float: ...
    @property
    def ascent(self) -> float: ...
    @property
    def descent(self) -> float: ...


class Shapes(Protocol):
    """Where typeset formulae are; see `ui.transcript.later.Later`."""

    def shape(self, tex: str, *, is_display: bool) -> "FormulaShape | None": ...


class FormulaShape:
    """A formula that can be drawn. Distances in units of the text's size."""

    def __init__(self, formula: Typeset) -> None:
        self.width, self.ascent, self.descent = formula.width, formula.ascent, formula.descent
        self._outline = formula.outline
        self._path: QPainterPath | None = None

    @property
    def path(self) -> QPainterPath:
        if self._path is None:
            self._path = path_of(self._outline)
        return self._path


def path_of(outline: str) -> QPainterPath:
    """The path that an SVG path's `d` describes, as far as it has absolute M, L, Q, C and Z; the rest is left out."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    parts = outline.split()
    at = 0
    while at < len(parts):
        sign = parts[at]
        count = ARGUMENTS.get(sign)
        at += 1
        if count is None:
            continue
        numbers = [float(each) for each in parts[at : at + count]]
        at += count
        _add(path, sign, numbers)
    return path


def _add(path: QPainterPath, sign: str, n: list[float]) -> None:
    match sign:
        case "M":
            path.moveTo(n[0], n[1])
        case "L":
            path.lineTo(n[0], n[1])
        case "Q":
            path.quadTo(n[0], n[1], n[2], n[3])
        case "C":
            path.cubicTo(n[0], n[1], n[2], n[3], n[4], n[5])
        case "Z":
            path.closeSubpath()


@immutable
class Placed:
    """A formula in a text, in pixels."""

    start: int
    length: int
    shape: FormulaShape
    size: float
    """Of the text around it."""

    @property
    def width(self) -> float:
        return self.shape.width * self.size

    @property
    def ascent(self) -> float:
        return self.shape.ascent * self.size

    @property
    def descent(self) -> float:
        return self.shape.descent * self.size


def placed_in(runs: Sequence[FormulaRun], size: float, room: float, later: Shapes) -> list[Placed]:
    """The formulae of a text that are there already; one that is too wide is drawn smaller. `size`: of the text."""
    found: list[Placed] = []
    for each in runs:
        shape = later.shape(each.tex, is_display=each.is_display)
        if shape is not None:
            found.append(Placed(each.start, each.length, shape, min(size, room / max(shape.width, 0.01))))
    return found


def make_room(layout: QTextLayout, placed: Sequence[Placed]) -> None:
    """Let a layout that is not broken yet have room where formulae will be drawn."""
    font, formats = layout.font(), layout.formats()
    space = QFontMetricsF(font).horizontalAdvance(SPACE)
    layout.setText(stand_in(layout.text(), placed))
    layout.setFormats([*formats, *(room_for(each, font, space) for each in placed)])


def stand_in(text: str, placed: Sequence[Placed]) -> str:
    """The text with room where formulae will be drawn; as long as before in UTF-16 units."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    parts: list[bytes] = []
    at = 0
    for each in placed:
        parts += [encoded[2 * at : 2 * each.start], (SPACE + NOTHING * (each.length - 1)).encode("utf-16-le")]
        at = each.start + each.length
    return b"".join([*parts, encoded[2 * at :]]).decode("utf-16-le", "surrogatepass")


def room_for(placed: Placed, font: QFont, space: float) -> QTextLayout.FormatRange:
    """Makes the space that stands for a formula as wide as it; `space` is how wide it is by itself."""
    wide = QFont(font)
    wide.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, placed.width - space)
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = placed.start, 1, QTextCharFormat()
    made.format.setFont(wide)
    return made


def broken_around(layout: QTextLayout, width: float, lead: int, placed: Sequence[Placed]) -> int:
    """As `broken`: into lines, which are higher where formulae are."""
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1.0, width))
        first, last = line.textStart(), line.textStart() + line.textLength()
        inside = [each for each in placed if first <= each.start < last]
        spare = max(0.0, lead - line.height()) / 2
        up = max([line.ascent() + spare, *(each.ascent + 2 for each in inside)])
        down = max([line.descent() + spare, *(each.descent + 2 for each in inside)])
        line.setPosition(QPointF(0.0, y + up - line.ascent()))
        y += up + down
    layout.endLayout()
    return round(y)


def draw_formulas(painter: QPainter, layout: QTextLayout, origin: QPointF, placed: Sequence[Placed]) -> None:
    """Fill them with the painter's pen."""
    for each in placed:
        line = layout.lineForTextPosition(each.start)
        if not line.isValid():
            continue
        left = min(_x(line.cursorToX(each.start)), _x(line.cursorToX(each.start + 1)))
        painter.save()
        painter.translate(origin.x() + left, origin.y() + line.y() + line.ascent())
        painter.scale(each.size, each.size)
        painter.fillPath(each.shape.path, painter.pen().color())
        painter.restore()


def _x(found: object) -> float:
    """PySide gives the offset back as well."""
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]
