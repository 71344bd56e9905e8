"""Conversations, written to a file that a person chose: everything of them, or what other programs understand."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from app.dialects.duologue.records import FORMAT, VERSION, dumped, folder_to_raw, kept_to_raw
from app.domain.library import Folder, Kept, Listing
from app.errors import FileFailed

Progress = Callable[[int, int], None]
"""Told how many conversations are done, of how many."""


class ExportStore(Protocol):
    """What an export needs of a store."""

    async def order(self) -> tuple[str, ...]: ...

    async def kept(self, conversation_id: str) -> Kept: ...

    async def listing(self, limit: int, folders: Sequence[str] = ()) -> Listing: ...


async def export_all(store: ExportStore, path: Path, progress: Progress) -> int:
    """Write the whole library; `app.services.importing` takes it back. Returns how many conversations there are.

    What stood at `path` is replaced once everything is written. Cancelled or failed, it stays as it was.

    Raises:
        FileFailed: it cannot be written.
        StoreError: something cannot be read.
    """
    folders = (await store.listing(0)).folders
    ids = await store.order()
    await write_file(path, _json(_each(store, ids, progress), folders))
    return len(ids)


async def export_one(store: ExportStore, conversation_id: str, path: Path) -> None:
    """Write one conversation, with the folder that it lies in; else like `export_all`."""
    kept = await store.kept(conversation_id)
    folders = [each for each in (await store.listing(0)).folders if each.id == kept.folder]
    await write_file(path, _json(_only(kept), folders))


async def write_file(path: Path, pieces: AsyncIterator[bytes]) -> None:
    """Write the pieces beside `path` and put them in its place when all are on the disk. Raises FileFailed."""
    with _told(path):
        file = await asyncio.to_thread(_beside, path)
    try:
        async for piece in pieces:
            with _told(path):
                await asyncio.to_thread(file.write, piece)
        with _told(path):
            await asyncio.to_thread(_finish, file, path)
    except BaseException:
        await asyncio.to_thread(_discard, file)
        raise


async def _json(every: AsyncIterator[Kept], folders: Sequence[Folder]) -> AsyncIterator[bytes]:
    """One JSON object, a conversation a line, so that a reader need not hold them all."""
    head = dumped({"format": FORMAT, "version": VERSION, "folders": [folder_to_raw(each) for each in folders]})
    yield head[:-1] + b',"conversations":['
    before = b"\n"
    async for kept in every:
        yield before + await asyncio.to_thread(_record, kept, folders)
        before = b",\n"
    yield b"\n]}\n"


def _record(kept: Kept, folders: Sequence[Folder]) -> bytes:
    return dumped(kept_to_raw(kept, folders))


async def _each(store: ExportStore, ids: Sequence[str], progress: Progress) -> AsyncIterator[Kept]:
    for done, id_ in enumerate(ids):
        progress(done, len(ids))
        yield await store.kept(id_)
    progress(len(ids), len(ids))


async def _only(kept: Kept) -> AsyncIterator[Kept]:
    yield kept


# ------------------------------------------------------------------ the file, on a thread


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise FileFailed(str(path), getattr(error, "strerror", None) or str(error)) from error


def _beside(path: Path) -> IO[bytes]:
    return tempfile.NamedTemporaryFile(prefix=".duologue-", suffix=".partial", dir=path.parent, delete=False)


def _finish(file: IO[bytes], path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    Path(file.name).replace(path)


def _discard(file: IO[bytes]) -> None:
    with suppress(OSError):  # what is left in its buffer is not wanted
        file.close()
    Path(file.name).unlink(missing_ok=True)
