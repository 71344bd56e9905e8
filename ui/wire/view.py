"""The Wire tab: the last exchanges with services, and everything of the one that is chosen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.exchanges import ExchangeRow
from ui.theme import metrics
from ui.theme.style import dress
from ui.wire.parts import BodyPart, EventsPart, TimingsPart, fit_columns, total

if TYPE_CHECKING:
    from app.wire.inspecting import Inspected

SEARCH_AFTER_MS = 250
MODEL_COLUMN = 2
_ID = Qt.ItemDataRole.UserRole
NOTHING_YET = "Nothing has gone over the wire yet. Every request that Duologue sends appears here."
NOTHING_FOUND = "No exchange has these words."


class WireView(QWidget):
    """Shows exchanges.

    Signals:
        search_changed: arg: the words that are wanted, empty for all.
        opened: arg: the id of the exchange to show.
        code_requested: the shown exchange as code, for the clipboard; arg: the form's name.
        clear_requested: forget all exchanges.
    """

    search_changed = Signal(str)
    opened = Signal(int)
    code_requested = Signal(str)
    clear_requested = Signal()

    def __init__(self, forms: Mapping[str, str]) -> None:
        """`forms` are the kinds of code: name → words."""
        super().__init__()
        self._make(forms)
        self._place()
        self._later = QTimer(self, singleShot=True, interval=SEARCH_AFTER_MS)
        self._later.timeout.connect(lambda: self.search_changed.emit(self.search.text()))
        self.search.textChanged.connect(lambda _text: self._later.start())
        self.rows.currentItemChanged.connect(self._open)

    def show_rows(self, rows: Sequence[ExchangeRow]) -> None:
        """Show the exchanges, the newest first; the one that is chosen stays so."""
        chosen = self.chosen
        self.rows.blockSignals(True)
        self.rows.clear()
        self.rows.addTopLevelItems([_item(each) for each in rows])
        self.choose(chosen)
        self.rows.blockSignals(False)
        self._hint.setText(NOTHING_FOUND if self.search.text() else NOTHING_YET)
        self._hint.setVisible(not rows)
        self._clear.setEnabled(bool(rows))

    @property
    def chosen(self) -> int:
        """The id of the chosen exchange; 0 for none."""
        item = self.rows.currentItem()
        return 0 if item is None else int(item.data(0, _ID))

    def choose(self, id_: int) -> None:
        """Choose an exchange of the list."""
        for at in range(self.rows.topLevelItemCount()):
            item = self.rows.topLevelItem(at)
            if item is not None and item.data(0, _ID) == id_:
                self.rows.setCurrentItem(item)

    def show_exchange(self, inspected: "Inspected") -> None:
        """Show all of an exchange."""
        exchange = inspected.exchange
        row = exchange.row
        self.request.show_body(f"{row.method} {row.url}", exchange.request_headers, inspected.request)
        status = "No response" if row.status is None else f"{exchange.http_version} {row.status}"
        self.response.show_body(status, exchange.response_headers, inspected.response)
        self.events.show_events(inspected.events)
        self.timings.show_timings(exchange)
        self._copy.setEnabled(True)
        self._detail.show()

    def tell(self, words: str) -> None:
        """Say for a moment what was done, or why not."""
        self._said.setText(words)

    # ---- making

    def _make(self, forms: Mapping[str, str]) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the wire: words, a model, a request id")
        self.search.setAccessibleName("Search the wire")
        self.search.setClearButtonEnabled(True)
        self.rows = QTreeWidget()
        self.rows.setHeaderLabels(["Time", "Status", "Model", "In", "Out", "Took"])
        self.rows.setRootIsDecorated(False)
        self.rows.setUniformRowHeights(True)
        self.rows.setAccessibleName("Exchanges, the newest first")
        fit_columns(self.rows, MODEL_COLUMN)
        self._hint, self._said = QLabel(NOTHING_YET), QLabel()
        for label in (self._hint, self._said):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            dress(label, look="small")
        self.request, self.response = BodyPart("Request"), BodyPart("Response")
        self.events, self.timings = EventsPart(), TimingsPart()
        self._detail = QTabWidget()
        parts = {"Request": self.request, "Response": self.response, "Events": self.events, "Timings": self.timings}
        for name, part in parts.items():
            self._detail.addTab(part, name)
        self._detail.hide()
        self._copy, self._clear = QPushButton("Copy as"), QPushButton("Clear")
        self._clear.setToolTip("Forget all exchanges")
        self._clear.clicked.connect(self.clear_requested)
        menu = QMenu(self._copy)
        for name, words in forms.items():
            menu.addAction(words).triggered.connect(lambda _=False, name=name: self.code_requested.emit(name))
        self._copy.setMenu(menu)
        self._copy.setEnabled(False)
        for button in (self._copy, self._clear):
            dress(button, look="small")

    def _place(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._copy)
        buttons.addWidget(self._said, 1)
        buttons.addWidget(self._clear)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, metrics.SPACE)
        column.addWidget(self.search)
        column.addWidget(self._hint)
        column.addWidget(self.rows, 1)
        column.addLayout(buttons)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(upper)
        split.addWidget(self._detail)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[metrics.SPACE * 2] * 4)
        outer.addWidget(split)

    def _open(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self._said.clear()
            self.opened.emit(self.chosen)


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def _item(row: ExchangeRow) -> QTreeWidgetItem:
    at = datetime.fromtimestamp(row.began_ms / 1000).astimezone()
    status = "—" if row.status is None else str(row.status)
    if row.outcome == "stopped":
        status += " stopped"
    elif row.outcome == "failed":
        status += " failed"
    counts = ["" if each is None else f"{each:,}" for each in (row.input_tokens, row.output_tokens)]
    path = row.url.rpartition("/")[2]
    name = row.model or path.partition("?")[0]
    item = QTreeWidgetItem([f"{at:%H:%M:%S}", status, name, *counts, total(row.timings)])
    item.setData(0, _ID, row.id)
    item.setToolTip(0, f"{at:%Y-%m-%d %H:%M:%S}")
    if row.failure:
        item.setToolTip(1, "".join(each for each in row.failure[:300] if each not in "<>&"))
    return item
