"""Collecting garbage on Qt's own thread, and on no other.

Python collects cycles on whichever thread happens to allocate. Where a cycle holds a widget, that destroys it on the
database's thread, and Qt crashes. So the collector is off, and a timer of the window's thread does its work.
"""

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 200
"""What is made in a second of scrolling takes 50 ms to look through at once: three frames."""
YOUNG_FROM = 5000
"""Objects made since the last collection that make one worth its while."""
OLDER_EVERY = 10
"""So many collections of the youngest generation, and the next older one is looked through as well."""
OLDEST_EVERY = 500
"""The same for everything: with a long conversation that takes tens of milliseconds."""


class Collector(QObject):
    """Collects while it lives. Make it on the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._collections = 0
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _collect(self) -> None:
        if gc.get_count()[0] < YOUNG_FROM:
            return
        self._collections += 1
        oldest = self._collections % OLDEST_EVERY == 0
        gc.collect(2 if oldest else int(self._collections % OLDER_EVERY == 0))
