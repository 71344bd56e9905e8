"""Formatted text for the clipboard, where making it at once would keep the window: made on a thread, and stoppable."""

import time
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from ui.transcript.copying import MOST_HTML, Copied, Part, html

MOST_ASIDE: Final = 4_000_000
"""Characters. More is copied as plain text and Markdown only: no program takes it as a page."""
TELL_AFTER_MS: Final = 500
WORK_S: Final = 0.002
REST_S: Final = 0.002
"""The thread works and rests in turns, for the window's needs the interpreter as well."""


class _Teller(QObject):
    """What the thread tells; it outlives the window, if the thread does."""

    made = Signal(int, bytes)


class CopyingAside(QObject):
    """Adds formatted text to what was copied, if that is still on the clipboard when it is made.

    Signals:
        working: it takes long enough to be told, or does not any more; arg: which.
    """

    working = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._copied: Copied | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._teller = _Teller()
        self._teller.made.connect(self._take)
        self._tell = QTimer(self, singleShot=True, interval=TELL_AFTER_MS)
        self._tell.timeout.connect(lambda: self.working.emit(True))

    @property
    def is_working(self) -> bool:
        return self._copied is not None

    def begin(self, copied: Copied) -> None:
        """Make formatted text of what has just been copied, if it is long and not too long."""
        self.stop()
        size = sum(len(part.text) for part in copied.parts)
        if not MOST_HTML < size <= MOST_ASIDE:
            return
        self._number += 1
        self._copied = copied
        number, teller, parts = self._number, self._teller, copied.parts
        self._pool.start(lambda: self._work(teller, number, parts))
        self._tell.start()

    def stop(self) -> None:
        """It is no longer wanted; what was copied stays as it is."""
        self._number += 1
        self._end()

    def wait(self) -> None:
        """Until no thread works any more."""
        self.stop()
        self._pool.waitForDone()

    def _end(self) -> None:
        self._copied = None
        self._tell.stop()
        self.working.emit(False)

    def _work(self, teller: _Teller, number: int, parts: Sequence[Part]) -> None:
        """On the other thread."""
        found: list[str] = []
        since = time.monotonic()
        for part in parts:
            for piece in html(part):
                found.append(piece)
                if time.monotonic() - since > WORK_S:
                    time.sleep(REST_S)
                    since = time.monotonic()
                if number != self._number:
                    return
        if isValid(teller):
            teller.made.emit(number, "\n".join(found).encode(errors="replace"))

    def _take(self, number: int, made: bytes) -> None:
        if number != self._number or self._copied is None:
            return
        copied = self._copied
        self._end()
        if QGuiApplication.clipboard().mimeData() is copied:
            QGuiApplication.clipboard().setMimeData(Copied(copied.parts, made))
