"""The system blocks: as many texts as a person wants, each a content block of its own on the wire."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.domain.blocks import TextBlock
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.fields import TextField

LINES = 4


class SystemBlocks(QWidget):
    """Shows system blocks and lets them be written, added and removed.

    Signals:
        changed: read `blocks`.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(metrics.SPACE * 2)
        self._rows: list[tuple[QWidget, TextField, TextBlock]] = []
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
        remove = QPushButton("Remove")
        dress(remove, look="quiet")
        remove.setAccessibleName(f"Remove system block {number}")
        remove.clicked.connect(partial(self._remove, row))
        head.addWidget(label)
        head.addStretch(1)
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
        kept = [replace(block, text=field.toPlainText()) for each, field, block in self._rows if each is not row]
        self.show_blocks(tuple(kept))
        self.changed.emit()

    def _drop(self, at: int) -> None:
        row, _, _ = self._rows.pop(at)
        self._column.removeWidget(row)
        row.deleteLater()
