"""The pointer over the transcript: selecting by dragging, clicking what acts, telling which message lies below."""

from typing import Final

from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QMouseEvent, QWheelEvent

from ui.transcript.canvas import Canvas
from ui.transcript.items import Item
from ui.transcript.leaves.base import Act
from ui.transcript.links import plain_tip
from ui.transcript.pointing import wheel_pixels

DRAG_MS: Final = 40
TELLING: Final = ("link", "cite")
"""Acts whose value is shown when they are pointed at."""


class Pointer(QObject):
    """Takes the mouse events of a canvas.

    Signals:
        acted: something that acts was clicked; args: a Placed, an Act.
        hovered: the pointer came over another message; arg: its Item, None for none.
        selection_began: text is being selected.
    """

    acted = Signal(object, object)
    hovered = Signal(object)
    selection_began = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._selecting = canvas.selecting
        self._is_dragging = False
        self._hovered: Item | None = None
        self._drag_timer = QTimer(self, singleShot=True, interval=DRAG_MS)
        self._drag_timer.timeout.connect(self._drag_on)

    def press(self, event: QMouseEvent) -> None:
        target = self._canvas.target(event.position())
        if event.button() != Qt.MouseButton.LeftButton or target is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._selecting.extend(target.spot())
        else:
            self._selecting.begin(target.spot())
        self._is_dragging = True
        self._canvas.repaint_all()

    def move(self, event: QMouseEvent) -> None:
        self._drag_to(event.position())
        target = self._canvas.target(event.position())
        act = target.act() if target is not None else None
        free = act is not None and not self._is_dragging
        viewport = self._canvas.viewport()
        viewport.setCursor(Qt.CursorShape.PointingHandCursor if free else Qt.CursorShape.IBeamCursor)
        viewport.setToolTip(plain_tip(act.value) if act is not None and act.name in TELLING else "")
        self._hover(self._canvas.items[target.placed.item] if target is not None else None)

    def release(self, event: QMouseEvent) -> None:
        self._is_dragging = False
        target = self._canvas.target(event.position())
        if event.button() != Qt.MouseButton.LeftButton or target is None or self._selecting.range is not None:
            return
        act: Act | None = target.act()
        if act is not None:
            self.acted.emit(target.placed, act)

    def double_click(self, event: QMouseEvent) -> None:
        target = self._canvas.target(event.position())
        if target is not None and target.leaf.is_text:
            self._selecting.select(*target.word())
            self._canvas.repaint_all()

    def wheel(self, event: QWheelEvent) -> None:
        pixels = wheel_pixels(event, 3 * self._canvas.styling.lead)
        if abs(pixels.x()) > abs(pixels.y()):
            target = self._canvas.target(event.position())
            if target is not None and target.leaf.scroll_sideways(-pixels.x()):
                self._canvas.repaint_all()
        elif pixels.y():
            self._canvas.scroll_by(-pixels.y())
        event.accept()

    def leave(self) -> None:
        self._hover(None)

    def _hover(self, item: Item | None) -> None:
        if item is not self._hovered:
            self._hovered = item
            self.hovered.emit(item)

    def _drag_to(self, point: QPointF) -> None:
        """Take the selection to a point; beyond the viewport's edge, the text comes along."""
        if not self._is_dragging:
            return
        beyond = min(0.0, point.y()) + max(0.0, point.y() - self._canvas.viewport().height())
        if beyond:
            step = self._canvas.styling.step
            self._canvas.scroll_by(round(max(-step, min(step, beyond))))
            self._drag_timer.start()
        target = self._canvas.target(point)
        if target is not None:
            self._selecting.extend(target.spot())
            if self._selecting.range is not None:
                self.selection_began.emit()
            self._canvas.repaint_all()

    def _drag_on(self) -> None:
        self._drag_to(QPointF(self._canvas.viewport().mapFromGlobal(QCursor.pos())))
