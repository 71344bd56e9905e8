"""The tree of a tool's input: one row for each property, alternative, item and definition."""

from collections.abc import Iterator
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.toolkit.edits import TYPES, type_of
from app.toolkit.schema_tree import Node, Path, tree_of
from ui.theme import metrics

MOST_ROWS: Final = 400
"""A larger schema shows its first properties here, and all of itself as source."""
NAME, TYPE, REQUIRED, DESCRIPTION = range(4)
_PATH: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class PropertyTree(QTreeWidget):
    """Shows a schema; tells how the person changes it.

    Signals:
        renamed, described: args: the path from the schema, the text.
        retyped: args: the path, a word of `TYPES`.
        required: args: the path, yes or no.
        moved: args: the path, its new place among its neighbours.
        removed, chosen: arg: the path.
    """

    renamed = Signal(tuple, str)
    described = Signal(tuple, str)
    retyped = Signal(tuple, str)
    required = Signal(tuple, bool)
    moved = Signal(tuple, int)
    removed = Signal(tuple)
    chosen = Signal(tuple)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Properties of the input")
        self.setColumnCount(4)
        self.setHeaderLabels(["Property", "Type", "Req.", "Description"])
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setItemDelegateForColumn(TYPE, _TypeDelegate(self))
        self.setUniformRowHeights(True)
        self.header().setFixedHeight(metrics.ROW_PX)
        for column, steps in ((NAME, 42), (TYPE, 22), (REQUIRED, 11)):
            self.setColumnWidth(column, steps * metrics.SPACE)
        self._shown: Any = None
        self._is_showing = False
        self.itemChanged.connect(self._tell_change)
        self.currentItemChanged.connect(self._tell_choice)

    @property
    def path(self) -> Path:
        """Of the chosen row; empty where none is."""
        item = self.currentItem()
        return tuple(item.data(NAME, _PATH)) if item is not None else ()

    def show_schema(self, schema: Any, keep: Path | None = None) -> None:
        """Show a schema, and choose the row of a path (the one that is chosen, where none is given)."""
        wanted = self.path if keep is None else keep
        self._is_showing = True
        self.clear()
        rows = self._fill(None, tree_of(schema), [MOST_ROWS])
        for path, item in rows:
            if path == wanted:
                self.setCurrentItem(item)
        self.expandAll()
        self._is_showing = False

    def _fill(
        self, parent: QTreeWidgetItem | None, node: Node, left: list[int]
    ) -> Iterator[tuple[Path, QTreeWidgetItem]]:
        found: list[tuple[Path, QTreeWidgetItem]] = []
        for child in node.children:
            left[0] -= 1
            if left[0] < 0:
                break
            item = QTreeWidgetItem(self if parent is None else parent, self._texts(child))
            item.setData(NAME, _PATH, list(child.path))
            item.setSizeHint(NAME, QSize(0, metrics.ROW_PX + metrics.SPACE))
            flags = item.flags() | Qt.ItemFlag.ItemIsEditable
            if child.keyword == "properties":
                flags |= Qt.ItemFlag.ItemIsUserCheckable
                item.setCheckState(REQUIRED, Qt.CheckState.Checked if child.is_required else Qt.CheckState.Unchecked)
            item.setFlags(flags)
            found.append((child.path, item))
            found += self._fill(item, child, left)
        return iter(found)

    def _texts(self, node: Node) -> list[str]:
        place = "" if not isinstance(node.path[-1], int) else f" {node.path[-1] + 1}"
        name = node.name if node.keyword == "properties" else f"{node.keyword} {node.name}".strip() + place
        schema = node.schema if isinstance(node.schema, dict) else {}
        text = schema.get("description")
        if not isinstance(text, str) or not text:
            enum = schema.get("enum")
            text = ", ".join(map(str, enum[:20])) if isinstance(enum, list) else ""
        return [name, type_of(node.schema), "", text]

    # ---- what the person does

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.path:
            self.removed.emit(self.path)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_by(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def move_by(self, steps: int) -> None:
        """Move the chosen row among its neighbours."""
        item = self.currentItem()
        if item is not None and self._is_movable(item):
            place = self._place(item) + steps
            if 0 <= place < len(self._neighbours(item)):
                self.moved.emit(self.path, place)

    def dropEvent(self, event: QDropEvent) -> None:
        item, target = self.currentItem(), self.itemAt(event.position().toPoint())
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()  # what is shown comes from the schema, not from what Qt would move
        if item is None or target is None or not self._is_movable(item) or target not in self._neighbours(item):
            return
        below = self.dropIndicatorPosition() == QAbstractItemView.DropIndicatorPosition.BelowItem
        before, place = self._place(item), self._place(target) + (1 if below else 0)
        self.moved.emit(self.path, place - 1 if place > before else place)

    def _neighbours(self, item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
        """Those under the same keyword of the same schema."""
        parent = item.parent() or self.invisibleRootItem()
        children = (parent.child(at) for at in range(parent.childCount()))
        return [
            each for each in children if each is not None and each.data(NAME, _PATH)[:-1] == item.data(NAME, _PATH)[:-1]
        ]

    def _place(self, item: QTreeWidgetItem) -> int:
        return self._neighbours(item).index(item)

    def _is_movable(self, item: QTreeWidgetItem) -> bool:
        path = item.data(NAME, _PATH)
        return len(path) > 1 and path[-2] in {"properties", "$defs", "definitions", "anyOf", "oneOf", "allOf"}

    def _tell_change(self, item: QTreeWidgetItem, column: int) -> None:
        if self._is_showing:
            return
        path = tuple(item.data(NAME, _PATH))
        told: tuple[Any, Any]
        match column:
            case 0:
                told = self.renamed, item.text(NAME)
            case 1:
                told = self.retyped, item.text(TYPE)
            case 2:
                told = self.required, item.checkState(REQUIRED) == Qt.CheckState.Checked
            case _:
                told = self.described, item.text(DESCRIPTION)
        signal, value = told
        # later: whoever listens shows other rows, and Qt is not done with this one
        QTimer.singleShot(0, self, lambda: signal.emit(path, value))

    def _tell_choice(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and not self._is_showing:
            self.chosen.emit(self.path)


class _TypeDelegate(QStyledItemDelegate):
    """A choice among the types, in the row."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        box = QComboBox(parent)
        box.addItems(TYPES)
        box.activated.connect(lambda _at: self._commit(box))
        return box

    def _commit(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data()))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentText())
