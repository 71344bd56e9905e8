"""The first-run screen: the simulator or a key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.welcome.connect_form import ConnectForm


class WelcomeView(QScrollArea):
    """Offers the two ways to begin, and shows the form for the second.

    Signals:
        simulator_requested: try it without a key.
        form_opened: the form for a key is shown now.
    """

    simulator_requested = Signal()
    form_opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.form = ConnectForm()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._offer())
        self._pages.addWidget(self._connect())
        self._pages.setMaximumWidth(metrics.FORM_PX)
        body = QWidget()
        body.setObjectName("welcome_body")
        row = QHBoxLayout(body)
        row.setContentsMargins(*[metrics.SPACE * 6] * 4)
        row.addWidget(self._pages)
        self.setWidget(body)
        self.setFocusProxy(self.try_simulator)

    def show_offer(self) -> None:
        """Show the two ways to begin."""
        self._pages.setCurrentIndex(0)

    def show_form(self) -> None:
        """Show the form for a key."""
        self._pages.setCurrentIndex(1)
        self.form_opened.emit()
        self.form.begin()

    def _offer(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(metrics.SPACE * 3)
        column.addStretch(2)
        title = QLabel("Welcome to Duologue")
        dress(title, look="heading")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words = QLabel(
            "A workbench for Claude models. Write to a simulator on this machine, which needs no key and costs "
            "nothing, or connect with your own API key."
        )
        dress(words, look="lead")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.try_simulator = QPushButton("Try the simulator")
        dress(self.try_simulator, look="primary")
        self.try_simulator.clicked.connect(self.simulator_requested)
        self.add_key = QPushButton("Add an API key")
        self.add_key.clicked.connect(self.show_form)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.try_simulator)
        buttons.addWidget(self.add_key)
        buttons.addStretch(1)
        column.addWidget(title)
        column.addWidget(words)
        column.addSpacing(metrics.SPACE * 2)
        column.addLayout(buttons)
        column.addStretch(3)
        return page

    def _connect(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addSpacing(metrics.FORM_TOP_PX)  # not in the middle: what the form says would move it
        column.addWidget(self.form)
        back = QPushButton("Back")
        dress(back, look="quiet")
        back.clicked.connect(self.show_offer)
        row = QHBoxLayout()
        row.addWidget(back)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        return page
