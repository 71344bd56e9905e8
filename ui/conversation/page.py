"""One conversation on screen: header, transcript, composer. Before the first message, something else stands there."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.composer.view import Composer
from ui.conversation.header import Header
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from app.domain.findings import Finding
    from ui.conversation.doctor_bar import DoctorBar
    from ui.conversation.empty import EmptyView
    from ui.transcript.view import TranscriptView
    from ui.welcome.view import WelcomeView

SIDE_PX = metrics.SPACE * 6


class ConversationPage(QWidget):
    """Places its parts and knows which is to be seen. Header and composer stand first; `furnish` adds the rest.

    Signals:
        fix_requested: mend what would be refused; arg: a tuple of Finding.
    """

    fix_requested = Signal(object)

    def __init__(self, theme: Theme, composer: Composer) -> None:
        super().__init__()
        dress(self, look="canvas")
        self.composer = composer
        self.header = Header(theme)
        self._centre = QStackedWidget()
        self._blank = QWidget()
        self._centre.addWidget(self._blank)
        self._is_empty = True
        self._needs_welcome: bool | None = None
        """Not known yet: what stands in the middle waits, so that nothing is seen for a moment only."""
        self._welcome: WelcomeView | None = None
        self._foot = QWidget()
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(SIDE_PX, 0, SIDE_PX, metrics.SPACE * 3)
        composer.setMaximumWidth(metrics.MEASURE_PX)
        self._above_composer = QVBoxLayout()
        self._above_composer.setSpacing(metrics.SPACE * 2)
        self._above_composer.addWidget(composer)
        row.addLayout(self._above_composer)
        self._doctor: DoctorBar | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._centre, 1)
        column.addWidget(self._foot)

    def furnish(
        self, transcript: "TranscriptView", empty: "EmptyView", make_welcome: "Callable[[], WelcomeView]"
    ) -> None:
        """Add what stands in the middle. Call once, before any `show_…`."""
        self.transcript, self.empty, self._make_welcome = transcript, empty, make_welcome
        for each in (transcript, empty):
            self._centre.addWidget(each)
        self._choose()

    def place_above_composer(self, panel: QWidget) -> None:
        """Give a panel its place between the messages and the composer."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, panel)

    @property
    def welcome(self) -> "WelcomeView":
        """The first-run screen, made when it is first asked for: most starts never show it."""
        if self._welcome is None:
            self._welcome = self._make_welcome()
            self._centre.addWidget(self._welcome)
        return self._welcome

    def show_title(self, title: str) -> None:
        self.header.show_title(title)

    def show_cost(self, usd: float | None, *, simulated: bool) -> None:
        self.header.show_cost(usd, simulated=simulated)

    def show_findings(self, findings: "Sequence[Finding]") -> None:
        """Show, above the composer, what the API would refuse."""
        if findings or self._doctor is not None:
            self.doctor.show_findings(findings)

    @property
    def doctor(self) -> "DoctorBar":
        """The bar above the composer, made when something is first found."""
        if self._doctor is None:
            from ui.conversation.doctor_bar import DoctorBar

            self._doctor = DoctorBar()
            self._doctor.setMaximumWidth(metrics.MEASURE_PX)
            self._doctor.fix_requested.connect(self.fix_requested)
            self._doctor.show_requested.connect(self._show_message)
            self._above_composer.insertWidget(0, self._doctor)
        return self._doctor

    def _show_message(self, message_id: str) -> None:
        self.transcript.show_message_of(message_id)

    def show_empty(self, empty: bool) -> None:
        """Whether the conversation has no message yet."""
        self._is_empty = empty
        self._choose()

    def show_needs_welcome(self, needed: bool) -> None:
        """Whether nothing can be sent yet, for nobody has said where to."""
        self._needs_welcome = needed
        self._choose()

    def take_focus(self) -> None:
        """Where one goes on: the composer, or the first-run screen while there is nothing to write to."""
        (self.welcome if self._foot.isHidden() else self.composer).setFocus()

    def _choose(self) -> None:
        welcome = self._is_empty and bool(self._needs_welcome)
        self._centre.setCurrentWidget(self._middle())
        self._foot.setVisible(not welcome)
        if welcome:
            self.take_focus()

    def _middle(self) -> QWidget:
        if not self._is_empty:
            return self.transcript
        if self._needs_welcome is None:
            return self._blank
        return self.welcome if self._needs_welcome else self.empty
