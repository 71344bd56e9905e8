"""A form made from a schema: one field for each property, and the JSON object that they come to."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from app.toolkit.edits import type_of
from app.toolkit.schema_tree import required_names
from app.toolkit.verdicts import parsed
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.fields import Choice

MOST_FIELDS = 60


class SchemaForm(QWidget):
    """Fields for the properties of an object schema; what is left empty is left out.

    Signals:
        changed: the person changed a field.
    """

    changed = Signal()

    def __init__(self, schema: Mapping[str, Any]) -> None:
        super().__init__()
        self._fields: dict[str, tuple[str, Choice | QLineEdit]] = {}
        properties = schema.get("properties")
        known = properties if isinstance(properties, Mapping) else {}
        rows = QFormLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(metrics.SPACE)
        for name, each in list(known.items())[:MOST_FIELDS]:
            word = type_of(each)
            field = self._field(name, each, word)
            label = QLabel(f"{name} *" if name in required_names(schema) else name)
            dress(label, look="muted")
            rows.addRow(label, field)
            self._fields[name] = (word, field)

    def _field(self, name: str, schema: Any, word: str) -> Choice | QLineEdit:
        options = schema["enum"] if word == "enum" else [True, False] if word == "boolean" else None
        if options is not None:
            choice = Choice(name)
            self_shown = [(str(at), _words(value)) for at, value in enumerate(options)]
            choice.show_choices([("", "not given"), *self_shown], "")
            choice.setProperty("options", options)
            choice.picked.connect(lambda _value: self.changed.emit())
            return choice
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText("JSON" if word in {"object", "array", "union", "any"} else word)
        line.textEdited.connect(lambda _text: self.changed.emit())
        return line

    @property
    def value(self) -> dict[str, Any]:
        """The object. Raises ValueError: a field holds no value of its type; the text names it."""
        found: dict[str, Any] = {}
        for name, (word, field) in self._fields.items():
            if isinstance(field, Choice):
                if field.value:
                    found[name] = field.property("options")[int(field.value)]
            elif field.text().strip():
                found[name] = _read(name, word, field.text())
        return found


def _read(name: str, word: str, text: str) -> Any:
    if word in {"string", "date-time"}:
        return text
    try:
        return parsed(text)
    except ValueError:
        if word in {"any", "union"}:
            return text
        raise ValueError(f"{name} is no {word}") from None


def _words(value: Any) -> str:
    return value if isinstance(value, str) else {True: "true", False: "false"}.get(value, str(value))
