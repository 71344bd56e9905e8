"""Where Qt's event loop and asyncio's become one. Nothing else imports qasync."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import qasync
from PySide6.QtWidgets import QApplication


def run(qt_app: QApplication, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run `main` on Qt's own loop and return what it returns.

    The last window's closing must not end Qt's loop: `main` awaits its clean-up first, and a loop that Qt has ended can
    await nothing.
    """
    qt_app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(qt_app)) as runner:
        return runner.run(main())
