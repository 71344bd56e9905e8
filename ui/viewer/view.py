"""The viewer: one picture at a time, with what it was and what it costs; cut and covered before it is sent."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.attachments import Attachment, Shape
from app.domain.blocks import Base64Source, Source
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.viewer.canvas import STEP, PictureCanvas, Tool
from ui.widgets.amounts import counted, size
from ui.widgets.decoding import FORMATS, Decoder
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.names import visible

PAN_PX = 60


def compared(picture: Attachment) -> str:
    """What it was, and what of that is sent, in a line."""
    sent = f"Sent: {_told(picture.sent)} · {counted(picture.tokens, 'token')}"
    if picture.was == picture.sent:
        return f"{sent} · as it is"
    changes = ", ".join(str(each) for each in picture.changes)
    return f"Was: {_told(picture.was)}   →   {sent}{f' ({changes})' if changes else ''}"


def _told(shape: Shape) -> str:
    kind = shape.media_type.rpartition("/")[2].upper()
    return f"{kind} {shape.width:,} × {shape.height:,}, {size(shape.bytes)}"


class Viewer(QDialog):
    """Emits what the person wants; changes no picture. Keys: + − 0 1, arrows, Ctrl+C, Ctrl+S, Esc.

    Signals:
        edit_requested: paint boxes over, then cut; args: the picture's id, a box or None, a list of boxes; each box is
            (left, top, right, bottom) in its pixels as it is sent.
        alt_changed: args: the picture's id, what it shows in the person's words.
        save_requested: args: a name, its data exactly as it is sent, base64.
        removed: arg: the picture's id.
    """

    edit_requested = Signal(str, object, object)
    alt_changed = Signal(str, str)
    save_requested = Signal(str, str)
    removed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures: tuple[Attachment, ...] = ()
        self._at = 0
        self._editable = False
        self._shows_before = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Picture")
        self.resize(*metrics.VIEWER_PX)
        self._decoder = Decoder(self)
        self._decoder.came.connect(self._take)
        self.canvas = PictureCanvas(theme)
        self.facts = ElidedLabel()
        self.zoom = ElidedLabel()
        self.alt = QLineEdit()
        self._lay_out()
        canvas = self.canvas
        self._plain: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Plus: partial(canvas.zoom_by, STEP),
            Qt.Key.Key_Equal: partial(canvas.zoom_by, STEP),
            Qt.Key.Key_Minus: partial(canvas.zoom_by, 1 / STEP),
            Qt.Key.Key_0: canvas.show_whole,
            Qt.Key.Key_1: canvas.show_original_size,
            Qt.Key.Key_Left: partial(self._step, -1),
            Qt.Key.Key_Right: partial(self._step, 1),
            Qt.Key.Key_PageUp: partial(self._step, -1),
            Qt.Key.Key_PageDown: partial(self._step, 1),
            Qt.Key.Key_Up: partial(canvas.move_by, 0, PAN_PX),
            Qt.Key.Key_Down: partial(canvas.move_by, 0, -PAN_PX),
        }
        self._with_control: dict[Qt.Key, Callable[[], None]] = {Qt.Key.Key_C: self._copy, Qt.Key.Key_S: self._save}
        self.canvas.drawn.connect(self._show_state)
        self.canvas.zoomed.connect(self._show_zoom)

    def _lay_out(self) -> None:
        self.previous = self._button("Previous", lambda: self._step(-1))
        self.next = self._button("Next", lambda: self._step(1))
        self.smaller = self._button("−", lambda: self.canvas.zoom_by(1 / STEP), "Smaller (−)")
        self.larger = self._button("+", lambda: self.canvas.zoom_by(STEP), "Larger (+)")
        self.whole = self._button("Whole", self.canvas.show_whole, "The whole picture (0)")
        self.original = self._button("100 %", self.canvas.show_original_size, "Original size (1)")
        self.before = self._button("Before", self._toggle_before, "What it was before it was made fit")
        self.before.setCheckable(True)
        self.copy = self._button("Copy", self._copy, "Copy (Ctrl+C)")
        self.save = self._button("Save as…", self._save, "Save as it is sent (Ctrl+S)")
        self.crop = self._tool("Crop", Tool.CROP, "Draw what is to stay")
        self.cover = self._tool("Cover", Tool.COVER, "Draw over what nobody is to see")
        self.undo = self._button("Undo", self.canvas.clear, "Take the boxes away")
        self.apply = self._button("Apply", self._apply, "Burn it into the picture: what was there is gone")
        dress(self.apply, look="primary")
        self.remove = self._button("Remove", self._remove, "Remove this picture from the message")
        self.alt.setPlaceholderText("What it shows, for those who do not see it")
        self.alt.setAccessibleName("Description of the picture")
        self.alt.editingFinished.connect(self._tell_alt)
        dress(self.facts, look="small")
        dress(self.zoom, look="small")
        tools = QHBoxLayout()
        for widget in (self.previous, self.next, self.smaller, self.larger, self.whole, self.original, self.zoom):
            tools.addWidget(widget)
        tools.addStretch(1)
        for widget in (self.before, self.copy, self.save):
            tools.addWidget(widget)
        self._edits = QWidget()
        edits = QHBoxLayout(self._edits)
        edits.setContentsMargins(0, 0, 0, 0)
        for widget in (self.crop, self.cover, self.undo, self.apply):
            edits.addWidget(widget)
        edits.addWidget(self.alt, 1)
        edits.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(metrics.SPACE * 3,) * 4)
        column.addLayout(tools)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.facts)
        column.addWidget(self._edits)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.setFocus()

    def _button(self, text: str, act: object, tip: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setToolTip(tip or text)
        button.setAccessibleName(tip or text)
        button.clicked.connect(act)
        dress(button, look="quiet")
        return button

    def _tool(self, text: str, tool: Tool, tip: str) -> QPushButton:
        button = self._button(text, lambda on: self._take_tool(tool if on else Tool.MOVE), tip)
        button.setCheckable(True)
        return button

    # ---- what is shown

    @property
    def shown(self) -> Attachment | None:
        """The picture that is looked at."""
        return self._pictures[self._at] if self._pictures else None

    def show_pictures(self, pictures: Sequence[Attachment], at: int, *, editable: bool) -> None:
        """Show one of several; `editable`: they are not sent yet."""
        self._pictures, self._editable = tuple(pictures), editable
        self._edits.setVisible(editable)
        self._at = max(0, min(at, len(pictures) - 1))
        self._open()

    def take_pictures(self, pictures: Sequence[Attachment]) -> None:
        """The same pictures, of which some may have changed or gone."""
        shown = self.shown
        self._pictures = tuple(pictures)
        if not pictures:
            self.close()
            return
        places = [at for at, each in enumerate(pictures) if shown is not None and each.id == shown.id]
        self._at = places[0] if places else min(self._at, len(pictures) - 1)
        if self.shown != shown:
            self._open()

    def _open(self) -> None:
        picture = self.shown
        if picture is None:
            return
        self._shows_before = self._shows_before and self._before_of(picture) is not None
        source, shape = self._looked_at(picture)
        self.canvas.show_image(QImage(), (max(1, shape.width), max(1, shape.height)))
        most = QSize(metrics.VIEWER_MOST_PX, metrics.VIEWER_MOST_PX)
        if isinstance(source, Base64Source) and source.media_type in FORMATS:
            self._decoder.ask(source, source.data, source.media_type, most)
        name = visible(picture.name) or "Picture"
        place = f" ({self._at + 1} of {len(self._pictures)})" if len(self._pictures) > 1 else ""
        self.setWindowTitle(f"{name}{place}")
        self.facts.show_text(compared(picture))
        self.alt.setText(picture.alt)
        self.canvas.setAccessibleName(picture.alt or f"{name}, {compared(picture)}")
        self._show_state()

    def _take(self, source: object, image: QImage) -> None:
        picture = self.shown
        if picture is None:
            return
        wanted, shape = self._looked_at(picture)
        if source == wanted:
            self.canvas.show_image(image, (max(1, shape.width), max(1, shape.height)))
            if image.isNull():
                self.facts.show_text("This picture cannot be shown.")
            self._show_state()

    def _looked_at(self, picture: Attachment) -> tuple[Source, Shape]:
        before = self._before_of(picture)
        if self._shows_before and before is not None:
            return before, picture.was
        return picture.block.source, picture.sent

    def _before_of(self, picture: Attachment) -> Base64Source | None:
        """The original, where it is another and can be shown."""
        original = picture.original
        if picture.is_untouched or not isinstance(original, Base64Source) or original.media_type not in FORMATS:
            return None
        return original

    def _show_state(self) -> None:
        picture = self.shown
        several = len(self._pictures) > 1
        self.previous.setVisible(several)
        self.next.setVisible(several)
        self.before.setVisible(picture is not None and self._before_of(picture) is not None)
        self.before.setChecked(self._shows_before)
        is_drawn = self.canvas.crop is not None or bool(self.canvas.covers)
        can_edit = not self.canvas.image.isNull() and not self._shows_before
        for button in (self.crop, self.cover):
            button.setEnabled(can_edit)
        self.undo.setEnabled(is_drawn)
        self.apply.setEnabled(is_drawn and can_edit)

    def _show_zoom(self, zoom: float) -> None:
        self.zoom.show_text(f"{zoom:.0%}")

    # ---- what the person does

    def _step(self, by: int) -> None:
        if len(self._pictures) > 1:
            self._at = (self._at + by) % len(self._pictures)
            self._open()

    def _toggle_before(self) -> None:
        self._shows_before = not self._shows_before
        self._open()

    def _take_tool(self, tool: Tool) -> None:
        self.crop.setChecked(tool is Tool.CROP)
        self.cover.setChecked(tool is Tool.COVER)
        self.canvas.set_tool(tool)

    def _apply(self) -> None:
        picture, crop = self.shown, self.canvas.crop
        if picture is None:
            return
        boxes = [(each.left(), each.top(), each.right() + 1, each.bottom() + 1) for each in self.canvas.covers]
        cut = None if crop is None else (crop.left(), crop.top(), crop.right() + 1, crop.bottom() + 1)
        self._take_tool(Tool.MOVE)
        self.edit_requested.emit(picture.id, cut, boxes)

    def _copy(self) -> None:
        if not self.canvas.image.isNull():
            QGuiApplication.clipboard().setImage(self.canvas.image)

    def _save(self) -> None:
        picture = self.shown
        source = picture.block.source if picture is not None else None
        if picture is None or not isinstance(source, Base64Source):
            return
        ending = source.media_type.rpartition("/")[2].replace("jpeg", "jpg")
        stem = picture.name.rpartition(".")[0] or picture.name or "picture"
        self.save_requested.emit(f"{stem}.{ending}", source.data)

    def _remove(self) -> None:
        if self.shown is not None:
            self.removed.emit(self.shown.id)

    def _tell_alt(self) -> None:
        picture = self.shown
        if picture is not None and self.alt.text().strip() != picture.alt:
            self.alt_changed.emit(picture.id, self.alt.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        act = (self._with_control if control else self._plain).get(Qt.Key(event.key()))
        if act is not None:
            act()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._tell_alt()
        super().closeEvent(event)
