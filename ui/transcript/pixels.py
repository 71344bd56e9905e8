"""Which pixels of the viewport are out of date. What only moved is moved, what grew is painted, and nothing else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from ui.transcript.arrangement import Arrangement
from ui.transcript.leaves.base import Leaf
from ui.transcript.painting import caret_of

_Place = tuple[int, int, int]
"""Item, unit, leaf."""


class _Seen(NamedTuple):
    """A leaf as it was painted, or is about to be."""

    leaf: Leaf
    y: int
    height: int


class _Kept(NamedTuple):
    """Rows that look as they did, here or elsewhere."""

    y: int
    height: int
    moved: int
    """So much further down than they were."""


class Pixels:
    """What stands on a viewport, leaf by leaf."""

    def __init__(self, viewport: QWidget) -> None:
        self._viewport = viewport
        self._seen: dict[_Place, _Seen] = {}
        self._caret = (0, 0)

    def forget(self) -> None:
        """Nothing that was painted can be used again."""
        self._seen = {}

    def bring_up_to_date(self, arrangement: Arrangement) -> None:
        """Move what has moved, and have the rest painted."""
        before, self._seen = self._seen, _seen(arrangement)
        earlier_caret, self._caret = self._caret, _caret_rows(arrangement)
        kept = list(_kept(before, self._seen))
        shifts = Counter[int]()
        for each in kept:
            shifts[each.moved] += each.height
        # pixels can only be moved whole
        if not shifts or not float(self._viewport.devicePixelRatioF()).is_integer():
            self._viewport.update()
            return
        shift = max(shifts, key=shifts.__getitem__)
        fixed = QRegion()
        for top, bottom in _joined(each for each in kept if each.moved == shift):
            fixed += self._rows(top, bottom - top)
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


def _seen(arrangement: Arrangement) -> dict[_Place, _Seen]:
    found: dict[_Place, _Seen] = {}
    for placed in arrangement.visible:
        for number, leaf in enumerate(arrangement.items[placed.item].units[placed.unit].leaves or ()):
            found[placed.item, placed.unit, number] = _Seen(leaf, placed.y + leaf.y, leaf.height)
    return found


def _kept(before: Mapping[_Place, _Seen], now: Mapping[_Place, _Seen]) -> Iterator[_Kept]:
    """Leaves that are the same, wherever they stand; of one that has grown in its place, what did not change."""
    known = {id(each.leaf): each for each in before.values()}
    for place, each in now.items():
        same = known.get(id(each.leaf))
        if same is not None and same.height == each.height:
            yield _Kept(each.y, each.height, each.y - same.y)
        elif same is None and (earlier := before.get(place)) is not None and type(earlier.leaf) is type(each.leaf):
            rows = min(each.leaf.rows_like(earlier.leaf), earlier.height, each.height)
            if rows:
                yield _Kept(each.y, rows, each.y - earlier.y)


def _joined(kept: Iterable[_Kept]) -> Iterator[tuple[int, int]]:
    """Rows that follow each other as one stretch, from and to: regions are slow to put together from many."""
    top = bottom = None
    for each in kept:
        if each.y != bottom:
            if top is not None and bottom is not None:
                yield top, bottom
            top = each.y
        bottom = each.y + each.height
    if top is not None and bottom is not None:
        yield top, bottom


def _caret_rows(arrangement: Arrangement) -> tuple[int, int]:
    """Top and height of the rows in which the caret stands; nothing, where there is none."""
    caret = caret_of(arrangement)
    if caret is None:
        return 0, 0
    rows = caret.toAlignedRect()
    return rows.y(), rows.height()
