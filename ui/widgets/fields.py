"""Small form fields. Their setters emit nothing; a value that is not set is not sent."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ui.theme import metrics
from ui.theme.style import dress

NOT_SENT = "not sent"


class NumberField(QLineEdit):
    """A number that may be left out.

    Signals:
        changed: the person left a valid value, or none; read it from `value`.
    """

    changed = Signal()

    def __init__(self, name: str, low: float, high: float, *, whole: bool = False) -> None:
        super().__init__()
        self._low, self._high, self._whole = low, high, whole
        self._value: float | None = None
        self.setAccessibleName(name)
        self.setPlaceholderText(NOT_SENT)
        self.setMaxLength(12)
        self.textEdited.connect(self._check)

    @property
    def value(self) -> float | None:
        """The number that counts, None where there is none: while what is typed is not valid, the one before it."""
        return self._value

    def show_value(self, value: float | None, placeholder: str = NOT_SENT) -> None:
        """Show a value from outside. Emits nothing, and leaves alone what says the same in other words."""
        self.setPlaceholderText(placeholder)
        if self._value == value and (self.hasFocus() or self.property("invalid")):
            return
        self._value = value
        self.setText("" if value is None else f"{value:g}" if not self._whole else str(int(value)))
        self._mark(valid=True)

    def set_limits(self, low: float, high: float) -> None:
        self._low, self._high = low, high
        self.setToolTip(f"{self.accessibleName()}: {low:g} to {high:g}")

    def _parsed(self, text: str) -> float | None:
        try:
            number = float(text.strip().replace(",", ".").replace("_", ""))
        except ValueError:
            return None
        fits = self._low <= number <= self._high and (not self._whole or number == int(number))
        return number if fits else None

    def _check(self, text: str) -> None:
        number = self._parsed(text)
        valid = not text.strip() or number is not None
        self._mark(valid=valid)
        if valid:
            self._value = number
            self.changed.emit()

    def _mark(self, *, valid: bool) -> None:
        if self.property("invalid") == (not valid):
            return
        self.setProperty("invalid", not valid)
        self.style().unpolish(self)
        self.style().polish(self)


class Choice(QComboBox):
    """A combo box of (value, words) whose setters emit nothing, and which the wheel does not change in passing.

    Signals:
        picked: the person chose; arg: the value.
    """

    picked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(self._emit)
        self._choices: tuple[tuple[str, str], ...] = ()

    @property
    def value(self) -> str:
        return str(self.currentData() or "")

    def show_choices(self, choices: Sequence[tuple[str, str]], value: str) -> None:
        """Offer `choices` and show one; a value that is not among them is offered as well."""
        known = {each for each, _ in choices}
        offered = (*choices, *(((value, value),) if value not in known else ()))
        if offered != self._choices:
            self._choices = offered
            self.clear()
            for each, words in offered:
                self.addItem(words, each)
        self.setCurrentIndex(next(at for at, (each, _) in enumerate(offered) if each == value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        # a stylesheet can only show an arrow that is a file, and a file has one colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(QPen(self.palette().color(group, QPalette.ColorRole.PlaceholderText), metrics.CHEVRON_LINE_PX))
        middle = QPointF(self.width() - metrics.CHEVRON_PX * 2, self.height() / 2 + 1)
        arm = metrics.CHEVRON_PX / 2
        ends = QPointF(-arm, -arm / 2), QPointF(0, arm / 2), QPointF(arm, -arm / 2)
        painter.drawPolyline([middle + each for each in ends])

    def _emit(self, index: int) -> None:
        self.picked.emit(str(self.itemData(index) or ""))


class TextField(QPlainTextEdit):
    """Some lines of text.

    Signals:
        changed: the person typed.
    """

    changed = Signal()

    def __init__(self, name: str, placeholder: str, lines: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        dress(self, look="field")
        self.setFixedHeight(lines * metrics.LINE_PX + metrics.SPACE * 4)
        self._showing = False
        self.textChanged.connect(self._emit)

    def show_text(self, text: str) -> None:
        """Show a text from outside. Emits nothing; the caret stays where the text is the same."""
        if self.toPlainText() != text:
            self._showing = True
            self.setPlainText(text)
            self._showing = False

    def _emit(self) -> None:
        if not self._showing:
            self.changed.emit()


def labelled(label: str, field: QWidget) -> tuple[QWidget, QLabel]:
    """A field under its label; returns both, for the label also tells why a field is closed."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(metrics.SPACE)
    words = QLabel(label)
    dress(words, look="muted")
    words.setWordWrap(True)
    words.setBuddy(field)
    column.addWidget(words)
    column.addWidget(field)
    return whole, words
