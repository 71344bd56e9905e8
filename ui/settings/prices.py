"""The price table: what a million tokens cost, by model, with a person's own figures over the catalogue's."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

from app.domain.models import PRICES, ModelEntry

HEADINGS = ("Input", "Output", "Write 5 min", "Write 1 h", "Read")


class PriceTable(QTableWidget):
    """Prices in USD per million tokens; a person's own are bold, and an emptied cell returns to the catalogue's.

    Signals:
        changed: arg: the person's own prices, model id → price → USD per million tokens.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__(0, len(PRICES))
        self.setAccessibleName("Prices in USD per million tokens")
        self.setHorizontalHeaderLabels(HEADINGS)
        self._models: tuple[ModelEntry, ...] = ()
        self._own: dict[str, dict[str, float]] = {}
        self._showing = False
        self.itemChanged.connect(self._take)

    def show_prices(self, models: Sequence[ModelEntry], own: Mapping[str, Mapping[str, float]]) -> None:
        """`models` with the catalogue's prices. Emits nothing."""
        self._models = tuple(models)
        self._own = {model: dict(prices) for model, prices in own.items()}
        self._showing = True
        self.setRowCount(len(self._models))
        self.setVerticalHeaderLabels([each.display_name for each in self._models])
        for row in range(len(self._models)):
            for column in range(len(PRICES)):
                self._fill(row, column)
        self._showing = False

    def _fill(self, row: int, column: int) -> None:
        entry, price = self._models[row], PRICES[column]
        own = self._own.get(entry.id, {}).get(price)
        listed = getattr(entry.pricing.tiers[0], price) if entry.pricing.tiers else None
        value = listed if own is None else own
        item = QTableWidgetItem("" if value is None else f"{value:g}")
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        font = QFont(self.font())
        font.setBold(own is not None)
        item.setFont(font)
        self.setItem(row, column, item)

    def _take(self, item: QTableWidgetItem) -> None:
        if self._showing:
            return
        entry, price = self._models[item.row()], PRICES[item.column()]
        try:
            value = float(item.text().strip().removeprefix("$").replace(",", "."))
        except ValueError:
            value = -1.0
        own = self._own.setdefault(entry.id, {})
        if value >= 0:
            own[price] = value
        elif not item.text().strip():
            own.pop(price, None)
        self._showing = True
        self._fill(item.row(), item.column())
        self._showing = False
        self.changed.emit({model: prices for model, prices in self._own.items() if prices})
