"""Finding text in all messages, those that were never drawn included. Another thread looks; the window stays free.

What is looked through is what the messages hold, thinking, calls and results included: without the signs that only
make letters bold or mark code, and without regard to case. Where a hit stands among what is drawn is worked out when
it is gone to.
"""

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QThreadPool, Signal
from shiboken6 import isValid

from app.domain.blocks import TextBlock
from app.domain.conversation import Message, Role
from app.immutable import immutable
from ui.transcript.items import Item
from ui.transcript.marking import places_in
from ui.transcript.sections.folds import RAW
from ui.transcript.sections.making import findable
from ui.transcript.selecting import Spot
from ui.transcript.style import Style

TELL_EVERY_MS: Final = 60
"""The first hit is told at once, further ones so often."""


def folded(text: str) -> str:
    """The text as it is compared."""
    return text.replace("*", "").replace("`", "").lower()


def counter_of(text: str) -> Callable[[str], int]:
    """What counts a text in others. Bytes are made small ten times as fast as letters of other scripts."""
    needle = folded(text)
    if not needle.isascii():
        return lambda source: folded(source).count(needle)
    encoded = needle.encode()

    def count(source: str) -> int:
        data = source.encode(errors="surrogatepass")
        return data.replace(b"*", b"").replace(b"`", b"").lower().count(encoded)

    return count


@dataclass(slots=True)
class Hits:
    """Where a text was found: the messages' indexes in order, and how often in each."""

    text: str
    order: list[int] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)
    total: int = 0

    def add(self, item: int, count: int) -> None:
        insort(self.order, item)
        self.counts[item] = count
        self.total += count

    def number_of(self, item: int, nth: int) -> int:
        """Of a hit among all, from 1."""
        return sum(self.counts[each] for each in self.order if each < item) + nth + 1

    def at(self, number: int) -> tuple[int, int]:
        """The message and the place in it of hit `number`, from 1; it goes round at the ends."""
        left = (number - 1) % self.total
        for item in self.order:
            if left < self.counts[item]:
                return item, left
            left -= self.counts[item]
        raise IndexError(number)


class _Teller(QObject):
    """What the thread tells; it outlives the window, if the thread does."""

    found = Signal(int, list)
    finished = Signal(int)


class Finder(QObject):
    """Looks through messages on a thread; a new search ends the one before.

    Signals:
        found: messages that hold the text; args: the search's number, a list of pairs: index and count.
        finished: everything was looked through; arg: the search's number.
    """

    found = Signal(int, list)
    finished = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._teller = _Teller()
        self._teller.found.connect(self.found)
        self._teller.finished.connect(self.finished)

    def search(self, text: str, sources: Sequence[Message | str], start: int) -> int:
        """Look for `text` from message `start` on, then in those before. Gives the search's number."""
        self._number += 1
        number, count = self._number, counter_of(text)
        order = [*range(start, len(sources)), *range(start)]
        teller = self._teller
        self._pool.start(lambda: self._look(teller, number, count, sources, order))
        return number

    def stop(self) -> None:
        """What is being looked for is no longer wanted."""
        self._number += 1

    def wait(self) -> None:
        """Until no thread looks any more: before the window goes."""
        self.stop()
        self._pool.waitForDone()

    def _look(
        self,
        teller: _Teller,
        number: int,
        counter: Callable[[str], int],
        sources: Sequence[Message | str],
        order: Sequence[int],
    ) -> None:
        """On the other thread."""
        clock = QElapsedTimer()
        gathered: list[tuple[int, int]] = []
        for index in order:
            if number != self._number:
                return
            source = sources[index]
            count = counter(source) if isinstance(source, str) else _count(source, counter)
            if count:
                gathered.append((index, count))
            if gathered and (not clock.isValid() or clock.elapsed() > TELL_EVERY_MS):
                teller.found.emit(number, gathered)
                gathered = []
                clock.start()
        if not isValid(teller):
            return  # the program has ended meanwhile
        if gathered:
            teller.found.emit(number, gathered)
        teller.finished.emit(number)


def _count(message: Message, counter: Callable[[str], int]) -> int:
    """Hits in all that a message holds, opened or not."""
    if len(message.blocks) == 1 and type(message.blocks[0]) is TextBlock:  # most are; ten thousand are looked through
        return counter(message.blocks[0].text)
    return sum(counter(text) for _, text in findable(message.blocks, is_person=message.role is Role.USER))


@immutable
class Found:
    """Where a hit stands, and whether something was opened for it."""

    start: Spot
    end: Spot
    is_changed: bool


def found_in(item: Item, index: int, needle: str, nth: int, width: int, style: Style) -> Found:
    """Where the `nth` hit in an item stands, as near as what is drawn tells: the unit that holds it at least.

    What is folded away is opened.
    """
    wanted, left = folded(needle), nth
    for key, text in item.findable():
        count = folded(text).count(wanted)
        if left < count:
            return _found_in_section(item, index, needle, (key, left), width, style)
        left -= count
    return Found(Spot(index, 0, 0, 0), Spot(index, 0, 0, 0), False)


def _found_in_section(item: Item, index: int, needle: str, hit: tuple[int, int], width: int, style: Style) -> Found:
    """`hit` is the section's key and the number of the hit in it."""
    key, _ = hit
    is_changed = item.section(key).is_closed
    if is_changed:
        item.toggle(key, width, style)
    spot = _spot(item, index, needle, hit, (width, style))
    if spot is None and item.section(key).has_more:
        item.toggle(key + RAW, width, style)
        spot, is_changed = _spot(item, index, needle, hit, (width, style)), True
    if spot is None:
        at = Spot(index, item.first_unit(key), 0, 0)
        return Found(at, at, is_changed)
    unit = item.units[spot[0].unit]
    if unit.leaves is not None and unit.leaves[spot[0].leaf].reveal(spot[0].offset):
        unit.reshape()
        is_changed = True
    return Found(*spot, is_changed)


def _spot(
    item: Item, index: int, needle: str, hit: tuple[int, int], shape: tuple[int, Style]
) -> tuple[Spot, Spot] | None:
    """A hit among the units of a section. Of a long text, only the unit that holds it is shaped.

    A hit that is written otherwise than it is drawn is shown at its unit, unless there is more to be opened.
    """
    wanted, (key, left) = folded(needle), hit
    first = item.first_unit(key)
    otherwise: tuple[Spot, Spot] | None = None
    for number in range(first, first + len(item.section(key).units)):
        unit = item.units[number]
        count = folded(unit.piece.source).count(wanted) if unit.piece.source else None
        if count is not None and left >= count:
            left -= count
            continue
        unit.realise(*shape)
        places = [(at, *place) for at, leaf in enumerate(unit.leaves or ()) for place in places_in(leaf, needle)]
        if places and (count or left < len(places)):
            leaf, start, end = places[min(left, len(places) - 1)]
            return Spot(index, number, leaf, start), Spot(index, number, leaf, end)
        if count and otherwise is None and not item.section(key).has_more:
            otherwise = Spot(index, number, 0, 0), Spot(index, number, 0, 0)
        left -= 0 if count else len(places)
    return otherwise
