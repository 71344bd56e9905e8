"""What the detail of an exchange is made of: a body as tree and text, the events, the timings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.exchanges import RecordedExchange, Timings
from ui.theme import metrics
from ui.theme.style import dress
from ui.wire.json_tree import JsonTree

if TYPE_CHECKING:
    from app.wire.inspecting import Body
    from app.wire.timeline import TimedEvent

EVENT_SHOWN = 300
"""Characters of an event in its row."""


def text_field(name: str) -> QPlainTextEdit:
    """A text that is read and copied, never wrapped by a box of its own."""
    field = QPlainTextEdit()
    field.setReadOnly(True)
    field.setAccessibleName(name)
    field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    dress(field, look="details")
    return field


def fit_columns(tree: QTreeWidget, stretched: int) -> None:
    """As wide as what they hold; one has what is left."""
    header = tree.header()
    header.setStretchLastSection(False)
    header.setMinimumSectionSize(metrics.SPACE * 6)
    for at in range(tree.columnCount()):
        mode = QHeaderView.ResizeMode.Stretch if at == stretched else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(at, mode)


class BodyPart(QWidget):
    """The head as text, and the body as a tree or as text."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._body: Body | None = None
        self._head = text_field(f"{name}: first line and headers")
        self.text, self.tree = text_field(f"{name}: body"), JsonTree()
        self._body_of = QStackedWidget()
        for each in (self.text, self.tree):
            self._body_of.addWidget(each)
        self._as_tree, self._copy = QPushButton("Tree"), QPushButton("Copy body")
        self._as_tree.setCheckable(True)
        self._as_tree.toggled.connect(self._choose)
        self._copy.clicked.connect(self._copy_body)
        row = QHBoxLayout()
        for button in (self._as_tree, self._copy):
            dress(button, look="small")
            row.addWidget(button)
        row.addStretch(1)
        lower = QWidget()
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, metrics.SPACE, 0, 0)
        column.addLayout(row)
        column.addWidget(self._body_of)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._head)
        split.addWidget(lower)
        split.setStretchFactor(1, 2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    @property
    def head(self) -> str:
        return self._head.toPlainText()

    def show_body(self, first_line: str, headers: Sequence[tuple[str, str]], body: "Body") -> None:
        self._body = body
        self._head.setPlainText("\n".join((first_line, *(f"{name}: {value}" for name, value in headers))))
        self.text.setPlainText(body.shown)
        self._as_tree.setEnabled(body.value is not None)
        self._as_tree.setChecked(False)

    def _choose(self, as_tree: bool) -> None:
        if as_tree and self._body is not None:
            self.tree.show_value(self._body.value)
        self._body_of.setCurrentWidget(self.tree if as_tree else self.text)

    def _copy_body(self) -> None:
        if self._body is not None:
            QGuiApplication.clipboard().setText(self._body.whole)


class EventsPart(QSplitter):
    """Every event of a stream with its moment, and the whole of the one that is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.setOrientation(Qt.Orientation.Vertical)
        self._events: Sequence[TimedEvent] = ()
        self.rows = QTreeWidget()
        self.rows.setHeaderLabels(["ms", "Event", "Data"])
        self.rows.setRootIsDecorated(False)
        self.rows.setUniformRowHeights(True)
        self.rows.setAccessibleName("Events of the stream")
        fit_columns(self.rows, 2)
        self.rows.currentItemChanged.connect(self._show_one)
        self.whole = text_field("The event's data")
        self.addWidget(self.rows)
        self.addWidget(self.whole)
        self.setStretchFactor(0, 3)

    def show_events(self, events: "Sequence[TimedEvent]") -> None:
        self._events = events
        self.rows.clear()
        self.whole.clear()
        self.rows.addTopLevelItems(
            [QTreeWidgetItem([f"{each.at_ms:,.0f}", each.name or "data", each.data[:EVENT_SHOWN]]) for each in events]
        )

    def _show_one(self, item: QTreeWidgetItem | None) -> None:
        at = -1 if item is None else self.rows.indexOfTopLevelItem(item)
        if 0 <= at < len(self._events):
            self.whole.setPlainText(self._events[at].data[: 100 * EVENT_SHOWN])


class TimingsPart(QTreeWidget):
    """When each step was done."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderLabels(["Step", "After"])
        self.setRootIsDecorated(False)
        self.setAccessibleName("Timings")

    def show_timings(self, exchange: RecordedExchange) -> None:
        self.clear()
        for name, value in _steps(exchange):
            self.addTopLevelItem(QTreeWidgetItem([name, value]))
        self.resizeColumnToContents(0)


def _steps(exchange: RecordedExchange) -> Sequence[tuple[str, str]]:
    row, times = exchange.row, exchange.row.timings
    return (
        ("Connected", milliseconds(times.connected_ms) or "the connection was open"),
        ("Request sent", milliseconds(times.sent_ms) or "never"),
        ("First byte", milliseconds(times.first_byte_ms) or "never"),
        ("First token", milliseconds(times.first_token_ms) or "never"),
        ("Last byte", milliseconds(times.last_ms) or "never"),
        ("Attempt", str(row.attempt)),
        ("Ended", {"done": "well", "failed": row.failure or "badly", "stopped": "stopped here"}[row.outcome]),
        ("Request id", row.request_id or "none"),
        ("Input tokens", _count(row.input_tokens)),
        ("Output tokens", _count(row.output_tokens)),
        ("Request", f"{len(exchange.request_body):,} bytes"),
        ("Response", f"{len(exchange.response_body):,} bytes" + (", cut" if exchange.is_cut else "")),
    )


def milliseconds(value: float | None) -> str:
    """Empty for None."""
    if value is None:
        return ""
    return f"{value:,.0f} ms" if value < 10_000 else f"{value / 1000:,.1f} s"


def _count(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def total(times: Timings) -> str:
    return milliseconds(times.last_ms)
