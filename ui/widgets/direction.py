"""Which way a text runs: by its own first letter, whatever the language of the window is."""

from unicodedata import bidirectional

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption


def runs_left(text: str) -> bool:
    """Whether the first letter that has a direction is Arabic, Hebrew or their like."""
    for letter in text:
        kind = bidirectional(letter)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


def line_option(text: str) -> QTextOption:
    """How to draw `text` as one line, in the middle of its height and from the side where it begins."""
    leftwards = runs_left(text)
    # AlignLeading is the side where the text begins: Qt turns it round for a text that runs to the left
    option = QTextOption(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(
        Qt.LayoutDirection.RightToLeft if leftwards else Qt.LayoutDirection.LeftToRight,
    )
    return option
