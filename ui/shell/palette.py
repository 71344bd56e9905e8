"""The palette: one field for everything that the window can open or do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.immutable import immutable
from ui.theme import metrics
from ui.theme.style import dress
from ui.widgets.announce import announce
from ui.widgets.elided_label import ElidedLabel

SEARCH_AFTER_MS = 80
NOTHING = "Nothing was found."
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


@immutable
class Entry:
    """One thing that can be chosen."""

    kind: str
    """`Conversation`, `Message`, `Command` or `Model`, as it is read."""
    text: str
    detail: str
    """What tells it from others of its kind: the keys, the words of a message."""
    act: Callable[[], None]


class Palette(QFrame):
    """Floats over the window until something is chosen, Esc is pressed, or the focus goes elsewhere.

    Signals:
        sought: what stands in the field has come to rest; arg: it.
    """

    sought = Signal(str)

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._entries: tuple[Entry, ...] = ()
        self._before: QWidget | None = None
        dress(self, look="toast")
        self.setAccessibleName("Palette")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find conversations, messages, commands and models")
        self.field.setAccessibleName("Find conversations, messages, commands and models")
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("What was found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._choose)
        dress(self.list, look="bare")
        self.nothing = QLabel(NOTHING)
        dress(self.nothing, look="muted")
        self.nothing.setContentsMargins(*[metrics.SPACE * 2] * 4)
        self.nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(*[metrics.SPACE * 3] * 4)
        column.addWidget(self.field)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_AFTER_MS)
        self._timer.timeout.connect(lambda: self.sought.emit(self.field.text()))
        self.field.textChanged.connect(lambda: self._timer.start())
        over.installEventFilter(self)
        self.hide()

    def open_palette(self) -> None:
        """Show it, empty; pressed again, it goes."""
        if self.isVisible():
            self.dismiss()
            return
        self._before = self._over.focusWidget()
        self.field.clear()
        self._timer.stop()
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sought.emit("")

    def dismiss(self) -> None:
        """Take it away; the focus goes back where it was."""
        self._timer.stop()
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these, the best first; the first is chosen by Enter."""
        self._entries = tuple(entries)
        self.list.clear()
        self.nothing.hide()
        for entry in self._entries:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.kind}: {entry.text}. {entry.detail}".strip())
            row = _row(entry)
            # as wide as the list: what is too long ends in "…"
            item.setSizeHint(QSize(0, row.sizeHint().height()))
            self.list.addItem(item)
            self.list.setItemWidget(item, row)
        self._go_to(0)

    def show_nothing(self) -> None:
        """Say that nothing was found."""
        self.show_entries(())
        self.nothing.show()
        announce(self, NOTHING)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self._entries

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        elif watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(Qt.Key(event.key()))
        elif watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return super().eventFilter(watched, event)

    def _press(self, key: Qt.Key) -> bool:
        if key in STEPS:
            self._go_to(self.list.currentRow() + STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return False
        return True

    def _go_to(self, at: int) -> None:
        if self._entries:
            self.list.setCurrentRow(min(max(at, 0), len(self._entries) - 1))
            entry = self._entries[self.list.currentRow()]
            announce(self, f"{entry.kind}: {entry.text}")

    def _choose(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self._entries):
            self.dismiss()
            self._entries[at].act()

    def _place(self) -> None:
        over = self._over
        width = min(metrics.PALETTE_PX[0], over.width() - metrics.SPACE * 8)
        height = min(metrics.PALETTE_PX[1], over.height() - metrics.HEADER_PX * 2)
        self.setGeometry((over.width() - width) // 2, metrics.HEADER_PX, width, height)


def _row(entry: Entry) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(metrics.SPACE * 2, metrics.SPACE, metrics.SPACE * 2, metrics.SPACE)
    kind = QLabel(entry.kind)
    dress(kind, look="muted")
    kind.setFixedWidth(metrics.PALETTE_KIND_PX)
    line.addWidget(kind)
    line.addWidget(ElidedLabel(entry.text), 3)
    detail = ElidedLabel(entry.detail)
    dress(detail, look="muted")
    line.addWidget(detail, 2)
    return row
