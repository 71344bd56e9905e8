"""Characters as Qt counts them, and characters that hide.

Qt counts UTF-16 units, Python code points. Marking keeps the count: every hidden unit becomes one visible sign, so that
what is drawn and what is copied have the same offsets.
"""

import re
from functools import cache
from typing import Final

BREAK: Final = "\u2028"
"""A line break inside one layout."""
MARK: Final = "\u25a1"
"""Stands where a character would act without being seen."""


@cache
def _patterns() -> "tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]":
    """What hides; joiners beside letters that take none; what no code has; signs heaped on one letter.

    Compiled with the first text that is not plain ASCII: tables of the whole of Unicode take 0.2 MB.
    """
    return (
        re.compile(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
            "\ufff9-\ufffb\U000e0000-\U000e007f]"
        ),
        re.compile("(?<=[\x00-\x7f])[\u200c\u200d\ufe00-\ufe0f]|[\u200c\u200d](?=[\x00-\x7f])"),
        re.compile("[\xa0\u115f\u1160\u1680\u2000-\u200a\u200c\u200d\u202f\u205f\u3164\u3000\uffa0]"),
        re.compile("(?<=[\u0300-\u036f]{8})[\u0300-\u036f]+"),
    )


def width(text: str) -> int:
    """UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def piece(text: str, start: int, end: int) -> str:
    """The text between two UTF-16 offsets."""
    if text.isascii():
        return text[start:end]
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")


def _marks(found: re.Match[str]) -> str:
    return MARK * width(found[0])


def marked(text: str, *, code: bool = False) -> str:
    """The text with a sign in place of each invisible, directional or control character; as long as before.

    In code, spaces that are not the space and joiners are marked too: there they are never typography.
    """
    if text.isascii() and text.isprintable():
        return text
    hidden, joiners, code_only, combining = _patterns()
    shown = hidden.sub(_marks, joiners.sub(_marks, text))
    if shown.isascii():
        return shown
    shown = combining.sub(_marks, shown)
    return code_only.sub(_marks, shown) if code else shown


def pieces_of(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` characters."""
    return [text[at : at + most] for at in range(0, len(text), most)] or [""]
