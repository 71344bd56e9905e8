"""The transcript as screen readers see it: a list, each message an item of it with its text.

Items are made when they are asked for, and nothing is where no screen reader runs. What Qt does not say:
`interface_cast` must return an address as a VoidPtr, also for none; Python must keep every interface that Qt holds;
`selection` is not bound to Python, so that readers are told of a selection when it changes and find none when they ask.
"""

from bisect import bisect_right
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import (
    QAccessible,
    QAccessibleInterface,
    QAccessibleTextCursorEvent,
    QAccessibleTextInterface,
    QAccessibleTextSelectionEvent,
)
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import VoidPtr, getCppPointer

from app.domain.conversation import Role
from ui.transcript.canvas import Canvas
from ui.transcript.characters import piece, width
from ui.transcript.items import Item
from ui.transcript.leaves.base import Leaf
from ui.transcript.leaves.making import leaf_of
from ui.transcript.selecting import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {Role.USER: "You", Role.ASSISTANT: "Claude", Role.SYSTEM: "System"}
NAME_LENGTH = 80
"""Characters of a message's text that are a part of its name."""


def readable(item: Item) -> str:
    """What a message says, without the signs of Markdown. It is parsed, but nothing is shaped for it."""
    if item.is_growing or not item.units:
        return item.source
    return "\n".join(_texts(item))


def _texts(item: Item) -> "Iterator[str]":
    return (text for _, _, _, text in _leaves(item))


def _leaves(item: Item) -> "Iterator[tuple[int, int, Leaf, str]]":
    """What has text: its unit, its place in that, the leaf and its text."""
    for number, unit in enumerate(item.units):
        leaves = unit.leaves if unit.leaves is not None else [leaf_of(spec) for spec in unit.piece.specs()]
        yield from ((number, at, leaf, text) for at, leaf in enumerate(leaves) if (text := leaf.text()))


def offset_of(item: Item, spot: Spot) -> int:
    """Where a place stands in what a message says, in UTF-16 units; the text's end where it stands in no text."""
    before = 0
    for unit, at, leaf, text in _leaves(item):
        if (unit, at) >= (spot.unit, spot.leaf):
            is_here = (unit, at) == (spot.unit, spot.leaf)
            return before + (width(leaf.lead) + _told(leaf, spot.offset) if is_here else 0)
        before += width(text) + 1
    return max(0, before - 1)


def spot_at(item: Item, index: int, offset: int) -> Spot | None:
    """The place of an offset in what a message says; None if it says nothing."""
    found: Spot | None = None
    before = 0
    for unit, at, leaf, text in _leaves(item):
        inside = offset - before - width(leaf.lead)
        if leaf.is_text:
            found = Spot(index, unit, at, _offset_in(leaf, max(0, inside)))
        before += width(text) + 1
        if offset < before and found is not None:
            return found
    return found


def _told(leaf: Leaf, offset: int) -> int:
    """UTF-16 units of a leaf's text before one of its offsets."""
    if not offset:
        return 0
    return width(leaf.text()) - width(leaf.lead) if offset >= leaf.end else width(leaf.text(0, offset))


def _offset_in(leaf: Leaf, told: int) -> int:
    """The leaf's offset before which so many units of its text stand."""
    begins = [begin for begin, _ in leaf.stretches()]
    at = bisect_right(begins, told, key=lambda begin: _told(leaf, begin)) - 1
    begin = begins[max(0, at)] if begins else 0
    return min(leaf.end, begin + told - _told(leaf, begin))


class _MessageText(QAccessibleTextInterface):
    """The text of one message. Offsets count UTF-16 units, as Qt's do."""

    def __init__(self, message: "_Message") -> None:
        super().__init__()
        self._message = message

    @property
    def _whole(self) -> str:
        return self._message.said

    def characterCount(self) -> int:
        return width(self._whole)

    def text(self, start: int, end: int) -> str:
        return piece(self._whole, start, end)

    def cursorPosition(self) -> int:
        return self._message.cursor

    def setCursorPosition(self, position: int) -> None:
        self._message.select(position, position)

    def selectionCount(self) -> int:
        return 0

    def addSelection(self, start: int, end: int) -> None:
        self._message.select(start, end)

    def removeSelection(self, _index: int) -> None:
        self._message.select(self._message.cursor, self._message.cursor)

    def setSelection(self, _index: int, start: int, end: int) -> None:
        self._message.select(start, end)

    def characterRect(self, _offset: int) -> QRect:
        return self._message.rect()

    def offsetAtPoint(self, _point: QPoint) -> int:
        return 0

    def scrollToSubstring(self, _start: int, _end: int) -> None:
        self._message.bring_into_sight()

    def attributes(self, _offset: int) -> tuple[str, int, int]:
        return "", 0, self.characterCount()


