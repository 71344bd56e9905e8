"""Costs as bars, one for each day, model or conversation: what was paid, and above it what caching saved."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app.domain.spending import Sum
from ui.theme import metrics
from ui.theme.theme import Theme
from ui.widgets.amounts import counted, usd

HEIGHT_PX = metrics.SPACE * 35
MOST_BARS = 31
FULL = 0.8
"""Of a bar's room is the bar."""


class SpendChart(QWidget):
    """Paints sums; the table beside it says the same in numbers."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sums: tuple[Sum, ...] = ()
        self.setFixedHeight(HEIGHT_PX)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def show_sums(self, sums: Sequence[Sum]) -> None:
        """The first ones, as many as have room."""
        self._sums = tuple(sums[:MOST_BARS])
        self.setAccessibleName("Costs: " + "; ".join(told(each) for each in self._sums))
        self.update()

    def bars(self) -> list[tuple[Sum, QRectF, QRectF]]:
        """Each sum with its bar and the stretch above it that caching saved."""
        most = max((max(each.cost or 0.0, each.uncached or 0.0) for each in self._sums), default=0.0) or 1.0
        step = self.width() / max(8, len(self._sums))
        found = []
        for at, each in enumerate(self._sums):
            paid = self.height() * (each.cost or 0.0) / most
            whole = self.height() * max(each.cost or 0.0, each.uncached or 0.0) / most
            left, width = at * step, step * FULL
            bar = QRectF(left, self.height() - paid, width, paid)
            found.append((each, bar, QRectF(left, self.height() - whole, width, whole - paid)))
        return found

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            x = event.pos().x()
            found = next((each for each, bar, _ in self.bars() if bar.left() <= x <= bar.right()), None)
            QToolTip.showText(event.globalPos(), told(found) if found is not None else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        for _, bar, saved in self.bars():
            painter.fillRect(bar, QColor(palette.accent))
            painter.fillRect(saved, QColor(palette.cache_read_soft))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), QColor(palette.line))


def told(each: Sum) -> str:
    """A sum in words."""
    if each.cost is None:
        return f"{each.name}: {counted(each.answers, 'answer')}, price not known"
    saved = "" if each.uncached is None else f", {usd(each.uncached)} without caching"
    return f"{each.name}: {usd(each.cost)} for {counted(each.answers, 'answer')}{saved}"
