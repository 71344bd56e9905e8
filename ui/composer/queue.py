"""What is sent while an answer streams: one chip a message, until it is its turn."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.elided_label import LONGEST, ElidedLabel
from ui.widgets.icon_button import IconButton


class Queue(QWidget):
    """Takes no room while nothing is queued.

    Signals:
        edit_requested: the person wants a message back in the field; arg: its place, from 0.
        remove_requested: the person does not want it sent; arg: its place.
    """

    edit_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._texts: tuple[str, ...] = ()
        self.setAccessibleName("Queued messages")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(metrics.SPACE)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        return self._texts

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show these messages, the next one first."""
        if tuple(texts) == self._texts:
            return
        self._texts = tuple(texts)
        while (item := self._column.takeAt(0)) is not None:
            chip = item.widget()
            assert chip is not None
            chip.hide()
            chip.deleteLater()
        for place, text in enumerate(self._texts):
            self._column.addWidget(self._chip(place, text))
        self.setVisible(bool(self._texts))

    def _chip(self, place: int, text: str) -> QWidget:
        chip = QFrame(self)
        chip.setAccessibleName(f"Queued: {text[:LONGEST]}")
        dress(chip, look="chip")
        label = ElidedLabel(f"Queued · {text}")
        dress(label, look="small")
        edit = IconButton(self._theme, "pencil", "Put this message back into the field")
        edit.clicked.connect(partial(self._edit, place))
        remove = IconButton(self._theme, "x", "Do not send this message")
        remove.clicked.connect(partial(self._remove, place))
        row = QHBoxLayout(chip)
        row.setContentsMargins(metrics.SPACE * 2, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(label, 1)
        row.addWidget(edit)
        row.addWidget(remove)
        return chip

    def _edit(self, place: int, _checked: bool = False) -> None:
        self.edit_requested.emit(place)

    def _remove(self, place: int, _checked: bool = False) -> None:
        self.remove_requested.emit(place)
