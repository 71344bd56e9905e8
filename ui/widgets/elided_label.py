"""A line of text that ends in "…" where its place ends."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.widgets.direction import isolated, line_option

LONGEST = 400
"""Characters that are measured; no window shows more of one line, and measuring a megabyte takes a second."""


class ElidedLabel(QLabel):
    """Shows as much of its text as there is room for; the tooltip and screen readers have all of it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show another text, as one line."""
        line = isolated(" ".join(text[:LONGEST].split()))
        self.setText(line)
        self.setAccessibleName(line)
        self.setToolTip(line)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 3, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = isolated(self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width()))
        painter.drawText(self.rect(), shown, line_option(shown))
