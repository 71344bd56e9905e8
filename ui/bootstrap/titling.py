"""Titles that a model makes, where the person allows it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.conversation import Conversation
from app.domain.models import Catalogue
from app.services.titles import Titles, TitleStore, wants_title
from ui.bridge.tasks import TaskScope


class Titling(QObject):
    """Asks for a title after the first answer.

    Signals:
        titled: args: a conversation's id, its title.
        failed: arg: a DuologueError.
    """

    titled = Signal(str, str)
    failed = Signal(object)

    def __init__(
        self,
        connect: Callable[[str], Awaitable[Any]],
        store: TitleStore,
        catalogue: Callable[[], Catalogue],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._titles = Titles(connect, store, catalogue)
        self._tasks = TaskScope(self.failed.emit)

    def consider(self, conversation: Conversation, profile: str, model: str) -> None:
        """Give a conversation a title, if it has none but its first words.

        Args:
            profile: of conversations that name none.
        """
        if wants_title(conversation, profile):
            self._tasks.start(f"title {conversation.id}", partial(self._give, conversation, model))

    async def close(self) -> None:
        await self._tasks.close()

    async def _give(self, conversation: Conversation, model: str) -> None:
        title = await self._titles.give(conversation, model)
        if title:
            self.titled.emit(conversation.id, title)
