"""The inspector's Tools tab: which tools this conversation offers, and how the model may choose among them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.tools import ToolChoice
from app.immutable import immutable
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.fields import Choice
from ui.widgets.pill import Pill
from ui.widgets.toggle import Toggle


@immutable
class ToolRow:
    id: str
    """Empty for a tool that only this conversation has."""
    name: str
    tokens: int
    is_on: bool
    errors: int = 0
    note: str = ""
    """`older` where the conversation has an earlier version."""


@immutable
class TabState:
    rows: tuple[ToolRow, ...] = ()
    choice: ToolChoice | None = None
    forced_reason: str = ""
    """Why a tool cannot be forced; empty: it can."""
    parallel_reason: str = ""
    tools_reason: str = ""


class ToolsTab(QScrollArea):
    """Emits what the person wants.

    Signals:
        toggled: args: the tool's name, and whether it is to be offered.
        edit_requested: open the lab; arg: the tool's name.
        new_requested: open the lab with a new tool.
        examples_requested: keep the example tools.
        choice_changed: arg: the new ToolChoice, or None for sending none.
    """

    toggled = Signal(str, bool)
    edit_requested = Signal(str)
    new_requested = Signal()
    examples_requested = Signal()
    choice_changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state = TabState()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setObjectName("setup_body")
        column = QVBoxLayout(body)
        edge = metrics.SPACE * 3
        column.setContentsMargins(edge, edge, edge, metrics.SPACE * 5)
        column.setSpacing(metrics.SPACE * 2)
        column.addWidget(_label("Tools of this conversation"))
        self._empty = QLabel("No tools yet. Make one, or begin with the examples.")
        self._empty.setWordWrap(True)
        dress(self._empty, look="muted")
        column.addWidget(self._empty)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(metrics.SPACE)
        column.addLayout(self._rows)
        buttons = QHBoxLayout()
        self._new, self._examples = QPushButton("New tool"), QPushButton("Add examples")
        self._new.clicked.connect(self.new_requested)
        self._examples.clicked.connect(self.examples_requested)
        buttons.addWidget(self._new)
        buttons.addWidget(self._examples)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addWidget(_label("Tool choice"))
        self._choice = Choice("Tool choice")
        self._choice.picked.connect(lambda _value: self._emit_choice())
        column.addWidget(self._choice)
        row = QHBoxLayout()
        self._parallel = Toggle(theme, "Parallel calls")
        self._parallel.clicked.connect(lambda _on: self._emit_choice())
        row.addWidget(self._parallel)
        row.addWidget(QLabel("Parallel calls"))
        row.addStretch(1)
        column.addLayout(row)
        self._reason = QLabel()
        self._reason.setWordWrap(True)
        dress(self._reason, look="muted")
        column.addWidget(self._reason)
        column.addStretch(1)
        self.setWidget(body)

    def show_state(self, state: TabState) -> None:
        """Show these tools. Emits nothing."""
        if state.rows != self._state.rows:
            self._show_rows(state.rows)
        self._state = state
        self._empty.setVisible(not state.rows)
        self._show_choice(state)

    def _show_rows(self, rows: Sequence[ToolRow]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for each in rows:
            self._rows.addWidget(self._row(each))

    def _row(self, row: ToolRow) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        toggle = Toggle(self._theme, f"Offer {row.name}")
        toggle.setChecked(row.is_on)
        toggle.clicked.connect(lambda on: self.toggled.emit(row.name, on))
        line.addWidget(toggle)
        name = ElidedLabel(row.name)
        line.addWidget(name, 1)
        if row.errors:
            line.addWidget(Pill(str(row.errors), "error"))
        if row.note:
            line.addWidget(Pill(row.note, "caution"))
        tokens = QLabel(f"{row.tokens} tokens")
        dress(tokens, look="small")
        line.addWidget(tokens)
        edit = QPushButton("Edit")
        edit.setAccessibleName(f"Edit {row.name}")
        dress(edit, look="small")
        edit.clicked.connect(lambda _checked=False: self.edit_requested.emit(row.name))
        line.addWidget(edit)
        return holder

    def _show_choice(self, state: TabState) -> None:
        choice = state.choice
        value = "" if choice is None else f"tool:{choice.name}" if choice.kind == "tool" else choice.kind
        offered = [("", "Not sent (auto)"), ("auto", "Auto: the model decides"), ("none", "None: no calls")]
        if not state.forced_reason or value == "any" or value.startswith("tool:"):
            offered.append(("any", "Any: it must call one"))
            offered += [(f"tool:{each.name}", f"Only {each.name}") for each in state.rows if each.is_on]
        self._choice.show_choices(offered, value)
        self._choice.setEnabled(not state.tools_reason)
        self._parallel.setChecked(not (choice is not None and choice.disable_parallel_tool_use))
        self._parallel.setEnabled(not state.parallel_reason)
        reasons = (state.tools_reason, state.forced_reason, state.parallel_reason)
        self._reason.setText(" ".join(each for each in reasons if each))
        self._reason.setVisible(any(reasons))

    def _emit_choice(self) -> None:
        value = self._choice.value
        off = True if not self._parallel.isChecked() else None
        match value:
            case "":
                choice = ToolChoice("auto", None, True) if off else None
            case "auto" | "any":
                choice = ToolChoice("auto" if value == "auto" else "any", None, off)
            case "none":
                choice = ToolChoice("none")
            case _:
                choice = ToolChoice("tool", value.removeprefix("tool:"), off)
        self.choice_changed.emit(choice)


def _label(words: str) -> QLabel:
    label = QLabel(words.upper())
    dress(label, look="label")
    return label
