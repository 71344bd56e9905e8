"""Changing an answer where it stands: a field in the place of its text, which moves with the text around it."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QToolTip, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.transcript.arrangement import Placed
from ui.transcript.canvas import Canvas
from ui.transcript.items import Item
from ui.transcript.links import plain_tip
from ui.transcript.style import Style

LEAST_LINES: Final = 6
"""Of the field's height."""
MOST_SHARE: Final = 0.7
"""Of the viewport's height that the field takes."""
LONGEST_WRAPPED: Final = 5_000
"""Characters of a line that is wrapped in the field; Qt takes seconds for much longer ones."""
AWAY: Final = QPoint(0, -100_000)


class Field(QPlainTextEdit):
    """Takes the keys of editing.

    Signals:
        save_asked, cancel_asked: by a key.
    """

    save_asked = Signal()
    cancel_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_S, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.save_asked.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel_asked.emit()
        else:
            super().keyPressEvent(event)


class Editor(QFrame):
    """The field and its two buttons."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAutoFillBackground(True)
        self.field = Field()
        self.field.setAccessibleName("Text of the answer")
        self.save = QPushButton("Save as a new branch")
        self.save.setToolTip("Keep the answer as it was beside this one (Ctrl+S)")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Leave the answer as it is (Esc)")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(metrics.SPACE * 2,) * 4)
        column.setSpacing(metrics.SPACE * 2)
        column.addWidget(self.field, 1)
        column.addLayout(buttons)
        self.hide()

    def dress(self, style: Style) -> None:
        colours, font = style.palette, style.body
        self.setStyleSheet(
            f"Editor {{ background: {colours.surface}; border: 1px solid {colours.accent};"
            f" border-radius: {metrics.RADIUS_CODE}px; }}"
            f"QPlainTextEdit {{ background: {colours.surface}; color: {colours.text}; border: none;"
            f' font: {font.pointSizeF()}pt "{font.family()}"; }}'
        )


@dataclass(slots=True)
class _Edit:
    message_id: str
    key: int
    """Of the section whose text is changed."""
    before: str


class Editing(QObject):
    """At most one answer is changed at a time. What was typed stays while other messages are looked at.

    Signals:
        saved: args: the message's id, the index of the content block where the text begins, the text.
    """

    saved = Signal(str, int, str)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._edit: _Edit | None = None
        self.editor = Editor(canvas.viewport())
        self.editor.field.save_asked.connect(self._save)
        self.editor.field.cancel_asked.connect(self.end)
        self.editor.save.clicked.connect(self._save)
        self.editor.cancel.clicked.connect(self.end)
        canvas.refreshed.connect(self._place)

    def begin(self, item: Item) -> None:
        """Change the last text of an answer; not while another one has changes that are not saved."""
        if self._edit is not None and self.editor.field.toPlainText() != self._edit.before:
            self._show_room()
            return
        self.end()
        self._canvas.arrangement.prepare(item)
        key, text = item.last_text
        if key is None:
            return
        self._edit = _Edit(item.message.id, key, text)
        longest = max(map(len, text.split("\n")))
        mode = QPlainTextEdit.LineWrapMode
        self.editor.field.setLineWrapMode(mode.WidgetWidth if longest <= LONGEST_WRAPPED else mode.NoWrap)
        self.editor.field.setPlainText(text)
        self.sync()
        self._show_room()

    def end(self) -> None:
        """Leave the answer as it is."""
        edit, self._edit = self._edit, None
        self.editor.hide()
        item = self._item(edit)
        if item is not None:
            item.close_room(self._canvas.arrangement.width, self._canvas.styling)
            self._canvas.changed(item)
        if edit is not None:
            self._canvas.setFocus()

    def sync(self) -> None:
        """Other messages are shown: the field comes and goes with the one that it belongs to."""
        item = self._item(self._edit)
        if item is None:
            self.editor.hide()
        elif item.room is None and self._edit is not None:
            canvas = self._canvas
            canvas.arrangement.prepare(item)
            item.open_room(self._edit.key, self._height, canvas.arrangement.width, canvas.styling)
            canvas.changed(item)

    def dress(self, style: Style) -> None:
        self.editor.dress(style)

    @property
    def _height(self) -> int:
        """In units of the window's spacing."""
        style = self._canvas.styling
        lines = self.editor.field.document().size().height()
        wanted = max(LEAST_LINES, lines) * self.editor.field.fontMetrics().lineSpacing() + style.space * 20
        return round(min(wanted, self._canvas.viewport().height() * MOST_SHARE) / style.space)

    def _item(self, edit: _Edit | None) -> Item | None:
        if edit is None:
            return None
        return next((each for each in self._canvas.items if each.message.id == edit.message_id), None)

    def _show_room(self) -> None:
        """Bring the field into sight, and write in it."""
        item = self._item(self._edit)
        if item is not None and item.room is not None:
            arrangement = self._canvas.arrangement
            if all(item.units[each.unit] is not item.room for each in self._placed(item)):
                arrangement.following = False
                arrangement.pin(arrangement.index_of(item), item.units.index(item.room), self._canvas.styling.step)
            self._canvas.refresh()
            self.editor.field.setFocus()

    def _placed(self, item: Item) -> list[Placed]:
        arrangement = self._canvas.arrangement
        return [each for each in arrangement.visible if arrangement.items[each.item] is item]

    def _place(self) -> None:
        """Over the room that was made for it; out of sight it keeps its text and the focus."""
        item = self._item(self._edit)
        if item is None or item.room is None:
            return
        canvas = self._canvas
        self.editor.show()
        for placed in self._placed(item):
            if item.units[placed.unit] is item.room:
                height = placed.height - canvas.styling.space * 3
                self.editor.setGeometry(canvas.column_left, placed.y, canvas.arrangement.width, height)
                return
        self.editor.move(AWAY)

    def _save(self) -> None:
        edit = self._edit
        if edit is None:
            return
        if self._canvas.items[-1].is_growing:
            words = plain_tip("An answer is being made. Save when it has come.")
            QToolTip.showText(self.editor.save.mapToGlobal(QPoint()), words, self.editor)
            return
        text = self.editor.field.toPlainText()
        self.end()
        if text != edit.before:
            self.saved.emit(edit.message_id, edit.key, text)
