"""The pane at the right: one tab for each thing to look into."""

from collections.abc import Mapping

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ui.theme.style import dress


class Inspector(QWidget):
    """Shows its tabs in the order in which they are given."""

    def __init__(self, tabs: Mapping[str, QWidget]) -> None:
        super().__init__()
        self.setObjectName("inspector")
        dress(self, look="inspector")
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.tabBar().setExpanding(False)
        for name, widget in tabs.items():
            self._tabs.addTab(widget, name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)
        self.setFocusProxy(self._tabs)
