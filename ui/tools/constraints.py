"""What else a property's schema says: its constraints, one field for each that its type knows."""

import json
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from app.toolkit.edits import type_of
from app.toolkit.schema_tree import Path, shown
from app.toolkit.verdicts import parsed
from ui.theme import metrics
from ui.theme.style import dress

_OF_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "integer": ("minimum", "maximum", "multipleOf"),
    "number": ("minimum", "maximum", "multipleOf"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("additionalProperties",),
    "enum": ("enum",),
}
_FOR_ALL: Final = ("default", "examples", "$ref")
_TEXTS: Final = frozenset(("pattern", "format", "$ref"))
WITHOUT: Final = object()
"""Instead of a value: the keyword goes."""


class Constraints(QWidget):
    """Signals:
    changed: args: the path of the property, the keyword, and its value, or `WITHOUT`.
    """

    changed = Signal(tuple, str, object)

    def __init__(self) -> None:
        super().__init__()
        self._path: Path = ()
        self._rows = QFormLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(metrics.SPACE)

    def show_schema(self, path: Path, schema: Any) -> None:
        """Offer the constraints of the schema at a path; nothing where there is none. Emits nothing."""
        self._path = path
        while self._rows.rowCount():
            self._rows.removeRow(0)
        if not isinstance(schema, Mapping) or not path:
            return
        title = QLabel(f"More about {shown(path)}".upper())
        dress(title, look="label")
        self._rows.addRow(title)
        for keyword in (*_OF_TYPE.get(type_of(schema), ()), *_FOR_ALL):
            self._rows.addRow(keyword, self._field(keyword, schema))

    def _field(self, keyword: str, schema: Mapping[str, Any]) -> QLineEdit:
        line = QLineEdit(_text(keyword, schema[keyword]) if keyword in schema else "")
        line.setAccessibleName(keyword)
        line.setPlaceholderText("one, two, three" if keyword == "enum" else "not set")
        line.editingFinished.connect(lambda: self._read(keyword, line, schema))
        return line

    def _read(self, keyword: str, line: QLineEdit, schema: Mapping[str, Any]) -> None:
        text = line.text().strip()
        value = _value(keyword, text) if text else WITHOUT
        if value != schema.get(keyword, WITHOUT):
            self.changed.emit(self._path, keyword, value)


def _text(keyword: str, value: Any) -> str:
    if (
        keyword == "enum"
        and isinstance(value, list)
        and all(isinstance(each, str) and "," not in each for each in value)
    ):
        return ", ".join(value)
    return value if keyword in _TEXTS and isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(keyword: str, text: str) -> Any:
    """What is written, as JSON where it is some; a list of words for an enum, else the text itself."""
    if keyword in _TEXTS:
        return text
    try:
        value = parsed(text)
    except ValueError:
        value = text
    if keyword == "enum" and not isinstance(value, list):
        return [each.strip() for each in text.split(",") if each.strip()]
    return value
