"""The transcript: takes messages and the events of a growing one, tells what the person wants done with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QCloseEvent,
    QContextMenuEvent,
    QDrag,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.conversation import Message, ReplyFacts
from app.domain.stream import StreamEvent
from ui.theme import metrics
from ui.theme.palette import LIGHT, Palette
from ui.transcript.access import readable, tell_caret
from ui.transcript.acting import Acting
from ui.transcript.actions import CODE, ActionRow, JumpButton, menu_for
from ui.transcript.announcing import Announcer
from ui.transcript.canvas import Canvas
from ui.transcript.caret import first_spot
from ui.transcript.copying import put_on_clipboard
from ui.transcript.copying_aside import CopyingAside
from ui.transcript.editing import Editing
from ui.transcript.formulas import Typeset
from ui.transcript.growth import Growth
from ui.transcript.items import Item
from ui.transcript.keyboard import Keyboard
from ui.transcript.leaves.base import UNBOUNDED
from ui.transcript.pointer import Pointer
from ui.transcript.search import Search
from ui.transcript.selecting import START, Spot
from ui.transcript.specs import PictureSpec
from ui.transcript.style import Style
from ui.transcript.telling import ErrorText, Telling
from ui.widgets.announce import announce

DESCRIBE_MS: Final = 500
"""So long nothing must change before screen readers are given the text in sight."""
HEAD_UNIT: Final = 1
"""Who speaks stands below the gap."""


class TranscriptView(Canvas):
    """Emits what the person wants; changes nothing but what is shown.

    Signals:
        retry_requested: ask again; arg: the answer's id.
        edit_requested: put a prompt back into the composer; arg: its id.
        delete_requested: arg: the message's id.
        branch_requested: show another branch; args: the message's id, -1 for the earlier one, 1 for the later.
        continue_requested: let an answer that stopped early go on; arg: its id.
        leave_out_requested, take_in_requested: send a message no longer, or again; arg: its id.
        branch_here_requested: let the path end at a message, to begin another branch; arg: its id.
        connect_requested: see to the key and the connection; arg: the failed answer's id.
        follow_requested: show what comes after the last message; arg: its id.
        wire_requested: show what went over the wire for an answer; arg: its id.
        answer_edited: an answer is to say something else; args: its id, the index of the block where the text begins,
            the text.
        code_requested: copy the request of a message; args: its id, the form of code.
        compare_requested: compare an answer with another; arg: its id.
        link_activated: a link was clicked; arg: its target, always http, https or mailto.
        document_opened: read a document by itself; arg: its data.
        place_opened: show what an answer cites; args: the answer's id, the place as `DOCUMENT:page|text:START:END`.
        picture_opened: look at a picture by itself; arg: its data, base64.
        formula_wanted: typeset a formula, see `show_formula`; args: its TeX, whether it stands on its own.
    """

    retry_requested = Signal(str)
    edit_requested = Signal(str)
    delete_requested = Signal(str)
    branch_requested = Signal(str, int)
    continue_requested = Signal(str)
    branch_here_requested = Signal(str)
    leave_out_requested = Signal(str)
    take_in_requested = Signal(str)
    connect_requested = Signal(str)
    follow_requested = Signal(str)
    wire_requested = Signal(str)
    picture_opened = Signal(str)
    document_opened = Signal(str)
    place_opened = Signal(str, str)
    answer_edited = Signal(str, int, str)
    code_requested = Signal(str, str)
    compare_requested = Signal(str)
    link_activated = Signal(str)
    formula_wanted = Signal(str, bool)

    def __init__(self, error_text: ErrorText, palette: Palette = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(palette, parent)
        self._telling = Telling(error_text)
        self.later.formula_wanted.connect(self.formula_wanted)
        self._hovered: Item | None = None
        self._growth = Growth(self)
        self._growth.took_in.connect(self._tell_news)
        self._announcer = Announcer(self, partial(announce, self))
        self._pointer = Pointer(self)
        self._acting = Acting(self)
        self._acting.asked.connect(self._ask)
        self._acting.link_activated.connect(self.link_activated)
        self._acting.document_opened.connect(self.document_opened)
        self._acting.place_opened.connect(self.place_opened)
        self._pointer.acted.connect(self._acting.perform)
        self._pointer.hovered.connect(self._hover)
        self._pointer.selection_began.connect(self._let_go)
        self._pointer.selection_ended.connect(self._tell_caret)
        self._pointer.drag_out_wanted.connect(self._drag_out)
        self._pointer.held.connect(self._open_menu_at)
        self._describe_timer = QTimer(self, singleShot=True, interval=DESCRIBE_MS)
        self._describe_timer.timeout.connect(self._describe)
        self._actions = ActionRow(self.viewport())
        self._actions.chosen.connect(self._choose)
        self._jump = JumpButton(self.viewport())
        self._jump.clicked.connect(self.jump_to_end)
        self._working = QLabel(self.tr("Making formatted text for the clipboard. Esc stops."), self.viewport())
        self._working.hide()
        self._editing = Editing(self)
        self._editing.saved.connect(self.answer_edited)
        self.later.pictures.whole_came.connect(self._copy_picture)
        self._aside = CopyingAside(self)
        self._aside.working.connect(self._working.setVisible)
        self._search = Search(self)
        self._keyboard = Keyboard(self)
        self._keyboard.command_given.connect(lambda name: self._choose(name, ""))
        self._keyboard.message_step_requested.connect(self.step_message)
        self._keyboard.branch_step_requested.connect(self._step_branch)
        self._keyboard.selection_began.connect(self._let_go)
        self._keyboard.caret_moved.connect(self._tell_caret)
        self.refreshed.connect(self._place_overlays)
        self.setAccessibleName(self.tr("Transcript"))
        self._dress(self.styling)

    # ---- what is shown

    def show(
        self,
        messages: Sequence[Message] | None = None,
        *,
        streaming: str | None = None,
        branches: Mapping[str, tuple[int, int]] | None = None,
        beyond: int = 0,
    ) -> None:
        """Show messages, first one first; those that are shown already stay as they are.

        Args:
            messages: the path; without it this is what every widget's `show` is.
            streaming: id of the last message, if it is growing.
            branches: for messages that have siblings, by id: which one it is, from 1, and how many they are.
            beyond: how many messages come after the last one that are not on the path.
        """
        if messages is None:
            super().show()
            return
        self._growth.flush()
        known = {item.message.id: item for item in self.items}
        items: list[Item] = []
        for message in messages:
            grows = message.id == streaming
            kept = known.get(message.id)
            if kept is None or (kept.message is not message and kept.message != message) or kept.is_growing != grows:
                kept = Item(message, self._telling, is_growing=grows)
            kept.branch = (branches or {}).get(message.id, (1, 1))
            if kept.lead_on(beyond if message is messages[-1] else 0):
                kept.regather(self.arrangement.width, self.styling)
            items.append(kept)
        if [id(each) for each in items[: len(self.items)]] != [id(each) for each in known.values()]:
            self.selecting.clear()
            self._search.forget()
        self.show_items(items)
        self._editing.sync()

    def set_models(self, name_of: Callable[[str], str], cost_of: Callable[[ReplyFacts], float | None]) -> None:
        """What models are called, by id, and what answers cost, in USD. Counts for what is shown from now on."""
        self._telling.name_of, self._telling.cost_of = name_of, cost_of

    def extend(self, events: Iterable[StreamEvent]) -> None:
        """Events of the growing message. They show with the next frame."""
        self._growth.extend(events)

    def phase(self, text: str | None) -> None:
        """A line below the growing answer that says what is being waited for; None takes it away."""
        item = self._growth.item
        if item is not None and item.show_phase(text):
            item.regather(self.arrangement.width, self.styling)
            self.changed(item)

    def finish(self, message: Message) -> None:
        """The growing message is complete, or has ended otherwise. What is in sight does not move."""
        self._growth.finish(message)
        if QAccessible.isActive() and self.items and self.items[-1].message.id == message.id:
            self._announcer.ended(self.items[-1])

    def show_formula(self, tex: str, is_display: bool, formula: Typeset) -> None:
        """A formula that was wanted, typeset: it takes its source's place."""
        self.later.show_formula(tex, is_display, formula)

    def open_find(self) -> None:
        """Show the bar in which one writes what to find."""
        self._search.bar.open_bar()
        self._stand()

    def find_text(self, text: str) -> None:
        """Look for a text; the first hit from here on comes into sight, selected."""
        self._search.search(text)

    def find_again(self, by: int) -> None:
        """To the next hit with 1, to the one before with -1."""
        self._search.step(by)

    @property
    def found(self) -> tuple[int, int]:
        """The number of the hit that is shown, from 1, and how many there are; zeros for none."""
        return self._search.place

    def set_palette(self, palette: Palette) -> None:
        """Other colours."""
        self._restyle(Style(palette, self.styling.zoom, self.later))

    def set_zoom(self, zoom: float) -> None:
        """The size of everything, as a factor; held within the window's range."""
        low, high = metrics.ZOOM_RANGE
        self._restyle(Style(self.styling.palette, min(high, max(low, zoom)), self.later))

    def show_message_of(self, message_id: str) -> None:
        """Bring the beginning of a message to the top; one that is not shown changes nothing."""
        index = next((at for at, item in enumerate(self.items) if item.message.id == message_id), None)
        if index is not None:
            self.show_message(index)

    def step_message(self, by: int) -> None:
        """Bring the beginning of the next message to the top with 1, of this one or the one before with -1."""
        visible = self.arrangement.visible
        if not visible:
            return
        top = visible[0]
        at_head = top.unit == 0 and top.y >= 0
        index = top.item + by if by > 0 or at_head else top.item
        if index >= len(self.items):
            self.jump_to_end()
        else:
            self.show_message(max(0, index))

    def plain_text(self) -> str:
        """The text of all messages, as copying all gives it."""
        return "\n\n".join(source for item in self.items if (source := item.source))

    def _restyle(self, style: Style) -> None:
        self._dress(style)
        self.restyle(style)

    def _dress(self, style: Style) -> None:
        self._actions.dress(style)
        self._jump.dress(style)
        self._search.dress(style)
        self._editing.dress(style)
        self._working.setStyleSheet(
            f"background: {style.palette.raised}; color: {style.palette.muted}; padding: {metrics.SPACE}px;"
        )

    # ---- what stands over the text

    def _stand(self) -> None:
        area = self.viewport().rect()
        self._jump.stand_in(area, self.styling)
        self._search.bar.stand_in(area)
        self._working.adjustSize()
        self._working.move(metrics.SPACE * 2, area.height() - self._working.height() - metrics.SPACE * 2)

    def _place_overlays(self) -> None:
        if self._jump.isHidden() != self.end_in_sight:
            self._jump.setVisible(not self.end_in_sight)
        if self._jump.isHidden():
            self._jump.show_news(False)
        self._place_actions()
        if QAccessible.isActive():
            self._describe_timer.start()

    def _tell_news(self) -> None:
        if QAccessible.isActive() and self._growth.item is not None:
            self._announcer.grew(self._growth.item)
        if not self._jump.isHidden():
            self._jump.show_news(True)
            self._jump.stand_in(self.viewport().rect(), self.styling)

    def _describe(self) -> None:
        """Give screen readers the text in sight, once it has come to rest."""
        self.viewport().setAccessibleName(self.tr("Messages in sight"))
        self.viewport().setAccessibleDescription(self.visible_text())

    def _hover(self, item: Item | None) -> None:
        self._hovered = item
        self._place_actions()

    def _place_actions(self) -> None:
        """At the head of the message under the pointer, else of the last; if that head is in sight."""
        wanted = self._hovered or (self.items[-1] if self.items else None)
        for placed in self.arrangement.visible:
            item = self.items[placed.item]
            if item is wanted and placed.unit == HEAD_UNIT:
                right = self.column_left + self.arrangement.width
                self._actions.show_for(item, right, placed.y, self.styling.avatar)
                return
        self._actions.show_for(None, 0, 0, 0)

    def _let_go(self) -> None:
        """Whoever selects, reads: what grows below must not carry it away."""
        if self.is_following() and self._growth.item is not None:
            self.let_go()

    # ---- acting

    def _ask(self, name: str, message_id: str) -> None:
        """What is not done here goes up."""
        asks = {
            "retry": self.retry_requested,
            "edit": self.edit_requested,
            "continue": self.continue_requested,
            "delete": self.delete_requested,
            "branch": self.branch_here_requested,
            "leave_out": self.leave_out_requested,
            "take_in": self.take_in_requested,
            "connect": self.connect_requested,
            "follow": self.follow_requested,
            "compare": self.compare_requested,
            "wire": self.wire_requested,
        }
        asks[name].emit(message_id)

    def _step_branch(self, by: int) -> None:
        """Another branch of the message under the pointer, else of the last in sight that has some."""
        seen = (self.items[placed.item] for placed in reversed(self.arrangement.visible))
        found = next((item for item in (self._hovered, *seen) if item is not None and item.branch[1] > 1), None)
        if found is not None:
            self.branch_requested.emit(found.message.id, by)

    def _choose(self, name: str, message_id: str) -> None:
        """What a button, a menu or a key asks for; keys name no message."""
        does: dict[str, Callable[[], object]] = {
            "copy": self.copy,
            "select_all": self.select_all,
            "caret": self._toggle_caret,
            "find": self.open_find,
            "find_next": lambda: self.find_again(1),
            "find_previous": lambda: self.find_again(-1),
            "copy_message": lambda: QGuiApplication.clipboard().setText(self._item(message_id).source),
            "copy_plain": lambda: QGuiApplication.clipboard().setText(readable(self._item(message_id))),
            "copy_details": lambda: QGuiApplication.clipboard().setText(self._item(message_id).details),
            "edit_answer": lambda: self._editing.begin(self._item(message_id)),
            "numbers": lambda: self._show_numbers(self._item(message_id)),
            "more": lambda: self._open_menu(self._item(message_id), self._actions.more_corner()),
            "earlier": lambda: self.branch_requested.emit(message_id, -1),
            "later": lambda: self.branch_requested.emit(message_id, 1),
        }
        if name in does:
            does[name]()
        elif name.startswith(CODE):
            self.code_requested.emit(message_id, name.removeprefix(CODE))
        else:
            self._ask(name, message_id)

    def _item(self, message_id: str) -> Item:
        return next(each for each in self.items if each.message.id == message_id)

    def _toggle_caret(self) -> None:
        """Let the keys move a caret through the text, or scroll again."""
        selecting = self.selecting
        selecting.shows_caret = not selecting.shows_caret
        if selecting.shows_caret and selecting.cursor is None and (spot := first_spot(self)) is not None:
            selecting.begin(spot)
        self.repaint_all()
        announce(self, self.tr("Caret browsing on") if selecting.shows_caret else self.tr("Caret browsing off"))
        self._tell_caret()

    def _tell_caret(self) -> None:
        if QAccessible.isActive():
            tell_caret(self)

    def copy(self) -> None:
        """Put what is selected on the clipboard."""
        parts = self.selecting.parts(self.items)
        if parts:
            self._aside.begin(put_on_clipboard(parts))

    def selected_text(self) -> str:
        """What is selected, as it would be copied."""
        return self.selecting.text(self.items)

    def select_all(self) -> None:
        if self.items:
            self.selecting.select(START, Spot(len(self.items) - 1, UNBOUNDED, UNBOUNDED, UNBOUNDED))
            self.repaint_all()

    # ---- Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stand()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._search.wait()
        self._aside.wait()
        self.later.pictures.wait()
        super().closeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointer.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._pointer.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer.leave()

    def _drag_out(self) -> None:
        """Take what is selected to another program, as plain text."""
        drag = QDrag(self.viewport())
        mime = QMimeData()
        mime.setText(self.selected_text())
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.items:
            self._open_menu(self._item_of_keys, event.globalPos())
        else:
            self._open_menu_at(event.globalPos())

    def _copy_picture(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)

    @property
    def _item_of_keys(self) -> Item:
        """The message that a key means: the one with the caret, else the last in sight."""
        cursor, visible = self.selecting.cursor, self.arrangement.visible
        if cursor is not None and cursor.item < len(self.items):
            return self.items[cursor.item]
        return self.items[visible[-1].item if visible else -1]

    def _open_menu_at(self, at: QPoint) -> None:
        target = self.target(QPointF(self.viewport().mapFromGlobal(at)))
        item = self.items[target.placed.item] if target is not None else None
        self._open_menu(item, at, target.picture() if target is not None else None)

    def _open_menu(self, item: Item | None, at: QPoint, picture: PictureSpec | None = None) -> None:
        has_selection = self.selecting.range is not None
        menu, names = menu_for(self, item, has_selection=has_selection, has_picture=picture is not None)
        id_ = item.message.id if item is not None else ""

        def choose(action: QAction) -> None:
            if names[action] == "copy_picture" and picture is not None:
                self.later.pictures.ask_whole(picture)
            elif names[action] == "open_picture" and picture is not None:
                self.picture_opened.emit(picture.data)
            else:
                self._choose(names[action], id_)

        menu.triggered.connect(choose)
        menu.popup(at)

    def _show_numbers(self, item: Item) -> None:
        """All that is known of a message, or not any more."""
        item.toggle_numbers(self.arrangement.width, self.styling)
        self.changed(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._aside.is_working:
            self._aside.stop()
        elif not self._keyboard.press(event):
            super().keyPressEvent(event)
