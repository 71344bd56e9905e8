"""The main window: places its parts, and nothing else."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from ui.shell.actions import Actions
from ui.shell.arrangement import PaneWishes
from ui.shell.panes import Panes
from ui.theme import metrics

if TYPE_CHECKING:
    from ui.shell.dropping import Dropping


class MainWindow(QMainWindow):
    """Sidebar, conversation and inspector, a bar for notices above them.

    Signals:
        close_requested: the person closes the window; it stays until `leave` is called.
        panes_changed: a pane was opened, closed or resized.
        escaped: Esc was pressed and no floating pane took it.
        given: something was dropped that is to be attached; arg: a QMimeData.
        text_given: a text was dropped.
    """

    close_requested = Signal()
    panes_changed = Signal()
    escaped = Signal()
    given = Signal(object)
    text_given = Signal(str)

    def __init__(self, notices: QWidget, sidebar: QWidget, centre: QWidget, inspector: QWidget) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("Duologue")
        self.setMinimumSize(*metrics.MINIMUM_SIZE)
        self.resize(*metrics.FIRST_SIZE)
        self.panes = Panes(sidebar, centre, inspector)
        self.panes.wishes_changed.connect(self.panes_changed)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notices)
        column.addWidget(self.panes, 1)
        self.setCentralWidget(whole)
        self.actions_table = Actions(self)
        self.setAcceptDrops(True)
        self.dropping: Dropping | None = None
        """What is held over the window, since there first was something."""
        self.is_closing = False
        """The person has closed the window; also before there was anyone to listen to `close_requested`."""
        self._may_close = False

    def leave(self) -> None:
        """Close for good: whoever listened to `close_requested` has put everything away."""
        self._may_close = True
        self.close()

    def remembered(self) -> dict[str, object]:
        """Size, place and panes, as JSON values for the next start."""
        wishes = self.panes.wishes
        return {
            "geometry": bytes(self.saveGeometry().toBase64().data()).decode("ascii"),
            "sidebar_open": wishes.sidebar_open,
            "inspector_open": wishes.inspector_open,
            "sidebar_px": wishes.sidebar_px,
            "inspector_px": wishes.inspector_px,
        }

    def restore(self, remembered: Mapping[str, object]) -> None:
        """Come back as `remembered`; what is missing or strange there keeps its default."""
        geometry = remembered.get("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "replace")))
            self._come_back_on_screen()
        default = PaneWishes()
        self.panes.show_wishes(
            PaneWishes(
                sidebar_open=_flag(remembered.get("sidebar_open"), default.sidebar_open),
                inspector_open=_flag(remembered.get("inspector_open"), default.inspector_open),
                sidebar_px=_pixels(remembered.get("sidebar_px"), default.sidebar_px),
                inspector_px=_pixels(remembered.get("inspector_px"), default.inspector_px),
            )
        )

    def raise_up(self) -> None:
        """Come to the front, also from a minimised state."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """The first one; from then on `dropping` sees them before the window does."""
        if self.dropping is None:
            from ui.shell.dropping import Dropping

            self.dropping = Dropping(self)
            self.dropping.given.connect(self.given)
            self.dropping.text_given.connect(self.text_given)
        self.dropping.hold(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.is_closing = True
            self.close_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if not self.panes.dismiss():
                self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def _come_back_on_screen(self) -> None:
        """The monitor that the window was on may be gone."""
        if QGuiApplication.screenAt(self.frameGeometry().center()) is None:
            screen = QGuiApplication.primaryScreen().availableGeometry()
            self.resize(min(self.width(), screen.width()), min(self.height(), screen.height()))
            self.move(screen.topLeft())


def _flag(value: object, default: bool) -> bool:
    return value if isinstance(value, bool) else default


def _pixels(value: object, default: int) -> int:
    low, high = metrics.PANE_RANGE_PX
    sound = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return value if sound and isinstance(value, int) else default
