"""The viewer over the window: for what is attached and for what was sent. Made when a picture is first opened."""

import asyncio
import base64
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.domain.attachments import Attachment, attachments_of
from app.domain.blocks import Base64Source, Block, ToolResultBlock
from app.errors import FileFailed
from ui.bridge.tasks import TaskScope
from ui.conversation.presenter import ConversationPresenter
from ui.shell.window import Window
from ui.theme.theme import Theme
from ui.viewer.view import Viewer


class Viewing(QObject):
    """Opens pictures of the conversation on the page; saves them as files."""

    def __init__(self, window: Window, theme: Theme, presenter: ConversationPresenter) -> None:
        super().__init__(presenter)
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

    def open_sent(self, data: str) -> None:
        """The pictures of the messages on the page; the one that is opened is known by its data."""
        path = self._presenter.session.shown_path
        pictures = _pictures(each for message in path for each in attachments_of(message.id, _deep(message.blocks)))
        at = next((at for at, each in enumerate(pictures) if getattr(each.block.source, "data", "") == data), 0)
        if pictures:
            self._view(pictures, at, editable=False)

    def _view(self, pictures: Sequence[Attachment], at: int, *, editable: bool) -> None:
        self.viewer = viewer = Viewer(self._theme, self._window.main)
        viewer.save_requested.connect(self._ask_where)
        if editable:
            attaching = self._presenter.attaching
            viewer.edit_requested.connect(attaching.edit)
            viewer.alt_changed.connect(attaching.describe)
            viewer.removed.connect(attaching.remove)
        viewer.destroyed.connect(self._forget_viewer)
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
