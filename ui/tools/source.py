"""The tool as text: JSON that can be written in, with its faults marked by line and column, and other views of it."""

import json
import re
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QSyntaxHighlighter, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from app.toolkit.views import VIEWS
from ui.theme import fonts, metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.widgets.fields import Choice

LONGEST_COLOURED: Final = 400_000
_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b')


class SourcePane(QWidget):
    """Shows a text; tells what the person writes.

    Signals:
        edited: the person has written; arg: the text.
        view_picked: arg: one of `VIEWS`.
    """

    edited = Signal(str)
    view_picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        label = QLabel("SOURCE")
        dress(label, look="label")
        self.views = Choice("View of the tool")
        self.views.show_choices([(each, each) for each in VIEWS], VIEWS[0])
        self.views.picked.connect(self.view_picked)
        head.addWidget(label)
        head.addStretch(1)
        head.addWidget(self.views)
        self.editor = QPlainTextEdit()
        self.editor.setAccessibleName("Source of the tool")
        self.editor.setTabChangesFocus(False)
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setFamily(fonts.CODE_FAMILY)
        font.setPixelSize(round(metrics.CODE_TEXT_PX))
        self.editor.setFont(font)
        dress(self.editor, look="field")
        self._colours = _JsonColours(self.editor.document(), theme)
        theme.changed.connect(self._colours.rehighlight)
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        dress(self.problem, look="small")
        column.addLayout(head)
        column.addWidget(self.editor, 1)
        column.addWidget(self.problem)
        self._is_showing = False
        self.editor.textChanged.connect(self._tell)
        self.show_fault("")

    def show_text(self, text: str, *, editable: bool) -> None:
        """Show a text, leaving the caret where it is as far as it can. Emits nothing."""
        self.editor.setReadOnly(not editable)
        if self.editor.toPlainText() == text:
            return
        self._is_showing = True
        at = self.editor.textCursor().position()
        self.editor.setPlainText(text)
        cursor = self.editor.textCursor()
        cursor.setPosition(min(at, len(self.editor.document().toPlainText())))
        self.editor.setTextCursor(cursor)
        self._is_showing = False

    def show_fault(self, words: str, line: int = 0, column: int = 0) -> None:
        """Say what is wrong with the text and mark the line; empty: nothing is."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        marks: list[QTextEdit.ExtraSelection] = []
        if line:
            mark = QTextEdit.ExtraSelection()
            block = self.editor.document().findBlockByLineNumber(line - 1)
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + max(0, min(column - 1, block.length() - 1)))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            mark.cursor = cursor
            form = QTextCharFormat()
            form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            form.setUnderlineColor(QColor(self._theme.palette.error))
            form.setBackground(QColor(self._theme.palette.error_soft))
            mark.format = form
            marks.append(mark)
        self.editor.setExtraSelections(marks)

    def _tell(self) -> None:
        if not self._is_showing and not self.editor.isReadOnly():
            self.edited.emit(self.editor.toPlainText())


class _JsonColours(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme

    def highlightBlock(self, text: str) -> None:
        if len(text) > LONGEST_COLOURED:
            return
        palette = self._theme.palette
        for found in _TOKEN.finditer(text):
            colour = palette.tool if found[2] else palette.cache_read if found[1] else palette.accent
            self.setFormat(found.start(1) if found[1] else found.start(), len(found[1] or found[0]), QColor(colour))


def parsed_tool(text: str) -> tuple[Any, str, int, int]:
    """(the tool, what is wrong, line, column): the tool is None where something is."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return None, f"Line {error.lineno}, column {error.colno}: {error.msg}.", error.lineno, error.colno
    except (ValueError, RecursionError):
        return None, "It is nested too deep to be read.", 0, 0
    if not isinstance(value, dict):
        return None, "A tool is a JSON object.", 1, 1
    return value, "", 0, 0
