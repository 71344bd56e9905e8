"""Painted amounts: the next request as one bar, and the last requests side by side."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.immutable import immutable
from ui.theme import metrics
from ui.theme.theme import Theme

BAR_PX = 22
CHART_PX = 64
CHART_BARS = 12


@immutable
class Part:
    """A stretch of the bar."""

    name: str
    tokens: int
    colour: str
    """Name of one of the palette's."""
    key: int
    """What a click on it tells."""


class ContextBar(QWidget):
    """Everything that goes into the next request, as wide as it weighs.

    Signals:
        picked: the person wants to see a part; arg: its key.
    """

    picked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: tuple[Part, ...] = ()
        self._at = 0
        self.setFixedHeight(BAR_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)
        self.show_parts(())

    @property
    def parts(self) -> tuple[Part, ...]:
        return self._parts

    def show_parts(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        self._at = min(self._at, max(0, len(parts) - 1))
        self.setAccessibleName("Context of the next request: " + ", ".join(_told(each) for each in parts))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(metrics.SPACE * 40, BAR_PX)

    def part_at(self, x: float) -> Part | None:
        return next((part for part, left, width in self._placed() if left <= x < left + width), None)

    def _placed(self) -> list[tuple[Part, float, float]]:
        total, left, found = sum(each.tokens for each in self._parts) or 1, 0.0, []
        for each in self._parts:
            width = self.width() * each.tokens / total
            found.append((each, left, width))
            left += width
        return found

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            part = self.part_at(event.pos().x())
            QToolTip.showText(event.globalPos(), _told(part) if part is not None else "", self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        part = self.part_at(event.position().x())
        if part is not None and event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit(part.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self._parts:
            self._at = (self._at + step) % len(self._parts)
            self.setAccessibleDescription(_told(self._parts[self._at]))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space) and self._parts:
            self.picked.emit(self._parts[self._at].key)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.line))
        painter.drawRoundedRect(QRectF(self.rect()), metrics.RADIUS_ROW, metrics.RADIUS_ROW)
        for number, (part, left, width) in enumerate(self._placed()):
            painter.setBrush(QColor(getattr(palette, part.colour)))
            painter.drawRoundedRect(QRectF(left, 0, max(0.5, width - 1), self.height()), 3, 3)
            if self.hasFocus() and number == self._at:
                painter.setBrush(QColor(palette.accent))
                painter.drawRect(QRectF(left, self.height() - 3, max(2.0, width - 1), 3))


class HitChart(QWidget):
    """What the last requests read (below), wrote, and paid in full (above), oldest first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bars: tuple[tuple[int, int, int], ...] = ()
        self.setFixedHeight(CHART_PX)
        theme.changed.connect(self.update)

    def show_bars(self, bars: Sequence[tuple[int, int, int]]) -> None:
        """(read, written, fresh) tokens of each request."""
        self._bars = tuple(bars[-CHART_BARS:])
        told = (f"{read:,} read, {written:,} written, {fresh:,} fresh" for read, written, fresh in self._bars)
        self.setAccessibleName("Last requests: " + "; ".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        most = max((sum(bar) for bar in self._bars), default=0) or 1
        step = self.width() / CHART_BARS
        for number, bar in enumerate(self._bars):
            bottom = float(self.height())
            for tokens, colour in zip(bar, (palette.cache_read, palette.cache_write, palette.faint), strict=True):
                height = self.height() * tokens / most
                painter.setBrush(QColor(colour))
                painter.drawRect(QRectF(number * step, bottom - height, step * 0.72, max(0.0, height - 1)))
                bottom -= height


def _told(part: Part) -> str:
    return f"{part.name}: {part.tokens:,} tokens"
