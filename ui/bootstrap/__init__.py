"""The composition root: what is built once, by hand, in the order in which a person needs it.

The window stands before anything heavy is imported. The database is opened next, the network's libraries at the first
message, the keyring when a key is needed.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

import app
from app.logbook import Logbook
from app.settings.file import Read, read_settings
from app.settings.keeper import SettingsKeeper
from app.settings.paths import data_folder
from ui.bootstrap.program import Program
from ui.bridge import loop
from ui.bridge.crashes import CrashHandler
from ui.bridge.instance import raise_other
from ui.shell.window import Window
from ui.theme.theme import Theme


def open_window(arguments: list[str]) -> int:
    """Open the window and stay until it is closed. Returns the exit status."""
    given = _parse(arguments)
    qt_app = QApplication(sys.argv[:1])
    qt_app.setApplicationName("Duologue")
    qt_app.setDesktopFileName("duologue")
    folder = data_folder(os.environ)
    if raise_other(str(folder)):
        return 0
    read = read_settings(folder)
    theme = Theme()
    theme.apply(qt_app)
    theme.set_mode(read.settings.theme)
    window = Window(theme, dict(read.settings.window))
    window.show()
    with Logbook(folder if folder.is_dir() else None) as logbook:
        crashes = CrashHandler(logbook.crashed)
        crashes.crashed.connect(window.show_crash)
        with crashes.installed():
            return loop.run(qt_app, lambda: _live(given, folder, read, theme, window, crashes))


async def _live(
    given: argparse.Namespace, folder: Path, read: Read, theme: Theme, window: Window, crashes: CrashHandler
) -> int:
    asyncio.get_running_loop().set_exception_handler(crashes.loop_handler)
    program = Program(window, theme, folder, SettingsKeeper(folder, read.settings), os.environ)
    await program.start(simulator=given.simulator)
    if read.trouble is not None:
        window.show_error(read.trouble)
    if os.environ.get("DUOLOGUE_ANNOUNCE"):
        # for those who measure or drive the program from outside: the composer can be typed in now
        sys.stdout.write("ready\n")
        sys.stdout.flush()
    await program.closed()
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="duologue", description="A desktop workbench for Claude models")
    parser.add_argument("--version", action="version", version=f"Duologue {app.__version__}")
    parser.add_argument("--simulator", action="store_true", help="begin with the simulator; needs no key")
    return parser.parse_args(arguments)
