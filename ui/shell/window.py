"""The window and what is in it, in two steps: first what a person needs to begin typing, then the rest."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.composer.view import Composer
from ui.conversation.page import ConversationPage
from ui.shell.main_window import MainWindow
from ui.theme import fonts
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.notices import NoticeBar

if TYPE_CHECKING:
    from app.errors import DuologueError
    from ui.library.view import LibraryView
    from ui.setup.view import SetupView
    from ui.shell.inspector import Inspector
    from ui.welcome.view import WelcomeView


class Window(QObject):
    """Builds the widgets and holds them together. `furnish` imports and makes what does not stand at once."""

    inspector: "Inspector"
    library: "LibraryView"
    setup: "SetupView"

    def __init__(self, theme: Theme, remembered: Mapping[str, object]) -> None:
        super().__init__()
        self._theme = theme
        self._report: Callable[[], str] = str
        self.notices = NoticeBar(theme)
        self.page = ConversationPage(theme, Composer(theme))
        self._left, self._right = _side("sidebar"), _side("inspector")
        self.main = MainWindow(self.notices, self._left, self.page, self._right)
        self.main.restore(remembered)

    def show(self) -> None:
        self.main.show()
        self.page.composer.setFocus()

    def furnish(self) -> None:
        """Make the library, the transcript, the setup tab and the first-run screen. Call once."""
        from ui.conversation.empty import EmptyView
        from ui.library.view import LibraryView
        from ui.setup.view import SetupView
        from ui.shell.inspector import Inspector
        from ui.transcript.view import TranscriptView
        from ui.widgets.error_text import from_facts

        fonts.load_code()
        self.library = LibraryView(self._theme)
        self.setup = SetupView()
        transcript = TranscriptView(from_facts, self._theme.palette)
        self._theme.changed.connect(lambda: transcript.set_palette(self._theme.palette))
        self.page.furnish(transcript, EmptyView(), _welcome)
        self.inspector = Inspector({"Setup": self.setup, "Tools": None, "Cache": None, "Wire": None, "Usage": None})
        for side, widget in ((self._left, self.library), (self._right, self.inspector)):
            layout = side.layout()
            assert layout is not None
            layout.addWidget(widget)
            side.setFocusProxy(widget)

    def show_error(self, error: "DuologueError") -> None:
        """Say in the window what went wrong for the whole of it."""
        from ui.widgets.error_text import sentence

        self.notices.show_notice(sentence(error, time.time_ns() // 1_000_000))

    def tell_crashes_by(self, report: Callable[[], str]) -> None:
        """`report` gives the text for a bug report of the newest crash."""
        self._report = report

    def show_crash(self, kind: str) -> None:
        """Say that a bug showed itself, and offer what a bug report needs. Nothing is sent anywhere."""
        from ui.widgets.error_text import ErrorText

        self.notices.show_notice(
            ErrorText(
                f"Something in Duologue went wrong ({kind}).",
                "Your conversations are on the disk as they were.",
                "You can go on. A report holds no key and nothing that you wrote; it is sent nowhere.",
                self._report(),
            ),
            "Copy report",
            partial(_copy, self._report()),
        )


def _welcome() -> "WelcomeView":
    from ui.welcome.view import WelcomeView

    return WelcomeView()


def _copy(text: str) -> None:
    from PySide6.QtGui import QGuiApplication

    QGuiApplication.clipboard().setText(text)


def _side(look: str) -> QWidget:
    """The place of a pane that is made later."""
    side = QWidget()
    dress(side, look=look)
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    return side
