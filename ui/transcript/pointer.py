"""The pointer over the transcript: selecting by dragging, clicking what acts, telling which message lies below."""

from typing import Final

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QInputDevice, QMouseEvent, QWheelEvent

from ui.transcript.canvas import Canvas
from ui.transcript.items import Item
from ui.transcript.leaves.base import Act
from ui.transcript.links import plain_tip
from ui.transcript.pointing import wheel_pixels

DRAG_MS: Final = 40
HOLD_MS: Final = 600
"""So long a finger rests before it selects."""
TELLING: Final = ("link", "cite")
"""Acts whose value is shown when they are pointed at."""


def is_touch(event: QMouseEvent) -> bool:
    """Whether a finger did it, and Qt made a mouse's event of that."""
    return event.device().type() == QInputDevice.DeviceType.TouchScreen


def _is_far(one: QPointF, other: QPointF) -> bool:
    return (one - other).manhattanLength() >= QGuiApplication.styleHints().startDragDistance()


class Pointer(QObject):
    """Takes the mouse events of a canvas.

    Signals:
        acted: something that acts was clicked; args: a Placed, an Act.
        hovered: the pointer came over another message; arg: its Item, None for none.
        selection_began: text is being selected.
        selection_ended: what is selected now stays.
        drag_out_wanted: what is selected is being dragged.
        held: a finger has rested on the text, whose word is selected now; arg: where, on the screen.
    """

    acted = Signal(object, object)
    hovered = Signal(object)
    selection_began = Signal()
    selection_ended = Signal()
    drag_out_wanted = Signal()
    held = Signal(QPoint)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._selecting = canvas.selecting
        self._is_dragging = False
        self._hovered: Item | None = None
        self._pressed_in: QPointF | None = None
        """Where the selection was pressed: it may be dragged out from there."""
        self._finger: QPointF | None = None
        """Where a finger rests that has not moved yet."""
        self._hold_timer = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._hold_timer.timeout.connect(self._hold)
        self._drag_timer = QTimer(self, singleShot=True, interval=DRAG_MS)
        self._drag_timer.timeout.connect(self._drag_on)

    def press(self, event: QMouseEvent) -> None:
        target = self._canvas.target(event.position())
        if event.button() != Qt.MouseButton.LeftButton or target is None:
            return
        if is_touch(event):
            self._finger = event.position()  # a finger scrolls, unless it rests
            self._hold_timer.start()
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._selecting.extend(target.spot())
        elif self._selecting.holds(target.spot()):
            self._pressed_in = event.position()
            return
        else:
            self._selecting.begin(target.spot())
        self._is_dragging = True
        self._canvas.repaint_all()

    def move(self, event: QMouseEvent) -> None:
        for start in (self._finger, self._pressed_in):
            if start is not None:
                if _is_far(start, event.position()):
                    self._begin_moving()
                return
        self._drag_to(event.position())
        target = self._canvas.target(event.position())
        act = target.act() if target is not None else None
        free = act is not None and not self._is_dragging
        viewport = self._canvas.viewport()
        viewport.setCursor(Qt.CursorShape.PointingHandCursor if free else Qt.CursorShape.IBeamCursor)
        viewport.setToolTip(plain_tip(act.value) if act is not None and act.name in TELLING else "")
        self._hover(self._canvas.items[target.placed.item] if target is not None else None)

    def _begin_moving(self) -> None:
        """A finger that moves scrolls; what is selected is taken out."""
        drags_out = self._pressed_in is not None
        self._hold_timer.stop()
        self._finger = self._pressed_in = None
        if drags_out:
            self.drag_out_wanted.emit()

    def release(self, event: QMouseEvent) -> None:
        was_held = self._is_dragging and is_touch(event)
        was_dragging, self._is_dragging = self._is_dragging, False
        tapped = self._finger is not None or self._pressed_in is not None
        self._hold_timer.stop()
        self._finger = self._pressed_in = None
        target = self._canvas.target(event.position())
        if event.button() != Qt.MouseButton.LeftButton or target is None:
            return
        if was_held:
            self.held.emit(event.globalPosition().toPoint())
        elif tapped:
            self._selecting.begin(target.spot())
            self._canvas.repaint_all()
        if was_dragging:
            self.selection_ended.emit()
        act: Act | None = target.act() if self._selecting.range is None and (tapped or was_dragging) else None
        if act is not None:
            self.acted.emit(target.placed, act)

    def _hold(self) -> None:
        """A finger rests: its word is selected, and the selection follows it until it is lifted."""
        point, self._finger = self._finger, None
        target = self._canvas.target(point) if point is not None else None
        if target is not None and target.leaf.is_text:
            self._selecting.select(*target.word())
            self._is_dragging = True
            self.selection_began.emit()
            self._canvas.repaint_all()

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
