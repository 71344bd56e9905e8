"""Exceptions that nobody expected: noted, shown, and survived. The window lives on."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Signal

Note = Callable[[type[BaseException], BaseException, TracebackType | None], None]


class CrashHandler(QObject):
    """Takes what falls out of slots and tasks.

    Signals:
        crashed: a bug showed itself; arg: the exception's class name.
    """

    crashed = Signal(str)

    def __init__(self, note: Note) -> None:
        """`note` writes it down; it must not raise."""
        super().__init__()
        self._note = note

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Be Python's hook for exceptions; PySide calls it for those of slots."""
        earlier = sys.excepthook
        sys.excepthook = self._take
        try:
            yield
        finally:
            sys.excepthook = earlier

    def loop_handler(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Be asyncio's handler for exceptions that no task's owner took."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._take(type(error), error, error.__traceback__)

    def _take(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
            return
        self._note(kind, error, traceback)
        self.crashed.emit(kind.__name__)
