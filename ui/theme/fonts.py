"""The two families that come with the program, so that it looks the same everywhere."""

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFont, QFontDatabase

import resources
from ui.theme import metrics

INTERFACE_FAMILY = "Inter"
CODE_FAMILY = "JetBrains Mono"


def load() -> None:
    """Register the interface's font with Qt. Call once, after the QApplication is made."""
    _register("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf")


def load_code() -> None:
    """Register the font of code. Call once, before code is shown."""
    _register("JetBrainsMono-Regular.ttf", "JetBrainsMono-Bold.ttf")


def _register(*names: str) -> None:
    for name in names:
        # from a path Qt maps the file, and only what is looked at takes memory
        path = resources.path_of("fonts", name)
        if path is None or QFontDatabase.addApplicationFont(path) < 0:
            QFontDatabase.addApplicationFontFromData(QByteArray(resources.read_bytes("fonts", name)))


def code_font(px: float = metrics.CODE_TEXT_PX) -> QFont:
    """The font of code and of what is compared letter by letter."""
    font = QFont(CODE_FAMILY)
    font.setPixelSize(round(px))
    return font


def interface_font(px: int = metrics.INTERFACE_TEXT_PX, *, weight: int = QFont.Weight.Normal) -> QFont:
    """The font of controls and labels."""
    font = QFont(INTERFACE_FAMILY)
    font.setPixelSize(px)
    font.setWeight(QFont.Weight(weight))
    return font
