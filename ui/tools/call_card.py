"""One call that waits: what it was called with, what the schema says to that, and the answer."""

import base64
import json
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.blocks import Base64Source, Block, ImageBlock, TextBlock, ToolResultBlock
from app.toolkit.verdicts import parsed
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.tools.call_state import CallState
from ui.tools.form import SchemaForm
from ui.widgets.fields import Choice
from ui.widgets.pill import Pill

FORM, TEXT, JSON, IMAGE = "form", "text", "json", "image"
RESULT_LINES: Final = 3
PICTURES: Final = ("image/png", "image/jpeg", "image/webp", "image/gif")
"""What the API takes."""
LARGEST_PICTURE: Final = 5 * 1024 * 1024
"""Bytes. Source: Messages API reference, "Vision", limits."""


class CallCard(QWidget):
    """Shows one call; tells how the person answers it.

    Signals:
        answered: args: the content (a text, or a tuple of blocks), and whether it is an error.
        reopened: the person wants to answer otherwise, or themselves.
        consented: may the program run; args: yes or no, and whether to ask no more for this tool.
    """

    answered = Signal(object, bool)
    reopened = Signal()
    consented = Signal(bool, bool)

    def __init__(self, theme: Theme, state: CallState) -> None:
        super().__init__()
        self._state = state
        self._picture: ImageBlock | None = None
        self.setAccessibleName(f"Call of {state.call.name}")
        dress(self, look="card")
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.SPACE * 3, metrics.SPACE * 2, metrics.SPACE * 3, metrics.SPACE * 3)
        column.setSpacing(metrics.SPACE * 2)
        self._pill = Pill("waiting for you", "caution")
        column.addLayout(self._head())
        column.addWidget(self._arguments())
        self._raw = _plain(json.dumps(dict(state.call.input), indent=2, ensure_ascii=False), "details")
        self._raw.hide()
        column.addWidget(self._raw)
        column.addWidget(self._make_asking())
        column.addWidget(self._make_answer())
        column.addWidget(self._make_told())
        self.show_state(state)

    @property
    def is_answered(self) -> bool:
        return self._state.result is not None

    def show_state(self, state: CallState) -> None:
        """Show what has become of the call. Emits nothing, and leaves what is typed alone."""
        self._state = state
        result = state.result
        self._answer.setVisible(result is None and not state.consent and not state.is_working)
        self._asking.setVisible(bool(state.consent) and result is None)
        self._told.setVisible(result is not None or (state.is_working and not state.consent))
        if result is not None:
            self._pill.show_fact("error" if result.is_error else "answered", "error" if result.is_error else "good")
            self._told_text.setText(_shown(result))
        elif state.consent:
            self._pill.show_fact("asks to run a program", "caution")
            self._argv.setText(json.dumps(list(state.consent), ensure_ascii=False))
        elif state.is_working:
            self._pill.show_fact("being answered", "accent")
            self._told_text.setText("")
        else:
            self._pill.show_fact("waiting for you", "caution")
        self._reopen.setText("Change" if result is not None else "Answer it myself")

    def take_focus(self) -> None:
        self._text.setFocus()

    # ---- making

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        name = _plain(self._state.call.name, "title")
        self._json_button = QPushButton("JSON")
        self._json_button.setCheckable(True)
        self._json_button.setToolTip("Show the arguments as they came")
        self._json_button.toggled.connect(lambda on: self._raw.setVisible(on))
        dress(self._json_button, look="small")
        row.addWidget(name)
        row.addWidget(self._pill)
        row.addStretch(1)
        row.addWidget(self._json_button)
        return row

    def _arguments(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(metrics.SPACE * 3)
        grid.setVerticalSpacing(metrics.SPACE)
        for at, row in enumerate(self._state.rows):
            grid.addWidget(_plain(row.name, "muted"), at, 0, Qt.AlignmentFlag.AlignTop)
            value = _plain(row.value, "details")
            grid.addWidget(value, at, 1)
            verdict = Pill(
                row.fault or ("valid" if not self._state.unchecked else "not checked"), _tone(self._state, row.fault)
            )
            verdict.setToolTip(row.fault or self._state.unchecked)
            grid.addWidget(verdict, at, 2, Qt.AlignmentFlag.AlignTop)
        if not self._state.rows:
            grid.addWidget(_plain("no arguments", "muted"), 0, 0)
        grid.setColumnStretch(1, 1)
        return holder

    def _make_asking(self) -> QWidget:
        self._asking = QWidget()
        column = QVBoxLayout(self._asking)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(_plain("Run this program, with the arguments above as JSON on its standard input?", "muted"))
        self._argv = _plain("", "details")
        column.addWidget(self._argv)
        row = QHBoxLayout()
        for words, allowed, always in (
            ("Run once", True, False),
            ("Always for this tool", True, True),
            ("Do not run", False, False),
        ):
            button = QPushButton(words)
            button.clicked.connect(lambda _checked=False, yes=allowed, ever=always: self.consented.emit(yes, ever))
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return self._asking

    def _make_answer(self) -> QWidget:
        self._answer = QWidget()
        column = QVBoxLayout(self._answer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.SPACE)
        schema = self._state.result_schema
        self._form = SchemaForm(schema) if schema and schema.get("properties") else None
        self._kind = Choice("How to answer")
        kinds = [(TEXT, "Text"), (JSON, "JSON"), (IMAGE, "Picture")]
        self._kind.show_choices([(FORM, "Form"), *kinds] if self._form else kinds, FORM if self._form else TEXT)
        self._kind.picked.connect(self._show_kind)
        self._text = QPlainTextEdit()
        self._text.setAccessibleName(f"Result of {self._state.call.name}")
        self._text.setPlaceholderText("What the tool answers")
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(RESULT_LINES * metrics.LINE_PX + metrics.SPACE * 3)
        dress(self._text, look="field")
        if self._form is not None:
            column.addWidget(self._form)
        column.addWidget(self._text)
        self._problem = _plain("", "small")
        self._problem.hide()
        column.addWidget(self._problem)
        row = QHBoxLayout()
        row.addWidget(self._kind)
        self._paste = QPushButton("Paste a picture")
        self._paste.clicked.connect(self._take_picture)
        row.addWidget(self._paste)
        self._as_error = QCheckBox("As error")
        row.addWidget(self._as_error)
        row.addStretch(1)
        self._send = QPushButton("Send result")
        dress(self._send, look="primary")
        self._send.clicked.connect(self._answer_now)
        row.addWidget(self._send)
        column.addLayout(row)
        self._show_kind()
        return self._answer

    def _make_told(self) -> QWidget:
        self._told = QWidget()
        row = QHBoxLayout(self._told)
        row.setContentsMargins(0, 0, 0, 0)
        self._told_text = _plain("", "details")
        self._reopen = QPushButton("Change")
        dress(self._reopen, look="small")
        self._reopen.clicked.connect(self.reopened)
        row.addWidget(self._told_text, 1)
        row.addWidget(self._reopen)
        return self._told

    # ---- answering

    def _show_kind(self, _kind: object = None) -> None:
        kind = self._kind.value
        if self._form is not None:
            self._form.setVisible(kind == FORM)
        self._text.setVisible(kind in {TEXT, JSON, IMAGE})
        self._paste.setVisible(kind == IMAGE)
        self._text.setPlaceholderText("A text beside the picture, if any" if kind == IMAGE else "What the tool answers")

    def _take_picture(self) -> None:
        mime = QGuiApplication.clipboard().mimeData()
        kind = next((each for each in PICTURES if mime.hasFormat(each)), "")
        data = mime.data(kind).data() if kind else b""
        if not 0 < len(data) <= LARGEST_PICTURE:
            self._tell("There is no picture of up to 5 MB on the clipboard.")
            return
        # taken as it is: nothing is decoded here
        self._picture = ImageBlock(Base64Source(kind, base64.b64encode(data).decode("ascii")))
        self._tell(f"A picture of {len(data) / 1024:.0f} KB is ready to be sent.")

    def _answer_now(self) -> None:
        try:
            content = self._content()
        except ValueError as error:
            self._tell(f"{error}.")
            return
        self._problem.hide()
        self.answered.emit(content, self._as_error.isChecked())

    def _content(self) -> str | tuple[Block, ...]:
        text = self._text.toPlainText()
        match self._kind.value:
            case "form" if self._form is not None:
                return json.dumps(self._form.value, ensure_ascii=False)
            case "json":
                _check(text)
                return text
            case "image":
                if self._picture is None:
                    raise ValueError("There is no picture yet: copy one and press “Paste a picture”")
                said = (TextBlock(text),) if text.strip() else ()
                return (*said, self._picture)
        return text

    def _tell(self, words: str) -> None:
        self._problem.setText(words)
        self._problem.show()


def _check(text: str) -> None:
    try:
        parsed(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"This is no JSON: {error.msg}, line {error.lineno}, column {error.colno}") from error


def _tone(state: CallState, fault: str) -> str:
    return "error" if fault else "quiet" if state.unchecked else "good"


def _shown(result: ToolResultBlock) -> str:
    if isinstance(result.content, str):
        return result.content[:2000] or "(empty)"
    parts: list[Any] = [each.text if isinstance(each, TextBlock) else "[picture]" for each in result.content or ()]
    return " ".join(parts) or "(empty)"


def _plain(text: str, look: str) -> QLabel:
    """A stranger's text: never read as markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(look in {"details", "small", "muted"})
    dress(label, look=look)
    return label
