"""The file behind the logbook, and the thread that writes it. Imported with the first record."""

import logging
import logging.handlers
import os
import queue
import re
from io import TextIOWrapper
from pathlib import Path

LARGEST = 512 * 1024
KEPT = 2
"""Older files kept beside the newest."""


_SECRET = re.compile(
    r"""(sk-[\w-]{4})[\w-]+ | ((?:x-api-key|authorization)['"]?\s*[:=]\s*['"]?(?:Bearer\s+)?)[^\s'"]+""",
    re.IGNORECASE | re.VERBOSE,
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


def handlers(path: Path) -> list[logging.Handler]:
    """Standard error, and the file if its folder is there."""
    made: list[logging.Handler] = [logging.StreamHandler()]
    if path.parent.is_dir():
        made.append(_OwnersFile(path, maxBytes=LARGEST, backupCount=KEPT, delay=True))
    for handler in made:
        handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(message)s"))
    return made


def listening(logger: logging.Logger, made: list[logging.Handler]) -> logging.handlers.QueueListener:
    """Have `logger` hand its records to a thread that gives them to the handlers."""
    logger.setLevel(logging.INFO)
    logger.propagate = False
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    for earlier in list(logger.handlers):
        logger.removeHandler(earlier)
    logger.addHandler(logging.handlers.QueueHandler(records))
    listener = logging.handlers.QueueListener(records, *made)
    listener.start()
    return listener
