"""The transcript: takes messages and the events of a growing one, tells what the person wants done with them."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolButton, QWidget

from app.domain.conversation import Message
from app.domain.stream import StreamEvent
from ui.theme import metrics
from ui.theme.palette import LIGHT, Palette
from ui.transcript.arrangement import Arrangement, Placed
from ui.transcript.items import ErrorText, Item
from ui.transcript.leaves.base import UNBOUNDED, Act, Leaf
from ui.transcript.selecting import START, Selecting, Spot
from ui.transcript.style import Style

FLUSH_MS: Final = 16
"""Deltas are gathered for one frame."""
BUSY_MS: Final = 4
"""A flush that took longer is followed by a longer pause."""
SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto"})
CARD_RUNOUT: Final = metrics.RADIUS_CARD * 3
"""How far a card is drawn beyond the viewport where its end is not in sight."""


class TranscriptView(QAbstractScrollArea):
    """Emits what the person wants; changes nothing but what is shown.

    Signals:
        retry_requested: ask again; arg: the answer's id.
        edit_requested: put a prompt back into the composer; arg: its id.
        delete_requested: arg: the message's id.
        branch_requested: show another branch; args: the message's id, -1 for the earlier one, 1 for the later.
        details_requested: show a message's numbers; arg: its id.
        link_activated: a link was clicked; arg: its target, always http, https or mailto.
        following_changed: whether the end stays in sight.
    """

    retry_requested = Signal(str)
    edit_requested = Signal(str)
    delete_requested = Signal(str)
    branch_requested = Signal(str, int)
    details_requested = Signal(str)
    link_activated = Signal(str)
    following_changed = Signal(bool)

    def __init__(self, error_text: ErrorText, palette: Palette = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error_text = error_text
        self._style = Style(palette)
        self._arrangement = Arrangement(self._style)
        self._selecting = Selecting()
        self._events: deque[StreamEvent] = deque()
        self._was_following = True
        self._is_syncing = False
        self._is_dragging = False
        self._flush_timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._flush_timer.timeout.connect(self._flush)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Transcript"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._follow_bar)
        self._jump = QToolButton(self.viewport())
        self._jump.setText("\u2193")
        self._jump.setToolTip(self.tr("Jump to the latest (End)"))
        self._jump.setAccessibleName(self.tr("Jump to the latest"))
        self._jump.setCursor(Qt.CursorShape.ArrowCursor)
        self._jump.clicked.connect(self.jump_to_end)
        self._jump.hide()
        self._dress()

    # ---- what is shown

    def show(self, messages: Sequence[Message] | None = None, *, streaming: str | None = None) -> None:
        """Show messages, first one first; those that are shown already stay as they are.

        Args:
            messages: the path; without it this is what every widget's `show` is.
            streaming: id of the last message, if it is growing.
        """
        if messages is None:
            super().show()
            return
        self._flush()
        known = {item.message.id: item for item in self._arrangement.items}
        items: list[Item] = []
        for message in messages:
            grows = message.id == streaming
            kept = known.get(message.id)
            if kept is None or (kept.message is not message and kept.message != message) or kept.is_growing != grows:
                kept = Item(message, self._error_text, is_growing=grows)
            items.append(kept)
        if [id(each) for each in items[: len(self._arrangement.items)]] != [id(each) for each in known.values()]:
            self._selecting.clear()
        self._arrangement.show(items)
        self._refresh()

    def extend(self, events: Iterable[StreamEvent]) -> None:
        """Events of the growing message. They show with the next frame."""
        self._events.extend(events)
        if self._events and not self._flush_timer.isActive():
            self._flush_timer.start(FLUSH_MS)

    def phase(self, text: str | None) -> None:
        """A line below the growing answer that says what is being waited for; None takes it away."""
        item = self._growing
        if item is not None and item.show_phase(text):
            item.regather(self._arrangement.width, self._style)
            self._changed(item)

    def finish(self, message: Message) -> None:
        """The growing message is complete, or has ended otherwise. What is in sight does not move."""
        self._take_events()
        item = next((each for each in self._arrangement.items if each.message.id == message.id), None)
        if item is not None:
            item.finish(message, self._arrangement.width, self._style)
            self._changed(item)

    def set_palette(self, palette: Palette) -> None:
        """Other colours."""
        self._restyle(Style(palette, self._style.zoom))

    def set_zoom(self, zoom: float) -> None:
        """The size of everything, as a factor; held within the window's range."""
        low, high = metrics.ZOOM_RANGE
        self._restyle(Style(self._style.palette, min(high, max(low, zoom))))

    def plain_text(self) -> str:
        """The text of all messages, as copying all gives it."""
        return "\n\n".join(source for item in self._arrangement.items if (source := item.source))

    def visible_text(self) -> str:
        """The characters that stand in the viewport now, line by line."""
        placed = self._arrangement.place(self.viewport().height())
        parts = (leaf.shown() for each in placed for leaf in self._leaves(each))
        return "\n".join(part for part in parts if part)

    def jump_to_end(self) -> None:
        """Show the end, and stay there while it grows."""
        self._arrangement.following = True
        self._refresh()

    def is_following(self) -> bool:
        return self._arrangement.following

    # ---- growing

    @property
    def _growing(self) -> Item | None:
        items = self._arrangement.items
        return items[-1] if items and items[-1].is_growing else None

    def _take_events(self) -> None:
        item = self._growing
        if item is not None and self._events:
            self._arrangement.prepare(item)
            for event in self._events:
                item.take(event)
        self._events.clear()

    def _flush(self) -> None:
        """Take in what has gathered, a bounded amount; what is left over comes with the next frame."""
        clock = QElapsedTimer()
        clock.start()
        self._take_events()
        growing = self._growing
        waiting = {**self._arrangement.behind, **({id(growing): growing} if growing else {})}
        for key, item in waiting.items():
            if item.update(self._arrangement.width, self._style):
                self._changed(item)
            if item.is_behind:
                self._arrangement.behind[key] = item
            else:
                self._arrangement.behind.pop(key, None)
        if self._arrangement.behind:
            spent = clock.elapsed()
            self._flush_timer.start(FLUSH_MS if spent <= BUSY_MS else FLUSH_MS + spent)

    def _changed(self, item: Item) -> None:
        self._arrangement.changed(self._arrangement.index_of(item))
        self._refresh()

    # ---- arrangement

    def _restyle(self, style: Style) -> None:
        self._style = style
        self._arrangement.restyle(self._column_width, style, fresh=True)
        self._dress()
        self._refresh()

    def _dress(self) -> None:
        colours = self._style.palette
        self._jump.setStyleSheet(
            f"QToolButton {{ background: {colours.raised}; color: {colours.text}; border: 1px solid {colours.line};"
            f" border-radius: {metrics.RADIUS_CARD}px; }} QToolButton:hover {{ background: {colours.hover}; }}"
        )

    @property
    def _column_width(self) -> int:
        side = self._style.space * 6
        return max(
            self._style.step * 4, min(round(metrics.MEASURE_PX * self._style.zoom), self.viewport().width() - 2 * side)
        )

    @property
    def _column_left(self) -> int:
        return max(0, (self.viewport().width() - self._column_width) // 2)

    def _refresh(self) -> None:
        """Bring bar, button and pixels to what the arrangement says."""
        self._arrangement.place(self.viewport().height())
        self._sync_bar()
        self.viewport().update()
        if self._arrangement.behind and not self._flush_timer.isActive():
            self._flush_timer.start(FLUSH_MS)
        following = self._arrangement.following
        self._jump.setVisible(not following)
        if following != self._was_following:
            self._was_following = following
            self.following_changed.emit(following)

    def _sync_bar(self) -> None:
        self._is_syncing = True
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._arrangement.total - height))
        bar.setPageStep(height)
        bar.setSingleStep(self._style.lead * 2)
        bar.setValue(bar.maximum() if self._arrangement.following else self._arrangement.offset)
        self._is_syncing = False

    def _follow_bar(self, value: int) -> None:
        if not self._is_syncing:
            self._arrangement.following = value >= self.verticalScrollBar().maximum()
            self._arrangement.scroll_to(value)
            self._refresh()

    def _scroll_by(self, pixels: int) -> None:
        if pixels < 0:
            self._arrangement.following = False
        if not self._arrangement.following:
            self._arrangement.scroll_by(pixels)
        self._refresh()

    def _leaves(self, placed: Placed) -> Sequence[Leaf]:
        return self._arrangement.items[placed.item].units[placed.unit].leaves or ()

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        placed = self._arrangement.place(self.viewport().height())
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self._style.colour("canvas"))
        painter.translate(self._column_left, 0)
        region = QRectF(event.rect().translated(-self._column_left, 0))
        self._paint_cards(painter, placed)
        for each in placed:
            self._paint_unit(painter, each, region)
        painter.end()

    def _paint_unit(self, painter: QPainter, placed: Placed, region: QRectF) -> None:
        unit = self._arrangement.items[placed.item].units[placed.unit]
        x = self._style.card_pad if unit.in_card else 0
        for number, leaf in enumerate(unit.leaves or ()):
            top = placed.y + leaf.y
            if top + leaf.height > region.top() and top < region.bottom():
                painter.save()
                painter.translate(x, top)
                part = self._selecting.within(placed.item, placed.unit, number, leaf)
                leaf.paint(painter, region.translated(-x, -top), self._style, part)
                painter.restore()

    def _paint_cards(self, painter: QPainter, placed: Sequence[Placed]) -> None:
        """The cards behind what a person wrote."""
        items = self._arrangement.items
        cards: dict[int, list[Placed]] = {}
        for each in placed:
            if items[each.item].units[each.unit].in_card:
                cards.setdefault(each.item, []).append(each)
        painter.setPen(self._style.colour("line"))
        painter.setBrush(self._style.colour("surface"))
        for index, units in cards.items():
            of_card = [at for at, unit in enumerate(items[index].units) if unit.in_card]
            top = units[0].y - (0 if units[0].unit == of_card[0] else CARD_RUNOUT)
            bottom = units[-1].y + units[-1].height + (0 if units[-1].unit == of_card[-1] else CARD_RUNOUT)
            box = QRectF(0.5, top + 0.5, self._arrangement.width - 1, bottom - top - 1)
            painter.drawRoundedRect(box, metrics.RADIUS_CARD, metrics.RADIUS_CARD)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrangement.restyle(self._column_width, self._style, fresh=False)
        side = self._style.space * 9
        area = self.viewport().rect()
        self._jump.setGeometry(
            QRect((area.width() - side) // 2, area.height() - side - self._style.space * 3, side, side)
        )
        self._refresh()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Nothing is blitted: what is shown follows from the arrangement."""

    # ---- pointer and keys

    def _target(self, point: QPointF) -> tuple[Placed, int, Leaf, QPointF] | None:
        """The leaf under a point or nearest to it, and the point in its coordinates."""
        x = point.x() - self._column_left
        found: tuple[Placed, int, Leaf, QPointF] | None = None
        for placed in self._arrangement.visible:
            unit = self._arrangement.items[placed.item].units[placed.unit]
            left = self._style.card_pad if unit.in_card else 0
            for number, leaf in enumerate(unit.leaves or ()):
                top = placed.y + leaf.y
                found = placed, number, leaf, QPointF(x - left, point.y() - top)
                if point.y() < top + leaf.height:
                    return found
        return found

    def _spot(self, point: QPointF) -> Spot | None:
        target = self._target(point)
        if target is None:
            return None
        placed, number, leaf, inside = target
        return Spot(placed.item, placed.unit, number, leaf.hit(inside.x(), inside.y()) if leaf.is_text else 0)

    def _act(self, point: QPointF) -> tuple[Placed, Act] | None:
        target = self._target(point)
        if target is None:
            return None
        placed, _, leaf, inside = target
        act = leaf.act_at(inside.x(), inside.y()) if 0 <= inside.y() < leaf.height else None
        return None if act is None else (placed, act)

    def _perform(self, placed: Placed, act: Act) -> None:
        item = self._arrangement.items[placed.item]
        match act.name:
            case "copy":
                QGuiApplication.clipboard().setText(act.value)
            case "retry":
                self.retry_requested.emit(item.message.id)
            case "link" if _scheme(act.value) in SAFE_SCHEMES:
                self.link_activated.emit(act.value)
            case "fold":
                item.toggle(int(act.value), self._arrangement.width, self._style)
                self._arrangement.following = False
                self._arrangement.pin(placed.item, placed.unit, placed.y)
                self._changed(item)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = self._spot(event.position())
        if event.button() != Qt.MouseButton.LeftButton or spot is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._selecting.extend(spot)
        else:
            self._selecting.begin(spot)
        self._is_dragging = True
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = self._spot(event.position())
        if self._is_dragging and spot is not None:
            self._selecting.extend(spot)
            self.viewport().update()
        over = self._act(event.position()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over and not self._is_dragging else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = False
        found = self._act(event.position()) if self._selecting.range is None else None
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._perform(*found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        target = self._target(event.position())
        if target is None or not target[2].is_text:
            return
        placed, number, leaf, inside = target
        start, end = leaf.word_at(leaf.hit(inside.x(), inside.y()))
        self._selecting.select(
            Spot(placed.item, placed.unit, number, start), Spot(placed.item, placed.unit, number, end)
        )
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels = event.pixelDelta() if not event.pixelDelta().isNull() else self._wheel_pixels(event.angleDelta())
        if abs(pixels.x()) > abs(pixels.y()):
            target = self._target(event.position())
            if target is not None and target[2].scroll_sideways(-pixels.x()):
                self.viewport().update()
        elif pixels.y():
            self._scroll_by(-pixels.y())
        event.accept()

    def _wheel_pixels(self, angle: QPoint) -> QPoint:
        return QPoint(*(round(each / 120 * 3 * self._style.lead) for each in (angle.x(), angle.y())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = self.viewport().height() - self._style.lead * 2
        steps = {
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Up: -self._style.lead * 2,
            Qt.Key.Key_Down: self._style.lead * 2,
            Qt.Key.Key_Space: page,
        }
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif key in steps:
            self._scroll_by(steps[key])
        elif key == Qt.Key.Key_End:
            self.jump_to_end()
        elif key == Qt.Key.Key_Home:
            self._arrangement.following = False
            self._arrangement.scroll_to(0)
            self._refresh()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put what is selected on the clipboard."""
        text = self._selecting.text(self._arrangement.items)
        if text:
            QGuiApplication.clipboard().setText(text)

    def select_all(self) -> None:
        items = self._arrangement.items
        if items:
            self._selecting.select(START, Spot(len(items) - 1, UNBOUNDED, UNBOUNDED, UNBOUNDED))
            self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._restyle(Style(self._style.palette, self._style.zoom))


def _scheme(address: str) -> str:
    try:
        return urlsplit(address.strip()).scheme.lower()
    except ValueError:
        return ""
