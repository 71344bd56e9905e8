"""How an answer stands, below it: the fact, what follows from it, and what can be done about it."""

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QTextLayout

from ui.theme import metrics
from ui.transcript.characters import marked
from ui.transcript.leaves.base import UNBOUNDED, WRAP, Act, Leaf, Selection, broken
from ui.transcript.specs import NoteKind, NoteSpec
from ui.transcript.style import Style

WORDS = {
    "connect": "Connection and key",
    "retry": "Retry",
    "continue": "Continue",
    "follow": "Show them",
    "wire": "Show on the wire",
}
"""What the buttons say, by the name of their act."""
DETAILS, HIDE = "Details", "Hide details"
COPY, COPIED = "Copy details", "Copied"


class NoteLeaf(Leaf):
    """The fact in its own colour, further sentences, buttons; below them the details, once they are asked for."""

    is_text = False

    def __init__(self, spec: NoteSpec) -> None:
        super().__init__()
        self.spec = spec
        self._is_open = False
        self._is_copied = False
        self._width = 0
        self._lines: list[tuple[float, QTextLayout]] = []
        """Each paragraph with its top; the first is the fact."""
        self._buttons: list[tuple[QRectF, str, Act]] = []
        self._details: QTextLayout | None = None
        self._box = QRectF()

    def layout(self, width: int, style: Style) -> None:
        self._width = width
        self._lines.clear()
        y = 0
        for number, line in enumerate((self.spec.text, *self.spec.more)):
            made = _shaped(line, style.name if not number and self._has_failed else style.small)
            self._lines.append((y, made))
            y += broken(made, width, style.lead)[0]
        y = self._place_buttons(y + style.space * 2, style)
        if self._is_open:
            y = self._place_details(y, style)
        self.height = y

    @property
    def _has_failed(self) -> bool:
        return self.spec.kind is NoteKind.FAILED

    def _offers(self) -> Iterator[tuple[str, Act]]:
        for name in self.spec.actions:
            yield WORDS[name], Act(name)
        if self.spec.details:
            yield HIDE if self._is_open else DETAILS, Act("details", doer=self)
            yield COPIED if self._is_copied else COPY, Act("copy", self.spec.details)

    def _place_buttons(self, top: int, style: Style) -> int:
        self._buttons.clear()
        left = 0.5
        for words, act in self._offers():
            wide = style.name_metrics.horizontalAdvance(words) + style.space * 6
            self._buttons.append((QRectF(left, top + 0.5, wide, style.space * 7), words, act))
            left += wide + style.space * 2
        return top + (style.space * 9 if self._buttons else 0)

    def _place_details(self, top: int, style: Style) -> int:
        self._details = _shaped(self.spec.details, style.code)
        pad = style.space * 3
        tall, _ = broken(self._details, self._width - 2 * pad, style.code_lead)
        self._box = QRectF(0.5, top + 0.5, self._width - 1, tall + 2 * pad)
        return top + tall + 2 * pad + style.space * 2

    def paint(self, painter: QPainter, _clip: QRectF, style: Style, _selection: Selection | None) -> None:
        for number, (top, line) in enumerate(self._lines):
            painter.setPen(style.colour("error" if self._has_failed and not number else "muted"))
            line.draw(painter, QPointF(0, top))
        for place, words, _ in self._buttons:
            painter.setPen(style.colour("line"))
            painter.setBrush(style.colour("raised"))
            painter.drawRoundedRect(place, metrics.RADIUS_BUTTON, metrics.RADIUS_BUTTON)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(style.colour("text"))
            painter.setFont(style.name)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
        if self._is_open and self._details is not None:
            painter.setPen(style.colour("line"))
            painter.drawRoundedRect(self._box, metrics.RADIUS_CODE, metrics.RADIUS_CODE)
            painter.setPen(style.colour("text"))
            self._details.draw(painter, self._box.topLeft() + QPointF(style.space * 3, style.space * 3))

    def act_at(self, x: float, y: float) -> Act | None:
        return next((act for place, _, act in self._buttons if place.contains(x, y)), None)

    def perform(self, act: Act) -> bool:
        if act.name != "details":
            return False
        self._is_open = not self._is_open
        return True

    def offers(self, text: str) -> bool:
        return bool(text) and text == self.spec.details

    def confirm(self, done: bool) -> bool:
        self._is_copied = done
        self._buttons = [
            (place, (COPIED if done else COPY) if act.name == "copy" else words, act)
            for place, words, act in self._buttons
        ]
        return True

    def text(self, _start: int = 0, _end: int = UNBOUNDED) -> str:
        details = [self.spec.details] if self._is_open else []
        return "\n".join((self.spec.text, *self.spec.more, *details))


def _shaped(text: str, font: QFont) -> QTextLayout:
    """What a service says of itself is shown with its hidden characters marked."""
    made = QTextLayout(marked(text).replace("\n", "\u2028"), font)
    made.setCacheEnabled(True)
    made.setTextOption(WRAP)
    return made
