"""The keys of the transcript."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from ui.transcript.canvas import Canvas
from ui.transcript.caret import first_spot, moved, moved_by_lines, stepped
from ui.transcript.selecting import Spot

ARROWS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Keyboard(QObject):
    """Takes the key events of a canvas.

    Signals:
        command_given: a key that is not for moving; arg: copy, select_all, find, find_next, find_previous, caret.
        message_step_requested: to another message; arg: 1 for the next, -1 for the one before.
        branch_step_requested: to another branch of the message with the focus; arg: 1 or -1.
        selection_began: text is being selected.
        caret_moved: the caret, or the end of the selection, is elsewhere.
    """

    command_given = Signal(str)
    message_step_requested = Signal(int)
    branch_step_requested = Signal(int)
    selection_began = Signal()
    caret_moved = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        keys = QKeySequence.StandardKey
        self._standard = {
            keys.Copy: "copy",
            keys.SelectAll: "select_all",
            keys.Find: "find",
            keys.FindNext: "find_next",
            keys.FindPrevious: "find_previous",
        }

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key was one of the transcript's."""
        for standard, name in self._standard.items():
            if event.matches(standard):
                self.command_given.emit(name)
                return True
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_F7:
            self.command_given.emit("caret")
            return True
        if self._canvas.selecting.shows_caret and self._move_caret(key, modifiers):
            return True
        return self._arrow(key, modifiers) if key in ARROWS else self._move(key)

    def _move_caret(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether the key moves the caret; with Shift it takes the selection along."""
        canvas, selecting = self._canvas, self._canvas.selecting
        cursor = selecting.cursor or first_spot(canvas)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if cursor is None or modifiers & Qt.KeyboardModifier.AltModifier:
            return False
        if control and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return False  # to another message
        spot = moved(canvas, cursor, key, control=control)
        if spot is None:
            return False
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            selecting.extend(spot)
        else:
            selecting.begin(spot)
        self._show(spot)
        return True

    def _show(self, spot: Spot) -> None:
        """Whoever moves through the text, reads it there."""
        self.selection_began.emit()
        self._canvas.bring_into_sight(spot)
        self._canvas.repaint_all()
        self.caret_moved.emit()

    def _arrow(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        by, sideways = ARROWS[key], key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._select(by, sideways=sideways, word=bool(modifiers & Qt.KeyboardModifier.ControlModifier))
        elif modifiers == Qt.KeyboardModifier.ControlModifier and not sideways:
            self.message_step_requested.emit(by)
        elif modifiers == Qt.KeyboardModifier.AltModifier and sideways:
            self.branch_step_requested.emit(by)
        elif not modifiers and not sideways:
            self._canvas.scroll_by(by * self._canvas.styling.lead * 2)
        else:
            return False
        return True

    def _move(self, key: Qt.Key) -> bool:
        canvas = self._canvas
        page = canvas.viewport().height() - canvas.styling.lead * 2
        moves: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_PageUp: lambda: canvas.scroll_by(-page),
            Qt.Key.Key_PageDown: lambda: canvas.scroll_by(page),
            Qt.Key.Key_Space: lambda: canvas.scroll_by(page),
            Qt.Key.Key_End: canvas.jump_to_end,
            Qt.Key.Key_Home: canvas.jump_to_start,
        }
        if key not in moves:
            return False
        moves[key]()
        return True

    def _select(self, by: int, *, sideways: bool, word: bool) -> None:
        """Take the selection's end further; from the beginning of what is in sight, where there is none."""
        canvas, selecting = self._canvas, self._canvas.selecting
        cursor = selecting.cursor
        if cursor is None:
            cursor = first_spot(canvas)
            if cursor is None:
                return
            selecting.begin(cursor)
        spot = stepped(canvas, cursor, by, word=word) if sideways else moved_by_lines(canvas, cursor, by)
        selecting.extend(spot)
        self._show(spot)
