"""The start. The window stands before anything is imported that it does not need to stand.

Python compiles and PySide reads every module that is imported; both are felt on a slow machine. So this module imports
what shows a window with a composer, and `ui.bootstrap.program` brings everything else once the window can be seen.
"""

import os
import sys
import time

from PySide6.QtWidgets import QApplication

from app.settings.glance import glance
from app.settings.paths import data_folder
from app.store.doorbell import claim, ring
from ui.bridge.lean import import_asyncio_without_tls
from ui.shell.window import Window
from ui.theme.theme import MODES, QT_ARGUMENTS, Theme


def open_window(arguments: list[str]) -> int:
    """Open the window and stay until it is closed. Returns the exit status."""
    simulator = _wants_simulator(arguments) if arguments else False
    qt_app = QApplication([*sys.argv[:1], *QT_ARGUMENTS])
    qt_app.setApplicationName("Duologue")
    qt_app.setDesktopFileName("duologue")
    folder = data_folder(os.environ)
    claimed = claim(folder)
    if claimed is None and ring(folder):
        return 0
    seen = glance(folder)
    theme = Theme()
    theme.apply(qt_app)
    theme.set_mode(seen.theme if seen.theme in MODES else "system")
    window = Window(theme, seen.window)
    window.show()
    early = _Early(window)
    qt_app.processEvents()
    if os.environ.get("DUOLOGUE_ANNOUNCE"):
        # for those who measure or drive the program from outside: the composer can be typed in now, and that took so
        # many processor seconds; the process goes on at once, so that nobody else could say
        sys.stdout.write(f"ready {time.process_time():.4f}\n")
        sys.stdout.flush()
    import_asyncio_without_tls()
    from ui.bootstrap.living import live

    return live(qt_app, window, theme, folder, claimed, early.take, simulator=simulator)


class _Early:
    """What is sent while the rest is still being imported. It is sent as soon as that is there."""

    def __init__(self, window: Window) -> None:
        self._composer = window.page.composer
        self._asked = False
        self._composer.send_requested.connect(self._note)

    def take(self) -> bool:
        """Whether Enter was pressed so far; from now on someone else listens."""
        self._composer.send_requested.disconnect(self._note)
        return self._asked

    def _note(self, _text: str) -> None:
        self._asked = True


def _wants_simulator(arguments: list[str]) -> bool:
    import argparse

    parser = argparse.ArgumentParser(prog="duologue", description="A desktop workbench for Claude models")
    parser.add_argument("--simulator", action="store_true", help="begin with the simulator; needs no key")
    return bool(parser.parse_args(arguments).simulator)
