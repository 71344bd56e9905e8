"""Who answers a tool's calls: the kind, and what it needs, as text or JSON."""

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import BadTool
from app.toolkit.answering import answerer_from_raw
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.fields import Choice

KINDS = (
    ("ask", "Ask me"), ("fixed", "Fixed result"), ("error", "An error"), ("template", "Template"),
    ("rules", "By rule"), ("delay", "After a delay"), ("blocks", "Content blocks"), ("command", "Command"),
)  # fmt: skip
_WRITTEN_AS_TEXT = {"fixed": "content", "error": "content", "template": "text"}
_HINTS = {
    "fixed": "What every call gets",
    "error": "What every call gets, as an error",
    "template": "In {{city}} it is 72 degrees: {{name}} stands for an argument",
}
_BEGUN: Mapping[str, Mapping[str, Any]] = {
    "rules": {"rules": [{"name": "location", "equals": "Boston, MA", "then": {"kind": "fixed", "content": "72"}}]},
    "delay": {"seconds": 2, "then": {"kind": "fixed", "content": "72"}},
    "blocks": {"content": [{"type": "text", "text": "72"}]},
    "command": {"argv": ["cat"], "timeout_s": 30},
}


class AnsweredBy(QWidget):
    """Signals:
    changed: the person has changed it; arg: the answerer's JSON, empty for asking the person.
    """

    changed = Signal(dict)

    def __init__(self) -> None:
        super().__init__()
        self._raw: Mapping[str, Any] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        label = QLabel("ANSWERED BY")
        dress(label, look="label")
        self.kind = Choice("Answered by")
        self.kind.show_choices(KINDS, "ask")
        self.kind.picked.connect(self._begin)
        row.addWidget(label)
        row.addWidget(self.kind)
        row.addStretch(1)
        self.keep = QPushButton("Keep")
        self.keep.clicked.connect(self._keep)
        row.addWidget(self.keep)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("What it answers")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(3 * metrics.LINE_PX + metrics.SPACE * 3)
        dress(self.text, look="field")
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        dress(self.problem, look="small")
        column.addLayout(row)
        column.addWidget(self.text)
        column.addWidget(self.problem)
        self.show_answerer({})

    def show_answerer(self, raw: Mapping[str, Any]) -> None:
        """Show an answerer as it is kept. Emits nothing."""
        self._raw = raw
        kind = str(raw.get("kind", "ask"))
        kind = "error" if kind == "fixed" and raw.get("is_error") else kind
        self.kind.show_choices(KINDS, kind)
        self._show(kind, raw)

    def _show(self, kind: str, raw: Mapping[str, Any]) -> None:
        name = _WRITTEN_AS_TEXT.get(kind)
        rest = {key: each for key, each in raw.items() if key not in {"kind", "result_schema"}}
        self.text.setPlainText(str(raw.get(name, "")) if name else json.dumps(rest, indent=2) if kind != "ask" else "")
        self.text.setPlaceholderText(_HINTS.get(kind, ""))
        self.text.setVisible(kind != "ask")
        self.keep.setVisible(kind != "ask")
        self.problem.hide()
        if kind == "command":
            self._tell(
                "You are asked before each run, unless you have said “always”. There is no shell; the arguments are "
                "JSON on its standard input."
            )

    def _begin(self, kind: str) -> None:
        self._show(kind, _BEGUN.get(kind, {}))
        if kind == "ask":
            self._keep()

    def _keep(self) -> None:
        kind = self.kind.value
        try:
            raw = self._read(kind)
            answerer_from_raw(raw)
        except (BadTool, ValueError) as error:
            self._tell(f"This cannot be kept: {error.reason if isinstance(error, BadTool) else error}.")
            return
        if "result_schema" in self._raw:
            raw["result_schema"] = self._raw["result_schema"]
        self._raw = {} if raw == {"kind": "ask"} else raw
        self.problem.hide()
        self.changed.emit(dict(self._raw))

    def _read(self, kind: str) -> dict[str, Any]:
        text = self.text.toPlainText()
        if kind == "ask":
            return {"kind": "ask"}
        if kind == "error":
            return {"kind": "fixed", "content": text, "is_error": True}
        if name := _WRITTEN_AS_TEXT.get(kind):
            return {"kind": kind, name: text}
        value = json.loads(text)
        if not isinstance(value, dict):
            raise ValueError("it is no JSON object")
        return {"kind": kind, **value}

    def _tell(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.show()
