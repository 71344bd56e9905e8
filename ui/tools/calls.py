"""Between the messages and the composer: the calls that wait, one card each under one heading."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.tools.call_card import CallCard
from ui.tools.call_state import CallsState
from ui.widgets.amounts import counted

MOST_OF_WINDOW = 0.5
"""Of the height of the conversation: above that it scrolls."""


class CallsPanel(QWidget):
    """Takes no room while no call waits. A call's card, and what is typed in it, stays as long as the call waits.

    Signals:
        answered: args: the call's id, the content, and whether it is an error.
        reopened: arg: the call's id; the person wants to answer it otherwise.
        consented: args: the call's id, yes or no, and whether to ask no more for its tool.
        go_on_requested: let the tools answer by themselves for some more steps.
    """

    answered = Signal(str, object, bool)
    reopened = Signal(str)
    consented = Signal(str, bool, bool)
    go_on_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cards: dict[str, CallCard] = {}
        self.setAccessibleName("Calls that wait for their results")
        self._heading = QLabel()
        self._note = QLabel()
        self._go_on = QPushButton("Go on")
        self._go_on.clicked.connect(self.go_on_requested)
        for label, look in ((self._heading, "label"), (self._note, "small")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            dress(label, look=look)
        head = QHBoxLayout()
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._note)
        head.addWidget(self._go_on)
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(metrics.SPACE * 2)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(self._body)
        column = QVBoxLayout(self)
        side = metrics.SPACE * 6
        column.setContentsMargins(side, metrics.SPACE, side, metrics.SPACE * 2)
        column.addLayout(head)
        column.addWidget(self._scroll)
        self.hide()

    def show_calls(self, state: CallsState) -> None:
        """Show these calls. Emits nothing."""
        ids = [each.call.id for each in state.calls]
        for gone in [each for each in self._cards if each not in ids]:
            card = self._cards.pop(gone)
            card.hide()
            card.deleteLater()
        for each in state.calls:
            card_of = self._cards.get(each.call.id)
            if card_of is None:
                self._add(each.call.id, CallCard(self._theme, each))
            else:
                card_of.show_state(each)
        waiting = sum(each.result is None for each in state.calls)
        verb = "waits" if waiting == 1 else "wait"
        self._heading.setText(f"{counted(waiting, 'call')} {verb} for an answer".upper())
        self._note.setText(state.note)
        self._go_on.setVisible(state.can_go_on)
        was_hidden = self.isHidden()
        self.setVisible(bool(state.calls))
        self._fit()
        if state.calls and was_hidden:
            self._cards[ids[0]].take_focus()

    def _add(self, call_id: str, card: CallCard) -> None:
        card.answered.connect(partial(self.answered.emit, call_id))
        card.reopened.connect(partial(self.reopened.emit, call_id))
        card.consented.connect(partial(self.consented.emit, call_id))
        self._cards[call_id] = card
        self._column.addWidget(card)

    def _fit(self) -> None:
        """As high as the cards are, up to a share of the window."""
        self._body.adjustSize()
        page = self.parentWidget()
        most = round((page.height() if page else metrics.FIRST_SIZE[1]) * MOST_OF_WINDOW)
        self._scroll.setFixedHeight(max(1, min(self._body.sizeHint().height(), most)))
