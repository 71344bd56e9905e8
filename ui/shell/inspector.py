"""The pane at the right: one tab for each thing to look into."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ui.theme.style import dress


class Inspector(QWidget):
    """Shows its tabs in the order in which they are given."""

    def __init__(self, tabs: Mapping[str, QWidget]) -> None:
        super().__init__()
        self.setObjectName("inspector")
        dress(self, look="inspector")
        self._late: dict[QWidget, Callable[[], QWidget]] = {}
        """Places of tabs that are made when they are first looked at."""
        self._tabs = QTabWidget()
        self._tabs.currentChanged.connect(self._make_late)
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.tabBar().setExpanding(False)
        for name, widget in tabs.items():
            self._tabs.addTab(widget, name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)
        self.setFocusProxy(self._tabs)

    def add_late(self, name: str, make: Callable[[], QWidget]) -> None:
        """One more tab, whose widget is made when the tab is first chosen."""
        place = QWidget()
        QVBoxLayout(place).setContentsMargins(0, 0, 0, 0)
        self._late[place] = make
        self._tabs.addTab(place, name)

    def choose(self, name: str) -> None:
        """Bring a tab to the front."""
        names = [self._tabs.tabText(at) for at in range(self._tabs.count())]
        self._tabs.setCurrentIndex(names.index(name))

    def _make_late(self, at: int) -> None:
        place = self._tabs.widget(at)
        make = self._late.pop(place, None) if place is not None else None
        layout = place.layout() if place is not None else None
        if make is not None and layout is not None:
            made = make()
            layout.addWidget(made)
            made.show()  # at once, and not when Qt comes to it
