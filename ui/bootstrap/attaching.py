"""Files, screenshots and what is dropped, joined to the conversation; the engine for them, made with the first file."""

import asyncio
import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.domain.attachments import Attachment, attachments_of
from app.domain.blocks import Base64Source, Block, ToolResultBlock
from app.domain.models import Catalogue, ModelEntry
from app.errors import FileFailed
from ui.bridge.tasks import TaskScope
from ui.conversation.attaching import Attaching
from ui.conversation.presenter import ConversationPresenter
from ui.conversation.session import Session
from ui.shell.dropping import Dropping
from ui.shell.window import Window
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from app.media.fitting import Fitter
    from ui.viewer.view import Viewer

FILES = "Pictures, PDFs and texts (*)"


class Media(QObject):
    """Owns the engine for files. `close` ends its processes."""

    def __init__(self, window: Window, theme: Theme, catalogue: Callable[[], Catalogue], parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.viewer: Viewer | None = None
        """The window in which a picture is looked at, while it is open."""
        self._edits: Viewer | None = None
        """The same, while it shows what is not sent yet."""
        self._window = window
        self._catalogue = catalogue
        self._made: Fitter | None = None

    def fitter(self) -> "Fitter":
        """The engine, made when it is first asked for: a start has no use for it."""
        if self._made is None:
            from app.media.fitting import Fitter

            self._made = Fitter()
        return self._made

    def attaching(self, presenter: ConversationPresenter, tasks: TaskScope) -> Attaching:
        """What takes files for a presenter's conversations."""
        return Attaching(presenter, tasks, self.fitter, self.model_of, self._fetch, presenter)

    def join(self, presenter: ConversationPresenter) -> None:
        """Take what is dropped on the window and chosen in a dialog."""
        self.dropping = dropping = Dropping(self._window.main)
        composer = self._window.page.composer
        dropping.given.connect(presenter.attaching.take)
        dropping.text_given.connect(composer.editor.insertPlainText)
        composer.attach_requested.connect(partial(self.choose, presenter))
        composer.attachment_opened.connect(partial(self._open_attached, presenter))
        presenter.attaching.changed.connect(partial(self._show_changes, presenter))
        self._window.page.transcript.picture_opened.connect(partial(self._open_sent, presenter))
        self._tasks = TaskScope(presenter.failed.emit)

    def choose(self, presenter: ConversationPresenter) -> None:
        """Ask for files, and attach them."""
        from ui.composer.given import Given

        dialog = QFileDialog(self._window.main, "Attach files", "", FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: presenter.attaching.take_given(Given(paths=tuple(paths))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # ---- the viewer

    def _open_attached(self, presenter: ConversationPresenter, id_: str) -> None:
        pictures = _pictures(each.attachment for each in presenter.session.slots if each.attachment is not None)
        at = next((at for at, each in enumerate(pictures) if each.id == id_), None)
        if at is not None:
            self._view(presenter, pictures, at, editable=True)

    def _open_sent(self, presenter: ConversationPresenter, data: str) -> None:
        """The pictures of the messages on the page; the one that is opened is known by its data."""
        path = presenter.session.shown_path
        pictures = _pictures(each for message in path for each in attachments_of(message.id, _deep(message.blocks)))
        at = next((at for at, each in enumerate(pictures) if getattr(each.block.source, "data", "") == data), 0)
        if pictures:
            self._view(presenter, pictures, at, editable=False)

    def _view(
        self, presenter: ConversationPresenter, pictures: Sequence[Attachment], at: int, *, editable: bool
    ) -> None:
        from ui.viewer.view import Viewer

        self.viewer = viewer = Viewer(self._theme, self._window.main)
        viewer.save_requested.connect(self._ask_where)
        if editable:
            attaching = presenter.attaching
            viewer.edit_requested.connect(attaching.edit)
            viewer.alt_changed.connect(attaching.describe)
            viewer.removed.connect(attaching.remove)
            self._edits = viewer
        viewer.destroyed.connect(self._forget_viewer)
        viewer.show_pictures(pictures, at, editable=editable)
        viewer.open()

    def _forget_viewer(self) -> None:
        self.viewer = self._edits = None

    def _show_changes(self, presenter: ConversationPresenter) -> None:
        if self._edits is not None:
            slots = presenter.session.slots
            self._edits.take_pictures(_pictures(each.attachment for each in slots if each.attachment is not None))

    def _ask_where(self, name: str, data: str) -> None:
        dialog = QFileDialog(self._window.main, "Save the picture", name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda path: self._tasks.start("save", partial(_write, Path(path), data)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # ---- the engine

    def model_of(self, session: Session) -> ModelEntry:
        """The model that a conversation is for; the recommended one stands in for what is not known."""
        catalogue = self._catalogue()
        return catalogue.find(session.conversation.setup.model) or catalogue.default

    def close(self) -> None:
        if self._made is not None:
            self._made.close()

    async def _fetch(self, address: str) -> bytes:
        def load() -> Any:
            from app.client.fetching import fetch_picture

            return fetch_picture

        return bytes(await (await asyncio.to_thread(load))(address))


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
