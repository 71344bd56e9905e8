"""Conversations, written to a file that a person chose: everything of them, or what other programs understand."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from app.dialects.duologue.markdown import conversation_to_markdown
from app.dialects.duologue.records import FORMAT, VERSION, dumped, folder_to_raw, kept_to_raw
from app.dialects.openai.speaking import request_to_wire
from app.domain.library import Folder, Kept, Listing
from app.domain.models import Catalogue
from app.errors import FileFailed
from app.services.requests import request_for

Speech = Callable[[Kept], bytes]
"""A form that holds a part of what is kept: a conversation in it."""
Progress = Callable[[int, int], None]
"""Told how many conversations are done, of how many."""


class ExportStore(Protocol):
    """What an export needs of a store."""

    async def order(self) -> tuple[str, ...]: ...

    async def kept(self, conversation_id: str) -> Kept: ...

    async def listing(self, limit: int, folders: Sequence[str] = ()) -> Listing: ...


async def export_all(store: ExportStore, path: Path, progress: Progress, speech: Speech | None = None) -> int:
    """Write the whole library. Returns how many conversations there are.

    Without a `speech` everything is written, and `app.services.importing` takes it back.

    What stood at `path` is replaced once everything is written. Cancelled or failed, it stays as it was.

    Raises:
        FileFailed: it cannot be written.
        StoreError: something cannot be read.
    """
    folders = (await store.listing(0)).folders
    ids = await store.order()
    every = _each(store, ids, progress)
    await write_file(path, _json(every, folders) if speech is None else _spoken(every, speech))
    return len(ids)


async def export_one(store: ExportStore, conversation_id: str, path: Path, speech: Speech | None = None) -> None:
    """Write one conversation, with the folder that it lies in; else like `export_all`."""
    kept = await store.kept(conversation_id)
    folders = [each for each in (await store.listing(0)).folders if each.id == kept.folder]
    await write_file(path, _json(_only(kept), folders) if speech is None else _spoken(_only(kept), speech))


def as_markdown(kept: Kept, *, whole: bool) -> bytes:
    """The active path to be read; `whole`: with thinking and tools."""
    text = conversation_to_markdown(kept.conversation, thinking=whole, tools=whole)
    return text.encode("utf-8", "replace")


def as_messages(kept: Kept, catalogue: Catalogue) -> bytes:
    """The active path as one line: the body of a chat-completions request, as it would be sent now.

    Raises TranslationError: the dialect cannot say it.
    """
    return dumped(request_to_wire(request_for(kept.conversation, catalogue))) + b"\n"


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


async def _spoken(every: AsyncIterator[Kept], speech: Speech) -> AsyncIterator[bytes]:
    async for kept in every:
        yield await asyncio.to_thread(speech, kept)


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
