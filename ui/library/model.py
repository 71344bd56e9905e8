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

from ui.library.groups import Entry, Heading, LibraryRow, grouped
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
    """

    title_typed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._places: dict[str, int] = {}

    def show(self, rows: Sequence[LibraryRow], now_ms: int) -> None:
        """Take new rows. Rows that stand where they stood are only told to be drawn again."""
        entries = grouped(rows, now_ms)
        if [_key(entry) for entry in entries] == [_key(entry) for entry in self._entries]:
            self._replace(entries)
            return
        self.beginResetModel()
        self._entries = entries
        self._places = {entry.id: at for at, entry in enumerate(entries) if isinstance(entry, LibraryRow)}
        self.endResetModel()

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

    def _replace(self, entries: tuple[Entry, ...]) -> None:
        changed = [at for at, (old, new) in enumerate(zip(self._entries, entries, strict=True)) if old != new]
        self._entries = entries
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    # ---- QAbstractListModel

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.row_at(index) is None:
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
        return _told(entry, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self.row_at(index)
        title = " ".join(str(value).split())
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
        return ", ".join(part for part in (shown_title(row), _STATES.get(row.state)) if part)
    return None


def _key(entry: Entry) -> str:
    return f"heading {entry.text}" if isinstance(entry, Heading) else entry.id
