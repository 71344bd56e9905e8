"""What is looked for, marked wherever it is seen. Nothing is kept of what is out of sight."""

from collections.abc import Iterator
from typing import Final
from weakref import WeakKeyDictionary

from PySide6.QtCore import QRectF

from ui.transcript.characters import width
from ui.transcript.leaves.base import Leaf, Selection

FAR_RIGHT: Final = 1e6
"""Pixels; Qt's own numbers end at some millions."""


def places_in(leaf: Leaf, needle: str) -> Iterator[Selection]:
    """Where a text stands in a leaf, without regard to case, in the leaf's offsets."""
    wanted = needle.lower()
    for begin, text in leaf.stretches() if leaf.is_text and wanted else ():
        shown = text.lower()
        if len(shown) != len(text):
            shown = text  # a letter that is two in small: offsets would not fit
        at = shown.find(wanted)
        while at >= 0:
            start = begin + width(text[:at])
            yield start, start + width(text[at : at + len(wanted)])
            at = shown.find(wanted, at + len(wanted))


class Marks:
    """The places of one text in the leaves that are drawn."""

    def __init__(self) -> None:
        self._needle = ""
        self._known: WeakKeyDictionary[Leaf, tuple[int, list[Selection]]] = WeakKeyDictionary()

    def look_for(self, needle: str) -> None:
        """Mark another text; the empty one ends it."""
        self._needle = needle
        self._known.clear()

    def rects(self, leaf: Leaf, top: float, bottom: float) -> Iterator[QRectF]:
        """What is to be marked of a leaf between two heights, in its coordinates."""
        if not self._needle or not leaf.is_text:
            return
        places = self._places(leaf)
        if not places:
            return
        first, last = leaf.hit(0.0, top), leaf.hit(FAR_RIGHT, bottom)
        for start, end in places:
            if end >= first and start <= last:
                yield from _spans(leaf, start, end)

    def _places(self, leaf: Leaf) -> list[Selection]:
        known = self._known.get(leaf)
        if known is None or known[0] != leaf.end:
            known = self._known[leaf] = leaf.end, list(places_in(leaf, self._needle))
        return known[1]


def _spans(leaf: Leaf, start: int, end: int) -> Iterator[QRectF]:
    """The place of a stretch of text: one rectangle for each line that it stands in."""
    first, last = leaf.rect_of(start), leaf.rect_of(end)
    if first.y() == last.y():
        yield _between(first, last)
        return
    from_, to = first, first
    for offset in range(start + 1, end + 1):
        here = leaf.rect_of(offset)
        if here.y() != from_.y():
            yield _between(from_, to)
            from_ = here
        to = here
    yield _between(from_, to)


def _between(one: QRectF, other: QRectF) -> QRectF:
    left, right = sorted((one.x(), other.x()))
    return QRectF(left, one.y(), max(2.0, right - left), one.height())
