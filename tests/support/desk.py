"""The window in this process, as a person sees and uses it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.support.waiting import until
from ui.bootstrap.program import Program
from ui.shell.window import Window


class Desk:
    """One open window."""

    def __init__(self, window: Window, program: Program, folder: Path) -> None:
        self._database = folder / "duologue.db"
        self._answers_seen = 0
        self.window = window
        self.program = program
        self._closed = False

    @property
    def is_open(self) -> bool:
        """The conversation to begin with is on the page."""
        return self.window.page.composer.model_button.accessibleName().startswith("Model: ")

    @property
    def is_busy(self) -> bool:
        return self.window.page.composer.send_button.accessibleName() == "Stop"

    @property
    def transcript(self) -> str:
        return self.window.page.transcript.plain_text()

    @property
    def seen(self) -> str:
        """What stands in the transcript's part of the window now, errors and states included."""
        return self.window.page.transcript.visible_text()

    @property
    def notices(self) -> str:
        return " ".join(each.whole for each in self.window.notices.texts)

    def write(self, text: str) -> None:
        editor = self.window.page.composer.editor
        editor.setFocus()
        editor.insertPlainText(text)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window.page.composer.editor, key)

    def say(self, text: str) -> None:
        """Write a message and send it."""
        self.write(text)
        self.press(Qt.Key.Key_Return)

    async def until_answered(self) -> None:
        """Wait until one more answer has ended, in whatever state, and is stored."""
        await until(lambda: self._answers() > self._answers_seen and not self.is_busy)
        self._answers_seen = self._answers()

    def click(self, words: str) -> None:
        """Press the visible button that says `words`."""
        found = [
            each
            for each in self.window.main.findChildren(QPushButton)
            if each.text() == words and each.isVisible() and each.isEnabled()
        ]
        assert found, f"no button says {words!r}"
        QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)

    def _answers(self) -> int:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as db:
            (count,) = db.execute(
                "SELECT count(*) FROM messages WHERE role = 'assistant' AND state <> 'streaming'"
            ).fetchone()
        return int(count)

    async def close(self) -> None:
        """Close the window and wait until everything is put away."""
        if not self._closed:
            self._closed = True
            self.window.main.close()
            await self.program.closed()
