"""The attachments above the text: chips that can be put in order, and what all of them cost."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.composer.chips import Chip, Shelf
from ui.composer.slots import Slot
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.amounts import counted
from ui.widgets.elided_label import ElidedLabel


class Attachments(QWidget):
    """Takes no room while there are none.

    Signals:
        removed, opened: arg: the slot's id.
        moved: args: the slot's id, its new place, from 0.
        cited: the documents are, or are not, to be cited.
        emptied: the last one is gone, and with it the focus that was here.
    """

    removed = Signal(str)
    opened = Signal(str)
    moved = Signal(str, int)
    cited = Signal(bool)
    emptied = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chips: list[Chip] = []
        self.setAccessibleName("Attachments")
        self._shelf = Shelf()
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._shelf)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.total = ElidedLabel()
        dress(self.total, look="small")
        self.cite = QCheckBox("Cite documents")
        self.cite.setToolTip("Let answers say which passage or page they take a statement from")
        self.cite.clicked.connect(self.cited)
        foot = QHBoxLayout()
        foot.addWidget(self.total, 1)
        foot.addWidget(self.cite)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, metrics.SPACE)
        column.setSpacing(metrics.SPACE)
        column.addWidget(self._scroll)
        column.addLayout(foot)
        self.hide()

    @property
    def chips(self) -> tuple[Chip, ...]:
        """In their order."""
        return tuple(self._chips)

    @property
    def is_coming(self) -> bool:
        """Something is still being read."""
        return any(each.slot.is_coming for each in self._chips)

    @property
    def is_something(self) -> bool:
        """There is something to send."""
        return any(each.slot.attachment is not None for each in self._chips)

    def show_slots(self, slots: Sequence[Slot]) -> None:
        """Show these, in their order; a chip that stays keeps the focus."""
        known = {each.slot.id: each for each in self._chips}
        wanted = {each.id for each in slots}
        had_focus = False
        for id_, chip in known.items():
            if id_ not in wanted:
                had_focus = had_focus or chip.hasFocus() or chip.remove.hasFocus()
                chip.hide()
                chip.deleteLater()
        self._chips = [self._chip(known.get(slot.id), slot) for slot in slots]
        self._show_total()
        self.setVisible(bool(slots))
        self._place()
        if had_focus and self._chips:
            self._chips[-1].setFocus()
        elif had_focus:
            self.emptied.emit()

    def follow(self, field: QWidget) -> None:
        """Let Tab come here right after `field`."""
        before = field
        for each in (*(part for chip in self._chips for part in (chip, chip.remove)), self.cite):
            QWidget.setTabOrder(before, each)
            before = each

    def _chip(self, chip: Chip | None, slot: Slot) -> Chip:
        if chip is not None:
            if chip.slot != slot:
                chip.show_slot(slot)
            return chip
        chip = Chip(self._theme, slot)
        chip.setParent(self._shelf)
        chip.removed.connect(self.removed)
        chip.opened.connect(self.opened)
        chip.moved.connect(self._step)
        chip.dragged.connect(self._drag)
        chip.show()
        return chip

    def _show_total(self) -> None:
        there = [each.slot.attachment for each in self._chips if each.slot.attachment is not None]
        pictures = sum(each.is_picture for each in there)
        documents = len(there) - pictures
        about = "about " if documents else ""
        parts = [
            counted(pictures, "picture") if pictures else "",
            counted(documents, "document") if documents else "",
            f"{about}{sum(each.tokens for each in there):,} tokens" if there else "",
        ]
        coming = sum(each.slot.is_coming for each in self._chips)
        refused = sum(bool(each.slot.problem) for each in self._chips)
        parts.append(f"{coming} being read" if coming else "")
        parts.append(f"{refused} not attached" if refused else "")
        self.total.show_text(" · ".join(each for each in parts if each))
        self.cite.setVisible(bool(documents))
        self.cite.setChecked(any(bool((getattr(each.block, "citations", None) or {}).get("enabled")) for each in there))

    # ---- order

    def _step(self, id_: str, by: int) -> None:
        at = next(at for at, each in enumerate(self._chips) if each.slot.id == id_)
        if 0 <= at + by < len(self._chips):
            self.moved.emit(id_, at + by)

    def _drag(self, id_: str, where: QPoint) -> None:
        place = self._shelf.mapFromGlobal(where)
        for at, each in enumerate(self._chips):
            if each.geometry().contains(place) and each.slot.id != id_:
                self.moved.emit(id_, at)
                return

    # ---- shape

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self._shelf.resize(self._scroll.viewport().width(), self._shelf.height())
        self._shelf.place(self._chips)
        row = metrics.ATTACHMENT_PX[1] + metrics.SPACE
        self._scroll.setFixedHeight(min(self._shelf.height(), metrics.ATTACHMENT_ROWS * row - metrics.SPACE))
