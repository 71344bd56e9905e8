"""Backups in the window: made by hand, chosen from a list, restored."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.domain.library import Backup
from app.services.backups import BackupStore
from ui.bridge.tasks import TaskScope
from ui.theme import metrics
from ui.theme.style import dress

EXPLANATION = (
    "Everything becomes as it was then. What is here now is backed up first, and can be restored in the same way."
)
NONE_YET = "There is no backup yet. The first is made soon after the first conversation, then one a day."


class BackupDialog(QDialog):
    """Which backup to restore.

    Signals:
        restore_requested: arg: the backup's name.
    """

    restore_requested = Signal(str)

    def __init__(self, parent: QWidget, backups: Sequence[Backup]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Restore a backup")
        self.setMinimumSize(*metrics.BACKUP_DIALOG)
        words = QLabel(EXPLANATION if backups else NONE_YET)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        dress(words, look="muted")
        self.list = QListWidget()
        self.list.setAccessibleName("Backups")
        self.list.setVisible(bool(backups))
        for backup in backups:
            item = QListWidgetItem(told(backup))
            item.setData(Qt.ItemDataRole.UserRole, backup.name)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(self._restore)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.restore_button = buttons.addButton("Restore", QDialogButtonBox.ButtonRole.AcceptRole)
        self.restore_button.setEnabled(bool(backups))
        buttons.accepted.connect(self._restore)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)

    def _restore(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.restore_requested.emit(item.data(Qt.ItemDataRole.UserRole))
            self.accept()


def told(backup: Backup) -> str:
    """A backup in words: when, in this machine's time, and how large."""
    made = datetime.fromtimestamp(backup.made_ms / 1000).astimezone()
    return f"{made:%A, %d %B %Y, %H:%M:%S} · {backup.size / 1_000_000:,.1f} MB"


class Backups(QObject):
    """Does what the commands ask.

    Signals:
        made: a backup was made because it was asked for; arg: it.
        restored: everything is as it was in a backup.
        refused: a restore has to wait for what is being written.
        failed: arg: a DuologueError; nothing has changed.
    """

    made = Signal(object)
    restored = Signal()
    refused = Signal()
    failed = Signal(object)

    def __init__(self, window: QWidget, store: BackupStore, is_writing: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        self._is_writing = is_writing
        self._tasks = TaskScope(self.failed.emit)

    def make(self) -> None:
        """Make one now."""
        self._tasks.start("make", self._make)

    def choose(self) -> None:
        """Let a backup be chosen, and restore it."""
        self._tasks.start("choose", self._choose)

    def restore(self, name: str) -> None:
        """Restore this backup, unless something else is being written."""
        if self._is_writing():
            self.refused.emit()
        else:
            self._tasks.start("restore", partial(self._restore, name))

    async def close(self) -> None:
        await self._tasks.close()

    async def _make(self) -> None:
        self.made.emit(await self._store.back_up_now())

    async def _choose(self) -> None:
        dialog = BackupDialog(self._window, await self._store.backups())
        dialog.restore_requested.connect(self.restore)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _restore(self, name: str) -> None:
        await self._store.restore_backup(name)
        self.restored.emit()
