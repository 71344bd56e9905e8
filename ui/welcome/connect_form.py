"""The form for a key: enter, test, choose where it is kept, start."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.immutable import immutable
from ui.theme import metrics
from ui.theme.style import dress
from ui.welcome.keyring_choices import KeyringChoices
from ui.widgets.amounts import counted
from ui.widgets.details import Details
from ui.widgets.error_text import ErrorText
from ui.widgets.fields import labelled

MODELS_NAMED = 4


@immutable
class Entered:
    """What stands in the form. The key is a plain string only here and on its way to the vault."""

    key: str
    base_url: str

    def __repr__(self) -> str:
        return f"Entered(base_url={self.base_url!r})"


class ConnectForm(QWidget):
    """Takes a key and an address and shows what became of them. Nothing that it shows moves what stands above it.

    Signals:
        test_requested: ask the service whether it takes this key; arg: Entered.
        start_requested: keep the key in the keyring and use it; arg: Entered.
        session_requested: use the key until Duologue ends; arg: Entered.
        edited: the person changed the key or the address: what is being asked about the earlier ones is no news.
        keyring_retry_requested: look for the keyring again.
        forget_requested: take the key that is kept out of the keyring.
        console_requested: show where keys are made.
    """

    test_requested = Signal(object)
    start_requested = Signal(object)
    session_requested = Signal(object)
    edited = Signal()
    keyring_retry_requested = Signal()
    forget_requested = Signal()
    console_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("connect_form")
        self._keyring = ""
        self._is_busy = False
        self._is_key_optional = False
        self._make_fields()
        self._make_buttons()
        self._make_texts()
        self._place()
        self._refresh()

    @property
    def entered(self) -> Entered:
        return Entered(self._key.text(), self._url.text().strip())

    def begin(self) -> None:
        """Make ready for typing."""
        self._key.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_address(self, base_url: str, *, is_usual: bool) -> None:
        """The address that the key is for. The usual one is nobody's business but an expert's."""
        self._url.setText(base_url)
        self._say("", "quiet")
        self._advanced.setChecked(not is_usual)
        self._show_advanced(not is_usual)

    def show_keyring(self, name: str) -> None:
        """The keyring works; `name` is what it is called."""
        self._keyring = name
        self._place_kept.setText(f"The key is kept in {name}, not in a file of Duologue’s.")
        self._choices.hide()
        self._refresh()

    def show_no_keyring(self, trouble: ErrorText, *, is_locked: bool) -> None:
        """There is no usable keyring: offer what is honest instead. Nothing is written anywhere."""
        self._keyring = ""
        self._is_busy = False
        self._place_kept.setText(trouble.headline)
        self._choices.show_for(is_locked=is_locked)
        self._choices.show()
        self._say("", "quiet")
        self._refresh()

    def show_kept(self, tail: str) -> None:
        """A key ending in `tail` is kept already; empty: none is."""
        self._kept.setText(f"The key {tail} is kept for this connection." if tail else "")
        self._kept_row.setVisible(bool(tail))

    def show_testing(self) -> None:
        self._be_busy("Asking the service for its models …")

    def show_adopting(self) -> None:
        """The keyring is being asked to take the key, or to give one up."""
        self._be_busy("Asking the keyring …")

    def show_models(self, names: Sequence[str]) -> None:
        """The service took the key and named its models."""
        self._is_busy = False
        named = ", ".join(names[:MODELS_NAMED]) + (" and more" if len(names) > MODELS_NAMED else "")
        count = counted(len(names), "model")
        self._say(f"The key works. {count}: {named}." if names else "The key works. No model is listed.", "good")
        self._refresh()

    def show_refusal(self, trouble: ErrorText) -> None:
        """The service, the network or the keyring refused. What was entered stays."""
        self._is_busy = False
        self._say(" ".join(each for each in (trouble.headline, trouble.advice) if each), "error", trouble.details)
        self._refresh()

    def show_done(self, words: str) -> None:
        """Say that something was done."""
        self._is_busy = False
        self._say(words, "good")
        self._refresh()

    def fill_key(self, key: str) -> None:
        """Put a key into the form, as if it were typed."""
        self._key.setText(key)

    def let_key_be_empty(self, optional: bool) -> None:
        """Whether the service may be one that asks for no key."""
        self._is_key_optional = optional
        self._refresh()

    def clear_key(self) -> None:
        """The key is in use now; the form needs it no longer."""
        self._is_busy = False
        self._key.clear()
        self._reveal.setChecked(False)
        self._say("", "quiet")
        self._refresh()

    # ---- making

    def _make_fields(self) -> None:
        self._key, self._url = QLineEdit(), QLineEdit()
        self._key.setObjectName("key")
        self._key.setAccessibleName("API key")
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setPlaceholderText("sk-ant-…")
        self._key.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData)
        self._key.textChanged.connect(self._edited)
        self._url.setObjectName("address")
        self._url.setAccessibleName("Address of the service")
        self._url.textChanged.connect(self._edited)
        for field in (self._key, self._url):
            field.returnPressed.connect(self._request_test)
        self._reveal = QPushButton("Show")
        self._reveal.setCheckable(True)
        self._reveal.setAccessibleName("Show the key")
        self._reveal.toggled.connect(self._show_key)

    def _make_buttons(self) -> None:
        self._test, self._start = QPushButton("Test"), QPushButton("Start")
        dress(self._start, look="primary")
        self._test.clicked.connect(self._request_test)
        self._start.clicked.connect(self._request_start)
        self._console = QPushButton("Get a key in the Console")
        self._console.clicked.connect(self.console_requested)
        self._advanced = QPushButton("Advanced")
        self._advanced.setCheckable(True)
        self._advanced.clicked.connect(self._show_advanced)
        self._forget = QPushButton("Forget this key")
        self._forget.clicked.connect(self._request_forget)
        for button in (self._console, self._advanced, self._forget):
            dress(button, look="quiet")

    def _make_texts(self) -> None:
        self._said, self._kept = QLabel(), QLabel()
        self._said.setObjectName("connect_result")
        self._said.setMargin(metrics.SPACE * 2)  # a stylesheet's padding is not counted before the second look
        self._said.hide()
        self._details = Details()
        self._place_kept = QLabel("Looking for this system’s keyring …")
        self._place_kept.setObjectName("keyring_name")
        for label in (self._said, self._place_kept, self._kept):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        dress(self._place_kept, look="muted")
        dress(self._kept, look="muted")
        self._choices = KeyringChoices()
        self._choices.session_requested.connect(self._request_session)
        self._choices.retry_requested.connect(self.keyring_retry_requested)
        self._choices.hide()

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.SPACE * 2)
        title = QLabel("Connect with an API key")
        dress(title, look="heading")
        column.addWidget(title)
        column.addWidget(_label("API key", self._key))
        column.addWidget(_row(self._key, self._reveal))
        column.addWidget(_row(self._console, self._advanced, is_loose=True))
        self._address = labelled("Address of the service", self._url)[0]
        column.addWidget(self._address)
        self._kept_row = _row(self._kept, self._forget)
        column.addWidget(self._kept_row)
        column.addWidget(self._place_kept)
        column.addWidget(_row(self._test, self._start, is_loose=True))
        column.addWidget(self._said)
        column.addWidget(self._details)
        column.addWidget(self._choices)
        self._address.hide()
        self._kept_row.hide()

    # ---- doing

    def _be_busy(self, words: str) -> None:
        self._is_busy = True
        self._say(words, "quiet")
        self._refresh()

    def _refresh(self) -> None:
        """A button that is busy stays as it is: taking it away would throw the focus somewhere else."""
        has_key = bool(self._key.text().strip()) or self._is_key_optional
        self._test.setEnabled(has_key)
        self._start.setEnabled(has_key and bool(self._keyring))
        self._choices.session.setEnabled(has_key)
        self._test.setCursor(Qt.CursorShape.BusyCursor if self._is_busy else Qt.CursorShape.ArrowCursor)

    def _edited(self) -> None:
        self._is_busy = False
        self._say("", "quiet")
        self._refresh()
        self.edited.emit()

    def _say(self, words: str, tone: str, details: str = "") -> None:
        dress(self._said, look="said", tone=tone)
        self._said.setText(words)
        self._said.setVisible(bool(words))
        self._details.show_details(details)

    def _show_key(self, is_shown: bool) -> None:
        self._reveal.setText("Hide" if is_shown else "Show")
        self._key.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)

    def _show_advanced(self, is_shown: bool) -> None:
        self._address.setVisible(is_shown)

    def _request_test(self) -> None:
        if self._test.isEnabled() and not self._is_busy:
            self.test_requested.emit(self.entered)

    def _request_start(self) -> None:
        if not self._is_busy:
            self.start_requested.emit(self.entered)

    def _request_session(self) -> None:
        if not self._is_busy:
            self.session_requested.emit(self.entered)

    def _request_forget(self) -> None:
        if not self._is_busy:
            self.forget_requested.emit()


def _label(words: str, field: QWidget) -> QLabel:
    label = QLabel(words)
    dress(label, look="muted")
    label.setBuddy(field)
    return label


def _row(*widgets: QWidget, is_loose: bool = False) -> QWidget:
    """Side by side; loose: what is left of the width stays empty, else the first has it."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(metrics.SPACE * 2)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 0 if number or is_loose else 1)
    if is_loose:
        row.addStretch(1)
    return whole
