"""The tool lab: tools at the left, the tree in the middle, the source at the right."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.toolkit.edits import value_at
from app.toolkit.lint import Finding
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.tools.answered_by import AnsweredBy
from ui.tools.constraints import Constraints
from ui.tools.properties import PropertyTree
from ui.tools.source import SourcePane
from ui.tools.try_panel import TryPanel
from ui.widgets.fields import Choice, labelled
from ui.widgets.pill import Pill
from ui.widgets.toggle import Toggle

MOST_FINDINGS: Final = 40
FLAGS: Final = (("strict", "Strict"), ("defer_loading", "Deferred"), ("eager_input_streaming", "Eager streaming"))
TONES: Final = {"error": "error", "strict": "caution", "advice": "quiet"}


class LabView(QWidget):
    """Shows one tool and the list of all; tells what the person does with them.

    Signals:
        done_requested: back to the conversation.
        tool_chosen: arg: its id.
        new_requested: arg: the tool's JSON to begin with.
        paste_requested: make tools of what is on the clipboard.
        remove_requested, undo_requested, redo_requested.
        named, described: arg: the text.
        flag_changed: args: the field, on or off.
        property_wanted: one more property in the chosen object.
        fix_requested: arg: a Finding.
        version_picked, rolled_back: arg: a version's number.
    """

    done_requested = Signal()
    tool_chosen = Signal(str)
    new_requested = Signal(dict)
    paste_requested = Signal()
    remove_requested = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    named = Signal(str)
    described = Signal(str)
    flag_changed = Signal(str, bool)
    property_wanted = Signal()
    fix_requested = Signal(object)
    version_picked = Signal(int)
    rolled_back = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Tool lab")
        dress(self, look="canvas")
        self.tree, self.source, self.constraints = PropertyTree(), SourcePane(theme), Constraints()
        self.answered, self.tries = AnsweredBy(), TryPanel()
        self._schema: Any = {}
        self._native: list[dict[str, Any]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._list_side())
        split.addWidget(self._editor_side())
        split.addWidget(self._source_side())
        split.setSizes([200, 480, 420])
        column.addWidget(split, 1)
        for keys, wanted in (("Ctrl+Z", self.undo_requested), ("Ctrl+Shift+Z", self.redo_requested)):
            shortcut = QShortcut(QKeySequence(keys), self.tree)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(wanted)
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.done_requested)

    # ---- what is shown

    def show_tools(self, tools: Sequence[tuple[str, str, int]], chosen: str) -> None:
        """(id, name, number of errors) of every tool, and which is chosen. Emits nothing."""
        self._list.blockSignals(True)
        self._list.clear()
        for id_, name, errors in tools:
            item = QListWidgetItem(f"{name}   ({errors})" if errors else name)
            item.setData(Qt.ItemDataRole.UserRole, id_)
            item.setSizeHint(QSize(0, metrics.ROW_PX))
            self._list.addItem(item)
            if id_ == chosen:
                self._list.setCurrentItem(item)
        self._list.blockSignals(False)

    def show_native(self, kinds: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """(words, JSON) of the tools of Anthropic's that the model knows."""
        self._native = [dict(raw) for _, raw in kinds]
        self._kinds.show_choices(
            [("", "New tool…"), ("own", "Your own"), *((str(at), words) for at, (words, _) in enumerate(kinds))], ""
        )

    def show_tool(self, tool: Mapping[str, Any], tokens: int, findings: Sequence[Finding]) -> None:
        """Show a tool. Emits nothing, and leaves alone what is being typed."""
        self._has_schema = "input_schema" in tool
        for line, name in ((self._name, "name"), (self._description, "description")):
            text = tool.get(name)
            if not (line.hasFocus() and line.isModified()):
                line.setText(text if isinstance(text, str) else "")
                line.setCursorPosition(0)
        for name, toggle in self._flags.items():
            toggle.setChecked(bool(tool.get(name)))
        self._schema = tool.get("input_schema")
        self.tree.show_schema(self._schema)
        self.tree.setEnabled(self._has_schema)
        self._add.setEnabled(self._has_schema)
        self._facts.setText(f"draft 2020-12 · about {tokens} tokens" if self._has_schema else "defined by Anthropic")
        self.show_chosen()
        self._show_findings(findings)

    def show_chosen(self) -> None:
        """The constraints of the row that is chosen."""
        path = self.tree.path
        try:
            self.constraints.show_schema(path, value_at(self._schema, path) if path else None)
        except KeyError:
            self.constraints.show_schema((), None)

    def show_versions(self, numbers: Sequence[tuple[int, str]]) -> None:
        """(number, words) of every version, the newest first."""
        self.versions.show_choices(
            [(str(number), words) for number, words in numbers], str(numbers[0][0]) if numbers else ""
        )
        self.roll_back.setVisible(False)

    def show_comparison(self, words: str, *, can_roll_back: bool) -> None:
        """What a version has otherwise than the newest; empty: the newest itself is shown."""
        self._changes.setText(words)
        self._changes.setVisible(bool(words))
        self.roll_back.setVisible(can_roll_back)

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        while (item := self._findings.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for finding in findings[:MOST_FINDINGS]:
            row = self._finding(finding)
            self._findings.addWidget(row)
            row.show()  # at once, and not when Qt comes to it

    def _finding(self, finding: Finding) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Pill(finding.where or "tool", TONES[finding.severity]))
        words = QLabel(finding.words)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        row.addWidget(words, 1)
        if finding.fix is not None:
            button = QPushButton(finding.fix.words)
            dress(button, look="small")
            button.clicked.connect(partial(self._fix, finding))
            row.addWidget(button)
        return holder

    def _fix(self, finding: Finding, _checked: bool = False) -> None:
        self.fix_requested.emit(finding)

    # ---- making

    def _head(self) -> QWidget:
        head = QFrame()
        dress(head, look="header")
        head.setFixedHeight(metrics.HEADER_PX)
        row = QHBoxLayout(head)
        title = QLabel("Tool lab")
        dress(title, look="title")
        row.addWidget(title)
        row.addStretch(1)
        self._modes = Choice("What the lab shows at the right")
        self._modes.show_choices([("edit", "Edit"), ("try", "Try")], "edit")
        self._modes.picked.connect(lambda mode: self._right.setCurrentIndex(1 if mode == "try" else 0))
        row.addWidget(self._modes)
        done = QPushButton("Done")
        done.setToolTip("Back to the conversation (Esc)")
        done.clicked.connect(self.done_requested)
        row.addWidget(done)
        return head

    def _list_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.addWidget(_label("Tools"))
        self._list = QListWidget()
        self._list.setAccessibleName("Tools")
        self._list.currentItemChanged.connect(self._tell_choice)
        column.addWidget(self._list, 1)
        self._kinds = Choice("New tool")
        self._kinds.picked.connect(self._begin)
        self.show_native(())
        paste = QPushButton("Paste a tool")
        paste.setToolTip("JSON of either dialect, an OpenAPI operation, a Python function, a schema or an example")
        paste.clicked.connect(self.paste_requested)
        remove = QPushButton("Delete")
        remove.clicked.connect(self.remove_requested)
        for each in (self._kinds, paste, remove):
            column.addWidget(each)
        return side

    def _editor_side(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setSpacing(metrics.SPACE * 2)
        self._name, self._description = QLineEdit(), QLineEdit()
        grid = QGridLayout()
        for at, (line, words, told) in enumerate(
            ((self._name, "Name", self.named), (self._description, "Description", self.described))
        ):
            line.setAccessibleName(words)
            line.editingFinished.connect(partial(self._tell_line, line, told))
            grid.addWidget(labelled(words, line)[0], 0, at)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        row = QHBoxLayout()
        row.addWidget(_label("Input"))
        row.addStretch(1)
        self._facts = QLabel()
        dress(self._facts, look="small")
        row.addWidget(self._facts)
        column.addLayout(row)
        column.addWidget(self.tree, 2)
        column.addLayout(self._tree_buttons())
        column.addWidget(self.constraints)
        column.addLayout(self._flag_row())
        self._findings = QVBoxLayout()
        column.addLayout(self._findings)
        column.addWidget(self.answered)
        column.addStretch(1)
        self.tree.setMinimumHeight(metrics.ROW_PX * 7)
        self.tree.chosen.connect(lambda _path: self.show_chosen())
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        return scroll

    def _tree_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._add = QPushButton("Add property")
        self._add.clicked.connect(self.property_wanted)
        up, down, remove = QPushButton("Up"), QPushButton("Down"), QPushButton("Remove")
        up.clicked.connect(lambda: self.tree.move_by(-1))
        down.clicked.connect(lambda: self.tree.move_by(1))
        remove.clicked.connect(lambda: self.tree.removed.emit(self.tree.path) if self.tree.path else None)
        undo = QPushButton("Undo")
        undo.setToolTip("Undo (Ctrl+Z in the tree)")
        undo.clicked.connect(self.undo_requested)
        for each in (self._add, up, down, remove, undo):
            row.addWidget(each)
        row.addStretch(1)
        return row

    def _flag_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._flags: dict[str, Toggle] = {}
        for name, words in FLAGS:
            toggle = Toggle(self._theme, words)
            toggle.clicked.connect(lambda on, flag=name: self.flag_changed.emit(flag, on))
            self._flags[name] = toggle
            row.addWidget(toggle)
            row.addWidget(QLabel(words))
        row.addStretch(1)
        return row

    def _source_side(self) -> QWidget:
        self._right = QStackedWidget()
        side = QWidget()
        column = QVBoxLayout(side)
        column.addWidget(self.source, 1)
        row = QHBoxLayout()
        row.addWidget(_label("Versions"))
        self.versions = Choice("Version of the tool")
        self.versions.picked.connect(lambda number: self.version_picked.emit(int(number)))
        self.roll_back = QPushButton("Roll back to it")
        self.roll_back.hide()
        self.roll_back.clicked.connect(lambda: self.rolled_back.emit(int(self.versions.value)))
        row.addWidget(self.versions, 1)
        row.addWidget(self.roll_back)
        column.addLayout(row)
        self._changes = QLabel()
        self._changes.setTextFormat(Qt.TextFormat.PlainText)
        dress(self._changes, look="details")
        self._changes.hide()
        column.addWidget(self._changes)
        tries = QWidget()
        holder = QVBoxLayout(tries)
        holder.addWidget(self.tries)
        self._right.addWidget(side)
        self._right.addWidget(tries)
        return self._right

    # ---- telling

    def _tell_choice(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.tool_chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    def _tell_line(self, line: QLineEdit, told: Any) -> None:
        if line.isModified():
            line.setModified(False)
            told.emit(line.text())

    def _begin(self, kind: str) -> None:
        self._kinds.setCurrentIndex(0)
        if kind == "own":
            self.new_requested.emit(
                {"name": "new_tool", "description": "", "input_schema": {"type": "object", "properties": {}}}
            )
        elif kind:
            self.new_requested.emit(self._native[int(kind)])


def _label(words: str) -> QLabel:
    label = QLabel(words.upper())
    dress(label, look="label")
    return label
