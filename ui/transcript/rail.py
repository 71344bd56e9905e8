"""The cache rail: a line beside the transcript that shows what the next request reads and writes, and carries marks.

It stands over the margin and paints nothing of the transcript; what it shows is told from outside.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from app.domain.caching import Breakpoint, Ttl
from app.immutable import immutable
from ui.theme import metrics
from ui.transcript.canvas import Canvas

WIDTH_PX: Final = metrics.SPACE * 5
LINE_PX: Final = metrics.SPACE
DIAMOND_PX: Final = 7
"""From its middle to a corner."""
REACH_PX: Final = 10
"""How near a click must be."""
_TTLS: Final = {Ttl.FIVE_MINUTES: "5 minutes", Ttl.ONE_HOUR: "1 hour"}


@immutable
class RailBlock:
    """One block as the rail shows it."""

    name: str
    colour: str
    """Name of one of the palette's: what becomes of the block."""
    mark: Breakpoint | None
    """What a mark on it would be; None where it can carry none."""
    ttl: Ttl | None = None
    """Of the mark that is on it."""
    is_moving: bool = False
    """The mark moves with the conversation: it is not to be taken away here."""


@immutable
class _Spot:
    """A place on the rail where a mark is or can be: the end of a block."""

    y: int
    block: RailBlock


