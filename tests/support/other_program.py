"""Another program on the screen: a small window that files can be dragged from, or that fills the clipboard.

other_program.py drag FILE…       at 20,20, 120 by 120
other_program.py copy FILE        puts the picture's bytes on the clipboard
"""

import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Begins a drag as soon as the pointer moves with its button down."""

    def __init__(self, files: list[str]) -> None:
        super().__init__("drag me")
        self._files = files
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(20, 20, 120, 120)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(each) for each in self._files])
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


def main() -> None:
    app = QApplication([])
    what, *files = sys.argv[1:]
    source = Source(files)
    source.show()
    if what == "copy":
        data = QMimeData()
        data.setData("image/png", QByteArray(Path(files[0]).read_bytes()))
        QGuiApplication.clipboard().setMimeData(data)
    print("ready", flush=True)
    app.exec()


if __name__ == "__main__":
    main()
