"""Names that strangers gave: of files, of pages."""

from itertools import chain
from typing import Final

SIGN: Final = "\u25a1"
"""Stands where a character would act without being seen."""

_RANGES: Final = ((0, 0x1F), (0x7F, 0x9F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F))
_ACTING: Final = dict.fromkeys(chain((0xAD, 0x61C, 0xFEFF), *(range(first, last + 1) for first, last in _RANGES)), SIGN)


def visible(name: str) -> str:
    """The name with a sign in place of every character that would act without being seen, such as turning its end."""
    return name.translate(_ACTING)
