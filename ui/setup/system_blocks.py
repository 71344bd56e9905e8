"""The system blocks: as many texts as a person wants, each a content block of its own on the wire."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.blocks import TextBlock
from app.domain.caching import Ttl
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.fields import TextField

LINES = 4
MARKS = {None: "No breakpoint", Ttl.FIVE_MINUTES: "◆ 5 min", Ttl.ONE_HOUR: "◆ 1 hour"}
"""What the button of a mark says; a click goes on to the next."""


class SystemBlocks(QWidget):
    """Shows system blocks and lets them be written, added, removed, and marked for the cache.

    Signals:
        changed: read `blocks`.
        mark_wanted: the mark on a block is to be another; args: the block's place, its Ttl or None.
        removed: a block was taken away, and those after it moved up; arg: its place.
    """

    changed = Signal()
    mark_wanted = Signal(int, object)
    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(metrics.SPACE * 2)
        self._rows: list[tuple[QWidget, TextField, TextBlock]] = []
        self._marks: list[QPushButton] = []
        self._ttls: dict[int, Ttl] = {}
        self._add = QPushButton("Add a system block")
        self._add.clicked.connect(self._append)
        self._column.addWidget(self._add)

    @property
    def blocks(self) -> tuple[TextBlock, ...]:
        """The blocks as they stand, empty ones included: they are not sent, but they are not taken away either."""
        return tuple(replace(block, text=field.toPlainText()) for _, field, block in self._rows)

    def show_blocks(self, blocks: tuple[TextBlock, ...]) -> None:
        """Show blocks from outside. Emits nothing."""
        if blocks == self.blocks:
            return
        while len(self._rows) > len(blocks):
            self._drop(len(self._rows) - 1)
        for at, block in enumerate(blocks):
            if at == len(self._rows):
                self._make(block)
            self._rows[at][1].show_text(block.text)
            self._rows[at] = (*self._rows[at][:2], block)

    def show_marks(self, ttls: Mapping[int, Ttl]) -> None:
        """Show which blocks are marked, by their place, and for how long. Emits nothing."""
        self._ttls = dict(ttls)
        for at in range(len(self._marks)):
            self._name_mark(at)

    def _name_mark(self, at: int) -> None:
        words = MARKS[self._ttls.get(at)]
        self._marks[at].setText(words)
        self._marks[at].setAccessibleName(f"System block {at + 1}: {words}")
        self._marks[at].setToolTip("Cache everything up to this block: not, for 5 minutes, for 1 hour")

    def _turn_mark(self, row: QWidget) -> None:
        at = next(at for at, (each, _, _) in enumerate(self._rows) if each is row)
        order = list(MARKS)
        self.mark_wanted.emit(at, order[(order.index(self._ttls.get(at)) + 1) % len(order)])

    def _make(self, block: TextBlock) -> TextField:
        number = len(self._rows) + 1
        field = TextField(f"System block {number}", "What Claude should know and how it should answer", LINES)
        field.show_text(block.text)
        field.changed.connect(self.changed)
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.SPACE)
        head = QHBoxLayout()
        label = QLabel(f"Block {number}")
        dress(label, look="muted")
        mark = QPushButton()
        dress(mark, look="quiet")
        mark.clicked.connect(partial(self._turn_mark, row))
        self._marks.append(mark)
        self._name_mark(number - 1)
        remove = QPushButton("Remove")
        dress(remove, look="quiet")
        remove.setAccessibleName(f"Remove system block {number}")
        remove.clicked.connect(partial(self._remove, row))
        head.addWidget(label)
        head.addStretch(1)
        head.addWidget(mark)
        head.addWidget(remove)
        column.addLayout(head)
        column.addWidget(field)
        self._column.insertWidget(len(self._rows), row)
        self._rows.append((row, field, block))
        return field

    def _append(self) -> None:
        self._make(TextBlock("")).setFocus()
        self.changed.emit()

    def _remove(self, row: QWidget) -> None:
        gone = next(at for at, (each, _, _) in enumerate(self._rows) if each is row)
        kept = [replace(block, text=field.toPlainText()) for each, field, block in self._rows if each is not row]
        self.show_blocks(tuple(kept))
        self.removed.emit(gone)
        self.changed.emit()

    def _drop(self, at: int) -> None:
        row, _, _ = self._rows.pop(at)
        del self._marks[at]
        self._column.removeWidget(row)
        row.deleteLater()
