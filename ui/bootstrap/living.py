"""From the first sight of the window to its last: the loop, the logbook and the program in them."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

import app
from app.logbook.logbook import Logbook
from app.settings.file import read_settings
from app.settings.keeper import SettingsKeeper
from app.vault.environment import taken
from ui.bootstrap.program import Program
from ui.bridge import loop
from ui.bridge.crashes import CrashHandler
from ui.bridge.garbage import Collector
from ui.shell.window import Window
from ui.theme.theme import Theme


def live(
    qt_app: QApplication,
    window: Window,
    theme: Theme,
    folder: Path,
    claimed: int | None,
    early: Callable[[], bool],
    *,
    simulator: bool,
) -> int:
    """Run until the window is closed. Returns the exit status.

    Args:
        claimed: the data folder's lock, where it was to be had.
        early: tells, once, whether Enter was pressed before there was anyone to send.
        simulator: begin with the simulator.
    """
    window.furnish()
    Collector(window)  # lives as long as the window
    with Logbook(folder, app.__version__) as logbook:
        crashes = CrashHandler(logbook.crashed)
        window.tell_crashes_by(lambda: logbook.report)
        crashes.crashed.connect(window.show_crash)
        with crashes.installed():
            return loop.run(qt_app, lambda: _live(window, theme, folder, claimed, early, crashes, simulator=simulator))


async def _live(
    window: Window,
    theme: Theme,
    folder: Path,
    claimed: int | None,
    early: Callable[[], bool],
    crashes: CrashHandler,
    *,
    simulator: bool,
) -> int:
    asyncio.get_running_loop().set_exception_handler(crashes.loop_handler)
    read = await asyncio.to_thread(read_settings, folder)
    program = Program(window, theme, folder, SettingsKeeper(folder, read.settings), taken(os.environ), claimed)
    if read.trouble is not None:
        window.show_error(read.trouble)
    await program.run(simulator=simulator, early=early)
    return 0
