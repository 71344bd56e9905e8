"""The form for a key: enter, test, choose where it is kept, start."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.theme.style import dress
from ui.widgets.error_text import ErrorText

MODELS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form. The key is a plain string only here and on its way to the vault."""

    key: str
    base_url: str

    def __repr__(self) -> str:
        return f"Entered(base_url={self.base_url!r})"


class ConnectForm(QWidget):
    """Takes a key and an address and shows what became of them.

    Signals:
        test_requested: ask the service whether it takes this key; arg: Entered.
        start_requested: keep the key in the keyring and use it; arg: Entered.
        session_requested: use the key until Duologue ends; arg: Entered.
        keyring_retry_requested: look for the keyring again.
    """

    test_requested = Signal(object)
    start_requested = Signal(object)
    session_requested = Signal(object)
    keyring_retry_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("connect_form")
        self._keyring = ""
        self._busy = False
        self._make()
        self._place()
        self._refresh()

    @property
    def entered(self) -> Entered:
        return Entered(self._key.text(), self._url.text().strip())

    def begin(self) -> None:
        """Make ready for typing."""
        self._key.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_address(self, base_url: str) -> None:
        """The address that the key is for."""
        self._url.setText(base_url)

    def show_keyring(self, name: str) -> None:
        """The keyring works; `name` is what it is called."""
        self._keyring = name
        self._place_kept.setText(f"The key is kept in {name}, not in a file of Duologue’s.")
        self._choices.hide()
        self._refresh()

    def show_no_keyring(self, trouble: ErrorText) -> None:
        """There is no usable keyring: offer what is honest instead. Nothing is written anywhere."""
        self._keyring = ""
        self._place_kept.setText(trouble.headline)
        self._choices.show()
        self._refresh()

    def show_testing(self) -> None:
        self._busy = True
        self._say("Asking the service for its models …", "quiet")
        self._refresh()

    def show_models(self, names: Sequence[str]) -> None:
        """The service took the key and named its models."""
        self._busy = False
        named = ", ".join(names[:MODELS_NAMED]) + (" and more" if len(names) > MODELS_NAMED else "")
        self._say(f"The key works. {len(names)} models: {named}.", "good")
        self._refresh()

    def show_refusal(self, trouble: ErrorText) -> None:
        """The service, the network or the keyring refused. What was entered stays."""
        self._busy = False
        self._say(" ".join(each for each in (trouble.headline, trouble.advice) if each), "error")
        self._refresh()

    def clear_key(self) -> None:
        """The key is in use now; the form needs it no longer."""
        self._key.clear()
        self._say("", "quiet")

    # ---- making

    def _make(self) -> None:
        self._key, self._url = QLineEdit(), QLineEdit()
        self._key.setObjectName("key")
        self._key.setAccessibleName("API key")
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setPlaceholderText("sk-ant-…")
        self._key.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData)
        self._key.textChanged.connect(self._edited)
        self._key.returnPressed.connect(self._request_test)
        self._url.setAccessibleName("Address of the service")
        self._url.textChanged.connect(self._edited)
        self._test = QPushButton("Test")
        self._test.clicked.connect(self._request_test)
        self._start = QPushButton("Start")
        dress(self._start, look="primary")
        self._start.clicked.connect(self._request_start)
        self._said = QLabel()
        self._said.setObjectName("connect_result")
        self._said.hide()
        self._place_kept = QLabel("Looking for this system’s keyring …")
        self._place_kept.setObjectName("keyring_name")
        for label in (self._said, self._place_kept):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        dress(self._place_kept, look="muted")
        self._choices = self._make_choices()
        self._choices.hide()

    def _make_choices(self) -> QWidget:
        whole = QWidget()
        whole.setObjectName("keyring_choices")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._session = QPushButton("Use the key for this session only")
        self._session.clicked.connect(self._request_session)
        column.addWidget(self._session)
        for words in (
            "Or set ANTHROPIC_API_KEY in the environment and start Duologue again: it is read there and kept nowhere.",
            "Or install a keyring (on Debian and Ubuntu: gnome-keyring; on KDE: KWallet), sign in again, and then:",
        ):
            label = QLabel(words)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        again = QPushButton("Look for the keyring again")
        again.clicked.connect(self.keyring_retry_requested)
        column.addWidget(again)
        return whole

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        title = QLabel("Connect with an API key")
        dress(title, look="heading")
        column.addWidget(title)
        for words, field in (("API key", self._key), ("Address of the service", self._url)):
            label = QLabel(words)
            dress(label, look="muted")
            label.setBuddy(field)
            column.addWidget(label)
            column.addWidget(field)
        column.addWidget(self._place_kept)
        buttons = QHBoxLayout()
        buttons.addWidget(self._test)
        buttons.addWidget(self._start)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addWidget(self._said)
        column.addWidget(self._choices)

    # ---- doing

    def _refresh(self) -> None:
        ready = bool(self._key.text().strip()) and not self._busy
        self._test.setEnabled(ready)
        self._start.setEnabled(ready and bool(self._keyring))
        self._start.setVisible(self._choices.isHidden())
        self._session.setEnabled(ready)

    def _edited(self) -> None:
        self._say("", "quiet")
        self._refresh()

    def _say(self, words: str, tone: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))
        dress(self._said, look="said", tone=tone)

    def _request_test(self) -> None:
        if self._test.isEnabled():
            self.test_requested.emit(self.entered)

    def _request_start(self) -> None:
        self.start_requested.emit(self.entered)

    def _request_session(self) -> None:
        self.session_requested.emit(self.entered)
