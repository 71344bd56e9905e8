"""The transcript: takes messages and the events of a growing one, tells what the person wants done with them."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QContextMenuEvent,
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from app.domain.conversation import Message
from app.domain.stream import StreamEvent
from ui.theme import metrics
from ui.theme.palette import LIGHT, Palette
from ui.transcript.actions import ActionRow, JumpButton, menu_for
from ui.transcript.arrangement import Arrangement, Placed
from ui.transcript.formulas import Typeset
from ui.transcript.items import ErrorText, Item
from ui.transcript.later import Later
from ui.transcript.leaves.base import UNBOUNDED, Act, Leaf
from ui.transcript.links import is_safe, plain_tip, refusal
from ui.transcript.painting import paint_transcript
from ui.transcript.pointing import Target, target_at, wheel_pixels
from ui.transcript.selecting import START, Selecting, Spot
from ui.transcript.style import Style

FLUSH_MS: Final = 16
"""Deltas are gathered for one frame."""
BUSY_MS: Final = 4
"""A flush that took longer is followed by a longer pause."""
LONGEST_PAUSE_MS: Final = 200
DESCRIBE_MS: Final = 500
"""So long nothing must change before screen readers are given the text in sight."""
DRAG_MS: Final = 40
CONFIRM_MS: Final = 1500
HEAD_UNIT: Final = 1
"""Who speaks stands below the gap."""


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
        formula_wanted: typeset a formula, see `show_formula`; args: its TeX, whether it stands on its own.
    """

    retry_requested = Signal(str)
    edit_requested = Signal(str)
    delete_requested = Signal(str)
    branch_requested = Signal(str, int)
    details_requested = Signal(str)
    link_activated = Signal(str)
    following_changed = Signal(bool)
    formula_wanted = Signal(str, bool)

    def __init__(self, error_text: ErrorText, palette: Palette = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error_text = error_text
        self._later = Later(self)
        self._later.recoloured.connect(self.viewport().update)
        self._later.formula_wanted.connect(self.formula_wanted)
        self._later.formulas_came.connect(self._lay_out_formulas)
        self._style = Style(palette, later=self._later)
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
        self._pause_ms = FLUSH_MS
        self._hovered: Item | None = None
        self._describe_timer = QTimer(self, singleShot=True, interval=DESCRIBE_MS)
        self._describe_timer.timeout.connect(self._describe)
        self._drag_timer = QTimer(self, singleShot=True, interval=DRAG_MS)
        self._drag_timer.timeout.connect(self._drag_on)
        self._actions = ActionRow(self.viewport())
        self._actions.chosen.connect(self._choose)
        self._jump = JumpButton(self.viewport())
        self._jump.clicked.connect(self.jump_to_end)
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
            self._flush_timer.start(self._pause_ms)

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

    def show_formula(self, tex: str, is_display: bool, formula: Typeset) -> None:
        """A formula that was wanted, typeset: it takes its source's place."""
        self._later.show_formula(tex, is_display, formula)

    def _lay_out_formulas(self) -> None:
        for item in self._arrangement.items:
            for unit in item.units:
                if any(leaf.has_formulas() for leaf in unit.leaves or ()):
                    unit.reshape()
        self._refresh()

    def set_palette(self, palette: Palette) -> None:
        """Other colours."""
        self._restyle(Style(palette, self._style.zoom, self._later))

    def set_zoom(self, zoom: float) -> None:
        """The size of everything, as a factor; held within the window's range."""
        low, high = metrics.ZOOM_RANGE
        self._restyle(Style(self._style.palette, min(high, max(low, zoom)), self._later))

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
        spent = clock.elapsed()
        self._pause_ms = FLUSH_MS if spent <= BUSY_MS else min(LONGEST_PAUSE_MS, FLUSH_MS + 3 * spent)
        if self._arrangement.behind:
            self._flush_timer.start(self._pause_ms)

    def _changed(self, item: Item) -> None:
        self._arrangement.changed(self._arrangement.index_of(item))
        self._refresh()

    # ---- arrangement

    def _restyle(self, style: Style) -> None:
        self._style = style
        self._arrangement.restyle(self._column_width, style, fresh=True)
        self._dress()
        self._refresh()

    def _describe(self) -> None:
        """Give screen readers the text in sight, once it has come to rest."""
        self.viewport().setAccessibleName(self.tr("Messages in sight"))
        self.viewport().setAccessibleDescription(self.visible_text())

    def _dress(self) -> None:
        self._actions.dress(self._style)
        self._jump.dress(self._style)

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
        self._place_actions()
        if QAccessible.isActive():
            self._describe_timer.start()
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
        self._arrangement.place(self.viewport().height())
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self._style.colour("canvas"))
        painter.translate(self._column_left, 0)
        region = QRectF(event.rect().translated(-self._column_left, 0))
        paint_transcript(painter, region, self._arrangement, self._selecting, self._style)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrangement.restyle(self._column_width, self._style, fresh=False)
        self._jump.stand_in(self.viewport().rect(), self._style)
        self._refresh()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Nothing is blitted: what is shown follows from the arrangement."""

    # ---- pointer and keys

    def _target(self, point: QPointF) -> Target | None:
        return target_at(self._arrangement, self._style, QPointF(point.x() - self._column_left, point.y()))

    def _act(self, point: QPointF) -> tuple[Placed, Act] | None:
        target = self._target(point)
        act = target.act() if target is not None else None
        return (target.placed, act) if target is not None and act is not None else None

    def _perform(self, placed: Placed, act: Act) -> None:
        item = self._arrangement.items[placed.item]
        match act.name:
            case "copy":
                QGuiApplication.clipboard().setText(act.value)
                self._confirm(self._leaves(placed), act.value)
            case "retry":
                self.retry_requested.emit(item.message.id)
            case "link" if is_safe(act.value):
                self.link_activated.emit(act.value)
            case "link":
                QToolTip.showText(QCursor.pos(), refusal(act.value), self)
            case "fold":
                item.toggle(int(act.value), self._arrangement.width, self._style)
                self._arrangement.following = False
                self._arrangement.pin(placed.item, placed.unit, placed.y)
                self._changed(item)
            case _:
                self._reshape(placed, act)

    def _reshape(self, placed: Placed, act: Act) -> None:
        """Let a leaf change how it looks; it stays where it is."""
        if act.doer is not None and act.doer.perform(act):
            self._arrangement.items[placed.item].units[placed.unit].reshape()
            self._arrangement.following = False
            self._arrangement.pin(placed.item, placed.unit, placed.y)
            self._refresh()

    def _confirm(self, leaves: Sequence[Leaf], code: str) -> None:
        """Let a code block say for a moment that it was copied."""
        copied = [leaf for leaf in leaves if leaf.is_text and leaf.text() == code]

        def say(done: bool) -> None:
            for leaf in copied:
                leaf.confirm(done)
            self.viewport().update()

        say(True)
        QTimer.singleShot(CONFIRM_MS, self, lambda: say(False))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        target = self._target(event.position())
        if event.button() != Qt.MouseButton.LeftButton or target is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._selecting.extend(target.spot())
        else:
            self._selecting.begin(target.spot())
        self._is_dragging = True
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag_to(event.position())
        found = self._act(event.position())
        free = found is not None and not self._is_dragging
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if free else Qt.CursorShape.IBeamCursor)
        tip = plain_tip(found[1].value) if found is not None and found[1].name == "link" else ""
        self.viewport().setToolTip(tip)
        self._hover(event.position())

    # ---- actions

    def _hover(self, point: QPointF) -> None:
        target = self._target(point)
        item = self._arrangement.items[target.placed.item] if target is not None else None
        if item is not self._hovered:
            self._hovered = item
            self._place_actions()

    def _place_actions(self) -> None:
        """At the head of the message under the pointer, else of the last; if that head is in sight."""
        items = self._arrangement.items
        wanted = self._hovered or (items[-1] if items else None)
        for placed in self._arrangement.visible:
            item = self._arrangement.items[placed.item]
            if item is wanted and placed.unit == HEAD_UNIT:
                right = self._column_left + self._arrangement.width
                self._actions.show_for(item, right, placed.y, self._style.avatar)
                return
        self._actions.show_for(None, 0, 0, 0)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self._place_actions()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        target = self._target(QPointF(self.viewport().mapFromGlobal(event.globalPos())))
        item = self._arrangement.items[target.placed.item] if target is not None else None
        menu, names = menu_for(self, item, has_selection=self._selecting.range is not None)
        id_ = item.message.id if item is not None else ""

        def choose(action: QAction) -> None:
            self._choose(names[action], id_)

        menu.triggered.connect(choose)
        menu.popup(event.globalPos())

    def _choose(self, name: str, message_id: str) -> None:
        match name:
            case "copy":
                self.copy()
            case "select_all":
                self.select_all()
            case "copy_message":
                item = next(each for each in self._arrangement.items if each.message.id == message_id)
                QGuiApplication.clipboard().setText(item.source)
            case "retry":
                self.retry_requested.emit(message_id)
            case "edit":
                self.edit_requested.emit(message_id)

    def _drag_to(self, point: QPointF) -> None:
        """Take the selection to a point; beyond the viewport's edge, the text comes along."""
        if not self._is_dragging:
            return
        beyond = min(0.0, point.y()) + max(0.0, point.y() - self.viewport().height())
        if beyond:
            self._scroll_by(round(max(-self._style.step, min(self._style.step, beyond))))
            self._drag_timer.start()
        target = self._target(point)
        if target is not None:
            self._selecting.extend(target.spot())
            if self._selecting.range is not None:
                self._let_go()
            self.viewport().update()

    def _drag_on(self) -> None:
        self._drag_to(QPointF(self.viewport().mapFromGlobal(QCursor.pos())))

    def _let_go(self) -> None:
        """Whoever selects, reads: what grows below must not carry it away."""
        if self._arrangement.following and self._growing is not None:
            self._arrangement.following = False
            self._refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = False
        found = self._act(event.position()) if self._selecting.range is None else None
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._perform(*found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        target = self._target(event.position())
        if target is not None and target.leaf.is_text:
            self._selecting.select(*target.word())
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels = wheel_pixels(event, 3 * self._style.lead)
        if abs(pixels.x()) > abs(pixels.y()):
            target = self._target(event.position())
            if target is not None and target.leaf.scroll_sideways(-pixels.x()):
                self.viewport().update()
        elif pixels.y():
            self._scroll_by(-pixels.y())
        event.accept()

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
