"""One attachment above the text: what it is, what it costs, and what was done to it."""

import base64

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.attachments import Attachment
from ui.composer.slots import Slot
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.amounts import counted, size
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.icon_button import IconButton
from ui.widgets.names import visible


def facts_of(attachment: Attachment) -> str:
    """What is sent, in a few words."""
    sent = attachment.sent
    if attachment.is_picture:
        return f"{sent.width:,} × {sent.height:,} · {size(sent.bytes)}"
    if attachment.pages:
        return f"{counted(attachment.pages, 'page')} · {size(sent.bytes)}"
    return size(sent.bytes)


def cost_of(attachment: Attachment) -> str:
    """Its tokens; of what only the service can count, about so many."""
    return f"{'' if attachment.is_picture else 'about '}{counted(attachment.tokens, 'token')}"


def changes_of(attachment: Attachment) -> str:
    """What was done to it; empty where nothing was."""
    words = [str(each) for each in attachment.changes]
    was, sent = attachment.was, attachment.sent
    if (was.width, was.height) != (sent.width, sent.height) and was.width:
        words = [each if each != "scaled down" else f"scaled from {was.width:,} × {was.height:,}" for each in words]
    if attachment.detail:
        words.append(attachment.detail)
    return ", ".join(words)


class Chip(QFrame):
    """Tab reaches it; Delete removes it, Enter opens it, Ctrl+← and Ctrl+→ move it, as dragging does.

    Signals:
        removed, opened: arg: the slot's id.
        moved: args: the slot's id, by how many places.
        dragged: the pointer holds it; args: the slot's id, where the pointer is on the screen.
    """

    removed = Signal(str)
    opened = Signal(str)
    moved = Signal(str, int)
    dragged = Signal(str, QPoint)

    def __init__(self, theme: Theme, slot: Slot) -> None:
        super().__init__()
        self._theme = theme
        self._pressed: QPoint | None = None
        self._shown_thumbnail = ""
        self.picture = QLabel()
        self.name = ElidedLabel()
        self.facts = ElidedLabel()
        self.note = ElidedLabel()
        self.problem = QLabel()
        self.remove = IconButton(theme, "x", "Remove (Delete)")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(*metrics.ATTACHMENT_PX)
        dress(self, look="attachment", tone="quiet")
        self._lay_out()
        self.show_slot(slot)
        theme.changed.connect(self._paint_icon)

    def _lay_out(self) -> None:
        self.picture.setFixedSize(metrics.THUMBNAIL_PX, metrics.THUMBNAIL_PX)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        dress(self.name, look="title")
        for label in (self.facts, self.note, self.problem):
            dress(label, look="small")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        for label in (self.name, self.facts, self.note, self.problem):
            texts.addWidget(label)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.SPACE, metrics.SPACE, 0, metrics.SPACE)
        row.setSpacing(metrics.SPACE * 2)
        row.addWidget(self.picture)
        row.addLayout(texts, 1)
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        self.remove.clicked.connect(lambda: self.removed.emit(self.slot.id))

    def show_slot(self, slot: Slot) -> None:
        """Show another state of it."""
        self.slot = slot
        attachment = slot.attachment
        name = visible(slot.name) or ("Picture" if attachment is None or attachment.is_picture else "Document")
        facts = slot.problem or ("Being read…" if attachment is None else facts_of(attachment))
        changes = "" if attachment is None else changes_of(attachment)
        cost = "" if attachment is None else cost_of(attachment)
        note = " · ".join(each for each in (cost, changes) if each)
        self.name.show_text(name)
        self.facts.show_text(facts)
        self.facts.setVisible(not slot.problem)
        self.problem.setText(slot.problem.removeprefix(f"{slot.name} "))
        self.problem.setVisible(bool(slot.problem))
        self.note.show_text(note)
        self.note.setVisible(bool(note))
        dress(self, tone="error" if slot.problem else "caution" if changes else "quiet")
        told = ". ".join(each for each in (f"Attachment: {name}", facts, note) if each)
        self.setAccessibleName(told if attachment is None or not attachment.alt else f"{told}. {attachment.alt}")
        self.setToolTip("\n".join(each for each in (name, facts, note) if each))
        self._paint_icon()

    def _paint_icon(self) -> None:
        attachment = self.slot.attachment
        thumbnail = attachment.thumbnail if attachment is not None else ""
        if thumbnail:
            if thumbnail != self._shown_thumbnail:
                self.picture.setPixmap(_pixmap(thumbnail, self.picture.size(), self.devicePixelRatioF()))
                self._shown_thumbnail = thumbnail
            return
        icon = "triangle-alert" if self.slot.problem else "loader" if attachment is None else "file-text"
        if attachment is not None and attachment.is_picture:
            icon = "image"
        drawn = self._theme.icons.icon(icon, self._theme.palette.muted)
        self.picture.setPixmap(drawn.pixmap(QSize(metrics.ICON_PX, metrics.ICON_PX)))
        self._shown_thumbnail = ""

    # ---- keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        match event.key():
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit(self.slot.id)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.opened.emit(self.slot.id)
            case Qt.Key.Key_Left | Qt.Key.Key_Right if control:
                self.moved.emit(self.slot.id, -1 if event.key() == Qt.Key.Key_Left else 1)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        way = (event.position().toPoint() - self._pressed).manhattanLength()
        if way >= QApplication.startDragDistance() or self.cursor().shape() == Qt.CursorShape.ClosedHandCursor:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self.slot.id, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragged = self.cursor().shape() == Qt.CursorShape.ClosedHandCursor
        self.unsetCursor()
        if self._pressed is not None and not was_dragged:
            self.opened.emit(self.slot.id)
        self._pressed = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ScreenChangeInternal:
            self._shown_thumbnail = ""
            self._paint_icon()
        super().changeEvent(event)


def _pixmap(thumbnail: str, size_: QSize, factor: float) -> QPixmap:
    """Of a picture that our own process has made, no larger than a thumb."""
    pixmap = QPixmap()
    pixmap.loadFromData(base64.b64decode(thumbnail), "PNG")
    shown = pixmap.scaled(
        size_ * factor, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    shown.setDevicePixelRatio(factor)
    return shown


class Shelf(QWidget):
    """Chips in rows, as many side by side as there is room for."""

    def place(self, chips: list[Chip]) -> None:
        """Put them in this order."""
        width, height = metrics.ATTACHMENT_PX
        step = width + metrics.SPACE
        columns = max(1, (self.width() + metrics.SPACE) // step)
        for at, chip in enumerate(chips):
            chip.move(at % columns * step, at // columns * (height + metrics.SPACE))
        rows = -(-len(chips) // columns)
        self.setFixedHeight(max(0, rows * (height + metrics.SPACE) - metrics.SPACE))
