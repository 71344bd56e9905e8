"""A table: a grid of layouts. Columns are as wide as their text, unless all together are too wide."""

from collections.abc import Iterable
from itertools import accumulate
from typing import Final, Self

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout, QTextOption

from ui.theme import metrics
from ui.transcript.characters import marked, piece, width
from ui.transcript.formulas import Placed, broken_around, draw_formulas, make_room, placed_in
from ui.transcript.leaves.base import (
    UNBOUNDED,
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
from ui.transcript.leaves.text import paint_bars
from ui.transcript.specs import Cell, TableSpec
from ui.transcript.style import Style
from ui.widgets.direction import runs_left

CELL_STRIDE: Final = 1 << 20
"""Offsets are the number of the cell times this, plus UTF-16 units in the cell."""
WIDTH_STEP: Final = metrics.SPACE * 2
ALIGNS: Final = {"Center": Qt.AlignmentFlag.AlignHCenter, "Right": Qt.AlignmentFlag.AlignRight}


class TableLeaf(Leaf):
    def __init__(self, spec: TableSpec) -> None:
        super().__init__()
        self.spec = spec
        self._columns = max((len(row) for row in spec.rows), default=1) or 1
        self._cells: list[Cell] = [cell for row in spec.rows for cell in _filled(row, self._columns)]
        self._layouts: list[QTextLayout] = []
        self._natural: list[float] = []
        """Width of each cell on one line."""
        self._placed: dict[int, list[Placed]] = {}
        """Formulae that are there, by the number of their cell."""
        self._earlier: TableLeaf | None = None
        self._lefts: list[int] = []
        self._widths: list[int] = []
        self._tops: list[int] = [0]
        self._pad = 0

    @property
    def end(self) -> int:
        return (len(self._cells) - 1) * CELL_STRIDE + width(self._cells[-1].text) if self._cells else 0

    @property
    def bars(self) -> tuple[int, ...]:
        return self.spec.bars

    def has_formulas(self) -> bool:
        return any(cell.formulas for cell in self._cells)

    def grow_from(self, earlier: Self) -> bool:
        """Rows that are as they were keep their layouts."""
        same = earlier._columns == self._columns and earlier.spec.aligns == self.spec.aligns
        if same and earlier.spec.columns is self.spec.columns and earlier.spec.rows[:1] == self.spec.rows[:1]:
            self._earlier = earlier
            return True
        return False

    def layout(self, width: int, style: Style) -> None:
        left = self.spec.indent * style.step
        self._pad = style.space * 2
        columns = self._columns
        earlier, self._earlier = self._earlier, None
        same = self._taken_over(earlier)
        for number in range(same, len(self._cells)):
            self._layouts.append(self._shape(number, style))
            self._natural.append(self._broken(number, float(UNBOUNDED), style)[1])
        natural = self._widest(style)
        self._widths = _fitted([_stepped(each) for each in natural], width - left - columns * self._pad * 2)
        self._lefts = list(accumulate((each + self._pad * 2 for each in self._widths), initial=left))
        rows = same // columns if earlier is not None and earlier._widths == self._widths else 0
        self._tops = earlier._tops[: rows + 1] if earlier is not None and rows else [0]
        for first in range(rows * columns, len(self._layouts), columns):
            row = range(first, min(first + columns, len(self._layouts)))
            high = max(self._broken(number, self._widths[number - first], style)[0] for number in row)
            self._tops.append(self._tops[-1] + high + self._pad)
        self.height = self._tops[-1] + self.spec.gap * style.space

    def rows_like(self, earlier: Self) -> int:
        """The rows whose cells are the same, in columns of the same width."""
        if (self._lefts, self.spec.aligns, self.spec.bars) != (earlier._lefts, earlier.spec.aligns, earlier.spec.bars):
            return 0
        pairs = zip(self._layouts, earlier._layouts, strict=False)
        same = next((at for at, (new, old) in enumerate(pairs) if new is not old), len(earlier._layouts))
        return self._tops[min(same // self._columns, len(self._tops) - 1)]

    def _broken(self, number: int, width: float, style: Style) -> tuple[int, float]:
        """As `broken`, around what formulae there are."""
        layout, placed = self._layouts[number], self._placed.get(number)
        if not placed:
            return broken(layout, width, style.lead)
        height = broken_around(layout, width, style.lead, placed)
        return height, max(layout.lineAt(line).naturalTextWidth() for line in range(layout.lineCount()))

    def _widest(self, style: Style) -> list[float]:
        """Of each column, on one line: in a table of several pieces its first rows decide, so that all agree."""
        decide = self.spec.columns
        if decide is None:
            return [max(self._natural[column :: self._columns], default=0.0) for column in range(self._columns)]
        if decide.measured is None or decide.measured[0] is not style:
            first = TableLeaf(TableSpec(decide.rows, self.spec.aligns))
            first.layout(UNBOUNDED, style)
            decide.measured = style, first._widest(style)
        return decide.measured[1][: self._columns] + [0.0] * (self._columns - len(decide.measured[1]))

    def _taken_over(self, earlier: "TableLeaf | None") -> int:
        """How many cells are as they were; they need no shaping."""
        self._layouts, self._natural, self._placed = [], [], {}
        if earlier is None:
            return 0
        pairs = zip(self._cells, earlier._cells, strict=False)
        same = next((at for at, (new, old) in enumerate(pairs) if new != old), None)
        same = min(len(self._cells), len(earlier._cells)) if same is None else same
        same -= same % self._columns
        self._layouts, self._natural = earlier._layouts[:same], earlier._natural[:same]
        self._placed = {number: placed for number, placed in earlier._placed.items() if number < same}
        return same

    def _shape(self, number: int, style: Style) -> QTextLayout:
        row, column = divmod(number, self._columns)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        align = self.spec.aligns[column] if column < len(self.spec.aligns) else ""
        cell = self._cells[number]
        begins = Qt.AlignmentFlag.AlignRight if runs_left(cell.text) else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(ALIGNS.get(align, begins))
        is_head = row == 0 and self.spec.columns is None
        placed = placed_in(cell.formulas, style.pixels(style.body), float(UNBOUNDED), style.later)
        taken = {each.start for each in placed}
        runs = tuple(run for run in cell.runs if run.start not in taken)
        made = shaped(cell.text, runs, style, look="bm" if is_head else "", wrap=option)
        if placed:
            self._placed[number] = placed
            make_room(made, placed)
        return made

    def paint(self, painter: QPainter, clip: QRectF, style: Style, selection: Selection | None) -> None:
        paint_bars(painter, self.spec.bars, self._tops[-1], style)
        for row, (top, bottom) in enumerate(zip(self._tops, self._tops[1:], strict=False)):
            if bottom < clip.top():
                continue
            if top > clip.bottom():
                break
            self._paint_row(painter, row, clip, style, selection)
            right = self._lefts[-1]
            painter.fillRect(QRectF(self._lefts[0], bottom - 1, right - self._lefts[0], 1), style.colour("line"))

    def _paint_row(self, painter: QPainter, row: int, clip: QRectF, style: Style, selection: Selection | None) -> None:
        painter.setPen(style.colour("text"))
        for column in range(self._columns):
            number = row * self._columns + column
            at = QPointF(self._lefts[column], self._tops[row] + self._pad / 2)
            inside = self._cell_selection(number, selection)
            self._layouts[number].draw(painter, at, selected(inside, style), clip)
            draw_formulas(painter, self._layouts[number], at, self._placed.get(number, ()))

    def _cell_selection(self, number: int, selection: Selection | None) -> Selection | None:
        if selection is None:
            return None
        start = max(0, selection[0] - number * CELL_STRIDE)
        end = min(width(self._cells[number].text), selection[1] - number * CELL_STRIDE)
        return (start, end) if end > start else None

    def _cell_at(self, x: float, y: float) -> int:
        rows = range(len(self._tops) - 1)
        row = next((each for each in rows if y < self._tops[each + 1]), len(self._tops) - 2)
        column = next((each for each in range(self._columns) if x < self._lefts[each + 1]), self._columns - 1)
        return max(0, row) * self._columns + column

    def _inside(self, number: int, x: float, y: float) -> tuple[float, float]:
        row, column = divmod(number, self._columns)
        return x - self._lefts[column], y - self._tops[row] - self._pad / 2

    def hit(self, x: float, y: float) -> int:
        if not self._cells:
            return 0
        number = self._cell_at(x, y)
        return number * CELL_STRIDE + cursor_at(self._layouts[number], *self._inside(number, x, y))

    def act_at(self, x: float, y: float) -> Act | None:
        offset = self.hit(x, y)
        number, at = divmod(offset, CELL_STRIDE)
        return act_of(self._cells[number].runs, at) if self._cells else None

    def word_at(self, offset: int) -> Selection:
        number, inside = divmod(offset, CELL_STRIDE)
        start, end = word_in(self._layouts[number], inside)
        return number * CELL_STRIDE + start, number * CELL_STRIDE + end

    def text(self, start: int = 0, end: int = UNBOUNDED) -> str:
        """Cells apart by tabs, rows by line ends: what a spreadsheet takes."""
        (first, skip), (last, keep) = divmod(start, CELL_STRIDE), divmod(min(end, self.end), CELL_STRIDE)
        parts: list[str] = []
        for number in range(first, last + 1):
            text = self._cells[number].text if self._cells else ""
            parts.append(piece(text, skip if number == first else 0, keep if number == last else width(text)))
            if number < last:
                parts.append("\n" if (number + 1) % self._columns == 0 else "\t")
        return "".join(parts)

    def stretches(self) -> Iterable[tuple[int, str]]:
        return ((number * CELL_STRIDE, cell.text) for number, cell in enumerate(self._cells))

    def rect_of(self, offset: int) -> QRectF:
        number, inside = divmod(offset, CELL_STRIDE)
        row, column = divmod(min(number, len(self._cells) - 1), self._columns)
        at = QPointF(self._lefts[column], self._tops[row] + self._pad / 2)
        return caret_in(self._layouts[number], inside).translated(at)

    def shown(self) -> str:
        return marked(self.text())


def _filled(row: tuple[Cell, ...], columns: int) -> tuple[Cell, ...]:
    return (*row, *(Cell("") for _ in range(columns - len(row))))


def _stepped(natural: float) -> int:
    """Widths grow in steps, so that a slightly longer new cell does not break every row anew."""
    return -(-int(natural + 2) // WIDTH_STEP) * WIDTH_STEP


def _fitted(natural: list[int], available: int) -> list[int]:
    """Widths that fit: narrow columns keep theirs, wide ones share what is left."""
    if sum(natural) <= available:
        return natural
    widths = [0] * len(natural)
    left = max(available, len(natural))
    for done, index in enumerate(sorted(range(len(natural)), key=natural.__getitem__)):
        widths[index] = max(1, min(natural[index], left // (len(natural) - done)))
        left -= widths[index]
    return widths
