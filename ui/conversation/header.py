"""The line above the transcript: which conversation this is, and what it has cost."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.amounts import usd
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.icon_button import IconButton
from ui.widgets.pill import Pill

UNTITLED = "New conversation"


class Header(QFrame):
    """Shows the title and the cost.

    Signals:
        sidebar_requested, inspector_requested: show or hide that pane.
        menu_requested: the menu of all commands; arg: the button to open it at.
    """

    sidebar_requested = Signal()
    inspector_requested = Signal()
    menu_requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("header")
        dress(self, look="header")
        self.setFixedHeight(metrics.HEADER_PX)
        self._title = ElidedLabel()
        dress(self._title, look="title")
        self._cost = Pill()
        sidebar = IconButton(theme, "panel-left", "Sidebar", keys="Ctrl+B")
        sidebar.clicked.connect(self.sidebar_requested)
        inspector = IconButton(theme, "panel-right", "Inspector", keys="Ctrl+]")
        inspector.clicked.connect(self.inspector_requested)
        self._menu: QToolButton = IconButton(theme, "ellipsis", "All commands")
        self._menu.clicked.connect(self._request_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.SPACE * 2, 0, metrics.SPACE * 2, 0)
        row.setSpacing(metrics.SPACE * 2)
        row.addWidget(sidebar)
        row.addWidget(self._title, 1)
        row.addWidget(self._cost)
        row.addWidget(inspector)
        row.addWidget(self._menu)
        self.show_title("")
        self.show_cost(None)

    def show_title(self, title: str) -> None:
        self._title.show_text(title or UNTITLED)

    def show_cost(self, cost: float | None, *, simulated: bool = False) -> None:
        """What the conversation's answers cost so far, in USD; None where that is not known or nothing was answered."""
        self._cost.setVisible(cost is not None)
        if cost is None:
            return
        amount = usd(cost)
        self._cost.show_fact(f"{amount} simulated" if simulated else amount, "quiet")
        self._cost.setToolTip(
            "What this would cost with the real service; nothing was charged"
            if simulated
            else "What the answers of this conversation cost, by the catalogue’s prices"
        )

    def _request_menu(self) -> None:
        self.menu_requested.emit(self._menu)
