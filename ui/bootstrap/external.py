"""The one door from the window to other programs: nothing else asks the system to open anything."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

SCHEMES = frozenset({"http", "https", "mailto"})
"""What a browser or a mail program opens. A `file:` could start a program, and so could others."""


def open_external(address: str) -> bool:
    """Have the system open a web or mail address. False: it is none, or the system has nothing to open it with."""
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    return url.isValid() and url.scheme().lower() in SCHEMES and QDesktopServices.openUrl(url)


def open_folder(folder: Path) -> bool:
    """Have the system show one of our own folders."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
