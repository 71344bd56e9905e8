"""Exceptions that nobody expected: noted, shown, and survived. The window lives on."""

import asyncio
import sys
import threading
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
        """Be Python's hooks for exceptions: of slots (PySide calls it), of threads, and of what can raise no more."""
        earlier = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._take
        threading.excepthook = lambda args: self._take(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: self._take(args.exc_type, args.exc_value, args.exc_traceback)
        try:
            yield
        finally:
            sys.excepthook, threading.excepthook, sys.unraisablehook = earlier

    def loop_handler(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Be asyncio's handler for exceptions that no task's owner took."""
        error = context.get("exception")
        if not isinstance(error, BaseException):
            # a task that was destroyed while it ran, say: a bug all the same, told only in words
            error = RuntimeError(str(context.get("message") or "the loop told of a fault"))
        self._take(type(error), error, error.__traceback__)

    def _take(self, kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
        """May be called on any thread: `crashed` reaches its listeners on theirs."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), traceback)
            return
        self._note(kind, error or kind(), traceback)
        self.crashed.emit(kind.__name__)
