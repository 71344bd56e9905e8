"""Which way a text runs: by its own first letter, whatever the language of the window is."""

from unicodedata import bidirectional

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption

CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn what follows round, beyond the text that they stand in."""
_FIRST_STRONG, _END = "\u2068", "\u2069"


def isolated(text: str) -> str:
    """A text that stands inside another, so that its controls turn round nothing but itself.

    A text without any stays as it is. What closes more than the text has opened is left out: it would close the
    isolation too.

    Source: Unicode Standard Annex 9, "Explicit Directional Isolates".
    """
    if not CONTROLS & set(text):
        return text
    depth, kept = 0, []
    for letter in text:
        if letter in "\u2066\u2067\u2068":
            depth += 1
        elif letter == _END:
            depth -= 1
            if depth < 0:
                depth = 0
                continue
        kept.append(letter)
    return f"{_FIRST_STRONG}{''.join(kept)}{_END * (depth + 1)}"


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
