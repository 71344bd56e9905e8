"""The viewer over the window: for what is attached and for what was sent. Made when a picture is first opened."""

import asyncio
import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.domain.attachments import Attachment, attachments_of
from app.domain.blocks import Base64Source, Block, DocumentBlock, TextSource, ToolResultBlock
from app.errors import FileFailed, MediaRefused
from ui.bridge.tasks import TaskScope
from ui.conversation.presenter import ConversationPresenter
from ui.shell.window import Window
from ui.theme.theme import Theme
from ui.viewer.document import DocumentViewer
from ui.viewer.view import Viewer
from ui.widgets.error_text import sentence

if TYPE_CHECKING:
    from app.media.fitting import Fitter

PAGE_PX = 1800
"""Longer side of a page that is drawn."""


class Viewing(QObject):
    """Opens pictures of the conversation on the page; saves them as files."""

    def __init__(
        self, window: Window, theme: Theme, presenter: ConversationPresenter, fitter: "Callable[[], Fitter]"
    ) -> None:
        super().__init__(presenter)
        self._fitter = fitter
        self.reader: DocumentViewer | None = None
        """A document that is read, while it is."""
        self._window = window
        self._theme = theme
        self._presenter = presenter
        self._tasks = TaskScope(presenter.failed.emit)
        self.viewer: Viewer | None = None
        """While it is open."""
        self._edits = False
        presenter.attaching.changed.connect(self._show_changes)

    async def close(self) -> None:
        """Wait for what is being saved."""
        await self._tasks.close()

    def open_attached(self, id_: str) -> None:
        """Look at what is not sent yet; arg: its slot's id."""
        pictures = _pictures(each.attachment for each in self._presenter.session.slots if each.attachment is not None)
        at = next((at for at, each in enumerate(pictures) if each.id == id_), None)
        if at is not None:
            self._view(pictures, at, editable=True)
            return
        slot = next((each for each in self._presenter.session.slots if each.id == id_), None)
        block = slot.attachment.block if slot is not None and slot.attachment is not None else None
        self._read(block if isinstance(block, DocumentBlock) else None, 1, 0, 0)

    def open_sent(self, data: str) -> None:
        """The pictures of the messages on the page; the one that is opened is known by its data."""
        path = self._presenter.session.shown_path
        pictures = _pictures(each for message in path for each in attachments_of(message.id, _deep(message.blocks)))
        at = next((at for at, each in enumerate(pictures) if getattr(each.block.source, "data", "") == data), 0)
        if pictures:
            self._view(pictures, at, editable=False)

    # ---- documents

    def open_document(self, data: str) -> None:
        """Read a document of the conversation, known by its data."""
        found = (each for each in self._documents() if getattr(each.source, "data", "") == data)
        self._read(next(found, None), 1, 0, 0)

    def open_place(self, message_id: str, place: str) -> None:
        """Show what an answer cites: the page or the passage."""
        number, kind, start, end = place.split(":")
        documents = self._documents(before=message_id)
        block = documents[int(number)] if int(number) < len(documents) else None
        if kind == "page":
            self._read(block, int(start), 0, 0)
        else:
            self._read(block, 1, int(start), int(end))

    def _documents(self, before: str = "") -> list[DocumentBlock]:
        """Those of the messages on the page, in the order in which citations count them; of all before one."""
        found: list[DocumentBlock] = []
        for message in self._presenter.session.shown_path:
            if message.id == before:
                break
            found += [each for each in _deep(message.blocks) if isinstance(each, DocumentBlock)]
        return found

    def _read(self, block: DocumentBlock | None, page: int, start: int, end: int) -> None:
        if block is None or not isinstance(block.source, TextSource | Base64Source):
            return
        self.reader = reader = DocumentViewer(self._theme, self._window.main, block)
        reader.finished.connect(self._forget_reader)
        if isinstance(block.source, TextSource):
            reader.show_passage(start, end)
        else:
            reader.page_wanted.connect(lambda number: self._tasks.start("page", partial(self._draw, reader, number)))
            reader.turn_to(page)
        reader.open()

    async def _draw(self, reader: DocumentViewer, number: int) -> None:
        try:
            pages, data = await self._fitter().page(reader.block, number, PAGE_PX)
        except MediaRefused as error:
            if self.reader is reader:
                reader.show_problem(sentence(error).headline)
            return
        if self.reader is reader:
            reader.show_page(number, pages, data)

    def _forget_reader(self) -> None:
        self.reader = None

    # ---- pictures

    def _view(self, pictures: Sequence[Attachment], at: int, *, editable: bool) -> None:
        self.viewer = viewer = Viewer(self._theme, self._window.main)
        viewer.save_requested.connect(self._ask_where)
        if editable:
            attaching = self._presenter.attaching
            viewer.edit_requested.connect(attaching.edit)
            viewer.alt_changed.connect(attaching.describe)
            viewer.removed.connect(attaching.remove)
        viewer.finished.connect(self._forget_viewer)
        self._edits = editable
        viewer.show_pictures(pictures, at, editable=editable)
        viewer.open()

    def _forget_viewer(self) -> None:
        self.viewer = None

    def _show_changes(self) -> None:
        if self.viewer is not None and self._edits:
            slots = self._presenter.session.slots
            self.viewer.take_pictures(_pictures(each.attachment for each in slots if each.attachment is not None))

    def _ask_where(self, name: str, data: str) -> None:
        dialog = QFileDialog(self._window.main, "Save the picture", name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda path: self._tasks.start("save", partial(_write, Path(path), data)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _pictures(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Those that can be looked at."""
    return tuple(each for each in attachments if each.is_picture and isinstance(each.block.source, Base64Source))


def _deep(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks of a message, and those in results of tools."""
    for block in blocks:
        yield block
        if isinstance(block, ToolResultBlock) and isinstance(block.content, tuple):
            yield from block.content


async def _write(path: Path, data: str) -> None:
    """Write what `data` is base64 of. Raises FileFailed."""
    try:
        await asyncio.to_thread(lambda: path.write_bytes(base64.b64decode(data)))
    except (OSError, ValueError) as error:
        raise FileFailed(str(path), getattr(error, "strerror", None) or str(error)) from error
