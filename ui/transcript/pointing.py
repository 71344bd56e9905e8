"""What lies under a point."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from app.immutable import immutable
from ui.transcript.arrangement import Arrangement, Placed
from ui.transcript.leaves.base import Act, Leaf
from ui.transcript.selecting import Spot
from ui.transcript.specs import PictureSpec
from ui.transcript.style import Style


@immutable
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

    def picture(self) -> PictureSpec | None:
        """The picture at the point."""
        return self.leaf.picture_at(self.inside.x(), self.inside.y())

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


def wheel_pixels(event: QWheelEvent, step: int) -> QPoint:
    """How far a wheel or a touch pad moved; a notch of a wheel is `step`. With Shift it goes to the side."""
    pixels = event.pixelDelta()
    if pixels.isNull():
        angle = event.angleDelta()
        pixels = QPoint(round(angle.x() / 120 * step), round(angle.y() / 120 * step))
    sideways = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not pixels.x()
    return pixels.transposed() if sideways else pixels
