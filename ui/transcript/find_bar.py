"""The bar in which one writes what to find in the conversation."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from ui.theme import metrics
from ui.transcript.style import Style
from ui.widgets.amounts import counted
from ui.widgets.announce import announce


class FindBar(QFrame):
    """Stands at the upper right of the transcript.

    Signals:
        edited: what to find has changed; arg: the text.
        step_requested: go to another hit; arg: 1 for the next, -1 for the one before.
        closed: the person is done.
    """

    edited = Signal(str)
    step_requested = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAutoFillBackground(True)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find in this conversation")
        self.field.setAccessibleName("Find in this conversation")
        self.field.textEdited.connect(self.edited)
        self.field.installEventFilter(self)
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.SPACE * 2, metrics.SPACE, metrics.SPACE, metrics.SPACE)
        row.setSpacing(metrics.SPACE)
        row.addWidget(self.field, 1)
        row.addWidget(self._count)
        for sign, name, step in (("\u2191", "Previous hit (Shift+F3)", -1), ("\u2193", "Next hit (F3)", 1)):
            self._add_button(row, sign, name).clicked.connect(lambda _=False, by=step: self.step_requested.emit(by))
        self._add_button(row, "\u2715", "Close (Esc)").clicked.connect(self.close_bar)
        self.hide()

    def _add_button(self, row: QHBoxLayout, sign: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setToolTip(name)
        button.setAccessibleName(name)
        row.addWidget(button)
        return button

    @property
    def said(self) -> str:
        """What it says of the hits."""
        return self._count.text()

    def open_bar(self) -> None:
        """Show it, with what was written before selected."""
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_bar(self) -> None:
        self.hide()
        self.closed.emit()

    def show_count(self, number: int, total: int, *, searching: bool) -> None:
        """Which hit is shown, of how many; the total may still grow while it is searching."""
        more = "+" if searching else ""
        if total:
            self._count.setText(f"{number:,} of {total:,}{more}")
        else:
            self._count.setText("" if searching or not self.field.text() else "No hits")
        if not searching and self.field.text():
            announce(self.field, counted(total, "hit") if total else "No hits")

    def dress(self, style: Style) -> None:
        colours = style.palette
        self.setStyleSheet(
            f"FindBar {{ background: {colours.raised}; border: 1px solid {colours.line};"
            f" border-radius: {metrics.RADIUS_BUTTON}px; }} QLabel {{ color: {colours.muted}; }}"
            f"QToolButton {{ border: 1px solid transparent; border-radius: {metrics.RADIUS_ROW}px;"
            f" color: {colours.muted}; padding: {metrics.SPACE}px {metrics.SPACE * 2}px; }}"
            f"QToolButton:hover {{ background: {colours.hover}; }}"
            f"QToolButton:focus {{ border-color: {colours.accent}; }}"
        )

    def stand_in(self, area: QRect) -> None:
        """At the upper right of an area."""
        wide = min(metrics.FIND_BAR_PX, area.width() - metrics.SPACE * 4)
        self.setGeometry(area.right() - wide - metrics.SPACE * 2, metrics.SPACE * 2, wide, self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.step_requested.emit(-1 if back else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
        return super().eventFilter(watched, event)
