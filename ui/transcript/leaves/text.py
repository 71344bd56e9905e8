"""A paragraph, a heading or the text of a list item."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextLayout

from ui.transcript.characters import BREAK, marked, piece, width
from ui.transcript.leaves.base import UNBOUNDED, Act, Leaf, Selection, broken, cursor_at, selected, shaped, word_in
from ui.transcript.specs import TextSpec
from ui.transcript.style import Style


def paint_bars(painter: QPainter, bars: tuple[int, ...], height: int, style: Style) -> None:
    """The lines at the left of quotes."""
    for step in bars:
        painter.fillRect(
            QRectF(step * style.step + style.space / 2, 0, style.space * 0.75, height), style.colour("line")
        )


class TextLeaf(Leaf):
    def __init__(self, spec: TextSpec) -> None:
        super().__init__()
        self.spec = spec
        self._layout = QTextLayout()
        self._top = 0
        self._left = 0
        self._end = width(spec.text)

    @property
    def end(self) -> int:
        return self._end

    def layout(self, width: int, style: Style) -> None:
        spec = self.spec
        lead = style.heading_lead(spec.level) if spec.level else style.code_lead if "c" in spec.look else style.lead
        self._left = spec.indent * style.step
        self._top = style.space * 2 if spec.level in (1, 2, 3) else 0
        self._layout = shaped(spec.text, spec.runs, style, look=spec.look, level=spec.level)
        height, _ = broken(self._layout, width - self._left, lead)
        self.height = self._top + height + spec.gap * style.space

    def paint(self, painter: QPainter, clip: QRectF, style: Style, selection: Selection | None) -> None:
        spec = self.spec
        paint_bars(painter, spec.bars, self.height - spec.gap * style.space, style)
        painter.setPen(style.colour("text"))
        if spec.marker:
            painter.setFont(style.body)
            wide = style.body_metrics.horizontalAdvance(spec.marker)
            place = QRectF(self._left - wide - style.space * 2, self._top, wide + 1, style.lead)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, spec.marker)
        self._layout.draw(painter, QPointF(self._left, self._top), selected(selection, style), clip)

    def hit(self, x: float, y: float) -> int:
        return cursor_at(self._layout, x - self._left, y - self._top)

    def caret(self) -> QRectF | None:
        if not self._layout.lineCount():
            return None
        line = self._layout.lineAt(self._layout.lineCount() - 1)
        written = line.naturalTextRect()
        return QRectF(self._left + written.right(), self._top + line.y(), line.height() / 2, line.height())

    def act_at(self, x: float, y: float) -> Act | None:
        inside = QPointF(x - self._left, y - self._top)
        for number in range(self._layout.lineCount()):
            line = self._layout.lineAt(number)
            if line.naturalTextRect().contains(inside):
                at = line.xToCursor(inside.x(), line.CursorPosition.CursorOnCharacter)
                for run in self.spec.runs:
                    if run.href and run.start <= at < run.start + run.length:
                        return Act("link", run.href)
        return None

    def word_at(self, offset: int) -> Selection:
        return word_in(self._layout, offset)

    def text(self, start: int = 0, end: int = UNBOUNDED) -> str:
        whole = start == 0 and end >= self._end
        found = self.spec.text if whole else piece(self.spec.text, start, min(end, self._end))
        found = found.replace(BREAK, "\n")
        return f"{self.spec.marker} {found}" if whole and self.spec.marker else found

    def shown(self) -> str:
        found = marked(self.spec.text, code="c" in self.spec.look).replace(BREAK, "\n")
        return f"{self.spec.marker} {found}" if self.spec.marker else found
