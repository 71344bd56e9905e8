"""JSON as a tree whose branches are made when they are opened."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

SHOWN = 200
"""Characters of a value in its row; the text beside has more."""
MOST = 2000
"""Rows of one branch."""
_VALUE = 0x0100


class JsonTree(QTreeView):
    """Shows one value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = QStandardItemModel(0, 2, self)
        self._items.setHorizontalHeaderLabels(["Name", "Value"])
        self.setModel(self._items)
        self.setAccessibleName("JSON as a tree")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.expanded.connect(self._fill)

    def show_value(self, value: Any) -> None:
        """Show a parsed JSON value; its first level is open."""
        self._items.removeRows(0, self._items.rowCount())
        self._add(self._items.invisibleRootItem(), _members(value))
        self.resizeColumnToContents(0)

    def _fill(self, index: QModelIndex) -> None:
        item = self._items.itemFromIndex(index)
        value = item.data(_VALUE)
        if value is not None:
            item.setData(None, _VALUE)
            item.removeRows(0, item.rowCount())
            self._add(item, _members(value[0]))

    def _add(self, parent: QStandardItem, members: Iterable[tuple[str, Any]]) -> None:
        for name, value in members:
            item = QStandardItem(name[:SHOWN])
            if isinstance(value, Mapping | list) and value:
                # a tuple, for Qt would take a dict apart and lose what is in it
                item.setData((value,), _VALUE)
                item.appendRow(QStandardItem())
            parent.appendRow([item, QStandardItem(_told(value))])


def _members(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        found = list(value.items())
    elif isinstance(value, list):
        found = [(str(at), each) for at, each in enumerate(value)]
    else:
        return [("", value)]
    rest = len(found) - MOST
    return found if rest <= 0 else [*found[:MOST], ("…", f"{rest:,} more")]


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{len(value)}}}"
    if isinstance(value, list):
        return f"[{len(value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)[:SHOWN]
