"""The window with everything in it that needs no data: what a person sees first."""

from PySide6.QtCore import QObject

from app.errors import DuologueError
from ui.composer.view import Composer
from ui.conversation.page import ConversationPage
from ui.library.view import LibraryView
from ui.setup.view import SetupView
from ui.shell.inspector import Inspector
from ui.shell.main_window import MainWindow
from ui.theme.theme import Theme
from ui.transcript.view import TranscriptView
from ui.welcome.view import WelcomeView
from ui.widgets.error_text import ErrorText, from_facts, sentence
from ui.widgets.notices import NoticeBar


class Window(QObject):
    """Builds the widgets and holds them together."""

    def __init__(self, theme: Theme, remembered: dict[str, object]) -> None:
        super().__init__()
        self.notices = NoticeBar(theme)
        self.library = LibraryView(theme)
        self.setup = SetupView()
        self.welcome = WelcomeView()
        self.transcript = TranscriptView(from_facts)
        self.transcript.set_palette(theme.palette)
        theme.changed.connect(lambda: self.transcript.set_palette(theme.palette))
        self.page = ConversationPage(theme, self.transcript, Composer(theme), self.welcome)
        self.main = MainWindow(self.notices, self.library, self.page, Inspector({"Setup": self.setup}))
        self.main.restore(remembered)

    def show(self) -> None:
        self.main.show()
        self.page.composer.setFocus()

    def show_error(self, error: DuologueError) -> None:
        """Say in the window what went wrong for the whole of it."""
        self.notices.show_notice(sentence(error))

    def show_crash(self, kind: str) -> None:
        """Say that a bug showed itself."""
        self.notices.show_notice(
            ErrorText(
                f"Something in Duologue went wrong ({kind}).",
                "Your conversations are on the disk as they were.",
                "You can go on. The log in the data folder says more, for a bug report.",
            )
        )
