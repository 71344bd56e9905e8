"""Where Qt's event loop and asyncio's become one. Nothing else imports qasync."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication

from ui.bridge.turns import Later, Turns

WORKERS = 4
"""Threads for files and imports; the database and the keyring have their own."""


def run(qt_app: QApplication, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run `main` on Qt's own loop and return what it returns.

    The last window's closing must not end Qt's loop: `main` awaits its clean-up first, and a loop that Qt has ended can
    await nothing.
    """
    qt_app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: make_loop(qt_app)) as runner:
        return runner.run(main())


def make_loop(qt_app: QApplication) -> asyncio.AbstractEventLoop:
    """An asyncio loop that runs as a part of Qt's."""
    loop: asyncio.AbstractEventLoop = _Loop(qt_app)
    # qasync's own pool starts ten threads for the first job
    loop.set_default_executor(ThreadPoolExecutor(WORKERS, "worker"))
    return loop


class _Loop(qasync.QEventLoop):  # type: ignore[misc]  # qasync has no types
    def __init__(self, qt_app: QApplication) -> None:
        super().__init__(qt_app)
        self._turns = Turns(self.is_running)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._turns.soon(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = Later(self.time() + delay, callback, args, self, context)
        self._turns.later(handle, delay)
        return handle

    def close(self) -> None:
        self._turns.stop()
        super().close()

    def run_forever(self) -> None:
        self._turns.wake()
        with _finishing_generators(self):
            super().run_forever()


@contextmanager
def _finishing_generators(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Have abandoned async generators closed by the loop, as asyncio's own loops do and qasync's does not.

    Without it, what a cancelled request leaves half-read is closed by the garbage collector, which can await nothing:
    its connection would stay open.
    """
    closing: set[asyncio.Task[None]] = set()

    def close_soon(generator: AsyncGenerator[Any, Any]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(close, generator)

    def close(generator: AsyncGenerator[Any, Any]) -> None:
        task = loop.create_task(generator.aclose())
        closing.add(task)
        task.add_done_callback(closing.discard)

    earlier = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(finalizer=close_soon)
    try:
        yield
    finally:
        sys.set_asyncgen_hooks(*earlier)
