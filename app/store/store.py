"""Everything that is kept of conversations, in one SQLite file, behind one thread."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.domain.conversation import Conversation, Draft, Message
from app.domain.library import Backup, ConversationRow, Folder, Kept, Listing, SearchHit
from app.domain.request import Setup
from app.errors import StoreCorrupt, StoreError, StoreReadOnly
from app.immutable import immutable
from app.store import archiving, backups, conversations, finding, listing, messages, removing
from app.store.failures import translated
from app.store.growth import Growing
from app.store.instance import InstanceLock
from app.store.ledger import Ledger
from app.store.opening import FILE_NAME, Recovery, back_up, configure, open_file, prepare_folder
from app.store.reading_only import copied
from app.store.running import RunningMark
from app.store.schema import migrate
from app.store.tools import ToolStore
from app.store.transaction import transaction
from app.store.worker import Worker

if TYPE_CHECKING:
    from app.domain.attachments import Attachment

T = TypeVar("T")

TRASH_KEPT_MS = 30 * 24 * 3600 * 1000
TIDIED_AT_ONCE = 250
"""Messages: some milliseconds of the thread that everything else is waiting for."""
BACKUP_EVERY_MS = 24 * 3600 * 1000
BACKUP_AFTER_CHANGES = 2000
"""Rows written: some hundred messages."""


@immutable
class Opened:
    store: "Store"
    recovery: Recovery | None


class Store:
    """Every method is done in the order of the calls, and what it stored is on the disk when it returns.

    Every method may raise StoreError; then nothing of that call was stored, and later calls work again as soon as the
    reason is gone (a full disk that has room again).
    """

    def __init__(
        self,
        worker: Worker,
        db: sqlite3.Connection,
        path: Path | None = None,
        lock: InstanceLock | None = None,
        mark: RunningMark | None = None,
    ) -> None:
        """Use `open` or `in_memory`."""
        self._worker = worker
        self._db = db
        self._path = path
        self._lock = lock
        self._mark = mark
        self._inode = path.stat().st_ino if path else 0
        self._growing: Growing = {}
        self._changes_copied = db.total_changes
        """Rows that were written in this run when the newest dated copy was made."""
        self._owed: dict[str, Callable[[], None]] = {}
        self._attached: dict[str, tuple[Attachment, ...]] = {}  # what was stored last beside each draft of this run

    @classmethod
    async def open(cls, folder: Path, claimed: int | None = None) -> Opened:
        """Open the database of a data folder, make it if it is not there, mend it if it is damaged.

        Args:
            claimed: the folder's lock, where `doorbell.claim` has taken it already.

        Raises:
            StoreLocked: another Duologue has the folder open.
            StoreTooNew, StoreReadOnly, StoreError: it cannot be used. Nothing was changed.
        """
        worker = Worker("store")
        try:
            return await worker.run(lambda: _open(worker, folder, claimed))
        except BaseException:
            worker.stop()
            raise

    @classmethod
    async def in_memory(cls) -> "Store":
        """A store that forgets: what a window without a usable data folder goes on with."""
        worker = Worker("store")

        def make() -> Store:
            db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            configure(db)
            migrate(db)
            return cls(worker, db)

        return await worker.run(make)

    @classmethod
    async def copy_of(cls, folder: Path) -> "Store":
        """A store that forgets, with what a data folder holds that cannot be written.

        Raises:
            StoreTooNew, StoreCorrupt, StoreError: that cannot be read either.
        """
        worker = Worker("store")

        def make() -> Store:
            with translated():
                db = copied(folder / FILE_NAME)
                messages.interrupt(db)
                return cls(worker, db)

        try:
            return await worker.run(make)
        except BaseException:
            worker.stop()
            raise

    async def close(self) -> None:
        """Do what was asked for, write the log back into the file, and let go of the folder."""
        await self._worker.run(self._close)
        self._worker.stop()

    @property
    def forgets(self) -> bool:
        """It is in memory only."""
        return self._path is None

    @property
    def toolbox(self) -> ToolStore:
        """The person's tools, their versions, and tries of them."""
        return ToolStore(self._run, self._db)

    @property
    def ledger(self) -> Ledger:
        """The books: what the API's cache holds, and what answers have cost."""
        return Ledger(self._run, self._db)

    # ---- conversations

    async def conversations(self) -> tuple[ConversationRow, ...]:
        """One row each, the one with the newest message first."""
        return await self._run(lambda: listing.rows(self._db))

    async def listing(self, limit: int, folders: Sequence[str] = ()) -> Listing:
        """The library as it is shown: pins, folders, and so many of the other conversations.

        Args:
            folders: ids of those that are open.
        """
        return await self._run(lambda: listing.listing(self._db, limit, folders))

    async def load(self, conversation_id: str) -> Conversation:
        """Raises ConversationGone when there is none of this id."""
        return await self._run(lambda: conversations.load(self._db, conversation_id))

    async def create(self, conversation: Conversation) -> None:
        """Store a conversation without its messages."""
        await self._run(lambda: conversations.create(self._db, conversation))

    async def rename(self, conversation_id: str, title: str, manual: bool) -> None:
        await self._run(lambda: conversations.rename(self._db, conversation_id, title, manual))

    async def save_setup(self, conversation_id: str, setup: Setup) -> None:
        await self._run(lambda: conversations.save_setup(self._db, conversation_id, setup))

    async def set_leaf(self, conversation_id: str, leaf: str | None) -> None:
        await self._run(lambda: conversations.set_leaf(self._db, conversation_id, leaf))

    async def leave_out(self, omitted: Mapping[str, tuple[int, ...]]) -> None:
        """Which blocks of messages, by their ids, are shown and not sent; all of it or none."""
        await self._run(lambda: messages.leave_out(self._db, omitted))

    async def pin(self, conversation_ids: Sequence[str], pinned: bool) -> None:
        await self._run(lambda: listing.pin(self._db, conversation_ids, pinned))

    async def mark_unread(self, conversation_ids: Sequence[str], unread: bool) -> None:
        await self._run(lambda: listing.mark_unread(self._db, conversation_ids, unread))

    async def delete(self, conversation_ids: Sequence[str]) -> None:
        """Put away, all or none; `restore` brings back. What was put away 30 days ago goes for good, see `tidy`."""
        await self._run(lambda: conversations.put_away(self._db, conversation_ids, _now_ms()))

    async def restore(self, conversation_ids: Sequence[str]) -> None:
        await self._run(lambda: conversations.put_away(self._db, conversation_ids, None))

    # ---- folders

    async def put_folder(self, folder: Folder) -> None:
        """Make a folder, or give the one with its id its name and setup."""
        await self._run(lambda: listing.put_folder(self._db, folder))

    async def put_into_folder(self, conversation_ids: Sequence[str], folder_id: str) -> None:
        """The empty id takes conversations out of their folders."""
        await self._run(lambda: listing.put_into_folder(self._db, conversation_ids, folder_id))

    async def remove_folder(self, folder_id: str) -> tuple[str, ...]:
        """What lay in it lies in none. Returns the ids of those conversations, for `restore_folder`."""
        return await self._run(lambda: listing.remove_folder(self._db, folder_id))

    async def restore_folder(self, folder: Folder, conversation_ids: Sequence[str]) -> None:
        await self._run(lambda: listing.restore_folder(self._db, folder, conversation_ids))

    # ---- messages

    async def put_message(self, conversation_id: str, message: Message) -> None:
        """Add a message, or replace the one with its id."""
        await self._run(lambda: messages.put(self._db, self._growing, conversation_id, message))

    async def put_leaf(self, conversation_id: str, message: Message, asked: Setup | None = None) -> None:
        """Add a message and make it the end of the active path, both or neither.

        Args:
            asked: the setup that its facts name, to be kept with it.
        """
        await self._run(lambda: self._put_leaf(conversation_id, message, asked))

    async def setup_asked(self, digest: str) -> Setup | None:
        """What an answer was asked with, by the digest that its facts name; None where it is not kept."""
        return await self._run(lambda: messages.setup_asked(self._db, digest))

    async def add(self, conversation: Conversation, message: Message, folder: str = "") -> None:
        """Store a conversation with its first message, both or neither; in the folder of that id, if there is one."""

        def both() -> None:
            with transaction(self._db):
                conversations.create(self._db, conversation, folder)
                self._put_leaf(conversation.id, message)

        await self._run(both)

    async def remove(self, conversation_id: str, message_ids: Sequence[str], leaf: str | None) -> None:
        """Put messages away and make `leaf` the end of the active path, both or neither.

        `bring_back` undoes it. What was put away 30 days ago goes for good at the next start.
        """

        def both() -> None:
            with transaction(self._db):
                removing.put_away(self._db, message_ids, _now_ms())
                conversations.set_leaf(self._db, conversation_id, leaf)

        await self._run(both)

    async def bring_back(self, conversation_id: str, message_ids: Sequence[str], leaf: str | None) -> None:
        """Undo `remove`; `leaf` is what was the end of the active path."""

        def both() -> None:
            with transaction(self._db):
                removing.bring_back(self._db, message_ids)
                conversations.set_leaf(self._db, conversation_id, leaf)

        await self._run(both)

    async def finish_message(self, conversation_id: str, message: Message) -> None:
        """Put an answer that has ended. One that is refused is owed: the next call that works stores it as well.

        Raises StoreError when it was refused now.
        """
        self._owed[message.id] = partial(messages.put, self._db, self._growing, conversation_id, message)
        await self.settle()

    async def settle(self) -> None:
        """Store the answers that were refused at their end. Raises StoreError: they still are."""
        await self._run(self._pay)

    async def grow_message(self, conversation_id: str, message: Message) -> None:
        """Take the blocks of an answer that is being made; it is found by search once it is put.

        What reaches the disk is what it has grown by, however long it is.
        """
        await self._run(lambda: messages.grow(self._db, self._growing, message))

    async def search(self, text: str, limit: int = 50) -> tuple[SearchHit, ...]:
        """Messages with all the words of `text`, or words that begin so, the newest first."""
        return await self._run(lambda: finding.search(self._db, text, limit))

    async def search_titles(self, text: str, limit: int = 50) -> tuple[SearchHit, ...]:
        """Conversations with all the words of `text` in their titles, the newest first."""
        return await self._run(lambda: finding.titles(self._db, text, limit))

    async def tidy(self) -> None:
        """Do what a start would not wait for: index what a newer program made searchable anew, empty the trash.

        Done in small steps between which every other call has its turn. What a cancelled one left, the next does.
        """
        while await self._run(lambda: finding.index_some(self._db, TIDIED_AT_ONCE)):
            pass
        long_ago = _now_ms() - TRASH_KEPT_MS
        for some in (conversations.empty_trash_some, removing.empty_some):
            while await self._run(partial(some, self._db, long_ago, TIDIED_AT_ONCE)):
                pass

    # ---- drafts

    async def draft(self, conversation_id: str) -> Draft | None:
        return await self._run(lambda: conversations.draft(self._db, conversation_id))

    async def save_draft(self, conversation_id: str, draft: Draft) -> None:
        """An empty text, with nothing attached, removes the draft."""

        def save() -> None:
            # with every word that is typed the text is written, and not the pictures beside it
            conversations.save_draft(self._db, conversation_id, draft, self._attached.pop(conversation_id, ()))
            self._attached[conversation_id] = draft.attachments

        await self._run(save)

    async def fresh_setup(self) -> Setup | None:
        """The setup that was chosen for the conversation that does not exist yet, None where nothing was."""
        return await self._run(lambda: conversations.fresh_setup(self._db))

    async def save_fresh_setup(self, setup: Setup | None) -> None:
        await self._run(lambda: conversations.save_fresh_setup(self._db, setup))

    # ---- export and import

    async def order(self) -> tuple[str, ...]:
        """The ids of all conversations, the one with the newest message last."""
        return await self._run(lambda: archiving.order(self._db))

    async def inventory(self) -> Mapping[str, tuple[int, bool]]:
        """For every conversation, by its id, when it was created and whether it is put away."""
        return await self._run(lambda: archiving.inventory(self._db))

    async def kept(self, conversation_id: str) -> Kept:
        """A conversation with everything that is kept of it. Raises ConversationGone."""
        return await self._run(lambda: archiving.load(self._db, conversation_id))

    async def take_in(self, some: Sequence[Kept]) -> None:
        """Store conversations out of sight. `show` or `drop` them; of a process that dies first they are trash."""
        await self._run(lambda: archiving.take_in(self._db, some, _now_ms()))

    async def show(self, conversation_ids: Sequence[str], folders: Sequence[Folder]) -> None:
        """Make what was taken in a part of the library, all or nothing, with the folders that it lies in."""
        await self._run(lambda: archiving.show(self._db, conversation_ids, folders))

    async def drop(self, conversation_ids: Sequence[str]) -> None:
        """Let go for good of what was taken in and not shown."""
        await self._run(lambda: conversations.put_away(self._db, conversation_ids, 0))
        while await self._run(lambda: conversations.empty_trash_some(self._db, 1, TIDIED_AT_ONCE)):
            pass

    # ---- backups

    async def backups(self) -> tuple[Backup, ...]:
        """The dated copies, the newest first; none of a store that forgets."""
        path = self._path
        return () if path is None else await asyncio.to_thread(backups.found, path.parent)

    async def newest_backup(self) -> tuple[Backup, int] | None:
        """The newest dated copy that can be read, and how many conversations are in it."""
        path = self._path
        return None if path is None else await asyncio.to_thread(backups.newest_sound, path.parent)

    async def back_up_now(self) -> Backup:
        """Make a dated copy while everything goes on; one too many of the old ones goes.

        Raises StoreError: there is no room for it, or nothing to copy.
        """
        path = self._path
        if path is None:
            raise StoreReadOnly("nothing is kept on the disk")
        changes = await self._run(lambda: self._db.total_changes)
        stop = threading.Event()
        try:
            made = await asyncio.to_thread(backups.make, path, stop)
        except asyncio.CancelledError:
            stop.set()
            raise
        self._changes_copied = changes
        return made

    async def back_up_if_due(self) -> Backup | None:
        """Make a dated copy if there is none of this day, or much has been written since; not if nothing has."""
        if self._path is None:
            return None
        newest = next(iter(await self.backups()), None)
        if newest is None:
            return await self.back_up_now() if (await self.listing(1)).rows else None
        changes = await self._run(lambda: self._db.total_changes) - self._changes_copied
        is_of_today = 0 <= _now_ms() - newest.made_ms < BACKUP_EVERY_MS
        was_written = await asyncio.to_thread(backups.written_since, self._path, newest)
        is_due = changes >= BACKUP_AFTER_CHANGES or (was_written and not is_of_today)
        return await self.back_up_now() if is_due else None

    async def restore_backup(self, name: str) -> None:
        """Replace everything by a dated copy, all or nothing; what was there becomes a dated copy first.

        No answer may be under way. Raises StoreError: it is no sound copy, or there is no room; nothing was changed.
        """
        await self.back_up_now()
        await self._run(lambda: self._put_back(name))

    def _put_back(self, name: str) -> None:
        assert self._path is not None
        backups.put_back(self._db, self._path.parent, name)
        configure(self._db)
        migrate(self._db)
        messages.interrupt(self._db)
        self._growing.clear()
        self._owed.clear()
        self._attached.clear()

    async def back_up(self, path: Path) -> None:
        """A whole copy at `path`, which must not exist, while everything goes on."""
        await self._run(lambda: back_up(self._db, path))

    # ---- on the thread

    async def _run(self, job: Callable[[], T]) -> T:
        def guarded() -> T:
            try:
                with translated():
                    self._check_file()
                    done = job()
            except StoreCorrupt:
                if self._mark is not None:
                    self._mark.note_damage()
                raise
            with suppress(StoreError), translated():
                self._pay()  # who owes has been told; this caller's own call has worked
            return done

        return await self._worker.run(guarded)

    def _put_leaf(self, conversation_id: str, message: Message, asked: Setup | None = None) -> None:
        with transaction(self._db):
            messages.put(self._db, self._growing, conversation_id, message, asked)
            conversations.set_leaf(self._db, conversation_id, message.id)

    def _pay(self) -> None:
        for message_id, put in list(self._owed.items()):
            put()
            del self._owed[message_id]

    def _check_file(self) -> None:
        """Commits into a file that was deleted or replaced under us would succeed, and be lost."""
        if self._path is None:
            return
        try:
            there = self._path.stat().st_ino == self._inode
        except FileNotFoundError:
            there = False
        if not there:
            raise StoreError("the database file was moved or deleted while Duologue runs")

    def _close(self) -> None:
        try:
            with suppress(StoreError), translated():
                self._pay()  # who owes was told, and has had `settle` to ask
            with translated():
                self._db.close()
                if self._mark is not None:
                    self._mark.end()
        finally:
            if self._lock is not None:
                self._lock.release()


def _open(worker: Worker, folder: Path, claimed: int | None) -> Opened:
    prepare_folder(folder)
    with translated():
        lock = InstanceLock(folder, claimed)
    try:
        mark = RunningMark(folder)
        db, recovery = open_file(folder / FILE_NAME, mark, messages.interrupt)
        with translated():
            mark.begin()
            return Opened(Store(worker, db, folder / FILE_NAME, lock, mark), recovery)
    except BaseException:
        lock.release()
        raise


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
