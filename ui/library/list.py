"""The list of conversations: keys, clicks and the menu, told as intents."""

import sys
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QListView, QMenu, QWidget

from ui.library.delegate import LibraryDelegate
from ui.library.groups import LibraryRow
from ui.library.model import LibraryModel
from ui.theme.style import dress
from ui.theme.theme import Theme

DELETE_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) if sys.platform == "darwin" else (Qt.Key.Key_Delete,)
"""A Mac's "delete" is what Qt calls Backspace."""

_BARE_CLICK = Qt.KeyboardModifier.NoModifier


class LibraryList(QListView):
    """Stands still while a title is being typed: rows that come meanwhile are shown afterwards.

    Signals:
        open_requested: arg: id.
        rename_requested: args: id, the new title.
        delete_requested: arg: list of ids.
        left_upwards: Up was pressed on the first conversation.
    """

    open_requested = Signal(str)
    rename_requested = Signal(str, str)
    delete_requested = Signal(list)
    left_upwards = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = LibraryModel(self)
        self._painter = LibraryDelegate(theme, self)
        self._waiting: tuple[Sequence[LibraryRow], int] | None = None
        self.setModel(self._rows)
        self.setItemDelegate(self._painter)
        dress(self, look="bare")
        self.setAccessibleName("Conversations")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._rows.title_typed.connect(self.rename_requested)
        self._painter.closeEditor.connect(self._show_waiting)
        theme.changed.connect(self.viewport().update)

    # ---- what is shown

    def show_rows(self, rows: Sequence[LibraryRow], now_ms: int) -> None:
        """Show these conversations; what was selected stays selected."""
        if self.state() == QAbstractItemView.State.EditingState:
            self._waiting = (rows, now_ms)
            return
        selected, current, at = self.selected_ids(), self.current_id, self.verticalScrollBar().value()
        self._rows.show(rows, now_ms)
        if self.selected_ids() != selected or self.current_id != current:
            self._select(selected, current)
            self.verticalScrollBar().setValue(at)

    def show_open(self, conversation_id: str) -> None:
        """Mark the conversation that is on the page, and select only it."""
        self._painter.open_id = conversation_id
        self._select([conversation_id], conversation_id)
        index = self._rows.place(conversation_id)
        if index.isValid():
            self.scrollTo(index)
        self.viewport().update()

    def begin_rename(self, conversation_id: str) -> None:
        """Let the title be typed in place, if the conversation is shown."""
        index = self._rows.place(conversation_id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)

    def go_to_first(self) -> None:
        """Give the list the focus, at its current conversation or its first."""
        self.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.selectedIndexes() and self._rows.rowCount() > 1:
            self.setCurrentIndex(self._rows.index(1))

    def open_first(self) -> None:
        """Open the first conversation that is shown."""
        row = self._rows.row_at(self._rows.index(1))
        if row is not None:
            self.open_requested.emit(row.id)

    def selected_ids(self) -> list[str]:
        """From top to bottom."""
        rows = (self._rows.row_at(index) for index in sorted(self.selectedIndexes()))
        return [row.id for row in rows if row is not None]

    @property
    def current_id(self) -> str:
        """The conversation that the keyboard is at, or was; empty for none."""
        row = self._rows.row_at(self.currentIndex())
        return "" if row is None else row.id

    def _select(self, ids: Sequence[str], current: str) -> None:
        selection = self.selectionModel()
        selection.clearSelection()
        index = self._rows.place(current)
        selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        selection.select(self._rows.places(ids), QItemSelectionModel.SelectionFlag.Select)

    def _show_waiting(self, _editor: QWidget, _hint: QAbstractItemDelegate.EndEditHint) -> None:
        if self._waiting is not None:
            (rows, now_ms), self._waiting = self._waiting, None
            self.show_rows(rows, now_ms)

    # ---- what the person does

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        row = self._rows.row_at(self.indexAt(event.position().toPoint()))
        bare_click = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == _BARE_CLICK
        editing = self.state() == QAbstractItemView.State.EditingState
        if row is not None and bare_click and not editing and self.selected_ids() == [row.id]:
            self.open_requested.emit(row.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._rows.row_at(self.currentIndex())
        if self.state() == QAbstractItemView.State.EditingState or row is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_requested.emit(row.id)
        elif event.key() == Qt.Key.Key_F2:
            self.edit(self.currentIndex())
        elif event.key() in DELETE_KEYS:
            self._delete()
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() == 1:
            self.left_upwards.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if self._rows.row_at(index) is not None:
            place = self.visualRect(index).center() if by_key else event.pos()
            self.menu_for(index).popup(self.viewport().mapToGlobal(QPoint(place)))

    def menu_for(self, index: QModelIndex) -> QMenu:
        """What can be done with the conversation at `index`, or with all that are selected if it is one of them."""
        if index not in self.selectedIndexes():
            self.setCurrentIndex(index)
        ids = self.selected_ids()
        menu = QMenu(self)
        menu.setAccessibleName("Conversation")
        menu.aboutToHide.connect(menu.deleteLater)
        if len(ids) == 1:
            menu.addAction("Open", partial(self.open_requested.emit, ids[0]))
            menu.addAction("Rename\tF2", partial(self.begin_rename, ids[0]))
            menu.addSeparator()
        menu.addAction("Delete\tDel" if len(ids) == 1 else f"Delete {len(ids)} conversations\tDel", self._delete)
        return menu

    def _delete(self) -> None:
        ids = self.selected_ids()
        if ids:
            self.delete_requested.emit(ids)
