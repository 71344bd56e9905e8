"""What goes wrong unexpectedly, on the disk: for a person's bug report. Never a key, never what was written.

Records pass through a queue to a thread of their own, so that whoever logs does not wait for the disk.
"""

import logging
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging.handlers import QueueListener

FILE_NAME = "duologue.log"


class Logbook:
    """Opened by the first record, which is rare: most runs write none. Use as a context manager."""

    def __init__(self, folder: Path, version: str = "") -> None:
        """`version` is the program's, for the report."""
        self._folder = folder
        self._version = version
        self._listener: QueueListener | None = None
        self._logger = logging.getLogger("duologue")
        self._report = ""

    @property
    def report(self) -> str:
        """The newest crash as a text for a bug report; empty when there was none."""
        return self._report

    def __enter__(self) -> "Logbook":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._listener is not None:
            self._listener.stop()
            for handler in self._listener.handlers:
                handler.close()

    def crashed(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        """Note an exception that nobody expected. Frames are named, their variables are not."""
        if self._listener is None:
            self._listener = _opened(self._logger, self._folder)
        from app.logbook.report import report

        self._report = report(self._version, kind, error, traceback)
        self._logger.error("unexpected %s", kind.__name__, exc_info=(kind, error, traceback))


def _opened(logger: logging.Logger, folder: Path) -> "QueueListener":
    from app.logbook.file import handlers, listening

    return listening(logger, handlers(folder / FILE_NAME))
