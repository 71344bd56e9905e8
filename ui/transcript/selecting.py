"""What is selected: from one place in the text to another, across units and messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ui.transcript.copying import BETWEEN, Blocks, Excerpt, Part, joined
from ui.transcript.items import Item
from ui.transcript.leaves.base import UNBOUNDED, Leaf, Selection
from ui.transcript.leaves.making import leaf_of
from ui.transcript.units import RowPiece, Unit


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place between two characters."""

    item: int
    unit: int
    leaf: int
    offset: int


START = Spot(0, 0, 0, 0)


class Selecting:
    """An anchor and a cursor, either of which may come first."""

    def __init__(self) -> None:
        self._anchor: Spot | None = None
        self._cursor: Spot | None = None
        self.shows_caret = False
        """Whether the keys move a caret through the text, as a person wished."""

    @property
    def cursor(self) -> Spot | None:
        """The end that moves."""
        return self._cursor

    @property
    def range(self) -> tuple[Spot, Spot] | None:
        """None if nothing is selected."""
        if self._anchor is None or self._cursor is None or self._anchor == self._cursor:
            return None
        return min(self._anchor, self._cursor), max(self._anchor, self._cursor)

    def holds(self, spot: Spot) -> bool:
        """Whether a place lies in what is selected."""
        found = self.range
        return found is not None and found[0] <= spot < found[1]

    def begin(self, spot: Spot) -> None:
        self._anchor = self._cursor = spot

    def extend(self, spot: Spot) -> None:
        self._cursor = spot
        if self._anchor is None:
            self._anchor = spot

    def select(self, start: Spot, end: Spot) -> None:
        self._anchor, self._cursor = start, end

    def clear(self) -> None:
        self._anchor = self._cursor = None

    def within(self, item: int, unit: int, number: int, leaf: Leaf) -> Selection | None:
        """The part of a leaf that is selected."""
        found = self.range
        if found is None or not leaf.is_text:
            return None
        start, end = found
        here = (item, unit, number)
        first, last = (start.item, start.unit, start.leaf), (end.item, end.unit, end.leaf)
        if not first <= here <= last:
            return None
        begin = start.offset if here == first else 0
        stop = min(end.offset, leaf.end) if here == last else leaf.end
        return (begin, stop) if stop > begin else None

    def text(self, items: Sequence[Item]) -> str:
        """What is copied, as text."""
        return joined(self.parts(items))

    def parts(self, items: Sequence[Item]) -> list[Part]:
        """What is copied: whole messages and blocks as their source, the two ends as plain text."""
        found = self.range
        if found is None:
            return []
        start, end = found
        parts: list[Part] = []
        for number in range(start.item, min(end.item, len(items) - 1) + 1):
            item = items[number]
            if (start.item < number or start == START) and (number < end.item or end.offset == UNBOUNDED):
                parts.append(Blocks(item.source) if item.is_growing else item.message)
            else:
                parts += self._part(number, item)
        return parts

    def _part(self, number: int, item: Item) -> Iterator[Part]:
        found = self.range
        assert found is not None
        start, end = found
        first = start.unit if number == start.item else 0
        last = min(end.unit if number == end.item else len(item.units) - 1, len(item.units) - 1)
        whole: list[str] = []
        for at in range(first, last + 1):
            unit = item.units[at]
            if (number, at) in ((start.item, start.unit), (end.item, end.unit)):
                yield from _blocks(whole)
                yield Excerpt(self._leaves_text(number, at, unit), _between(unit))
                whole = []
            else:
                # the sources of pieces are the text that they were cut from; those of rows stand by themselves
                whole.append(unit.piece.source + ("" if not isinstance(unit.piece, RowPiece) else _between(unit)))
        yield from _blocks(whole)

    def _leaves_text(self, item: int, at: int, unit: Unit) -> str:
        leaves = unit.leaves or [leaf_of(spec) for spec in unit.piece.specs()]
        inside = [(leaf, self.within(item, at, number, leaf)) for number, leaf in enumerate(leaves)]
        return "\n".join(leaf.text(*part) for leaf, part in inside if part is not None)


def _blocks(sources: Sequence[str]) -> Iterator[Blocks]:
    text = "".join(sources)
    if text.strip("\n"):
        yield Blocks(text.strip("\n"), text[len(text.rstrip("\n")) :] or BETWEEN)


def _between(unit: Unit) -> str:
    """What stands between a unit and the next: the line ends of its source, a blank line after a row that has text."""
    source = unit.piece.source
    if isinstance(unit.piece, RowPiece):
        return BETWEEN if source else ""
    return source[len(source.rstrip("\n")) :]
