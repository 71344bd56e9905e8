"""Notices at the top of the window: what went wrong for the whole program, and what to do."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.announce import announce
from ui.widgets.icon_button import IconButton

if TYPE_CHECKING:
    from ui.widgets.error_text import ErrorText

MOST = 3
"""Notices at one time: a fourth would hide the conversation, and the oldest has been seen longest."""


class Notice(QFrame):
    """One notice: a headline, the rest of what there is to say, an action, and a cross."""

    def __init__(self, theme: Theme, text: "ErrorText", tone: str, action: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = text
        self.setAccessibleName(text.whole)
        dress(self, look="notice", tone=tone)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.SPACE * 4, metrics.SPACE, metrics.SPACE * 2, metrics.SPACE)
        row.setSpacing(metrics.SPACE * 2)
        headline = QLabel(text.headline)
        dress(headline, look="notice_text", tone=tone)
        rest = QLabel(" ".join(part for part in (text.kept, text.advice) if part))
        for label in (headline, rest):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(headline)
        words.addWidget(rest)
        rest.setVisible(bool(rest.text()))
        if text.details:
            # made only then: the bar belongs to the first sight of the window, and most notices have none
            from ui.widgets.details import Details

            details = Details()
            details.show_details(text.details)
            words.addSpacing(metrics.SPACE)
            words.addWidget(details)
        row.addLayout(words, 1)
        self.button = QPushButton(action)
        self.button.setVisible(bool(action))
        row.addWidget(self.button)
        self.cross = IconButton(theme, "x", "Dismiss this notice")
        row.addWidget(self.cross)


class NoticeBar(QWidget):
    """At most three notices, the newest at the bottom. It takes no room while there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notices: list[Notice] = []
        self.setAccessibleName("Notices")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    @property
    def texts(self) -> "tuple[ErrorText, ...]":
        """What is shown, oldest first."""
        return tuple(notice.text for notice in self._notices)

    def show_notice(
        self, text: "ErrorText", action: str = "", callback: Callable[[], None] | None = None, *, tone: str = "error"
    ) -> None:
        """Add a notice; one that says the same is replaced. `tone` is one of ui.theme.style's.

        A click on the button named `action` dismisses the notice, then calls `callback`.
        """
        for same in [notice for notice in self._notices if notice.text.whole == text.whole]:
            self._dismiss(same)
        while len(self._notices) >= MOST:
            self._dismiss(self._notices[0])
        notice = Notice(self._theme, text, tone, action if callback else "", self)
        notice.cross.clicked.connect(partial(self._dismiss, notice))
        notice.button.clicked.connect(partial(self._act, notice, callback))
        self._notices.append(notice)
        self._column.addWidget(notice)
        self.show()
        announce(self, text.whole)

    def clear(self) -> None:
        """Dismiss every notice."""
        for notice in list(self._notices):
            self._dismiss(notice)

    def _act(self, notice: Notice, callback: Callable[[], None] | None, _checked: bool = False) -> None:
        self._dismiss(notice)
        if callback is not None:
            callback()

    def _dismiss(self, notice: Notice, _checked: bool = False) -> None:
        if notice in self._notices:
            self._notices.remove(notice)
            self._column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
        self.setVisible(bool(self._notices))
