"""A paragraph, a heading or the text of a list item."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Self

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout

from ui.transcript.characters import BREAK, marked, piece, width
from ui.transcript.formulas import Placed, broken_around, draw_formulas, make_room, placed_in
from ui.transcript.leaves.base import (
    UNBOUNDED,
    WRAP,
    WRAP_LEFTWARDS,
    Act,
    Leaf,
    Selection,
    act_of,
    broken,
    caret_in,
    cursor_at,
    selected,
    shaped,
    word_in,
)
from ui.transcript.specs import Run, TextSpec
from ui.transcript.style import Style
from ui.widgets.direction import runs_left


def paint_bars(painter: QPainter, bars: tuple[int, ...], height: int, style: Style, edge: int | None = None) -> None:
    """The lines at the left of quotes; at the right of those that run to the left, with that `edge`."""
    wide = style.space * 0.75
    for step in bars:
        x = step * style.step + style.space / 2
        left = x if edge is None else edge - x - wide
        painter.fillRect(QRectF(left, 0, wide, height), style.colour("line"))


def _more_for(marker: str, style: Style) -> int:
    """Pixels that the mark of a note or a source needs beyond the step that stands before every text in a list."""
    if not marker.startswith("["):
        return 0
    more = max(0, round(style.body_metrics.horizontalAdvance(marker)) + style.space * 2 - style.step)
    return -(-more // (style.space * 2)) * style.space * 2  # in steps, so that those of a list stand in line


class TextLeaf(Leaf):
    def __init__(self, spec: TextSpec) -> None:
        super().__init__()
        self.spec = spec
        self._layout = QTextLayout()
        self._top = 0
        self._left = 0
        self._room = 0
        """Width of the lines."""
        self._edge: int | None = None
        """The right edge of the column, where the text runs to the left and so everything is turned round."""
        self._end = width(spec.text)
        self._placed: list[Placed] = []
        self._centre = 0.0
        """Pixels that a formula on its own stands further to the right."""

    @property
    def end(self) -> int:
        return self._end

    @property
    def lead(self) -> str:
        return f"{self.spec.marker} " if self.spec.marker else ""

    @property
    def bars(self) -> tuple[int, ...]:
        return self.spec.bars

    @property
    def edge(self) -> int | None:
        return self._edge

    def has_formulas(self) -> bool:
        return bool(self.spec.formulas)

    def layout(self, width: int, style: Style) -> None:
        spec = self.spec
        lead = style.heading_lead(spec.level) if spec.level else style.code_lead if "c" in spec.look else style.lead
        indent = spec.indent * style.step + _more_for(spec.marker, style)
        self._edge = width if runs_left(spec.text) else None
        self._left = indent if self._edge is None else 0
        self._top = style.space * 2 if spec.level in (1, 2, 3) else 0
        self._room = room = width - indent
        self._placed = self._typeset(room, style)
        taken = {each.start for each in self._placed}
        runs = tuple(run for run in spec.runs if run.start not in taken)
        wrap = WRAP if self._edge is None else WRAP_LEFTWARDS
        self._layout = shaped(spec.text, runs, style, look=spec.look, level=spec.level, wrap=wrap)
        self._centre = 0.0
        if self._placed:
            height = self._break_around_formulas(room, lead)
        else:
            height, _ = broken(self._layout, room, lead)
        self.height = self._top + height + spec.gap * style.space

    def _typeset(self, room: int, style: Style) -> list[Placed]:
        if not self.spec.formulas:
            return []
        font = style.headings[self.spec.level - 1] if self.spec.level else style.body
        return placed_in(self.spec.formulas, style.pixels(font), room, style.later)

    def _break_around_formulas(self, room: int, lead: int) -> int:
        first = self.spec.formulas[0]
        make_room(self._layout, self._placed)
        if first.is_display and first.length == self._end and self._edge is None:
            self._centre = max(0.0, (room - self._placed[0].width) / 2)
        return broken_around(self._layout, room, lead, self._placed)

    def rows_like(self, earlier: Self) -> int:
        """The lines above the last of a text that goes on; the last may be broken otherwise now."""
        mine, other = self.spec, earlier.spec
        if self._placed or earlier._placed or not mine.text.startswith(other.text):
            return 0
        around = attrgetter("level", "indent", "bars", "marker", "look")
        if around(mine) != around(other) or self._edge != earlier._edge:
            return 0
        shared = min(earlier._end, _first_other(mine.runs, other.runs))
        for number in range(earlier._layout.lineCount()):
            line, before = self._layout.lineAt(number), earlier._layout.lineAt(number)
            is_last = number + 1 == earlier._layout.lineCount()
            if is_last or line.textLength() != before.textLength() or line.textStart() + line.textLength() > shared:
                return self._top + int(line.y())
        return 0

    def paint(self, painter: QPainter, clip: QRectF, style: Style, selection: Selection | None) -> None:
        spec = self.spec
        paint_bars(painter, spec.bars, self.height - spec.gap * style.space, style, self._edge)
        painter.setPen(style.colour("text"))
        if spec.marker and clip.top() < self._top + style.lead:
            painter.setFont(style.body)
            wide = style.body_metrics.horizontalAdvance(spec.marker)
            left = self._left - wide - style.space * 2 if self._edge is None else self._room + style.space * 2
            place = QRectF(left, self._top, wide + 1, style.lead)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, spec.marker)
        origin = QPointF(self._left + self._centre, self._top)
        self._layout.draw(painter, origin, selected(selection, style), clip)
        draw_formulas(painter, self._layout, origin, self._placed)

    def hit(self, x: float, y: float) -> int:
        return cursor_at(self._layout, x - self._left - self._centre, y - self._top)

    def caret(self) -> QRectF | None:
        if not self._layout.lineCount():
            return None
        line = self._layout.lineAt(self._layout.lineCount() - 1)
        written, wide = line.naturalTextRect(), line.height() / 2
        x = written.right() if self._edge is None else written.left() - wide
        return QRectF(self._left + x, self._top + line.y(), wide, line.height())

    def act_at(self, x: float, y: float) -> Act | None:
        inside = QPointF(x - self._left, y - self._top)
        for number in range(self._layout.lineCount()):
            line = self._layout.lineAt(number)
            if line.naturalTextRect().contains(inside):
                at = line.xToCursor(inside.x(), line.CursorPosition.CursorOnCharacter)
                return act_of(self.spec.runs, at)
        return None

    def word_at(self, offset: int) -> Selection:
        return word_in(self._layout, offset)

    def text(self, start: int = 0, end: int = UNBOUNDED) -> str:
        whole = start == 0 and end >= self._end
        found = self.spec.text if whole else piece(self.spec.text, start, min(end, self._end))
        found = found.replace(BREAK, "\n")
        return f"{self.lead}{found}" if whole else found

    def stretches(self) -> Iterable[tuple[int, str]]:
        return ((0, self.spec.text),)

    def rect_of(self, offset: int) -> QRectF:
        return caret_in(self._layout, offset).translated(self._left, self._top)

    def shown(self) -> str:
        found = marked(self.spec.text, code="c" in self.spec.look).replace(BREAK, "\n")
        return f"{self.lead}{found}"


def _first_other(runs: Sequence[Run], others: Sequence[Run]) -> int:
    """Where the looks of two texts begin to differ."""
    for mine, other in zip(runs, others, strict=False):
        if mine != other:
            return min(mine.start, other.start)
    rest = runs[len(others) :] or others[len(runs) :]
    return min((run.start for run in rest), default=UNBOUNDED)
