"""The library's list as Qt wants it: headings and conversations, one after the other."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionRange,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from ui.library.groups import Entry, FolderRow, Heading, LibraryRow, grouped
from ui.widgets.direction import isolated
from ui.widgets.elided_label import LONGEST

__all__ = ["ENTRY_ROLE", "LibraryModel", "LibraryRow"]

ENTRY_ROLE = Qt.ItemDataRole.UserRole
"""The Heading or LibraryRow itself."""

UNTITLED = "New conversation"
_STATES = {"answering": "Answering", "failed": "The last answer failed"}
Index = QModelIndex | QPersistentModelIndex


class LibraryModel(QAbstractListModel):
    """Shows what `show` was given; a title that was typed is told and not taken over.

    Signals:
        title_typed: a person gave a conversation a new title; args: id, title.
        name_typed: a person gave a folder a new name; args: id, name.
        more_wanted: the end has come into sight, and there are more.
    """

    title_typed = Signal(str, str)
    name_typed = Signal(str, str)
    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._places: dict[str, int] = {}
        self._has_more = False

    def show(
        self, rows: Sequence[LibraryRow], now_ms: int, folders: Sequence[FolderRow] = (), *, has_more: bool = False
    ) -> None:
        """Take new rows. Rows that stand where they stood are only told to be drawn again.

        Args:
            has_more: there are more than these; `more_wanted` asks for them.
        """
        entries = grouped(rows, now_ms, folders=folders)
        self._has_more = has_more
        keys, known = [_key(entry) for entry in entries], [_key(entry) for entry in self._entries]
        if known and keys[: len(known)] == known:
            self._replace(entries[: len(known)])
            self._append(entries)
            return
        self.beginResetModel()
        self._entries = entries
        self._find_places()
        self.endResetModel()

    def _append(self, entries: tuple[Entry, ...]) -> None:
        if len(entries) > len(self._entries):
            self.beginInsertRows(QModelIndex(), len(self._entries), len(entries) - 1)
            self._entries = entries
            self._find_places()
            self.endInsertRows()

    def _find_places(self) -> None:
        self._places = {entry.id: at for at, entry in enumerate(self._entries) if not isinstance(entry, Heading)}

    def place(self, conversation_id: str) -> QModelIndex:
        """Where a conversation stands; an invalid index if it is not shown."""
        at = self._places.get(conversation_id)
        return QModelIndex() if at is None else self.index(at)

    def places(self, conversation_ids: Sequence[str]) -> QItemSelection:
        """Where these conversations stand, neighbours as one range: Qt takes seconds over ten thousand single ones."""
        found = QItemSelection()
        first = last = -1
        for at in sorted(self._places[each] for each in conversation_ids if each in self._places):
            if first >= 0 and at != last + 1:
                found.append(QItemSelectionRange(self.index(first), self.index(last)))
                first = at
            first = at if first < 0 else first
            last = at
        if first >= 0:
            found.append(QItemSelectionRange(self.index(first), self.index(last)))
        return found

    def row_at(self, index: Index) -> LibraryRow | None:
        """The conversation at `index`, or None for a heading and for nothing."""
        entry = self._entries[index.row()] if 0 <= index.row() < len(self._entries) else None
        return entry if isinstance(entry, LibraryRow) else None

    def folder_at(self, index: Index) -> FolderRow | None:
        """The folder at `index`, or None for anything else."""
        entry = self._entries[index.row()] if 0 <= index.row() < len(self._entries) else None
        return entry if isinstance(entry, FolderRow) else None

    @property
    def folders(self) -> tuple[FolderRow, ...]:
        return tuple(entry for entry in self._entries if isinstance(entry, FolderRow))

    @property
    def has_more(self) -> bool:
        return self._has_more

    def _replace(self, entries: tuple[Entry, ...]) -> None:
        changed = [at for at, (old, new) in enumerate(zip(self._entries, entries, strict=True)) if old != new]
        self._entries = entries
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    # ---- QAbstractListModel

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def canFetchMore(self, parent: Index) -> bool:
        return self._has_more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        if self._has_more:
            self._has_more = False  # asked once; the answer says anew
            self.more_wanted.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self._entries[index.row()], Heading):
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if isinstance(entry, Heading):
            return entry.text if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        return _told_folder(entry, role) if isinstance(entry, FolderRow) else _told(entry, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row, folder = self.row_at(index), self.folder_at(index)
        title = " ".join(str(value).split())
        if folder is not None and role == Qt.ItemDataRole.EditRole and title and title != folder.name:
            self.name_typed.emit(folder.id, title)
            return True
        if row is None or role != Qt.ItemDataRole.EditRole or not title or title == row.title:
            return False
        self.title_typed.emit(row.id, title)
        return True


def shown_title(row: LibraryRow) -> str:
    """The title as one line; a stand-in when there is none yet."""
    return isolated(" ".join(row.title[:LONGEST].split())) or UNTITLED


def _told(row: LibraryRow, role: int) -> object:
    if role == Qt.ItemDataRole.EditRole:
        return row.title
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
        return shown_title(row)
    if role == Qt.ItemDataRole.AccessibleTextRole:
        unread = "Unread" if row.unread else ""
        pinned = "Pinned" if row.pinned else ""
        return ", ".join(part for part in (shown_title(row), _STATES.get(row.state), unread, pinned) if part)
    return None


def _told_folder(folder: FolderRow, role: int) -> object:
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return f"Folder {folder.name}, {folder.count:,} conversations, {'open' if folder.is_open else 'closed'}"
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
        return folder.name
    return None


def _key(entry: Entry) -> str:
    match entry:
        case Heading(text):
            return f"heading {text}"
        case FolderRow(id_):
            return f"folder {id_}"
    return entry.id
