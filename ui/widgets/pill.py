"""Pills: a small fact in a rounded field, and a button that shows what is chosen."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme


class Pill(QLabel):
    """A fact in a word or two. Its colour repeats what the word says and never says more."""

    def __init__(self, text: str = "", tone: str = "quiet", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_fact(text, tone)

    def show_fact(self, text: str, tone: str) -> None:
        """Show another fact; `tone` is one of ui.theme.style's."""
        self.setText(text)
        self.setAccessibleName(text)
        dress(self, look="pill", tone=tone)


class ChoiceButton(QPushButton):
    """What is chosen, and a chevron: a click opens the choice."""

    def __init__(self, theme: Theme, what: str, parent: QWidget | None = None) -> None:
        """`what` is chosen, e.g. "Model": screen readers hear "Model: Claude Sonnet"."""
        super().__init__(parent)
        self._theme = theme
        self._what = what
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the icon after the text
        self.setIconSize(QSize(metrics.ICON_PX, metrics.ICON_PX))
        dress(self, look="quiet")
        self.show_choice("")
        self._tint()
        theme.changed.connect(self._tint)

    def show_choice(self, text: str) -> None:
        """Show what is chosen now; empty: nothing yet."""
        shown = text or f"Choose a {self._what.lower()}"
        self.setText(shown.replace("&", "&&"))
        self.setAccessibleName(f"{self._what}: {text}" if text else shown)

    def _tint(self) -> None:
        palette = self._theme.palette
        self.setIcon(self._theme.icons.icon("chevron-down", palette.muted, disabled=palette.faint))
