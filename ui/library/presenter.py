"""The library's rows, folders and search; what is done to conversations, and what of it can be undone."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.library import ConversationRow, Folder, Listing
from app.domain.request import Setup
from app.services.identity import new_id
from app.services.library import Library
from ui.bridge.tasks import TaskScope
from ui.library.groups import FolderRow, LibraryRow
from ui.library.hit_rows import hit_rows
from ui.library.model import shown_title
from ui.library.view import LibraryView

SEARCH_AFTER_MS = 150
SHOWN_FIRST = 200
"""Conversations; each time the end comes into sight, twice as many are shown."""
ALL = 2**31
NEW_FOLDER = "New folder"


class LibraryPresenter(QObject):
    """Keeps the view's rows true.

    Signals:
        renamed: a conversation was given a title by hand; args: id, title.
        deleted: conversations were put away and can be brought back; arg: their ids.
        folder_removed: a folder was removed and can be brought back; arg: a function that does so.
        begin_requested: a new conversation in a folder; arg: a Folder.
        folders_opened: folders were opened or closed; arg: the ids of those that are open.
        failed: arg: a DuologueError; nothing has changed.
    """

    renamed = Signal(str, str)
    deleted = Signal(list)
    folder_removed = Signal(object)
    begin_requested = Signal(object)
    folders_opened = Signal(list)
    failed = Signal(object)

    def __init__(
        self,
        view: LibraryView,
        library: Library,
        answering: Callable[[], frozenset[str]],
        shown_setup: Callable[[], Setup],
        now_ms: Callable[[], int],
    ) -> None:
        """
        Args:
            answering: gives the conversations in which an answer is being made.
            shown_setup: gives the setup of the conversation on the page.
        """
        super().__init__()
        self._view = view
        self._library = library
        self._answering = answering
        self._shown_setup = shown_setup
        self._now_ms = now_ms
        self._limit = SHOWN_FIRST
        self._open_folders: set[str] = set()
        self._listing = Listing()
        self._sought = ""
        self._tasks = TaskScope(self.failed.emit)
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_AFTER_MS)
        self._search_timer.timeout.connect(self.refresh)
        view.search_changed.connect(self._seek)
        intents = view.intents
        intents.rename_requested.connect(self._rename)
        intents.delete_requested.connect(self.delete)
        intents.more_wanted.connect(self._show_more)
        intents.pin_requested.connect(lambda ids, pinned: self._do("pin", partial(library.pin, ids, pinned)))
        intents.unread_requested.connect(self.mark_unread)
        intents.file_requested.connect(
            lambda ids, folder: self._do("file", partial(library.put_into_folder, ids, folder))
        )
        intents.folder_requested.connect(self._make_folder)
        intents.folder_toggled.connect(self._toggle_folder)
        intents.folder_renamed.connect(self._rename_folder)
        intents.folder_removed.connect(self._remove_folder)
        intents.default_requested.connect(lambda id_: self._give_setup(id_, self._shown_setup()))
        intents.default_dropped.connect(lambda id_: self._give_setup(id_, None))
        intents.begin_requested.connect(self._begin_in)

    @property
    def order(self) -> tuple[str, ...]:
        """Ids as they stand in the list, as far as they are shown."""
        return tuple(each.id for each in self._listing.rows)

    @property
    def recent(self) -> tuple[tuple[str, str], ...]:
        """(id, title) of what is in the list, as far as it is shown; the newest message first."""
        rows = sorted(self._listing.rows, key=lambda each: -each.last_ms)
        return tuple((each.id, shown_title(_shown(each, frozenset()))) for each in rows)

    def open_folders(self, remembered: object) -> None:
        """Let those folders be open that were, as far as the value says so; `refresh` shows them."""
        if isinstance(remembered, list):
            self._open_folders |= {each for each in remembered if isinstance(each, str)}

    def refresh(self) -> None:
        """Read the rows again."""
        self._tasks.start("rows", self._read)

    def delete(self, conversation_ids: Sequence[str]) -> None:
        """Put conversations away; `restore` brings them back."""
        if conversation_ids:
            self._tasks.start("delete", partial(self._delete, tuple(conversation_ids)))

    def restore(self, conversation_ids: Sequence[str]) -> None:
        """Bring conversations back that were put away."""
        self._do("restore", partial(self._library.restore, tuple(conversation_ids)))

    def mark_unread(self, conversation_ids: Sequence[str], unread: bool) -> None:
        """Mark conversations as unread, or as read."""
        self._do(f"unread {conversation_ids}", partial(self._library.mark_unread, conversation_ids, unread))

    def note_shown(self, conversation_id: str) -> None:
        """A conversation is on the page now: it is read."""
        if any(each.id == conversation_id and each.unread for each in self._listing.rows):
            self.mark_unread([conversation_id], False)
        else:
            self.refresh()

    async def close(self) -> None:
        self._search_timer.stop()
        await self._tasks.close()

    # ---- what is shown

    async def _read(self) -> None:
        sought = self._sought
        if sought:
            hits = await self._library.search(sought)
            self._view.show_hits(hit_rows(hits, self._now_ms()), self._now_ms())
            return
        self._listing = found = await self._library.listing(self._limit, sorted(self._open_folders))
        answering = self._answering()
        self._view.show(
            [_shown(each, answering) for each in found.rows],
            now_ms=self._now_ms(),
            folders=[
                FolderRow(each.id, each.name, each.count, each.id in self._open_folders, each.setup is not None)
                for each in found.folders
            ],
            has_more=found.has_more,
        )

    def _show_more(self, everything: bool) -> None:
        self._limit = ALL if everything else self._limit * 2
        self.refresh()

    def _seek(self, text: str) -> None:
        self._sought = text.strip()
        self._search_timer.start()

    # ---- conversations

    def _do(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do something to the library and show what it has become."""

        async def done() -> None:
            await work()
            await self._read()

        self._tasks.start(name, done)

    def _rename(self, conversation_id: str, title: str) -> None:
        title = " ".join(title.split())
        if title:
            self._do(f"rename {conversation_id}", partial(self._retitle, conversation_id, title))

    async def _retitle(self, conversation_id: str, title: str) -> None:
        await self._library.rename(conversation_id, title)
        self.renamed.emit(conversation_id, title)

    async def _delete(self, conversation_ids: tuple[str, ...]) -> None:
        await self._library.delete(conversation_ids)
        self.deleted.emit(list(conversation_ids))
        await self._read()

    # ---- folders

    def _folder(self, folder_id: str) -> Folder | None:
        return next((each for each in self._listing.folders if each.id == folder_id), None)

    def _make_folder(self, conversation_ids: Sequence[str]) -> None:
        folder = Folder(new_id(), NEW_FOLDER, created_ms=self._now_ms())
        self._open_folders.add(folder.id)
        self.folders_opened.emit(sorted(self._open_folders))
        self._view.list.rename_when_shown(folder.id)
        self._do(f"folder {folder.id}", partial(self._put_folder, folder, conversation_ids))

    async def _put_folder(self, folder: Folder, conversation_ids: Sequence[str]) -> None:
        await self._library.put_folder(folder)
        await self._library.put_into_folder(conversation_ids, folder.id)

    def _toggle_folder(self, folder_id: str) -> None:
        self._open_folders ^= {folder_id}
        self.folders_opened.emit(sorted(self._open_folders))
        self.refresh()

    def _rename_folder(self, folder_id: str, name: str) -> None:
        folder = self._folder(folder_id)
        if folder is not None:
            renamed = Folder(folder.id, name, folder.setup, folder.created_ms)
            self._do(f"folder {folder_id}", partial(self._library.put_folder, renamed))

    def _give_setup(self, folder_id: str, setup: Setup | None) -> None:
        folder = self._folder(folder_id)
        if folder is not None:
            given = Folder(folder.id, folder.name, setup, folder.created_ms)
            self._do(f"folder {folder_id}", partial(self._library.put_folder, given))

    def _remove_folder(self, folder_id: str) -> None:
        folder = self._folder(folder_id)
        if folder is not None:
            self._do(f"folder {folder_id}", partial(self._take_folder_away, folder))

    async def _take_folder_away(self, folder: Folder) -> None:
        held = await self._library.remove_folder(folder.id)
        back = partial(self._library.restore_folder, folder, held)
        self.folder_removed.emit(partial(self._do, f"folder {folder.id}", back))

    def _begin_in(self, folder_id: str) -> None:
        folder = self._folder(folder_id)
        if folder is not None:
            self.begin_requested.emit(folder)


def _shown(row: ConversationRow, answering: frozenset[str]) -> LibraryRow:
    state = "answering" if row.id in answering else "failed" if row.state == "failed" else ""
    return LibraryRow(row.id, row.title, row.last_ms, state, row.pinned, row.folder, row.unread)
