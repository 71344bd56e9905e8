"""Try: one prompt, many runs of a tool, and what each came to."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.toolbox import TryRun
from app.toolkit.views import pretty
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.fields import NumberField

COLUMNS: Final = ("Called", "Arguments", "Verdict", "ms", "Tokens", "Cost", "Version")
MOST_RUNS: Final = 1000
Index = QModelIndex | QPersistentModelIndex


class TryPanel(QWidget):
    """Signals:
    run_requested: args: the prompt, how many runs.
    stop_requested: no more runs are to be begun.
    """

    run_requested = Signal(str, int)
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.prompt = QLineEdit()
        self.prompt.setAccessibleName("Prompt of the try")
        self.prompt.setPlaceholderText("A prompt that should lead to a call")
        self.count = NumberField("Runs", 1, MOST_RUNS, whole=True)
        self.count.show_value(5)
        self.count.setFixedWidth(metrics.BUTTON_PX * 2)
        self.button = QPushButton("Run")
        self.button.clicked.connect(self._press)
        self.prompt.returnPressed.connect(self._press)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.summary = QLabel()
        dress(self.summary, look="small")
        self.model = RunModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Runs")
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setFixedHeight(metrics.ROW_PX)
        for at, steps in enumerate((28, 20, 24, 12, 18, 18, 14)):
            self.table.setColumnWidth(at, steps * metrics.SPACE)
        self.table.activated.connect(self._open)
        self.table.clicked.connect(self._open)
        self.exchange = QPlainTextEdit()
        self.exchange.setReadOnly(True)
        self.exchange.setAccessibleName("What the run came to")
        dress(self.exchange, look="field")
        self.exchange.hide()
        row = QHBoxLayout()
        row.addWidget(self.prompt, 1)
        row.addWidget(QLabel("×"))
        row.addWidget(self.count)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.progress)
        column.addWidget(self.summary)
        column.addWidget(self.table, 2)
        column.addWidget(self.exchange, 1)
        self._is_running = False
        self.show_running(None)

    def show_runs(self, runs: Sequence[TryRun]) -> None:
        """Show these runs, the newest first. Emits nothing."""
        self.model.show_runs(runs)
        self._sum_up()

    def add_runs(self, runs: Sequence[TryRun]) -> None:
        """Some more have ended."""
        self.model.add_runs(runs)
        self._sum_up()

    def show_running(self, of: tuple[int, int] | None) -> None:
        """(ended, wanted) while runs are under way; None: none is."""
        self._is_running = of is not None
        self.button.setText("Run" if of is None else "Stop")
        self.progress.setVisible(of is not None)
        if of is not None:
            self.progress.setRange(0, of[1])
            self.progress.setValue(of[0])

    def _open(self, index: QModelIndex) -> None:
        """Show all that is known of a run: what was asked, and the answer as it came."""
        run = self.model.runs[index.row()]
        whole = {"prompt": run.prompt, "model": run.model, "version": run.version, **run.outcome}
        self.exchange.setPlainText(pretty(whole))
        self.exchange.show()

    def _press(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        elif self.prompt.text().strip():
            self.run_requested.emit(self.prompt.text().strip(), int(self.count.value or 1))

    def _sum_up(self) -> None:
        runs = self.model.runs
        valid = sum(verdict_of(each) == "valid" for each in runs)
        cost = sum(each.outcome.get("cost") or 0.0 for each in runs)
        self.summary.setText(f"{valid} of {len(runs)} valid · ${cost:.4f}" if runs else "")


class RunModel(QAbstractTableModel):
    """Runs, the newest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.runs: list[TryRun] = []

    def show_runs(self, runs: Sequence[TryRun]) -> None:
        self.beginResetModel()
        self.runs = list(runs)
        self.endResetModel()

    def add_runs(self, runs: Sequence[TryRun]) -> None:
        if runs:
            self.beginInsertRows(QModelIndex(), 0, len(runs) - 1)
            self.runs[:0] = reversed(runs)
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        is_name = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return COLUMNS[section] if is_name else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) or not index.isValid():
            return None
        return _cells(self.runs[index.row()])[index.column()]


def verdict_of(run: TryRun) -> str:
    """`valid`, `no call`, what went wrong, or the faults, each with its field."""
    outcome = run.outcome
    if outcome.get("error"):
        return str(outcome["error"])
    if not outcome.get("called"):
        return "no call"
    return "; ".join(map(str, outcome.get("faults") or ())) or "valid"


def _cells(run: TryRun) -> tuple[str, ...]:
    known = run.outcome
    cost = known.get("cost")
    return (
        str(known.get("called") or "–"),
        str(known.get("arguments") or ""),
        verdict_of(run),
        str(known.get("ms", "")),
        f"{known.get('input_tokens', 0)} + {known.get('output_tokens', 0)}",
        "" if cost is None else f"${cost:.5f}",
        str(run.version),
    )
