"""The Usage tab: what answers have cost, by day, model or conversation."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.spending import Sum
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.usage.chart import SpendChart
from ui.widgets.amounts import counted, usd
from ui.widgets.fields import Choice

GROUPS = (("day", "By day"), ("model", "By model"), ("conversation", "By conversation"))
PERIODS = (("7", "7 days"), ("30", "30 days"), ("365", "A year"))
_COLUMNS = ("", "Cost", "Answers", "Fresh", "Written", "Read", "Output")


class UsageView(QWidget):
    """Signals: `choice_changed`, another grouping or period is wanted; `csv_wanted`, save the answers as CSV."""

    choice_changed = Signal()
    csv_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("usage")
        self._group, self._period = Choice("Grouping"), Choice("Period")
        self._group.show_choices(GROUPS, "day")
        self._period.show_choices(PERIODS, "30")
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        dress(self.summary, look="muted")
        self.chart = SpendChart(theme)
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setAccessibleName("Usage")
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.csv = QPushButton("Save as CSV…")
        self.csv.clicked.connect(self.csv_wanted)
        for choice in (self._group, self._period):
            choice.picked.connect(self.choice_changed)
        row = QHBoxLayout()
        row.addWidget(self._group, 1)
        row.addWidget(self._period, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.SPACE * 3, metrics.SPACE * 3, metrics.SPACE * 3, metrics.SPACE * 3)
        column.setSpacing(metrics.SPACE * 2)
        column.addLayout(row)
        column.addWidget(self.summary)
        column.addWidget(self.chart)
        column.addWidget(self.table, 1)
        column.addWidget(self.csv, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def grouping(self) -> str:
        """`day`, `model` or `conversation`."""
        return self._group.value

    @property
    def days(self) -> int:
        """How far back."""
        return int(self._period.value)

    def show_sums(self, sums: Sequence[Sum], whole: Sum | None, note: str = "") -> None:
        """Show sums; `whole` is all of them in one, `note` says what is not among them."""
        self.chart.show_sums(sums)
        self.summary.setText(" ".join(part for part in (_summary(whole), note) if part))
        self.table.setRowCount(len(sums))
        for at, each in enumerate(sums):
            numbers = (each.answers, each.fresh, each.written, each.read, each.output)
            cost = "not known" if each.cost is None else usd(each.cost)
            for column, text in enumerate((each.name, cost, *(f"{number:,}" for number in numbers))):
                cell = QTableWidgetItem(text)
                if column:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(at, column, cell)
        self.csv.setEnabled(bool(sums))


def _summary(whole: Sum | None) -> str:
    if whole is None:
        return "Nothing was answered in this time."
    said = counted(whole.answers, "answer")
    if whole.cost is None:
        return f"{said}; the price of some is not known. Prices can be entered in Settings."
    if whole.uncached is None or whole.uncached <= whole.cost:
        return f"{said} cost {usd(whole.cost)}."
    return f"{said} cost {usd(whole.cost)}; without caching they would have cost {usd(whole.uncached)}."
