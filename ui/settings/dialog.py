"""The settings dialog, made from the settings' own declarations."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QTabWidget, QVBoxLayout, QWidget

from app.domain.models import ModelEntry
from app.settings.declared import About, Settings, abouts
from ui.settings.prices import PriceTable
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.fields import Choice, NumberField, labelled

Field = Choice | NumberField | QLineEdit


class SettingsDialog(QDialog):
    """Shows every setting; what is changed holds at once.

    Signals:
        changed: args: the setting's name and its new value.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("settings")
        self.setWindowTitle("Settings")
        self.setMinimumSize(*metrics.SETTINGS_DIALOG)
        self._fields: dict[str, Field] = {}
        self._options: Mapping[str, Sequence[tuple[str, str]]] = {}
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.tabBar().setDrawBase(False)
        for section in dict.fromkeys(about.section for about in abouts().values()):
            tabs.addTab(self._page(section), section)
        self._prices = PriceTable()
        self._prices.changed.connect(partial(self.changed.emit, "prices"))
        tabs.addTab(self._prices, "Prices")
        self._folder = QLabel()
        dress(self._folder, look="muted")
        self._folder.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(tabs, 1)
        column.addWidget(self._folder)
        column.addWidget(buttons)

    def show_settings(
        self,
        settings: Settings,
        options: Mapping[str, Sequence[tuple[str, str]]],
        models: Sequence[ModelEntry],
        folder: str,
    ) -> None:
        """Show values. `options` are the choices that are only known now, by setting. Emits nothing."""
        self._options = options
        for name, about in abouts().items():
            self._show(name, about, getattr(settings, name))
        self._prices.show_prices(models, settings.prices)
        self._folder.setText(f"Kept in {folder}" if folder else "Kept until Duologue ends; there is no data folder.")

    def _page(self, section: str) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(metrics.SPACE * 3)
        for name, about in abouts().items():
            if about.section != section:
                continue
            field = self._field(name, about)
            self._fields[name] = field
            whole, _ = labelled(about.title, field)
            column.addWidget(whole)
            if about.help:
                words = QLabel(about.help)
                dress(words, look="muted")
                words.setWordWrap(True)
                column.addWidget(words)
        column.addStretch(1)
        return page

    def _field(self, name: str, about: About) -> Field:
        if about.choices or about.is_listed:
            choice = Choice(about.title)
            choice.picked.connect(partial(self.changed.emit, name))
            return choice
        if about.range is not None:
            number = NumberField(about.title, *about.range)
            number.changed.connect(partial(self._emit_number, name, number))
            return number
        line = QLineEdit()
        line.setAccessibleName(about.title)
        line.editingFinished.connect(partial(self._emit_line, name, line))
        return line

    def _show(self, name: str, about: About, value: Any) -> None:
        field = self._fields[name]
        if isinstance(field, Choice):
            field.show_choices(about.choices or self._options.get(name, ()), value)
        elif isinstance(field, NumberField):
            field.show_value(value)
        elif field.text() != value:
            field.setText(value)

    def _emit_number(self, name: str, field: NumberField) -> None:
        if field.value is not None:
            self.changed.emit(name, float(field.value))

    def _emit_line(self, name: str, field: QLineEdit) -> None:
        self.changed.emit(name, field.text().strip())
