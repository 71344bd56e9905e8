"""Files, screenshots and what is dropped, joined to the conversation; the engine for them, made with the first file."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.blocks import ImageBlock, ToolResultBlock
from app.domain.models import Catalogue, ModelEntry
from app.domain.request import Request
from ui.bridge.tasks import TaskScope
from ui.conversation.presenter import ConversationPresenter
from ui.conversation.session import Session
from ui.shell.window import Window
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from app.media.fitting import Fitter
    from ui.bootstrap.viewing import Viewing
    from ui.conversation.attaching import Attaching

FILES = "Pictures, PDFs and texts (*)"


class Media(QObject):
    """Owns the engine for files. `close` ends its processes."""

    def __init__(
        self,
        window: Window,
        theme: Theme,
        catalogue: Callable[[], Catalogue],
        fetch: Callable[[str], Awaitable[bytes]],
        parent: QObject,
    ) -> None:
        """`fetch` brings what stands at an address of the web."""
        super().__init__(parent)
        self._theme = theme
        self._viewing: Viewing | None = None
        self._window = window
        self._catalogue = catalogue
        self._fetch = fetch
        self._made: Fitter | None = None

    def fitter(self) -> "Fitter":
        """The engine, made when it is first asked for: a start has no use for it."""
        if self._made is None:
            from app.media.fitting import Fitter

            self._made = Fitter()
        return self._made

    async def fit_request(self, request: Request, model: ModelEntry) -> Request:
        """The request as the service takes it; the engine is made only where a picture is too large."""
        if not any(isinstance(each, ImageBlock | ToolResultBlock) for turn in request.turns for each in turn.blocks):
            return request
        from app.domain.attachments import oversized

        is_over = await asyncio.to_thread(lambda: any(True for _ in oversized(request, model)))
        return await self.fitter().fit_request(request, model) if is_over else request

    def attaching(self, presenter: ConversationPresenter, tasks: TaskScope) -> "Attaching":
        """What takes files for a presenter's conversations."""
        from ui.conversation.attaching import Attaching

        made = Attaching(presenter, tasks, self.fitter, self.model_of, self._fetch, presenter)
        made.confirm_wanted.connect(presenter.confirm_wanted)
        return made

    def join(self, presenter: ConversationPresenter) -> None:
        """Take what is dropped on the window and chosen in a dialog."""
        page = self._window.page
        self._window.main.given.connect(lambda source: presenter.attaching.take(source))
        self._window.main.text_given.connect(page.composer.editor.insertPlainText)
        page.composer.attach_requested.connect(partial(self.choose, presenter))
        page.composer.attachment_opened.connect(lambda id_: self.viewing(presenter).open_attached(id_))
        page.transcript.document_opened.connect(lambda data: self.viewing(presenter).open_document(data))
        page.transcript.place_opened.connect(lambda id_, place: self.viewing(presenter).open_place(id_, place))
        page.transcript.picture_opened.connect(lambda data: self.viewing(presenter).open_sent(data))

    def viewing(self, presenter: ConversationPresenter) -> "Viewing":
        """What shows pictures by themselves, made with the first one."""
        if self._viewing is None:
            from ui.bootstrap.viewing import Viewing

            self._viewing = Viewing(self._window, self._theme, presenter, self.fitter)
        return self._viewing

    def choose(self, presenter: ConversationPresenter) -> None:
        """Ask for files, and attach them."""
        from PySide6.QtWidgets import QFileDialog

        from ui.composer.given import Given

        dialog = QFileDialog(self._window.main, "Attach files", "", FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: presenter.attaching.take_given(Given(paths=tuple(paths))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # ---- the engine

    def model_of(self, session: Session) -> ModelEntry:
        """The model that a conversation is for; the recommended one stands in for what is not known."""
        catalogue = self._catalogue()
        return catalogue.find(session.conversation.setup.model) or catalogue.default

    async def close(self) -> None:
        """End the engine's processes, after what is being saved is saved."""
        if self._viewing is not None:
            await self._viewing.close()
        if self._made is not None:
            self._made.close()
