"""A document by itself: a text with the passage that is meant, or a PDF page by page."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.blocks import DocumentBlock, TextSource
from ui.theme import metrics
from ui.theme.style import dress
from ui.theme.theme import Theme
from ui.viewer.canvas import PictureCanvas
from ui.widgets.amounts import counted
from ui.widgets.decoding import Decoder
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.names import visible

MOST_CHARACTERS = 200_000
"""So much of a text is shown, around what is meant: more would keep the window waiting."""


class DocumentViewer(QDialog):
    """Keys: arrows and PageUp/PageDown turn pages, Esc closes.

    Signals:
        page_wanted: draw a page of the PDF that is shown; arg: its number, from 1. See `show_page`.
    """

    page_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget, block: DocumentBlock) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(visible(block.title or "") or "Document")
        self.resize(*metrics.VIEWER_PX)
        self.block = block
        self.page = 0
        self._pages = 0
        self._decoder = Decoder(self)
        self._decoder.came.connect(self._take)
        self.text = QPlainTextEdit()
        self.canvas = PictureCanvas(theme)
        self.previous = QPushButton("Previous page")
        self.next = QPushButton("Next page")
        self.told = ElidedLabel()
        self._lay_out(is_text=isinstance(block.source, TextSource))

    def _lay_out(self, *, is_text: bool) -> None:
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Text of the document")
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.canvas.setAccessibleName("Page of the document")
        dress(self.text, look="field")
        dress(self.told, look="small")
        self.previous.clicked.connect(lambda: self.turn_to(self.page - 1))
        self.next.clicked.connect(lambda: self.turn_to(self.page + 1))
        foot = QHBoxLayout()
        foot.addWidget(self.told, 1)
        for button in (self.previous, self.next):
            button.setAutoDefault(False)
            button.setVisible(not is_text)
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(metrics.SPACE * 3,) * 4)
        column.addWidget(self.text if is_text else self.canvas, 1)
        column.addLayout(foot)

    # ---- a text

    def show_passage(self, start: int = 0, end: int = 0) -> None:
        """Show the text with the characters from `start` up to `end` selected."""
        source = self.block.source
        assert isinstance(source, TextSource)
        whole = source.data
        start, end = max(0, min(start, len(whole))), max(0, min(end, len(whole)))
        first = max(0, min(start - MOST_CHARACTERS // 2, len(whole) - MOST_CHARACTERS))
        shown = whole[first : first + MOST_CHARACTERS]
        self.text.setPlainText(shown.replace("\r\n", "\n").replace("\r", "\n"))
        before = shown[: start - first].replace("\r\n", "\n")
        passage = shown[start - first : end - first].replace("\r\n", "\n")
        cursor = self.text.textCursor()
        cursor.setPosition(_units(before))
        cursor.setPosition(_units(before) + _units(passage), QTextCursor.MoveMode.KeepAnchor)
        self.text.setTextCursor(cursor)
        self.text.centerCursor()
        cut = len(shown) < len(whole)
        part = f" · {MOST_CHARACTERS:,} of them are shown, around this passage" if cut else ""
        self.told.show_text(f"{counted(len(whole), 'character')}{part}")

    # ---- a PDF

    def turn_to(self, page: int) -> None:
        """Ask for a page, from 1."""
        if page < 1 or (self._pages and page > self._pages):
            return
        self.page = page
        self._show_place()
        self.page_wanted.emit(page)

    def show_page(self, page: int, pages: int, data: str) -> None:
        """Show a page that was asked for; `data` is a PNG in base64, `pages` how many there are."""
        self._pages = pages
        if page == self.page:
            side = metrics.VIEWER_MOST_PX
            self._decoder.ask(page, data, "image/png", QSize(side, side))
        self._show_place()

    def show_problem(self, sentence: str) -> None:
        """Say why there is nothing to see."""
        self.told.show_text(sentence)

    def _take(self, page: object, image: QImage) -> None:
        if page == self.page and not image.isNull():
            self.canvas.show_image(image, (image.width(), image.height()))

    def _show_place(self) -> None:
        self.told.show_text(f"Page {self.page:,} of {self._pages:,}" if self._pages else f"Page {self.page:,}")
        self.previous.setEnabled(self.page > 1)
        self.next.setEnabled(not self._pages or self.page < self._pages)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.page and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
            self.turn_to(self.page - 1)
        elif self.page and event.key() in (Qt.Key.Key_Right, Qt.Key.Key_PageDown):
            self.turn_to(self.page + 1)
        else:
            super().keyPressEvent(event)


def _units(text: str) -> int:
    """Qt counts in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
