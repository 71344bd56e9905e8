"""Sidebar, centre and inspector side by side; in a narrow window the outer two float over the centre."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.shell.arrangement import Arrangement, PaneWishes, Span, arrange
from ui.theme import metrics


class _Grip(QWidget):
    """The invisible edge that a pane is resized by.

    Signals:
        dragged: to this x, in the parent's coordinates.
    """

    dragged = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.dragged.emit(self.mapToParent(event.position().toPoint()).x())


class Panes(QWidget):
    """Places the three panes and knows nothing of what is in them.

    Signals:
        wishes_changed: the person opened, closed or resized a pane.
    """

    wishes_changed = Signal()

    def __init__(self, sidebar: QWidget, centre: QWidget, inspector: QWidget) -> None:
        super().__init__()
        self._sidebar, self._centre, self._inspector = sidebar, centre, inspector
        self._wishes = PaneWishes()
        self._floating = ""
        self._cover: QWidget | None = None
        for pane in (centre, sidebar, inspector):
            pane.setParent(self)
        self._left_grip, self._right_grip = _Grip(self), _Grip(self)
        self._left_grip.dragged.connect(self._drag_sidebar)
        self._right_grip.dragged.connect(self._drag_inspector)
        centre.installEventFilter(self)

    @property
    def wishes(self) -> PaneWishes:
        return self._wishes

    def show_wishes(self, wishes: PaneWishes) -> None:
        """Arrange as the person left it. Emits nothing."""
        self._wishes = wishes
        self._place()

    def toggle_sidebar(self) -> None:
        if self._arrangement().sidebar_floats:
            self._float("" if self._floating == "sidebar" else "sidebar")
        else:
            self._wish(replace(self._wishes, sidebar_open=not self._wishes.sidebar_open))

    def toggle_inspector(self) -> None:
        if self._arrangement().inspector_floats:
            self._float("" if self._floating == "inspector" else "inspector")
        else:
            self._wish(replace(self._wishes, inspector_open=not self._wishes.inspector_open))

    def show_inspector(self) -> None:
        """Have the inspector on screen, over the centre where there is no room beside it."""
        if self._arrangement().inspector is None:
            self.toggle_inspector()

    def show_sidebar(self) -> None:
        """Have the sidebar on screen, over the centre where there is no room beside it."""
        if self._arrangement().sidebar is None:
            self.toggle_sidebar()

    def dismiss(self) -> bool:
        """Put a floating pane away. False: none floats."""
        if not self._floating:
            return False
        self._float("")
        return True

    def cover(self, widget: QWidget | None) -> None:
        """Have a widget stand in the place of centre and inspector; None: they are seen again."""
        if self._cover is not None:
            self._cover.hide()
        self._cover = widget
        if widget is not None:
            widget.setParent(self)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and self._floating:
            self.dismiss()
        return super().eventFilter(watched, event)

    def _arrangement(self) -> Arrangement:
        return arrange(self.width(), self._wishes, floating=self._floating)

    def _float(self, pane: str) -> None:
        self._floating = pane
        self._place()
        if pane:
            {"sidebar": self._sidebar, "inspector": self._inspector}[pane].setFocus(Qt.FocusReason.OtherFocusReason)

    def _wish(self, wishes: PaneWishes) -> None:
        self._wishes = wishes
        self._place()
        self.wishes_changed.emit()

    def _drag_sidebar(self, x: int) -> None:
        low, high = metrics.SIDEBAR_RANGE_PX
        self._wish(replace(self._wishes, sidebar_px=max(low, min(high, x))))

    def _drag_inspector(self, x: int) -> None:
        low, high = metrics.INSPECTOR_RANGE_PX
        self._wish(replace(self._wishes, inspector_px=max(low, min(high, self.width() - x))))

    def _place(self) -> None:
        arrangement = self._arrangement()
        if not arrangement.sidebar_floats and self._floating == "sidebar":
            self._floating = ""
        if not arrangement.inspector_floats and self._floating == "inspector":
            self._floating = ""
        self._put(self._centre, arrangement.centre)
        self._put(self._sidebar, arrangement.sidebar)
        self._put(self._inspector, arrangement.inspector)
        if self._cover is not None:
            left = arrangement.centre.left
            self._cover.setGeometry(QRect(left, 0, self.width() - left, self.height()))
            self._cover.raise_()
            self._cover.show()
            if arrangement.sidebar_floats:
                self._sidebar.raise_()
        self._put_grip(self._left_grip, arrangement.sidebar, at_right=True)
        self._put_grip(self._right_grip, arrangement.inspector, at_right=False)

    def _put(self, pane: QWidget, span: Span | None) -> None:
        if span is not None:
            pane.setGeometry(QRect(span.left, 0, span.width, self.height()))
            if pane is not self._centre:
                pane.raise_()
        pane.setVisible(span is not None)

    def _put_grip(self, grip: _Grip, span: Span | None, *, at_right: bool) -> None:
        grip.setVisible(span is not None)
        if span is not None:
            edge = span.left + span.width if at_right else span.left
            grip.setGeometry(edge - metrics.GRIP_PX // 2, 0, metrics.GRIP_PX, self.height())
            grip.raise_()
