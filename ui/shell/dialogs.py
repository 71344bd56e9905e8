"""The window's dialogs: settings, and the connection with its key. Opened beside the window, never in its way."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QScrollArea, QVBoxLayout, QWidget

from app.services.catalogue import CatalogueKeeper
from app.settings.keeper import SettingsKeeper
from ui.theme import metrics
from ui.welcome.connect_form import ConnectForm
from ui.welcome.profile_fields import ProfileFields

if TYPE_CHECKING:
    from ui.settings.dialog import SettingsDialog


class ConnectionDialog(QDialog):
    """The connections and the form for a key, after the first run."""

    def __init__(self, parent: QWidget, betas: Sequence[str] = ()) -> None:
        """`betas` are the known names."""
        super().__init__(parent)
        self.setWindowTitle("Connections and keys")
        self.resize(*metrics.CONNECTION_DIALOG)
        self.fields = ProfileFields(betas)
        self.form = ConnectForm()
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(*[metrics.SPACE * 6] * 4)
        inner.addWidget(self.fields)
        inner.addWidget(self.form)
        inner.addStretch(1)
        # labels that wrap do not make a dialog grow, and a screen may be small
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QScrollArea.Shape.NoFrame)
        scrolled.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled)


def open_settings(
    parent: QWidget,
    keeper: SettingsKeeper,
    catalogue: CatalogueKeeper,
    folder: str,
    take: Callable[[str, object], None],
) -> "SettingsDialog":
    """Open the settings; `take` is called with each setting's name and new value."""
    from ui.settings.dialog import SettingsDialog

    dialog = SettingsDialog(parent)
    models = catalogue.listed().pickable
    options = {
        "default_model": [("", "The recommended one"), *((each.id, each.display_name) for each in models)],
        "default_profile": [("", "The first one"), *((name, name) for name in keeper.profiles()), ("Simulator",) * 2],
        "title_model": [("", "The cheapest one"), *((each.id, each.display_name) for each in models)],
    }
    dialog.show_settings(keeper.value, options, models, folder)
    dialog.changed.connect(take)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
