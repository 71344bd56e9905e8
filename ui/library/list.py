"""The list of conversations: keys, clicks and the menu, told as intents."""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QListView, QMenu, QWidget

from ui.library.delegate import LibraryDelegate
from ui.library.groups import FolderRow, LibraryRow
from ui.library.intents import Intents
from ui.library.menus import menu_of_folder, menu_of_rows
from ui.library.model import LibraryModel
from ui.theme.style import dress
from ui.theme.theme import Theme

DELETE_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) if sys.platform == "darwin" else (Qt.Key.Key_Delete,)
"""A Mac's "delete" is what Qt calls Backspace."""

_BARE_CLICK = Qt.KeyboardModifier.NoModifier


class LibraryList(QListView):
    """Stands still while a title is being typed: rows that come meanwhile are shown afterwards.

    Signals:
        left_upwards: Up was pressed on the first conversation.
    """

    left_upwards = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.intents = Intents(self)
        self._rows = LibraryModel(self)
        self._painter = LibraryDelegate(theme, self)
        self._waiting: Callable[[], None] | None = None
        self._to_rename = ""
        self._wants_all = False
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
        self._rows.title_typed.connect(self.intents.rename_requested)
        self._rows.name_typed.connect(self.intents.folder_renamed)
        self._rows.more_wanted.connect(partial(self.intents.more_wanted.emit, False))
        self._painter.closeEditor.connect(self._show_waiting)
        theme.changed.connect(lambda: self.viewport().update())  # the method itself would cost 0.6 MB to look into

    # ---- what is shown

    def show_rows(
        self, rows: Sequence[LibraryRow], now_ms: int, folders: Sequence[FolderRow] = (), *, has_more: bool = False
    ) -> None:
        """Show these conversations and folders; what was selected stays selected.

        Args:
            has_more: there are more conversations; `Intents.more_wanted` asks for them.
        """
        if self.state() == QAbstractItemView.State.EditingState:
            self._waiting = partial(self.show_rows, rows, now_ms, folders, has_more=has_more)
            return
        selected, current, at = self.selected_ids(), self.current_id, self.verticalScrollBar().value()
        self._rows.show(rows, now_ms, folders, has_more=has_more)
        if self.selected_ids() != selected or self.current_id != current:
            self._select(selected, current)
            self.verticalScrollBar().setValue(at)
        if self._wants_all and not has_more:
            self.selectAll()
        if self._to_rename and self._rows.place(self._to_rename).isValid():
            to_rename, self._to_rename = self._to_rename, ""
            self.begin_rename(to_rename)

    def selectAll(self) -> None:
        """Every conversation, also those that are not shown yet."""
        self._wants_all = self._rows.has_more
        if self._wants_all:
            self.intents.more_wanted.emit(True)
        self._select([row.id for row in map(self._rows.row_at, self._all()) if row is not None], self.current_id)

    def _all(self) -> Iterator[QModelIndex]:
        return (self._rows.index(at) for at in range(self._rows.rowCount()))

    def show_open(self, conversation_id: str) -> None:
        """Mark the conversation that is on the page, and select only it."""
        self._painter.open_id = conversation_id
        self._select([conversation_id], conversation_id)
        index = self._rows.place(conversation_id)
        if index.isValid():
            self.scrollTo(index)
        self.viewport().update()

    def begin_rename(self, conversation_id: str) -> None:
        """Let the title of a conversation or folder be typed in place, if it is shown."""
        index = self._rows.place(conversation_id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)

    def rename_when_shown(self, entry_id: str) -> None:
        """Let a title be typed in place as soon as its conversation or folder is shown."""
        self._to_rename = entry_id

    def go_to_first(self) -> None:
        """Give the list the focus, at its current conversation or its first."""
        self.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.selectedIndexes() and self._rows.rowCount() > 1:
            self.setCurrentIndex(self._rows.index(1))

    def open_first(self) -> None:
        """Open the first conversation that is shown."""
        row = next((row for row in map(self._rows.row_at, self._all()) if row is not None), None)
        if row is not None:
            self.intents.open_requested.emit(row.id)

    def selected_ids(self) -> list[str]:
        """From top to bottom."""
        return [row.id for row in self._selected_rows()]

    def _selected_rows(self) -> list[LibraryRow]:
        rows = (self._rows.row_at(index) for index in sorted(self.selectedIndexes()))
        return [row for row in rows if row is not None]

    @property
    def current_id(self) -> str:
        """The conversation or folder that the keyboard is at, or was; empty for none."""
        entry = self._rows.row_at(self.currentIndex()) or self._rows.folder_at(self.currentIndex())
        return "" if entry is None else entry.id

    def _select(self, ids: Sequence[str], current: str) -> None:
        selection = self.selectionModel()
        selection.clearSelection()
        index = self._rows.place(current)
        selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        selection.select(self._rows.places(ids), QItemSelectionModel.SelectionFlag.Select)

    def _show_waiting(self, _editor: QWidget, _hint: QAbstractItemDelegate.EndEditHint) -> None:
        if self._waiting is not None:
            show, self._waiting = self._waiting, None
            show()

    # ---- what the person does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._wants_all = False
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        row, folder = self._rows.row_at(index), self._rows.folder_at(index)
        bare_click = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == _BARE_CLICK
        editing = self.state() == QAbstractItemView.State.EditingState
        if row is not None and bare_click and not editing and self.selected_ids() == [row.id]:
            self.intents.open_requested.emit(row.id)
        elif folder is not None and bare_click and not editing:
            self.intents.folder_toggled.emit(folder.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        row, folder = self._rows.row_at(index), self._rows.folder_at(index)
        is_delete = event.key() in DELETE_KEYS and (self.selectedIndexes() or folder is not None)
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif is_delete:
            self._delete(folder)
        elif row is None and folder is None:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(row, folder)
        elif event.key() == Qt.Key.Key_F2:
            self.edit(index)
        elif event.key() == Qt.Key.Key_Up and index.row() == 1:
            self.left_upwards.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if self._rows.row_at(index) is not None or self._rows.folder_at(index) is not None:
            place = self.visualRect(index).center() if by_key else event.pos()
            self.menu_for(index).popup(self.viewport().mapToGlobal(QPoint(place)))

    def menu_for(self, index: QModelIndex) -> QMenu:
        """What can be done with the entry at `index`, or with all conversations that are selected if it is one."""
        if index not in self.selectedIndexes():
            self.setCurrentIndex(index)
        folder = self._rows.folder_at(index)
        if folder is not None:
            return menu_of_folder(self, self.intents, folder, self.begin_rename)
        return menu_of_rows(self, self.intents, self._selected_rows(), self._rows.folders, self.begin_rename)

    def _open(self, row: LibraryRow | None, folder: FolderRow | None) -> None:
        if row is not None:
            self.intents.open_requested.emit(row.id)
        elif folder is not None:
            self.intents.folder_toggled.emit(folder.id)

    def _delete(self, folder: FolderRow | None) -> None:
        ids = self.selected_ids()
        if ids:
            self.intents.delete_requested.emit(ids)
        elif folder is not None:
            self.intents.folder_removed.emit(folder.id)
