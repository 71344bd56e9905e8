"""Moving the caret, or the end of a selection, by keys: by character, word and line, over blocks and messages."""

from collections.abc import Iterator

from PySide6.QtCore import QPointF, Qt, QTextBoundaryFinder

from ui.transcript.canvas import Canvas
from ui.transcript.characters import width
from ui.transcript.leaves.base import Leaf
from ui.transcript.selecting import Spot


def first_spot(canvas: Canvas) -> Spot | None:
    """Where the text in sight begins."""
    for placed in canvas.arrangement.visible:
        for number, leaf in enumerate(canvas.leaves(placed)):
            if leaf.is_text and placed.y + leaf.y + leaf.height > 0:
                return Spot(placed.item, placed.unit, number, 0)
    return None


def stepped(canvas: Canvas, spot: Spot, by: int, *, word: bool) -> Spot:
    """A character or a word further, or back with -1; where a block ends, on to the next."""
    leaf = _leaf_at(canvas, spot)
    if leaf is not None:
        offset = _within(leaf, spot.offset, by, word=word)
        if offset is not None:
            return Spot(spot.item, spot.unit, spot.leaf, offset)
    for item, unit, number, other in _leaves_from(canvas, spot, by):
        return Spot(item, unit, number, 0 if by > 0 else other.end)
    return spot


def moved_by_lines(canvas: Canvas, spot: Spot, lines: int) -> Spot:
    """As far down as `lines` lines are high, or up; what is out of sight is brought into it first."""
    canvas.bring_into_sight(spot)
    rect = canvas.rect_of(spot)
    if rect is None:
        return spot
    target = canvas.target(QPointF(rect.x() + 1, rect.center().y() + lines * canvas.styling.lead))
    if target is not None and target.leaf.is_text:
        return target.spot()
    for item, unit, number, leaf in _leaves_from(canvas, spot, 1 if lines > 0 else -1):
        return Spot(item, unit, number, 0 if lines > 0 else leaf.end)
    return spot


def at_edge(canvas: Canvas, spot: Spot, by: int) -> Spot:
    """The end of the line that a place stands in, or its beginning with -1."""
    canvas.bring_into_sight(spot)
    rect = canvas.rect_of(spot)
    if rect is None:
        return spot
    x = canvas.column_left + canvas.arrangement.width if by > 0 else canvas.column_left
    target = canvas.target(QPointF(x, rect.center().y()))
    return target.spot() if target is not None and target.leaf.is_text else spot


def moved(canvas: Canvas, spot: Spot, key: Qt.Key, *, control: bool) -> Spot | None:
    """Where a key takes the caret from a place; None if it is no key of the caret's."""
    page = max(1, canvas.viewport().height() // canvas.styling.lead - 2)
    ends = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}
    lines = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
    sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
    if key in ends and control:
        return _outermost(canvas, ends[key])
    if key in ends:
        return at_edge(canvas, spot, ends[key])
    if key in lines:
        return moved_by_lines(canvas, spot, lines[key])
    return stepped(canvas, spot, sideways[key], word=control) if key in sideways else None


def _outermost(canvas: Canvas, by: int) -> Spot | None:
    """The very beginning of all text, or its end."""
    edge = Spot(-1, 0, 0, 0) if by < 0 else Spot(len(canvas.items), 0, 0, 0)
    for item, unit, number, leaf in _leaves_from(canvas, edge, -by):
        return Spot(item, unit, number, 0 if by < 0 else leaf.end)
    return None


def _within(leaf: Leaf, offset: int, by: int, *, word: bool) -> int | None:
    kind = QTextBoundaryFinder.BoundaryType.Word if word else QTextBoundaryFinder.BoundaryType.Grapheme
    stretches = list(leaf.stretches())
    for number, (begin, text) in enumerate(stretches):
        if begin <= offset <= begin + width(text):
            finder = QTextBoundaryFinder(kind, text)
            finder.setPosition(offset - begin)
            at = finder.toNextBoundary() if by > 0 else finder.toPreviousBoundary()
            if at >= 0:
                return begin + at
            if 0 <= number + by < len(stretches):
                other, line = stretches[number + by]
                return other if by > 0 else other + width(line)
    return None


def _leaf_at(canvas: Canvas, spot: Spot) -> Leaf | None:
    units = canvas.items[spot.item].units
    leaves = units[spot.unit].leaves or () if spot.unit < len(units) else ()
    return leaves[spot.leaf] if spot.leaf < len(leaves) else None


def _leaves_from(canvas: Canvas, spot: Spot, by: int) -> Iterator[tuple[int, int, int, Leaf]]:
    """Text after a place, or before it, block by block."""
    here = (spot.item, spot.unit, spot.leaf)
    first = max(0, min(spot.item, len(canvas.items) - 1))
    for item in range(first, len(canvas.items) if by > 0 else -1, by):
        canvas.arrangement.prepare(canvas.items[item])
        units = canvas.items[item].units
        for unit in range(len(units))[::by]:
            if (item, unit) != here[:2] and ((item, unit) > here[:2]) != (by > 0):
                continue
            units[unit].realise(canvas.arrangement.width, canvas.styling)
            for number, leaf in list(enumerate(units[unit].leaves or ()))[::by]:
                if leaf.is_text and ((item, unit, number) > here) == (by > 0) and (item, unit, number) != here:
                    yield item, unit, number, leaf
