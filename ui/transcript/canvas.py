"""What is seen of the transcript, and scrolling: the arrangement in a viewport, painted, its scroll bar in step."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QScrollEvent, QScrollPrepareEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScroller, QWidget

from ui.theme import metrics
from ui.theme.palette import Palette
from ui.transcript.arrangement import Arrangement, Placed
from ui.transcript.items import Item
from ui.transcript.later import Later
from ui.transcript.leaves.base import Leaf
from ui.transcript.marking import Marks
from ui.transcript.painting import paint_transcript
from ui.transcript.pixels import Pixels
from ui.transcript.pointing import Target, target_at
from ui.transcript.selecting import Selecting, Spot
from ui.transcript.style import Style


class Canvas(QAbstractScrollArea):
    """Shows items; knows nothing of what is done with them.

    Signals:
        following_changed: whether the end stays in sight.
        refreshed: what is seen may have changed; whatever stands over the text finds its place anew.
    """

    following_changed = Signal(bool)
    refreshed = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.later = Later(self)
        self.later.recoloured.connect(lambda: self.viewport().update())
        self.later.formulas_came.connect(self._lay_out_formulas)
        self.styling = Style(palette, later=self.later)
        self.arrangement = Arrangement(self.styling)
        self.selecting = Selecting()
        self.marks = Marks()
        self._pixels = Pixels(self.viewport())
        self._was_following = True
        self._is_syncing = False
        self._finger = 0
        """Where a touch has moved the text to, in pixels of the bar."""
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._follow_bar)

    # ---- where things are

    @property
    def items(self) -> Sequence[Item]:
        return self.arrangement.items

    @property
    def column_width(self) -> int:
        style = self.styling
        side = style.space * 6
        return max(style.step * 4, min(round(metrics.MEASURE_PX * style.zoom), self.viewport().width() - 2 * side))

    @property
    def column_left(self) -> int:
        return max(0, (self.viewport().width() - self.column_width) // 2)

    def target(self, point: QPointF) -> Target | None:
        """What lies at a point of the viewport."""
        return target_at(self.arrangement, self.styling, QPointF(point.x() - self.column_left, point.y()))

    def leaves(self, placed: Placed) -> Sequence[Leaf]:
        return self.arrangement.items[placed.item].units[placed.unit].leaves or ()

    def visible_text(self) -> str:
        """The characters that stand in the viewport now, line by line."""
        placed = self.arrangement.place(self.viewport().height())
        parts = (leaf.shown() for each in placed for leaf in self.leaves(each))
        return "\n".join(part for part in parts if part)

    # ---- changing

    def show_items(self, items: list[Item]) -> None:
        """Show other items; those that were there before may be among them."""
        self.arrangement.show(items)
        self.refresh()

    def changed(self, item: Item) -> None:
        """The units of an item are others now."""
        self.arrangement.changed(self.arrangement.index_of(item))
        self.refresh()

    def grew(self, item: Item, pixels: int) -> None:
        """The last units of an item are others now, and so much higher."""
        self.arrangement.grew(self.arrangement.index_of(item), pixels)
        self.refresh()

    def restyle(self, style: Style) -> None:
        """Other colours, or another size."""
        self.styling = style
        self._pixels.forget()
        self.arrangement.restyle(self.column_width, style, fresh=True)
        self.refresh()

    def _lay_out_formulas(self) -> None:
        for item in self.items:
            for unit in item.units:
                if any(leaf.has_formulas() for leaf in unit.leaves or ()):
                    unit.reshape()
        self.refresh()

    def refresh(self) -> None:
        """Bring bar and pixels to what the arrangement says."""
        self.arrangement.place(self.viewport().height())
        self._sync_bar()
        self._pixels.bring_up_to_date(self.arrangement)
        self.refreshed.emit()
        following = self.arrangement.following
        if following != self._was_following:
            self._was_following = following
            self.following_changed.emit(following)

    # ---- scrolling

    def is_following(self) -> bool:
        return self.arrangement.following

    @property
    def end_in_sight(self) -> bool:
        """Whether all that can be read below is shown."""
        visible = self.arrangement.visible
        return self.is_following() or (
            self.arrangement.is_at_end and visible[-1].y + visible[-1].height <= self.viewport().height()
        )

    def jump_to_end(self) -> None:
        """Show the end, and stay there while it grows."""
        self.arrangement.following = True
        self.refresh()

    def jump_to_start(self) -> None:
        self.arrangement.following = False
        self.arrangement.scroll_to(0)
        self.refresh()

    def let_go(self) -> None:
        """Stop following the end; nothing moves."""
        self.arrangement.following = False
        self.refresh()

    def scroll_by(self, pixels: int) -> None:
        """Move down by so much; up, if negative, which lets go of the end. Who comes to the end, follows it again."""
        if pixels < 0:
            self.arrangement.following = False
        if not self.arrangement.following:
            self.arrangement.scroll_by(pixels)
            self.arrangement.settle(self.viewport().height(), may_follow=pixels > 0)
        self.refresh()

    def show_message(self, index: int) -> None:
        """Bring the beginning of a message to the top."""
        self.arrangement.following = False
        self.arrangement.pin(index, 0, 0)
        self.arrangement.settle(self.viewport().height(), may_follow=False)
        self.refresh()

    def bring_into_sight(self, spot: Spot) -> None:
        """Scroll to a place in the text, unless it is in sight with some room around it."""
        room = self.styling.lead * 2
        rect = self.rect_of(spot)
        if rect is not None and room <= rect.y() and rect.bottom() <= self.viewport().height() - room:
            return
        self.arrangement.following = False
        self.arrangement.pin(spot.item, spot.unit, self.viewport().height() // 3)
        self.arrangement.place(self.viewport().height())
        rect = self.rect_of(spot)
        if rect is not None and rect.bottom() > self.viewport().height() - room:
            self.arrangement.scroll_by(round(rect.y() - self.viewport().height() / 3))
        self.arrangement.settle(self.viewport().height(), may_follow=False)
        self.refresh()

    def rect_of(self, spot: Spot) -> QRectF | None:
        """Where a place in the text stands in the viewport; None where it is not shown."""
        for placed in self.arrangement.visible:
            if (placed.item, placed.unit) == (spot.item, spot.unit):
                unit = self.items[placed.item].units[placed.unit]
                leaves = unit.leaves or ()
                if spot.leaf < len(leaves):
                    leaf = leaves[spot.leaf]
                    left = self.column_left + (self.styling.card_pad if unit.in_card else 0)
                    return leaf.rect_of(min(spot.offset, leaf.end)).translated(left, placed.y + leaf.y)
        return None

    def _sync_bar(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        grown = self.arrangement.total - height - bar.maximum()
        at_end = self.arrangement.following and bar.value() == bar.maximum()
        if at_end and bar.pageStep() == height and 0 <= grown * height < self.arrangement.total:
            return  # its thumb would change by less than a pixel, and be painted for it
        self._is_syncing = True
        bar.setRange(0, max(0, self.arrangement.total - height))
        bar.setPageStep(height)
        bar.setSingleStep(self.styling.lead * 2)
        bar.setValue(bar.maximum() if self.arrangement.following else self.arrangement.offset)
        self._is_syncing = False

    def _follow_bar(self, value: int) -> None:
        if not self._is_syncing:
            self.arrangement.following = value >= self.verticalScrollBar().maximum()
            self.arrangement.scroll_to(value)
            self.arrangement.settle(self.viewport().height(), may_follow=False)
            self.refresh()

    def viewportEvent(self, event: QEvent) -> bool:
        """A finger moves the text by pixels, as the wheel does, and it runs on: the bar's estimates stay out of it."""
        if isinstance(event, QScrollPrepareEvent):
            self._finger = self.arrangement.offset
            event.setViewportSize(QSizeF(self.viewport().size()))
            event.setContentPosRange(QRectF(0, 0, 0, self.verticalScrollBar().maximum()))
            event.setContentPos(QPointF(0, self._finger))
            event.accept()
            return True
        if isinstance(event, QScrollEvent):
            to = round(event.contentPos().y())
            if to != self._finger:
                self.scroll_by(to - self._finger)
            self._finger = to
            event.accept()
            return True
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Nothing is blitted: what is shown follows from the arrangement."""

    # ---- painting

    def repaint_all(self) -> None:
        """The text stands where it stood and looks different: selected, marked, pointed at."""
        self._pixels.forget()
        self._pixels.bring_up_to_date(self.arrangement)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for rect in event.region():  # type: ignore[attr-defined]  # Qt's stub forgets that it can be gone through
            painter.fillRect(rect, self.styling.colour("canvas"))
        painter.translate(self.column_left, 0)
        region = event.region().translated(-self.column_left, 0)
        paint_transcript(painter, region, self.arrangement, self.selecting, self.marks, self.styling)
        cursor = self.selecting.cursor
        if self.selecting.shows_caret and cursor is not None and (caret := self.rect_of(cursor)) is not None:
            caret.setWidth(2)
            painter.fillRect(caret.translated(-self.column_left, 0), self.styling.colour("text"))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._pixels.forget()
        self.arrangement.restyle(self.column_width, self.styling, fresh=False)
        self.arrangement.settle(self.viewport().height(), may_follow=False)
        self.refresh()
