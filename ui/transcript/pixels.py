"""Which pixels of the viewport are out of date. What only moved is moved, what grew is painted, and nothing else."""

from collections import Counter
from typing import NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from ui.transcript.arrangement import Arrangement
from ui.transcript.leaves.base import Leaf
from ui.transcript.painting import caret_of


class _Seen(NamedTuple):
    """A leaf as it was painted, or is about to be."""

    leaf: Leaf
    """Held, so that no other leaf gets its identity."""
    y: int
    height: int


class Pixels:
    """What stands on a viewport, leaf by leaf."""

    def __init__(self, viewport: QWidget) -> None:
        self._viewport = viewport
        self._seen: dict[int, _Seen] = {}
        self._caret = (0, 0)

    def forget(self) -> None:
        """Nothing that was painted can be used again."""
        self._seen = {}

    def bring_up_to_date(self, arrangement: Arrangement) -> None:
        """Move what has moved, and have the rest painted."""
        before, self._seen = self._seen, _seen(arrangement)
        earlier_caret, self._caret = self._caret, _caret_rows(arrangement)
        known = {id_: each for id_, each in self._seen.items() if id_ in before and before[id_].height == each.height}
        shifts = Counter[int]()
        for id_, each in known.items():
            shifts[each.y - before[id_].y] += each.height
        # pixels can only be moved whole
        if not shifts or not float(self._viewport.devicePixelRatioF()).is_integer():
            self._viewport.update()
            return
        shift = shifts.most_common(1)[0][0]
        fixed = QRegion()
        for id_, each in known.items():
            if each.y - before[id_].y == shift:
                fixed += self._rows(each.y, each.height)
        if shift:
            self._move(fixed.translated(0, -shift) + fixed, shift)
        stale = QRegion(self._viewport.rect()) - fixed
        for top, height in ((earlier_caret[0] + shift, earlier_caret[1]), self._caret):
            stale += self._rows(top, height)
        self._viewport.update(stale)

    def _rows(self, top: int, height: int) -> QRect:
        return QRect(0, top, self._viewport.width(), height)

    def _move(self, where: QRegion, pixels: int) -> None:
        area = where.boundingRect() & self._viewport.rect()
        self._viewport.scroll(0, pixels, area)
        # what floats over the text does not move with it, but its pixels did
        for child in self._viewport.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if child.isVisible():
                for stale in (child.geometry(), child.geometry().translated(0, pixels)):
                    self._viewport.update(stale)


def _seen(arrangement: Arrangement) -> dict[int, _Seen]:
    found: dict[int, _Seen] = {}
    for placed in arrangement.visible:
        for leaf in arrangement.items[placed.item].units[placed.unit].leaves or ():
            found[id(leaf)] = _Seen(leaf, placed.y + leaf.y, leaf.height)
    return found


def _caret_rows(arrangement: Arrangement) -> tuple[int, int]:
    """Top and height of the rows in which the caret stands; nothing, where there is none."""
    caret = caret_of(arrangement)
    if caret is None:
        return 0, 0
    rows = caret.toAlignedRect()
    return rows.y(), rows.height()
