"""Drawing what the arrangement has placed. The painter's origin is the column's top left corner."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QRegion

from ui.theme import metrics
from ui.transcript.arrangement import Arrangement, Placed
from ui.transcript.leaves.base import Leaf
from ui.transcript.leaves.text import paint_bars
from ui.transcript.markdown.reading import Ending
from ui.transcript.marking import Marks
from ui.transcript.selecting import Selecting
from ui.transcript.style import Style

MARK_OPACITY: Final = 0.28
LEFT_OUT_OPACITY: Final = 0.55
"""What is not sent is read all the same."""
CARD_RUNOUT: Final = metrics.RADIUS_CARD * 3
"""How far a card is drawn beyond the viewport where its end is not in sight."""


def paint_transcript(
    painter: QPainter,
    region: QRegion,
    arrangement: Arrangement,
    selecting: Selecting,
    marks: Marks,
    style: Style,
) -> None:
    """Draw what lies in `region`."""
    around = region.boundingRect()
    top, bottom = around.top(), around.bottom()
    _paint_cards(painter, region, arrangement, style)
    for placed in arrangement.visible:
        if placed.y <= bottom and placed.y + placed.height > top:
            _paint_unit(painter, placed, region, arrangement, (selecting, marks), style)
    _paint_joints(painter, region, arrangement, style)
    caret = caret_of(arrangement)
    if caret is not None:
        painter.fillRect(caret.translated(style.space / 2, 0), style.colour("claude"))


def _paint_unit(
    painter: QPainter,
    placed: Placed,
    region: QRegion,
    arrangement: Arrangement,
    over: tuple[Selecting, Marks],
    style: Style,
) -> None:
    selecting, marks = over
    if arrangement.items[placed.item].message.is_left_out:
        painter.setOpacity(LEFT_OUT_OPACITY)
    unit = arrangement.items[placed.item].units[placed.unit]
    left = style.card_pad if unit.in_card else 0
    around = region.boundingRect()
    for number, leaf in enumerate(unit.leaves or ()):
        top = placed.y + leaf.y
        rows = QRect(around.x(), top, around.width(), leaf.height)
        if region.intersects(rows):
            part = selecting.within(placed.item, placed.unit, number, leaf)
            stale = QRectF(region.intersected(rows).boundingRect())
            painter.save()
            painter.translate(left, top)
            stale.translate(-left, -top)
            leaf.paint(painter, stale, style, part)
            for hit in marks.rects(leaf, stale.top(), stale.bottom()):
                _paint_mark(painter, hit, style)
            painter.restore()
    painter.setOpacity(1.0)


def _paint_joints(painter: QPainter, region: QRegion, arrangement: Arrangement, style: Style) -> None:
    """The bars of a quote go on through the space between its paragraphs."""
    above: tuple[Leaf, int] | None = None
    for placed in arrangement.visible:
        unit = arrangement.items[placed.item].units[placed.unit]
        for leaf in unit.leaves or ():
            top = placed.y + leaf.y
            if above is not None and above[0].bars and leaf.bars and above[0].edge == leaf.edge:
                _paint_joint(painter, region, above, (leaf, top), style)
            above = leaf, top
        if getattr(unit.piece, "ending", Ending.CLOSED) is Ending.CLOSED:
            above = None


def _paint_joint(
    painter: QPainter, region: QRegion, above: tuple[Leaf, int], below: tuple[Leaf, int], style: Style
) -> None:
    start = above[1] + above[0].height // 2
    joint = QRect(0, start, region.boundingRect().right(), below[1] - start)
    if region.intersects(joint):
        painter.translate(0, start)
        bars = tuple(bar for bar, other in zip(above[0].bars, below[0].bars, strict=False) if bar == other)
        paint_bars(painter, bars, joint.height(), style, above[0].edge)
        painter.translate(0, -start)


def _paint_mark(painter: QPainter, place: QRectF, style: Style) -> None:
    """Over the text, which shines through; a line around it is seen in every palette."""
    colour = style.colour("cache_write")
    painter.setPen(colour)
    painter.drawRect(place.adjusted(-0.5, 0.5, 0.5, -0.5))
    before = painter.opacity()
    painter.setOpacity(MARK_OPACITY)
    painter.fillRect(place, colour)
    painter.setOpacity(before)


def caret_of(arrangement: Arrangement) -> QRectF | None:
    """Where the answer grows, if that is in sight."""
    for placed in reversed(arrangement.visible):
        item = arrangement.items[placed.item]
        if not item.is_growing:
            return None
        leaves = [leaf for leaf in item.units[placed.unit].leaves or () if leaf.is_text]
        if leaves:
            caret = leaves[-1].caret()
            return caret.translated(0, placed.y + leaves[-1].y) if caret is not None else None
    return None


def _paint_cards(painter: QPainter, region: QRegion, arrangement: Arrangement, style: Style) -> None:
    """The cards behind what a person wrote."""
    cards: dict[int, list[Placed]] = {}
    for each in arrangement.visible:
        if arrangement.items[each.item].units[each.unit].in_card:
            cards.setdefault(each.item, []).append(each)
    painter.setPen(style.colour("line"))
    painter.setBrush(style.colour("surface"))
    for index, placed in cards.items():
        of_card = [at for at, unit in enumerate(arrangement.items[index].units) if unit.in_card]
        card = _card(placed, of_card, arrangement.width)
        if region.intersects(card.toAlignedRect()):
            painter.drawRoundedRect(card, metrics.RADIUS_CARD, metrics.RADIUS_CARD)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _card(placed: Sequence[Placed], of_card: Sequence[int], width: int) -> QRectF:
    top = placed[0].y - (0 if placed[0].unit == of_card[0] else CARD_RUNOUT)
    bottom = placed[-1].y + placed[-1].height + (0 if placed[-1].unit == of_card[-1] else CARD_RUNOUT)
    return QRectF(0.5, top + 0.5, width - 1, bottom - top - 1)
