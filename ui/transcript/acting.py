"""What a click in the transcript does. What only changes how it looks is done here; the rest is asked for."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QToolTip

from ui.transcript.arrangement import Placed
from ui.transcript.canvas import Canvas
from ui.transcript.citing import PLACE
from ui.transcript.leaves.base import Act, Leaf
from ui.transcript.links import is_safe, plain_tip, refusal
from ui.transcript.style import Style

CONFIRM_MS: Final = 1500


class Acting(QObject):
    """Performs acts on a canvas.

    Signals:
        asked: something that is not done here; args: the act's name, the message's id.
        link_activated: arg: a target, always http, https or mailto.
        document_opened: arg: its data.
        place_opened: args: the id of the message that cites it, the place, see `citing.PLACE`.
    """

    asked = Signal(str, str)
    link_activated = Signal(str)
    document_opened = Signal(str)
    place_opened = Signal(str, str)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas

    def perform(self, placed: Placed, act: Act) -> None:
        """Do what was clicked."""
        item = self._canvas.items[placed.item]
        does: dict[str, Callable[[], None]] = {
            "copy": lambda: self._copy(placed, act.value),
            "link": lambda: self._follow(act.value, item.message.id),
            "document": lambda: self.document_opened.emit(act.value),
            "cite": lambda: QToolTip.showText(QCursor.pos(), plain_tip(act.value), self._canvas),
            "fold": lambda: self._remake(placed, partial(item.toggle, int(act.value))),
            "numbers": lambda: self._remake(placed, item.toggle_numbers),
        }
        if act.name in does:
            does[act.name]()
        elif act.doer is not None:
            self._reshape(placed, act, act.doer)
        else:
            self.asked.emit(act.name, item.message.id)

    def _follow(self, target: str, message_id: str) -> None:
        if target.startswith(PLACE):
            self.place_opened.emit(message_id, target.removeprefix(PLACE))
        elif is_safe(target):
            self.link_activated.emit(target)
        else:
            QToolTip.showText(QCursor.pos(), refusal(target), self._canvas)

    def _copy(self, placed: Placed, code: str) -> None:
        """Let a code block say for a moment that it was copied."""
        QGuiApplication.clipboard().setText(code)
        copied = [leaf for leaf in self._canvas.leaves(placed) if leaf.offers(code)]
        self._confirm(copied, True)
        QTimer.singleShot(CONFIRM_MS, self, partial(self._confirm, copied, False))

    def _confirm(self, copied: Sequence[Leaf], done: bool) -> None:
        for leaf in copied:
            leaf.confirm(done)
        self._canvas.repaint_all()

    def _remake(self, placed: Placed, change: Callable[[int, Style], None]) -> None:
        """Let an item have other units; the one that was clicked stays where it is."""
        canvas = self._canvas
        change(canvas.arrangement.width, canvas.styling)
        canvas.arrangement.following = False
        canvas.arrangement.pin(placed.item, placed.unit, placed.y)
        canvas.changed(canvas.items[placed.item])

    def _reshape(self, placed: Placed, act: Act, leaf: Leaf) -> None:
        """Let a leaf change how it looks; it stays where it is."""
        canvas = self._canvas
        if leaf.perform(act):
            canvas.items[placed.item].units[placed.unit].reshape()
            canvas.arrangement.following = False
            canvas.arrangement.pin(placed.item, placed.unit, placed.y)
            canvas.refresh()
