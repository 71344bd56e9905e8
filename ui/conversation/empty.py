"""What stands in place of a transcript that has no message yet: who would answer, and some ways to begin."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.theme.style import dress

STARTERS = (
    ("Explain something", "Explain how a transformer attends to its input, for someone who knows linear algebra."),
    ("Write code", "Write a Python function that parses ISO 8601 durations, with tests."),
    ("Compare in a table", "Compare SSE, WebSockets and long polling in a table: latency, proxies, back-pressure."),
)


class EmptyView(QWidget):
    """Shows starting points.

    Signals:
        starter_picked: arg: the text that the composer is to hold.
    """

    starter_picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("empty")
        self._who = QLabel()
        self._who.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        dress(self._who, look="muted")
        title = QLabel("What shall we work on?")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        dress(title, look="heading")
        column = QVBoxLayout(self)
        column.setSpacing(metrics.SPACE * 2)
        column.addStretch(2)
        column.addWidget(title)
        column.addWidget(self._who)
        column.addSpacing(metrics.SPACE * 2)
        for words, text in STARTERS:
            button = QPushButton(words)
            button.setToolTip(text)
            button.setMinimumWidth(metrics.SIDEBAR_PX)
            button.clicked.connect(partial(self.starter_picked.emit, text))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_who(self, model: str, profile: str) -> None:
        """Which model would answer, and over which connection."""
        self._who.setText(f"{model} over {profile}" if profile else model)
