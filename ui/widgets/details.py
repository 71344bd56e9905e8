"""What only an expert asks for about a failure: closed at first, one click to read, another to copy."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.theme.style import dress

CONFIRM_MS = 1500


class Details(QWidget):
    """Takes no room while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle, self.copy = QPushButton("Details"), QPushButton("Copy details")
        self.toggle.setCheckable(True)
        self.toggle.clicked.connect(self._open)
        self.copy.clicked.connect(self._copy)
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        dress(self._label, look="details")
        self._timer = QTimer(self, singleShot=True, interval=CONFIRM_MS)
        self._timer.timeout.connect(self._rest)
        row = QHBoxLayout()
        row.setSpacing(metrics.SPACE)
        for button in (self.toggle, self.copy):
            dress(button, look="small")
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.SPACE)
        column.addLayout(row)
        column.addWidget(self._label)
        self.show_details("")

    def show_details(self, details: str) -> None:
        """Offer other details, closed; none with an empty text."""
        self._label.setText(details)
        self.toggle.setChecked(False)
        self._open(False)
        self.setVisible(bool(details))

    def _open(self, is_open: bool) -> None:
        self.toggle.setText("Hide details" if is_open else "Details")
        self._label.setVisible(is_open)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._label.text())
        self.copy.setText("Copied")
        self._timer.start()

    def _rest(self) -> None:
        self.copy.setText("Copy details")
