"""A switch: on or off, at once."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.theme import metrics
from ui.theme.theme import Theme


class Toggle(QAbstractButton):
    """`clicked(bool)` tells what the person wants; Space switches it."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        """`name` is what is on or off."""
        super().__init__(parent)
        self._theme = theme
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(self.sizeHint())
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        width, height = metrics.SWITCH_PX
        return QSize(width + metrics.SPACE, height + metrics.SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._theme.palette
        width, height = metrics.SWITCH_PX
        track = QRectF(metrics.SPACE / 2, metrics.SPACE / 2, width, height)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        painter.setBrush(QColor(palette.accent if self.isChecked() else palette.muted))
        painter.drawRoundedRect(track, height / 2, height / 2)
        knob = height - metrics.SPACE
        left = track.right() - knob - metrics.SPACE / 2 if self.isChecked() else track.left() + metrics.SPACE / 2
        painter.setBrush(QColor(palette.on_accent if self.isChecked() else palette.surface))
        painter.drawEllipse(QRectF(left, track.top() + metrics.SPACE / 2, knob, knob))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.text), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), height / 2 + 2, height / 2 + 2)
