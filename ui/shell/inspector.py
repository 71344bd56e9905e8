"""The pane at the right: one tab for each thing to look into."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ui.theme.style import dress


class Inspector(QWidget):
    """Shows its tabs in the order in which they are given; one that is made later is made when it is first opened."""

    def __init__(self, tabs: Mapping[str, QWidget | None]) -> None:
        """None stands for a tab that `add_later` says how to make."""
        super().__init__()
        self.setObjectName("inspector")
        dress(self, look="inspector")
        self._later: dict[str, Callable[[], QWidget]] = {}
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.tabBar().setExpanding(False)
        for name, widget in tabs.items():
            self._tabs.addTab(widget or QWidget(), name)
        self._tabs.currentChanged.connect(self._make)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)
        self.setFocusProxy(self._tabs)

    def add_later(self, name: str, make: Callable[[], QWidget]) -> None:
        """How the tab of this name is made."""
        self._later[name] = make

    def open_tab(self, name: str) -> None:
        """Show the tab of this name."""
        for place in range(self._tabs.count()):
            if self._tabs.tabText(place) == name:
                self._tabs.setCurrentIndex(place)
                self._make(place)

    def _make(self, place: int) -> None:
        name = self._tabs.tabText(place)
        make = self._later.pop(name, None)
        if make is None:
            return
        room, made = self._tabs.widget(place), make()
        self._tabs.blockSignals(True)  # taking the empty page away would open its neighbour for a moment
        self._tabs.removeTab(place)
        self._tabs.insertTab(place, made, name)
        self._tabs.setCurrentIndex(place)
        self._tabs.blockSignals(False)
        if room is not None:
            room.deleteLater()