class _Message(QAccessibleInterface):
    def __init__(self, canvas: Canvas, index: int) -> None:
        super().__init__()
        self._canvas = canvas
        self._index = index
        self._text = _MessageText(self)
        self._said: tuple[tuple[int, int, bool], str] = ((0, -1, False), "")

    @property
    def _item(self) -> Item | None:
        items = self._canvas.items
        return items[self._index] if self._index < len(items) else None

    @property
    def said(self) -> str:
        """The message's text; made again when the message is another, or has grown."""
        item = self._item
        if item is None:
            return ""
        key = (id(item.message), len(item.source), bool(item.units))
        if self._said[0] != key:
            self._said = key, readable(item)
        return self._said[1]

    @property
    def cursor(self) -> int:
        spot, item = self._canvas.selecting.cursor, self._item
        return offset_of(item, spot) if spot is not None and item is not None and spot.item == self._index else 0

    def select(self, start: int, end: int) -> None:
        """Select a part of the text, or put the caret into it, and show it."""
        item = self._item
        if item is None:
            return
        self._canvas.arrangement.prepare(item)
        spots = spot_at(item, self._index, start), spot_at(item, self._index, end)
        if spots[0] is not None and spots[1] is not None:
            self._canvas.selecting.select(spots[0], spots[1])
            self._canvas.bring_into_sight(spots[1])
            self._canvas.repaint_all()

    @property
    def selected(self) -> tuple[int, int]:
        """The part of the text that is selected; twice the same where none is."""
        item, found = self._item, self._canvas.selecting.range
        if item is None or found is None or not found[0].item <= self._index <= found[1].item:
            return self.cursor, self.cursor
        start = offset_of(item, found[0]) if found[0].item == self._index else 0
        end = offset_of(item, found[1]) if found[1].item == self._index else width(self.said)
        return start, end

    def bring_into_sight(self) -> None:
        self._canvas.show_message(self._index)

    def isValid(self) -> bool:
        return self._item is not None

    def object(self) -> QObject | None:  # type: ignore[override]  # none is what Qt expects of an item without object
        return None

    def childCount(self) -> int:
        return 0

    def child(self, _index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, _x: int, _y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def indexOfChild(self, _child: QAccessibleInterface) -> int:
        return -1

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._canvas)

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        item = self._item
        state.busy = item is not None and item.is_growing
        state.readOnly = state.multiLine = True
        return state

    def rect(self) -> QRect:
        shown = [each for each in self._canvas.arrangement.visible if each.item == self._index]
        if not shown:
            return QRect()
        viewport = self._canvas.viewport()
        top, bottom = max(0, shown[0].y), min(viewport.height(), shown[-1].y + shown[-1].height)
        return QRect(viewport.mapToGlobal(QPoint(0, top)), viewport.mapToGlobal(QPoint(viewport.width(), bottom)))

    def text(self, kind: QAccessible.Text) -> str:
        item = self._item
        if kind != QAccessible.Text.Name or item is None:
            return ""
        beginning = " ".join(item.source[:NAME_LENGTH].split())
        return f"{NAMES[item.message.role]}: {beginning}"

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing can be written here."""

    def interface_cast(self, kind: QAccessible.InterfaceType) -> VoidPtr:  # type: ignore[override]  # an int crashes Qt
        wanted = kind == QAccessible.InterfaceType.TextInterface
        return VoidPtr(getCppPointer(self._text)[0] if wanted else 0)


class _Transcript(QAccessibleWidget):
    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas, QAccessible.Role.List, canvas.accessibleName())
        self._canvas = canvas
        self._messages: dict[int, _Message] = {}

    def childCount(self) -> int:
        return len(self._canvas.items)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        if not 0 <= index < len(self._canvas.items):
            return None
        made = self._messages.get(index)
        if made is None:
            made = self._messages[index] = _Message(self._canvas, index)
            QAccessible.registerAccessibleInterface(made)
        return made

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((index for index, each in self._messages.items() if each is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        point = self._canvas.viewport().mapFromGlobal(QPoint(x, y)).toPointF()
        target = self._canvas.target(point)
        return self.child(target.placed.item) if target is not None else None


def tell_caret(canvas: Canvas) -> None:
    """Let screen readers know where the caret is now, and what is selected of the message around it."""
    spot = canvas.selecting.cursor
    transcript = QAccessible.queryAccessibleInterface(canvas)
    if spot is None or not isinstance(transcript, _Transcript):
        return
    message = transcript.child(spot.item)
    if isinstance(message, _Message):
        QAccessible.updateAccessibility(QAccessibleTextCursorEvent(message, message.cursor))
        QAccessible.updateAccessibility(QAccessibleTextSelectionEvent(message, *message.selected))


class Access:
    """Makes the interfaces that Qt asks for, and keeps them as long as their transcript."""

    def __init__(self) -> None:
        self._made: dict[int, _Transcript] = {}
        QAccessible.installFactory(self._make)

    def _make(self, _name: str, asked: QObject) -> QAccessibleInterface | None:
        if not isinstance(asked, Canvas):
            return None
        key = id(asked)
        if key not in self._made:
            self._made[key] = _Transcript(asked)
            asked.destroyed.connect(lambda: self._made.pop(key, None))
        return cast("QAccessibleInterface", self._made[key])


ACCESS = Access()
"""One factory for the program; Qt takes no factory back."""
