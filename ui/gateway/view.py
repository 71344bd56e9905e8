"""The gateway's dialog: on or off, and what another program needs in order to use it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.immutable import immutable
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.error_text import ErrorText
from ui.widgets.toggle import Toggle

EXPLANATION = (
    "While it is on, other programs on this machine can use your connection: those that speak OpenAI’s dialect and "
    "those that speak Anthropic’s. They need the token below, never your key. It ends with the window."
)


@immutable
class GatewayState:
    """What there is to show."""

    url: str = ""
    """Empty: it is off."""
    token: str = ""
    connection: str = ""
    """The one that requests go out by; empty: none is chosen, and there is nothing to switch on."""
    is_busy: bool = False
    trouble: ErrorText | None = None


class GatewayDialog(QDialog):
    """Shows a state.

    Signals:
        switch_requested: arg: on or off.
    """

    switch_requested = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Gateway")
        self.setMinimumWidth(metrics.GATEWAY_DIALOG_PX)
        self.toggle = Toggle(theme, "Gateway on this machine")
        self.toggle.clicked.connect(self.switch_requested)
        self._state = _words()
        self._told = _words()
        self.address, self.token = _fact("Address for OpenAI’s dialect"), _fact("Token")
        self.base = _fact("Address for Anthropic’s dialect")
        self._place()

    def show_state(self, state: GatewayState) -> None:
        """Show whether it runs. Emits nothing."""
        is_on = bool(state.url)
        self.toggle.setChecked(is_on or (state.is_busy and self.toggle.isChecked()))
        self.toggle.setEnabled(not state.is_busy and (is_on or bool(state.connection)))
        self._state.setText(_said(state))
        self.address.setText(f"{state.url}/v1" if is_on else "")
        self.base.setText(state.url)
        self.token.setText(state.token)
        self._facts.setVisible(is_on)
        trouble = state.trouble
        self._told.setText("" if trouble is None else f"{trouble.headline} {trouble.advice}")
        self._told.setVisible(trouble is not None)
        self.adjustSize()

    def _place(self) -> None:
        words = _words(EXPLANATION)
        dress(words, look="muted")
        dress(self._told, tone="error")
        row = QHBoxLayout()
        row.addWidget(self.toggle)
        row.addWidget(self._state, 1)
        self._facts = QWidget()
        form = QFormLayout(self._facts)
        form.setContentsMargins(0, 0, 0, 0)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for field in (self.address, self.base, self.token):
            form.addRow(field.accessibleName(), _copied(field))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[metrics.SPACE * 5] * 4)
        column.setSpacing(metrics.SPACE * 3)
        column.addLayout(row)
        column.addWidget(words)
        column.addWidget(self._facts)
        column.addWidget(self._told)
        column.addStretch(1)


def _said(state: GatewayState) -> str:
    if state.is_busy:
        return "One moment …"
    if state.url:
        return f"On. Requests go out by {state.connection}."
    return "Off." if state.connection else "Off. Choose a connection first."


def _words(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _fact(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setReadOnly(True)
    field.setAccessibleName(name)
    return field


def _copied(field: QLineEdit) -> QWidget:
    """The field with a button that copies it."""
    button = QPushButton("Copy")
    button.setAccessibleName(f"Copy {field.accessibleName()}")
    button.clicked.connect(lambda: QGuiApplication.clipboard().setText(field.text()))
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(field, 1)
    row.addWidget(button)
    return whole
