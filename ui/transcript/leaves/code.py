"""A code block: its height is a count of lines, and only the lines that are seen are shaped."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout

from ui.theme import metrics
from ui.transcript.characters import marked, piece, pieces_of, width
from ui.transcript.leaves.base import (
    NO_WRAP,
    UNBOUNDED,
    Act,
    Leaf,
    Selection,
    broken,
    cursor_at,
    selected,
    shaped,
    word_in,
)
from ui.transcript.leaves.text import paint_bars
from ui.transcript.specs import CodeSpec
from ui.transcript.style import Style

LONGEST_ROW: Final = 1000
"""Characters. A longer line goes on in the next row, so that none is slow to shape."""
ROW_STRIDE: Final = 4096
"""Offsets are row times this, plus UTF-16 units in the row."""
KEPT_ROWS: Final = 400
COPY: Final = "Copy"
COPIED: Final = "Copied"


class CodeLeaf(Leaf):
    def __init__(self, spec: CodeSpec) -> None:
        super().__init__()
        self.spec = spec
        self._rows: list[str] = []
        self._goes_on: set[int] = set()
        """Rows whose line continues in the next."""
        for line in str(spec.code).expandtabs(4).split("\n"):
            parts = pieces_of(line, LONGEST_ROW) if len(line) > LONGEST_ROW else [line]
            self._goes_on.update(range(len(self._rows), len(self._rows) + len(parts) - 1))
            self._rows += parts
        self._shaped: dict[int, QTextLayout] = {}
        self._widest = max(map(len, self._rows))
        self._scrolled = 0
        self._width = 0
        self._is_copied = False
        self._style: Style | None = None

    @property
    def end(self) -> int:
        return (len(self._rows) - 1) * ROW_STRIDE + width(self._rows[-1])

    @property
    def _left(self) -> int:
        assert self._style is not None
        return self.spec.indent * self._style.step

    def layout(self, width: int, style: Style) -> None:
        self._style = style
        self._shaped.clear()
        self._width = width - self._left
        self._head = style.space * 8
        self.height = self._head + len(self._rows) * style.code_lead + style.space * (3 + self.spec.gap)
        self._scrolled = min(self._scrolled, self._reach)

    @property
    def _reach(self) -> int:
        """Pixels that can be scrolled to the side."""
        style = self._style
        assert style is not None
        return max(0, round(self._widest * style.code_advance) + style.space * 8 - self._width)

    def _row(self, number: int, style: Style) -> QTextLayout:
        made = self._shaped.get(number)
        if made is None:
            if len(self._shaped) > KEPT_ROWS:
                self._shaped.clear()
            made = shaped(self._rows[number], (), style, look="c", wrap=NO_WRAP)
            _, used = broken(made, float(UNBOUNDED), style.code_lead)
            self._widest = max(self._widest, round(used / style.code_advance))
            self._shaped[number] = made
        return made

    def _text_left(self, style: Style) -> float:
        return self._left + style.space * 3.5 - self._scrolled

    def paint(self, painter: QPainter, clip: QRectF, style: Style, selection: Selection | None) -> None:
        box = QRectF(self._left + 0.5, 0.5, self._width - 1, self.height - style.space * self.spec.gap - 1)
        paint_bars(painter, self.spec.bars, self.height, style)
        painter.setPen(style.colour("line"))
        painter.setBrush(style.colour("surface"))
        painter.drawRoundedRect(box, metrics.RADIUS_CODE, metrics.RADIUS_CODE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_head(painter, style)
        painter.save()
        painter.setClipRect(box.adjusted(1, self._head, -1, -1), Qt.ClipOperation.IntersectClip)
        painter.setPen(style.colour("text"))
        lead = style.code_lead
        first = max(0, int((clip.top() - self._head) // lead))
        last = min(len(self._rows), int((clip.bottom() - self._head) // lead) + 1)
        for number in range(first, last):
            inside = self._row_selection(number, selection)
            at = QPointF(self._text_left(style), self._head + number * lead)
            self._row(number, style).draw(painter, at, selected(inside, style), clip)
        painter.restore()
        self._paint_bar(painter, box.bottom(), style)

    def _paint_bar(self, painter: QPainter, bottom: float, style: Style) -> None:
        """How much there is at the side, where not all fits."""
        if not self._reach:
            return
        room = self._width - style.space * 7
        length = max(style.step, room * room / (room + self._reach))
        left = self._left + style.space * 3.5 + (room - length) * self._scrolled / self._reach
        painter.fillRect(QRectF(left, bottom - style.space, length, style.space / 2), style.colour("line"))

    def _paint_head(self, painter: QPainter, style: Style) -> None:
        painter.setFont(style.small)
        painter.setPen(style.colour("muted"))
        row = QRectF(self._left + style.space * 3.5, 0, self._width - style.space * 7, self._head)
        label = marked(self.spec.info.split(" ")[0][:60], code=True) or "text"
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, label)
        said = COPIED if self._is_copied else COPY
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, said)

    def _row_selection(self, number: int, selection: Selection | None) -> Selection | None:
        if selection is None:
            return None
        start = max(0, selection[0] - number * ROW_STRIDE)
        end = min(width(self._rows[number]), selection[1] - number * ROW_STRIDE)
        return (start, end) if end > start else None

    def hit(self, x: float, y: float) -> int:
        style = self._style
        assert style is not None
        number = min(len(self._rows) - 1, max(0, int((y - self._head) // style.code_lead)))
        inside = cursor_at(self._row(number, style), x - self._text_left(style), 0.0)
        return number * ROW_STRIDE + inside

    def act_at(self, x: float, y: float) -> Act | None:
        style = self._style
        assert style is not None
        reach = style.small_metrics.horizontalAdvance(COPY) + style.space * 6
        right = self._left + self._width
        return Act("copy", str(self.spec.code)) if 0 <= y < self._head and right - reach < x < right else None

    def word_at(self, offset: int) -> Selection:
        assert self._style is not None
        number, inside = divmod(offset, ROW_STRIDE)
        start, end = word_in(self._row(number, self._style), inside)
        return number * ROW_STRIDE + start, number * ROW_STRIDE + end

    def text(self, start: int = 0, end: int = UNBOUNDED) -> str:
        if start == 0 and end >= self.end:
            return str(self.spec.code)
        (first, skip), (last, keep) = divmod(start, ROW_STRIDE), divmod(min(end, self.end), ROW_STRIDE)
        parts: list[str] = []
        for number in range(first, last + 1):
            row = self._rows[number]
            to = keep if number == last else width(row)
            parts.append(piece(row, skip if number == first else 0, to))
            if number < last and number not in self._goes_on:
                parts.append("\n")
        return "".join(parts)

    def shown(self) -> str:
        return marked(str(self.spec.code), code=True).replace("\x85", "\n")

    def confirm(self, done: bool) -> None:
        self._is_copied = done

    def scroll_sideways(self, pixels: int) -> bool:
        before = self._scrolled
        self._scrolled = min(self._reach, max(0, before + pixels))
        return self._scrolled != before
