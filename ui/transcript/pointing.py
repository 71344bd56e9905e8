"""What lies under a point."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from ui.transcript.arrangement import Arrangement, Placed
from ui.transcript.leaves.base import Act, Leaf
from ui.transcript.selecting import Spot
from ui.transcript.style import Style


@dataclass(frozen=True, slots=True)
class Target:
    """A leaf, and a point in its coordinates, which may lie outside."""

    placed: Placed
    number: int
    """Of the leaf in its unit."""
    leaf: Leaf
    inside: QPointF

    def spot(self, offset: int | None = None) -> Spot:
        """The place in the text nearest to the point, or at an offset of the leaf."""
        if offset is None:
            offset = self.leaf.hit(self.inside.x(), self.inside.y()) if self.leaf.is_text else 0
        return Spot(self.placed.item, self.placed.unit, self.number, offset)

    def word(self) -> tuple[Spot, Spot]:
        """The word at the point."""
        start, end = self.leaf.word_at(self.spot().offset)
        return self.spot(start), self.spot(end)

    def act(self) -> Act | None:
        """What a click would do besides selecting."""
        within = 0 <= self.inside.y() < self.leaf.height
        return self.leaf.act_at(self.inside.x(), self.inside.y()) if within else None


def target_at(arrangement: Arrangement, style: Style, point: QPointF) -> Target | None:
    """The leaf under a point of the column, or the nearest above it."""
    found: Target | None = None
    for placed in arrangement.visible:
        unit = arrangement.items[placed.item].units[placed.unit]
        left = style.card_pad if unit.in_card else 0
        for number, leaf in enumerate(unit.leaves or ()):
            top = placed.y + leaf.y
            found = Target(placed, number, leaf, QPointF(point.x() - left, point.y() - top))
            if point.y() < top + leaf.height:
                return found
    return found
