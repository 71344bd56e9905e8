"""Dropping onto the window, wherever: while something is held over it, a veil says what will happen."""

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.names import visible


class Dropping(QObject):
    """Takes what no widget below takes.

    Signals:
        given: something was dropped that is to be attached; arg: a QMimeData.
        text_given: a text was dropped.
    """

    given = Signal(object)
    text_given = Signal(str)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._veil: Veil | None = None
        window.installEventFilter(self)

    @property
    def promise(self) -> str:
        """What the veil says; empty while there is none."""
        return self._veil.said.text() if self._veil is not None and self._veil.isVisible() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self._drop(event)
            return True
        if isinstance(event, QDragEnterEvent | QDragMoveEvent):
            return self.hold(event)
        if event.type() == QEvent.Type.DragLeave or (isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape):
            self._hide()
        elif event.type() == QEvent.Type.Resize and self._veil is not None:
            self._veil.cover(self._window)
        return super().eventFilter(watched, event)

    def hold(self, event: QDragEnterEvent | QDragMoveEvent) -> bool:
        """Promise what dropping does. What comes from this window stays where it is taken: False then."""
        from ui.composer.given import promised

        if event.source() is not None:
            event.ignore()
            return False
        promise = promised(event.mimeData())
        if not promise:
            event.ignore()
            return True
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self._veil is None:
            self._veil = Veil(self._window)
        self._veil.said.setText(visible(promise))
        self._veil.cover(self._window)
        return True

    def _drop(self, event: QDropEvent) -> None:
        from ui.composer.given import given

        self._hide()
        source: QMimeData = event.mimeData()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if not given(source).is_empty:
            self.given.emit(source)
        elif source.hasText():
            self.text_given.emit(source.text())

    def _hide(self) -> None:
        if self._veil is not None:
            self._veil.hide()


class Veil(QWidget):
    """Covers the window and lets everything through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        dress(self, look="overlay")
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.said.setWordWrap(True)
        dress(self.said, look="heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(*(metrics.SPACE * 8,) * 4)
        column.addWidget(self.said)

    def cover(self, window: QWidget) -> None:
        """Lie over all of the window, just inside its edge."""
        inset = metrics.SPACE * 2
        self.setGeometry(window.rect().adjusted(inset, inset, -inset, -inset))
        self.show()
        self.raise_()
