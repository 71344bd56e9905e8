"""Which units stand where in the viewport. The truth of scrolling is a place in the text, never a number of pixels
from the top: so nothing above what is read can move it.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final

from app.immutable import immutable
from ui.transcript.heights import Heights
from ui.transcript.items import Item
from ui.transcript.style import Style
from ui.transcript.units import Unit, guess

KEPT_UNITS: Final = 400
"""Units that stay shaped. More than two tall screens of one-line units."""


@immutable
class Placed:
    """A unit in the viewport."""

    item: int
    unit: int
    y: int
    """Of its top, from the viewport's top, in pixels."""
    height: int


class Arrangement:
    """Items, their heights, and the place at the top of the viewport."""

    def __init__(self, style: Style) -> None:
        self.items: list[Item] = []
        self.following = True
        """The end stays in sight."""
        self.visible: list[Placed] = []
        self.behind: dict[int, Item] = {}
        """Items of which more is to be read, by their identity."""
        self._style = style
        self._width = 1
        self._heights = Heights()
        self._characters: list[int] = []
        """Of each item: what its height is guessed from."""
        self._made: set[int] = set()
        """Items that have units, by their identity: only their heights are known."""
        self._item = self._unit = self._into = 0
        self._kept: OrderedDict[int, Unit] = OrderedDict()

    @property
    def width(self) -> int:
        return self._width

    def show(self, items: list[Item]) -> None:
        """Show other items; those that were there before may be among them.

        The place stays, if the item at the top is still there; else the end is shown.
        """
        anchor = self.items[self._item] if self._item < len(self.items) else None
        self.items = items
        self._characters = [item.characters for item in items]
        self._made = {id(item) for item in items if item.units}
        self.behind = {id(item): item for item in items if id(item) in self.behind}
        at = next((index for index, item in enumerate(items) if item is anchor), None) if self._made else None
        if at is None:
            self._item = self._unit = self._into = 0
            self.following = True
        else:
            self._item = at
        self._measure()

    def restyle(self, width: int, style: Style, *, fresh: bool) -> None:
        """Another width, or another style: with `fresh`, nothing that was shaped can be used again."""
        if fresh or width != self._width:
            self._style, self._width = style, width
            if fresh:
                for item in self._made_items():
                    for unit in item.units:
                        unit.forget()
                self._kept.clear()
            self._measure()

    def _made_items(self) -> Iterator[Item]:
        return (item for item in self.items if id(item) in self._made)

    def _measure(self) -> None:
        """Guess all heights anew; those of what was made are known, or were."""
        around, per_character = guess(self._width, self._style)
        guessed = [around + int(count * per_character) for count in self._characters]
        for index, item in enumerate(self.items) if self._made else ():
            if id(item) in self._made:
                guessed[index] = sum(unit.height for unit in item.units)
        self._heights = Heights(guessed)

    def prepare(self, item: Item) -> None:
        """Make the units of an item, seen or not."""
        self._units(self.index_of(item))

    def index_of(self, item: Item) -> int:
        """Searched from the end, for that is where things change."""
        return next(at for at in range(len(self.items) - 1, -1, -1) if self.items[at] is item)

    def changed(self, index: int) -> None:
        """The units of an item are others now."""
        self._heights.set(index, sum(unit.height for unit in self.items[index].units))
        self._keep_shaped(self.items[index])

    def grew(self, index: int, pixels: int) -> None:
        """The last units of an item are others now, and so much higher."""
        self._heights.set(index, self._heights[index] + pixels)
        self._keep_shaped(self.items[index])

    def _keep_shaped(self, item: Item) -> None:
        """What grew may have gone by without being placed; it is let go in its turn all the same."""
        for unit in item.take_shaped():
            self._keep(unit)

    @property
    def total(self) -> int:
        return self._heights.total

    @property
    def offset(self) -> int:
        """Of the viewport's top, from the top of all, in pixels: an estimate, for the scroll bar."""
        if not self.items:
            return 0
        units = self.items[self._item].units
        return self._heights.above(self._item) + sum(unit.height for unit in units[: self._unit]) + self._into

    # ---- moving

    def scroll_to(self, offset: int) -> None:
        """Go where the scroll bar points: estimates decide."""
        self._item, self._into = self._heights.at(offset)
        self._unit = 0
        if not self.items:
            return
        units = self._units(self._item)
        while self._unit + 1 < len(units) and self._into >= units[self._unit].height:
            self._into -= units[self._unit].height
            self._unit += 1

    def scroll_by(self, pixels: int) -> None:
        """Move by exactly so much; what is passed is shaped."""
        self._into += pixels
        self._normalise()

    def settle(self, height: int, *, may_follow: bool) -> None:
        """After a person has moved, or the window changed: leave no empty room below the end.

        Only this takes up following again, and only with `may_follow`: text that grows or shrinks never does.
        """
        if self.following or not self.items:
            return
        placed = self._placed_down(height)
        last = placed[-1]
        bottom = last.y + last.height
        if bottom > height or not self._is_last(last):
            return
        first = self._placed_up(height)[0]
        self._item, self._unit, self._into = first.item, first.unit, max(0, -first.y)
        self.following = may_follow

    @property
    def is_at_end(self) -> bool:
        """Whether the last that was placed is the last there is."""
        return not self.visible or self._is_last(self.visible[-1])

    def pin(self, item: int, unit: int, y: int) -> None:
        """Let a unit stand at `y` in the viewport."""
        self._item, self._unit, self._into = item, unit, -y
        self._normalise()

    def _normalise(self) -> None:
        """Bring the place to a unit that the viewport's top edge cuts."""
        if not self.items:
            self._item = self._unit = self._into = 0
            return
        self._unit = min(self._unit, len(self._units(self._item)) - 1)
        while self._into < 0:
            if not self._step_back():
                self._into = 0
                return
            self._into += self._height(self._item, self._unit)
        while self._into >= (height := self._height(self._item, self._unit)):
            if not self._step_on():
                self._into = max(0, height - 1)
                return
            self._into -= height

    def _step_back(self) -> bool:
        if self._unit:
            self._unit -= 1
        elif self._item:
            self._item -= 1
            self._unit = len(self._units(self._item)) - 1
        else:
            return False
        return True

    def _step_on(self) -> bool:
        if self._unit + 1 < len(self._units(self._item)):
            self._unit += 1
        elif self._item + 1 < len(self.items):
            self._item += 1
            self._unit = 0
        else:
            return False
        return True

    # ---- placing

    def place(self, height: int) -> Sequence[Placed]:
        """The units that the viewport shows, shaped."""
        if not self.items:
            self.visible = []
            return self.visible
        self._normalise()
        if not self.following:
            self.visible = self._placed_down(height)
            return self.visible
        self.visible = self._placed_up(height)
        first = self.visible[0]
        self._item, self._unit, self._into = first.item, first.unit, max(0, -first.y)
        return self.visible

    def _is_last(self, placed: Placed) -> bool:
        return placed.item == len(self.items) - 1 and placed.unit == len(self.items[-1].units) - 1

    def _placed_down(self, height: int) -> list[Placed]:
        found: list[Placed] = []
        y, first_unit = -self._into, self._unit
        for item in range(self._item, len(self.items)):
            for unit in range(first_unit, len(self._units(item))):
                tall = self._height(item, unit)
                found.append(Placed(item, unit, y, tall))
                y += tall
                if y >= height:
                    return found
            first_unit = 0
        return found

    def _placed_up(self, height: int) -> list[Placed]:
        """From the end upwards; from the top, if all fits."""
        found: list[Placed] = []
        y = height
        for item, unit in self._backwards():
            tall = self._height(item, unit)
            y -= tall
            found.append(Placed(item, unit, y, tall))
            if y <= 0:
                break
        found.reverse()
        down = max(0, y)
        return [Placed(each.item, each.unit, each.y - down, each.height) for each in found] if down else found

    def _backwards(self) -> Iterator[tuple[int, int]]:
        for item in range(len(self.items) - 1, -1, -1):
            for unit in range(len(self._units(item)) - 1, -1, -1):
                yield item, unit

    def _units(self, index: int) -> list[Unit]:
        item = self.items[index]
        if not item.units:
            item.prepare(self._width, self._style)
            self._made.add(id(item))
            self.changed(index)
            if item.is_behind:
                self.behind[id(item)] = item
        return item.units

    def _height(self, item: int, number: int) -> int:
        """Of a unit that is shaped for it."""
        unit = self._units(item)[number]
        change = unit.realise(self._width, self._style)
        if change:
            self._heights.set(item, self._heights[item] + change)
        self._keep(unit)
        return unit.height

    def _keep(self, unit: Unit) -> None:
        """Remember that it is shaped; too many, and the one that was longest out of sight is let go."""
        self._kept[id(unit)] = unit
        self._kept.move_to_end(id(unit))
        if len(self._kept) > KEPT_UNITS:
            _, oldest = self._kept.popitem(last=False)
            oldest.forget()
