"""Conversations from a file, all or none, and none that is there already."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Protocol

from app.dialects.duologue.records import dated, fingerprints, unread_parts
from app.domain.conversation import Conversation
from app.domain.library import Folder, Kept, Listing
from app.immutable import immutable
from app.services.import_files import ImportFile

AT_ONCE = 250
"""Messages stored in one go: some milliseconds of the store, for which everything else waits."""
Progress = Callable[[int, int], None]
"""Told how many conversations are done, of how many; of 0 while they are counted."""


class ImportStore(Protocol):
    """What an import needs of a store. Every method may raise StoreError; then nothing of that call was stored."""

    async def listing(self, limit: int, folders: Sequence[str] = ()) -> Listing: ...

    async def inventory(self) -> Mapping[str, tuple[int, bool]]: ...

    async def kept(self, conversation_id: str) -> Kept: ...

    async def take_in(self, some: Sequence[Kept]) -> None: ...

    async def show(self, conversation_ids: Sequence[str], folders: Sequence[Folder]) -> None: ...

    async def drop(self, conversation_ids: Sequence[str]) -> None: ...


@immutable
class Imported:
    ids: tuple[str, ...]
    """Of the conversations that are new."""
    known: int
    """How many were there already."""
    unreadable: int
    """How many parts of messages could not be read; what the file has in their places is kept and shown."""


async def import_file(
    store: ImportStore, path: Path, new_id: Callable[[], str], now_ms: int, progress: Progress
) -> Imported:
    """Take the conversations of a file into the library. Cancelled or failed, the library is as it was.

    The file is read twice: whether all of it can be taken is known before anything is.

    Raises:
        FileFailed, ImportRefused: see `ImportFile`.
        StoreError: it could not be stored.
    """
    total = 0
    every = iter(ImportFile(path, new_id, only_checks=True))
    while some := await asyncio.to_thread(_next, every):
        total += len(some)
        progress(total, 0)
    taking = _Taking(store, await store.inventory(), now_ms)
    file = ImportFile(path, new_id, (await store.listing(0)).folders)
    every = iter(file)
    try:
        done = 0
        while some := await asyncio.to_thread(_next, every):
            await taking.take(some)
            done += len(some)
            progress(done, total)
        await store.show(taking.new, taking.folders(file.folders))
    except BaseException:
        await store.drop(taking.new)
        raise
    return Imported(tuple(taking.new), taking.known, taking.unreadable)


def _next(every: Iterator[Kept]) -> list[Kept]:
    """The next conversations, with `AT_ONCE` messages or a little more; at the end none."""
    found: list[Kept] = []
    size = 0
    while size < AT_ONCE and (kept := next(every, None)) is not None:
        found.append(kept)
        size += 1 + len(kept.conversation.messages)
    return found


def _all_said(some: Sequence[Kept]) -> list[tuple[str, ...]]:
    return [tuple(fingerprints(each.conversation).values()) for each in some]


class _Taking:
    """Takes conversations in, unless they are there."""

    def __init__(self, store: ImportStore, inventory: Mapping[str, tuple[int, bool]], now_ms: int) -> None:
        self._store = store
        self._inventory = inventory
        self._now_ms = now_ms
        self._made_at: dict[int, list[str]] = {}
        for id_, (created_ms, is_put_away) in inventory.items():
            if not is_put_away:
                self._made_at.setdefault(created_ms, []).append(id_)
        self._said: dict[str, frozenset[str]] = {}
        """What conversations of the library say, as far as it was asked for."""
        self._used: set[str] = set()
        self._filled: set[str] = set()
        """Folders of the file in which something lies; of those, the ones with something new are used."""
        self._met: set[str] = set()
        """Conversations of the library that something in the file was."""
        self._next: dict[str, int] = {}
        """For a digest, which of its ids comes next."""
        self.new: list[str] = []
        self.known = 0
        self.unreadable = 0

    async def take(self, some: Sequence[Kept]) -> None:
        every = zip(some, await asyncio.to_thread(_all_said, some), strict=True)
        found = [each for kept, said in every if (each := await self._new(kept, said)) is not None]
        self.known += len(some) - len(found)
        self.unreadable += sum(unread_parts(each.conversation) for each in found)
        self._filled |= {each.folder for each in some}
        self._used |= {each.folder for each in found}
        self.new += [each.conversation.id for each in found]
        await self._store.take_in(found)

    def folders(self, of_file: Sequence[Folder]) -> tuple[Folder, ...]:
        """The folders of the file that are wanted: those in which something new lies, and empty ones beside it."""
        unwanted = self._filled - self._used
        return tuple(each for each in of_file if self.new and each.id not in unwanted)

    async def _new(self, kept: Kept, said: tuple[str, ...]) -> Kept | None:
        """The conversation under its id; None when it is there.

        Its id comes from what it is in the file, so that it is known again whatever happened to it since. One that was
        deleted comes again, and one that is in the file twice comes twice, each under the next such id.
        """
        conversation = kept.conversation
        about = _digest(conversation, said)
        for number in count(self._next.get(about, 0)):
            id_ = sha256(f"{about} {number}".encode()).hexdigest()[:32]
            if id_ not in self._inventory or self._is_there(id_):
                self._next[about] = number + 1
                break
        if self._is_there(id_):
            self._met.add(id_)
            return None
        if said and await self._meets(conversation.created_ms, frozenset(said)):
            return None
        return dated(kept, id_, self._now_ms)

    def _is_there(self, id_: str) -> bool:
        return id_ in self._inventory and not self._inventory[id_][1] and id_ not in self._met

    async def _meets(self, created_ms: int, said: frozenset[str]) -> bool:
        """Whether a conversation that was created at that moment, and that nothing in the file met, says all this."""
        for id_ in self._made_at.get(created_ms, ()):
            if id_ in self._met:
                continue
            if id_ not in self._said:
                there = (await self._store.kept(id_)).conversation
                self._said[id_] = frozenset((await asyncio.to_thread(fingerprints, there)).values())
            if said <= self._said[id_]:
                self._met.add(id_)
                return True
        return False


def _digest(conversation: Conversation, said: Collection[str]) -> str:
    """Of what it is in the file."""
    text = "\n".join((conversation.id, conversation.title, str(conversation.created_ms), *said))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
