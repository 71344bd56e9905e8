"""The composer's text field: plain text, grows with what is in it, and knows which keys mean more than a letter."""

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.composer.characters import characters_before, units_before
from ui.theme import metrics
from ui.theme.style import dress

LONGEST_PASTE = 1_000_000
"""Characters; a longer text is offered as a file to attach."""
LONGEST_WORD = 5000
"""Characters; a text with a longer one is wrapped anywhere."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MODIFIERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
_MODIFIERS |= Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class Editor(QPlainTextEdit):
    """Tells intents; sends and stops nothing.

    Signals:
        entered: Enter was pressed to send.
        escaped: Esc was pressed.
        recalled: Up was pressed in an empty field.
        edited: the person changed the text or moved the caret.
        given: something was pasted that is to be attached; arg: a QMimeData.
        long_text_given: a text was pasted that is too long to be read in a field.
        focus_changed: the field got or lost the focus; arg: whether it has it.
    """

    entered = Signal()
    escaped = Signal()
    recalled = Signal()
    edited = Signal()
    given = Signal(object)
    long_text_given = Signal(str)
    focus_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        dress(self, look="writing")
        self.setPlaceholderText("Reply to Claude…")
        self.setAccessibleName("Message")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self._enter_sends = True
        self._composing = False
        self._showing = False
        self._most_px = 0
        self._seen = (self.document().revision(), 0)
        self.textChanged.connect(self._fit)
        self.textChanged.connect(self._tell)
        self.cursorPositionChanged.connect(self._tell)

    @property
    def text(self) -> str:
        """What is typed, exactly: unlike `toPlainText`, no-break spaces stay what they are."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    @property
    def caret(self) -> int:
        """In characters from the start."""
        return characters_before(self.text, self.textCursor().position())

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    def show_text(self, text: str, caret: int) -> None:
        """Put `text` in place of what is there. Emits nothing; a text that is there already keeps its undo history."""
        self._showing = True
        if text != self.text:
            if text:
                self._choose_wrapping(text)
            self.setPlainText(text)
            if not text:
                # not before: what was there would be laid out once more, between words
                self._choose_wrapping(text)
        cursor = self.textCursor()
        cursor.setPosition(min(units_before(text, caret), self.document().characterCount() - 1))
        self.setTextCursor(cursor)
        self._composing = False
        self._seen = (self.document().revision(), cursor.position())
        self._showing = False
        self._fit()

    def set_enter_sends(self, enter_sends: bool) -> None:
        """True: Enter sends, and with Shift or Ctrl breaks the line. False: Ctrl+Enter sends, Enter breaks the line."""
        self._enter_sends = enter_sends

    def set_most_px(self, px: int) -> None:
        """The height that the field may grow to; beyond it, it scrolls."""
        if px != self._most_px:
            self._most_px = px
            self._fit()

    # ---- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._composing:
            self._key_while_composing(event)
        elif event.key() in _ENTER:
            self._enter(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            event.ignore()  # the window may have something to close, too
        elif event.key() == Qt.Key.Key_Up and self._is_bare(event) and not self.text:
            self.recalled.emit()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        self._fit()

    def _key_while_composing(self, event: QKeyEvent) -> None:
        """The key belongs to the input method; some hand it on all the same."""
        if event.key() in _ENTER:
            QGuiApplication.inputMethod().commit()
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)

    def _enter(self, event: QKeyEvent) -> None:
        control = event.modifiers() & _MODIFIERS == Qt.KeyboardModifier.ControlModifier
        if self._is_bare(event) if self._enter_sends else control:
            if not event.isAutoRepeat():
                self.entered.emit()
        else:
            self.textCursor().insertBlock()
            self.ensureCursorVisible()

    def _is_bare(self, event: QKeyEvent) -> bool:
        return not event.modifiers() & _MODIFIERS

    # ---- dropping and pasting

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Text of this window's own; what comes from elsewhere is the whole window's to take."""
        if event.source() is None:
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasUrls() or source.hasImage() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Text, whatever else was copied with it, in one step for undo; files and pictures are told of."""
        from ui.composer.given import given, is_text_first

        if not is_text_first(source) and not given(source).is_empty:
            self.given.emit(source)
            return
        text = source.text().replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
        if len(text) > LONGEST_PASTE:
            self.long_text_given.emit(text)
            return
        self._choose_wrapping(text)
        self.textCursor().insertText(text)
        self.ensureCursorVisible()

    def _choose_wrapping(self, text: str) -> None:
        """Qt looks for a place between words so thoroughly that a pasted megabyte of base64 stops the window for 13 s;
        broken anywhere it takes a quarter of a second."""
        if len(text) > LONGEST_WORD and max(map(len, text.split()), default=0) > LONGEST_WORD:
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        elif not text:
            self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)

    # ---- telling and growing

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _tell(self) -> None:
        seen = (self.document().revision(), self.textCursor().position())
        if not self._showing and seen != self._seen:
            self._seen = seen
            self.edited.emit()

    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        most = max(self._most_px, line)
        wanted = min(self._height_up_to(most), most)
        overflows = self._height_up_to(most + 1) > most
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if overflows else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        height = max(wanted, line) + metrics.SPACE
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)
        if not overflows:
            # the field was too small for a moment while it grew, and scrolled
            self.verticalScrollBar().setValue(0)
        self.ensureCursorVisible()

    def _height_up_to(self, limit: int) -> int:
        """Pixels of the laid-out text; counting stops at `limit`, so that a pasted book costs as little as a page."""
        height = 0.0
        block = self.document().firstBlock()
        while block.isValid() and height < limit:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        return round(height)
