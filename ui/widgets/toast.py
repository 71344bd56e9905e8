"""A word about what was just done, with a way back; it floats under the header, where it hides nothing one types in."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.announce import announce
from ui.widgets.elided_label import ElidedLabel

HIDES_AFTER_MS = 8000
UNDO_KEYS = "Alt+U"


class Toast(QFrame):
    """Floats over its parent and goes by itself, but not while the pointer or the focus is on it.

    Signals:
        undone: the person wants the last thing back.
    """

    undone = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        dress(self, look="toast")
        self._label = ElidedLabel()
        self.undo_button = QPushButton("Undo")
        self.undo_button.setShortcut(UNDO_KEYS)
        self.undo_button.setToolTip(f"Bring it back ({UNDO_KEYS})")
        self.undo_button.clicked.connect(self._undo)
        self.undo_button.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.SPACE * 4, metrics.SPACE * 2, metrics.SPACE * 2, metrics.SPACE * 2)
        row.setSpacing(metrics.SPACE * 4)
        row.addWidget(self._label, 1)
        row.addWidget(self.undo_button)
        self.timer = QTimer(self, singleShot=True, interval=HIDES_AFTER_MS)
        self.timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def show_toast(self, text: str, *, undo: bool = True) -> None:
        """Show `text` for eight seconds, in place of what was shown; `undo` offers the button."""
        self._label.show_text(text)
        self.setAccessibleName(text)
        self.undo_button.setAccessibleName(f"Undo: {text}")
        self.undo_button.setVisible(undo)
        self.show()
        self._place()
        self.raise_()
        self.timer.start()
        announce(self, f"{text}. {UNDO_KEYS} brings it back." if undo else text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        elif watched is self.undo_button and event.type() == QEvent.Type.FocusIn:
            self.timer.stop()
        elif watched is self.undo_button and event.type() == QEvent.Type.FocusOut:
            self.timer.start()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.timer.start()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _undo(self) -> None:
        self.hide()
        self.undone.emit()

    def _place(self) -> None:
        parent = self._over
        self.adjustSize()
        width = min(max(self.sizeHint().width(), self.width()), metrics.TOAST_MAX_PX, parent.width())
        self.resize(width, self.sizeHint().height())
        self.move((parent.width() - self.width()) // 2, metrics.HEADER_PX + metrics.SPACE * 2)
