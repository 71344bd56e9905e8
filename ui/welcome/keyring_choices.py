"""What can honestly be done with a key where the keyring does not take it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import metrics

ENVIRONMENT = "Or set ANTHROPIC_API_KEY in the environment and start Duologue again: it is read there and kept nowhere."
INSTALL = "Or install a keyring (on Debian and Ubuntu: gnome-keyring; on KDE: KWallet), sign in again, and then:"
UNLOCK = (
    "Or unlock it: open Passwords and Keys (GNOME), KWalletManager (KDE) or Keychain Access (macOS), unlock the "
    "keyring that opens at your sign-in, and then:"
)


class KeyringChoices(QWidget):
    """Three choices, none of which writes a key anywhere.

    Signals:
        session_requested: use the key until Duologue ends.
        retry_requested: look for the keyring again.
    """

    session_requested = Signal()
    retry_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("keyring_choices")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.SPACE * 2)
        self.session = QPushButton("Use the key for this session only")
        self.session.clicked.connect(self.session_requested)
        self._mend = QLabel()
        again = QPushButton("Look for the keyring again")
        again.clicked.connect(self.retry_requested)
        column.addWidget(self.session)
        for label in (QLabel(ENVIRONMENT), self._mend):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        column.addWidget(again)
        self.show_for(is_locked=False)

    def show_for(self, *, is_locked: bool) -> None:
        """Say how to mend it: a keyring that is locked is there already."""
        self._mend.setText(UNLOCK if is_locked else INSTALL)
