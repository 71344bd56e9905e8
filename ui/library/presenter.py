"""The library's rows, search, renaming, and deleting that can be undone."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.services.library import Library
from ui.bridge.tasks import TaskScope
from ui.library.model import LibraryRow
from ui.library.view import LibraryView

SEARCH_AFTER_MS = 150


class Row(Protocol):
    """What the store tells of a conversation."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def last_ms(self) -> int: ...

    @property
    def pinned(self) -> bool: ...

    @property
    def state(self) -> str: ...


class Hit(Protocol):
    """A message that a search found."""

    @property
    def conversation_id(self) -> str: ...


class LibraryPresenter(QObject):
    """Keeps the view's rows true.

    Signals:
        renamed: a conversation was given a title by hand; args: id, title.
        deleted: conversations were put away and can be brought back; arg: their ids.
        failed: arg: a DuologueError; nothing has changed.
    """

    renamed = Signal(str, str)
    deleted = Signal(list)
    failed = Signal(object)

    def __init__(
        self,
        view: LibraryView,
        library: Library[Row],
        search: Callable[[str], Awaitable[Sequence[Hit]]],
        answering: Callable[[], frozenset[str]],
        now_ms: Callable[[], int],
    ) -> None:
        """`answering` gives the conversations in which an answer is being made."""
        super().__init__()
        self._view = view
        self._library = library
        self._search = search
        self._answering = answering
        self._now_ms = now_ms
        self._rows: Sequence[Row] = ()
        self._sought = ""
        self._tasks = TaskScope(self.failed.emit)
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_AFTER_MS)
        self._search_timer.timeout.connect(self.refresh)
        view.search_changed.connect(self._seek)
        view.rename_requested.connect(self._rename)
        view.delete_requested.connect(self.delete)

    @property
    def order(self) -> tuple[str, ...]:
        """Ids as they stand in the store's order, the newest first."""
        return tuple(each.id for each in self._rows)

    def refresh(self) -> None:
        """Read the rows again."""
        self._tasks.start("rows", self._read)

    def delete(self, conversation_ids: Sequence[str]) -> None:
        """Put conversations away; `restore` brings them back."""
        if conversation_ids:
            self._tasks.start("delete", partial(self._delete, tuple(conversation_ids)))

    def restore(self, conversation_ids: Sequence[str]) -> None:
        """Bring conversations back that were put away."""
        self._tasks.start("restore", partial(self._restore, tuple(conversation_ids)))

    async def close(self) -> None:
        self._search_timer.stop()
        await self._tasks.close()

    async def _read(self) -> None:
        sought = self._sought
        self._rows = await self._library.rows()
        rows = self._rows
        if sought:
            hits = {each.conversation_id for each in await self._search(sought)}
            rows = [each for each in rows if each.id in hits or sought.casefold() in each.title.casefold()]
        answering = self._answering()
        self._view.show(
            [LibraryRow(each.id, each.title, each.last_ms, _state(each, answering), each.pinned) for each in rows],
            now_ms=self._now_ms(),
        )

    def _rename(self, conversation_id: str, title: str) -> None:
        title = " ".join(title.split())
        if title:
            self._tasks.start(f"rename {conversation_id}", partial(self._retitle, conversation_id, title))

    async def _retitle(self, conversation_id: str, title: str) -> None:
        await self._library.rename(conversation_id, title)
        self.renamed.emit(conversation_id, title)
        await self._read()

    def _seek(self, text: str) -> None:
        self._sought = text.strip()
        self._search_timer.start()

    async def _delete(self, conversation_ids: tuple[str, ...]) -> None:
        await self._library.delete(conversation_ids)
        self.deleted.emit(list(conversation_ids))
        await self._read()

    async def _restore(self, conversation_ids: tuple[str, ...]) -> None:
        await self._library.restore(conversation_ids)
        await self._read()


def _state(row: Row, answering: frozenset[str]) -> str:
    if row.id in answering:
        return "answering"
    return "failed" if row.state == "failed" else ""
