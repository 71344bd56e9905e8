"""Rows that are not Markdown: who speaks, what folds, and the space between."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from ui.theme import metrics
from ui.transcript.characters import marked
from ui.transcript.leaves.base import UNBOUNDED, Act, Leaf, Selection
from ui.transcript.specs import FoldSpec, GapSpec, HeadSpec, RuleSpec
from ui.transcript.style import Style

ROOM_FOR_ACTIONS = 56
"""At the right of a head, in units of the window's spacing: what can be done with a message is offered there."""
LEAST_DETAIL = 12
"""In the same units; less of the detail says nothing."""
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class GapLeaf(Leaf):
    is_text = False

    def __init__(self, spec: GapSpec) -> None:
        super().__init__()
        self.spec = spec

    def layout(self, _width: int, style: Style) -> None:
        self.height = self.spec.height * style.space

    def paint(self, painter: QPainter, clip: QRectF, style: Style, selection: Selection | None) -> None:
        """Nothing is there."""

    def text(self, _start: int = 0, _end: int = UNBOUNDED) -> str:
        return ""


class RuleLeaf(GapLeaf):
    def __init__(self, spec: RuleSpec) -> None:
        super().__init__(GapSpec(spec.gap * 2))
        self._rule = spec
        self._width = 0

    def layout(self, width: int, style: Style) -> None:
        super().layout(width, style)
        self._width = width

    def paint(self, painter: QPainter, _clip: QRectF, style: Style, _selection: Selection | None) -> None:
        left = self._rule.indent * style.step
        painter.fillRect(QRectF(left, self.height // 3, self._width - left, 1), style.colour("line"))

    def text(self, _start: int = 0, _end: int = UNBOUNDED) -> str:
        return "---"


class HeadLeaf(Leaf):
    is_text = False

    def __init__(self, spec: HeadSpec) -> None:
        super().__init__()
        self.spec = spec
        self._width = 0

    def layout(self, width: int, style: Style) -> None:
        self._width = width
        self.height = style.avatar + style.space * 2

    def paint(self, painter: QPainter, _clip: QRectF, style: Style, _selection: Selection | None) -> None:
        spec = self.spec
        side = style.avatar
        badge = QRectF(0, 0, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("accent" if spec.is_person else "claude"))
        painter.drawRoundedRect(badge, side / 3.5, side / 3.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(style.colour("on_accent"))
        painter.setFont(style.name)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, spec.letter)
        painter.setPen(style.colour("text"))
        left = side + style.space * 2
        painter.drawText(QRectF(left, 0, metrics.MEASURE_PX, side), MIDDLE, spec.name)
        painter.setPen(style.colour("muted"))
        painter.setFont(style.small)
        after = left + style.name_metrics.horizontalAdvance(spec.name) + style.space * 2
        room = self._width - after - ROOM_FOR_ACTIONS * style.space
        if room < LEAST_DETAIL * style.space:
            return
        detail = style.small_metrics.elidedText(marked(spec.detail), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(after, 0, room, side), MIDDLE, detail)

    def act_at(self, _x: float, y: float) -> Act | None:
        return Act("numbers") if self.spec.detail and y < self.height else None

    def text(self, _start: int = 0, _end: int = UNBOUNDED) -> str:
        return self.spec.name


class FoldLeaf(Leaf):
    is_text = False

    def __init__(self, spec: FoldSpec) -> None:
        super().__init__()
        self.spec = spec
        self._width = 0

    def layout(self, width: int, style: Style) -> None:
        self._width = width
        self.height = style.row + style.space * 2

    def paint(self, painter: QPainter, _clip: QRectF, style: Style, _selection: Selection | None) -> None:
        spec = self.spec
        box = QRectF(0.5, 0.5, self._width - 1, style.row - 1)
        painter.setPen(style.colour("line"))
        painter.setBrush(style.colour("surface"))
        painter.drawRoundedRect(box, metrics.RADIUS_CARD, metrics.RADIUS_CARD)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _paint_arrow(painter, QPointF(style.space * 4, style.row / 2), style, is_open=spec.is_open)
        painter.setFont(style.name)
        painter.setPen(style.colour(spec.tone))
        left = style.space * 7
        painter.drawText(QRectF(left, 0, self._width, style.row), MIDDLE, marked(spec.title))
        painter.setFont(style.small)
        painter.setPen(style.colour("muted"))
        left += round(style.name_metrics.horizontalAdvance(spec.title)) + style.space * 2
        room = self._width - left - style.space * 4
        detail = style.small_metrics.elidedText(marked(spec.detail[:400]), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, 0, room, style.row), MIDDLE, detail)

    def act_at(self, _x: float, y: float) -> Act | None:
        return Act("fold", str(self.spec.key)) if y < self.height else None

    def text(self, _start: int = 0, _end: int = UNBOUNDED) -> str:
        return f"{self.spec.title} {self.spec.detail}".rstrip()

    def shown(self) -> str:
        return marked(self.text())


def _paint_arrow(painter: QPainter, at: QPointF, style: Style, *, is_open: bool) -> None:
    reach = style.space
    painter.setPen(style.colour("muted"))
    if is_open:
        painter.drawPolyline(
            [at + QPointF(-reach, -reach / 2), at + QPointF(0, reach / 2), at + QPointF(reach, -reach / 2)]
        )
    else:
        painter.drawPolyline(
            [at + QPointF(-reach / 2, -reach), at + QPointF(reach / 2, 0), at + QPointF(-reach / 2, reach)]
        )
