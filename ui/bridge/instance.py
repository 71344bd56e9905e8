"""Notices when a second start of the program rings."""

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal


class FolderWatch(QObject):
    """Watches a folder for files that come and go.

    Signals:
        changed: something was made or removed in it.
    """

    changed = Signal()

    def __init__(self, folder: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher([folder], self)
        self._watcher.directoryChanged.connect(self.changed)