class Rail(QWidget):
    """Signals: `mark_wanted`, a mark is wanted or not; args: the Breakpoint, its Ttl or None."""

    mark_wanted = Signal(object, object)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas.viewport())
        self._canvas = canvas
        self._head: Sequence[RailBlock] = ()
        self._blocks: Mapping[str, Mapping[int, RailBlock]] = {}
        self._lines: list[tuple[int, int, str]] = []
        self._spots: list[_Spot] = []
        self._hovered: _Spot | None = None
        self._at: Breakpoint | None = None
        """Where the keyboard is."""
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Cache rail: up and down choose a block, Space marks it, T changes its lifetime")
        canvas.refreshed.connect(self._follow)
        self._follow()
        self.show()

    def show_blocks(self, head: Sequence[RailBlock], blocks: Mapping[str, Mapping[int, RailBlock]]) -> None:
        """Show tools and system (`head`), and blocks by their message's id and their place in it."""
        self._head, self._blocks = head, blocks
        self._follow()

    @property
    def spots(self) -> Sequence[tuple[int, RailBlock]]:
        """Where marks are or can be now: pixels from the top, and the block."""
        return [(spot.y, spot.block) for spot in self._spots]

    # ---- where things are

    def _follow(self) -> None:
        left = max(0, self._canvas.column_left - WIDTH_PX)
        self.setGeometry(left, 0, WIDTH_PX, self._canvas.viewport().height())
        self._lines, self._spots = [], []
        for top, bottom, block in self._placed():
            self._lines.append((top, bottom, block.colour))
            if block.mark is not None:
                self._spots.append(_Spot(bottom, block))
        self.update()

    def _placed(self) -> Iterator[tuple[int, int, RailBlock]]:
        """The blocks in sight with the stretch of the rail that is theirs."""
        arrangement = self._canvas.arrangement
        seen: dict[int, tuple[int, dict[int, tuple[int, int]]]] = {}
        for placed in arrangement.visible:
            top, units = seen.setdefault(placed.item, (placed.y, {}))
            units[placed.unit] = placed.y, placed.y + placed.height
        for index, (top, units) in seen.items():
            item = arrangement.items[index]
            at = top
            if index == 0 and 0 in units:
                for number, block in enumerate(self._head, 1):
                    bottom = top + number * 2 * REACH_PX
                    yield at, bottom, block
                    at = bottom
            keys = item.keys
            ends = [*(item.first_unit(key) for key in keys[1:]), max(units) + 1]
            for key, end in zip(keys, ends, strict=False):
                bottoms = [bottom for unit, (_, bottom) in units.items() if unit < end]
                last = self._last_of(item.message.id, key, keys)
                if bottoms and last is not None and bottoms[-1] > at:
                    yield at, bottoms[-1], last
                    at = bottoms[-1]

    def _last_of(self, message_id: str, key: int, keys: Sequence[int]) -> RailBlock | None:
        """The last block of those that are shown as one; the one with a mark, if there is one."""
        after = next((each for each in keys if each > key), None)
        within = [block for at, block in self._blocks.get(message_id, {}).items() if _in(at, key, after)]
        marked = [each for each in within if each.ttl is not None]
        return marked[-1] if marked else within[-1] if within else None

    def _spot_at(self, y: float) -> _Spot | None:
        near = [spot for spot in self._spots if abs(spot.y - y) <= REACH_PX]
        return min(near, key=lambda spot: abs(spot.y - y), default=None)

    # ---- by mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._spot_at(event.position().y())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        spot = self._spot_at(event.position().y())
        if spot is not None and event.button() is Qt.MouseButton.LeftButton:
            self._toggle(spot.block)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        spot = self._spot_at(event.pos().y())
        if spot is not None:
            self.menu_for(spot.block).popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            spot = self._spot_at(event.pos().y())
            QToolTip.showText(event.globalPos(), _told(spot.block) if spot is not None else "", self)
            return True
        return super().event(event)

    def menu_for(self, block: RailBlock) -> QMenu:
        """The choice of a lifetime, or none."""
        menu = QMenu(self)
        menu.setAccessibleName("Breakpoint")
        menu.aboutToHide.connect(menu.deleteLater)
        for ttl, words in _TTLS.items():
            action = menu.addAction(f"Cache up to here for {words}")
            action.setCheckable(True)
            action.setChecked(block.ttl is ttl)
            action.triggered.connect(partial(self.mark_wanted.emit, block.mark, ttl))
        if block.ttl is not None and not block.is_moving:
            menu.addAction("Take the breakpoint away").triggered.connect(
                partial(self.mark_wanted.emit, block.mark, None)
            )
        return menu

    def _toggle(self, block: RailBlock) -> None:
        wanted = None if block.ttl is not None and not block.is_moving else Ttl.FIVE_MINUTES
        self.mark_wanted.emit(block.mark, wanted)

    # ---- by keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = [spot.block.mark for spot in self._spots]
        at = places.index(self._at) if self._at in places else -1
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and places:
            at = max(0, min(len(places) - 1, at + step))
            self._at = places[at]
            self.setAccessibleDescription(_told(self._spots[at].block))
            self.update()
        elif at >= 0 and event.key() == Qt.Key.Key_Space:
            self._toggle(self._spots[at].block)
        elif at >= 0 and event.key() == Qt.Key.Key_T:
            other = Ttl.ONE_HOUR if self._spots[at].block.ttl is not Ttl.ONE_HOUR else Ttl.FIVE_MINUTES
            self.mark_wanted.emit(self._at, other)
        elif at >= 0 and event.key() in (Qt.Key.Key_Menu, Qt.Key.Key_Return):
            self.menu_for(self._spots[at].block).popup(self.mapToGlobal(QPoint(WIDTH_PX, self._spots[at].y)))
        else:
            super().keyPressEvent(event)

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = (WIDTH_PX - LINE_PX) / 2
        for top, bottom, colour in self._lines:
            painter.fillRect(QRectF(left, top, LINE_PX, bottom - top), self._canvas.styling.colour(colour))
        for spot in self._spots:
            is_here = spot is self._hovered or (self.hasFocus() and spot.block.mark == self._at)
            if spot.block.ttl is not None or is_here:
                self._paint_diamond(painter, spot, is_here=is_here)

    def _paint_diamond(self, painter: QPainter, spot: _Spot, *, is_here: bool) -> None:
        """Filled where there is a mark, hollow where there could be one; larger where it lives an hour."""
        style = self._canvas.styling
        middle = QPointF(WIDTH_PX / 2, spot.y)
        size = DIAMOND_PX + (1 if spot.block.ttl is Ttl.ONE_HOUR else 0)
        painter.setPen(QPen(style.colour("accent" if is_here else spot.block.colour), 1.5))
        painter.setBrush(style.colour("canvas"))
        painter.drawPolygon(_diamond(middle, size))
        if spot.block.ttl is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.colour(spot.block.colour)))
            painter.drawPolygon(_diamond(middle, size / 2))


def _diamond(middle: QPointF, size: float) -> QPolygonF:
    corners = ((0, -size), (size, 0), (0, size), (-size, 0))
    return QPolygonF([middle + QPointF(x, y) for x, y in corners])


def _in(at: int, key: int, after: int | None) -> bool:
    return key <= at and (after is None or at < after)


def _told(block: RailBlock) -> str:
    if block.ttl is None:
        return f"{block.name}: a click caches everything up to here"
    moving = ", moves with the conversation" if block.is_moving else ""
    return f"{block.name}: breakpoint, {_TTLS[block.ttl]}{moving}"
