"""What goes wrong unexpectedly, on the disk: for a person's bug report. Never a key, never what was written.

Records pass through a queue to a thread of their own, so that whoever logs does not wait for the disk.
"""

import logging
import logging.handlers
import os
import queue
import re
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

FILE_NAME = "duologue.log"
LARGEST = 512 * 1024
KEPT = 2
"""Older files kept beside the newest."""
_SECRET = re.compile(
    r"(sk-[A-Za-z0-9_-]{4})[A-Za-z0-9_-]+|((?:x-api-key|authorization)['\"]?\s*[:=]\s*)\S+", re.IGNORECASE
)


def redacted(text: str) -> str:
    """The text without anything that looks like a key."""
    return _SECRET.sub(lambda found: (found[1] or found[2]) + "…", text)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _OwnersFile(logging.handlers.RotatingFileHandler):
    """Readable by its owner only, whatever the umask says."""

    def _open(self) -> TextIOWrapper:
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))
        return super()._open()


class Logbook:
    """Open while the program runs. Use as a context manager."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is None where nothing can be written; then records go to standard error only."""
        self._logger = logging.getLogger("duologue")
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False
        handlers: list[logging.Handler] = [logging.StreamHandler()]
        if folder is not None:
            handlers.append(_OwnersFile(folder / FILE_NAME, maxBytes=LARGEST, backupCount=KEPT, delay=True))
        for handler in handlers:
            handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(message)s"))
        records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._queue_handler = logging.handlers.QueueHandler(records)
        self._listener = logging.handlers.QueueListener(records, *handlers)
        self._handlers = handlers

    def __enter__(self) -> "Logbook":
        self._logger.addHandler(self._queue_handler)
        self._listener.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._logger.removeHandler(self._queue_handler)
        self._listener.stop()
        for handler in self._handlers:
            handler.close()

    def crashed(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        """Note an exception that nobody expected. Frames are named, their variables are not."""
        self._logger.error("unexpected %s", kind.__name__, exc_info=(kind, error, traceback))
