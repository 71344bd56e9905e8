"""A data folder that cannot be written is read all the same, and left as it is."""

import os
import shutil
from pathlib import Path

import pytest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, Role
from app.errors import StoreMisplaced, StoreReadOnly
from app.services.identity import new_id
from app.store.opening import FILE_NAME
from app.store.store import Store
from tests.support.protected import protected


async def written(folder: Path) -> Store:
    store = (await Store.open(folder)).store
    message = Message(new_id(), None, Role.USER, (TextBlock("Precious words"),))
    await store.add(Conversation("one", title="Kept"), message)
    return store


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


async def test_a_protected_folder_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    await (await written(tmp_path)).close()
    before = contents(tmp_path)
    with protected(tmp_path):
        with pytest.raises(StoreReadOnly):
            await Store.open(tmp_path)
        store = await Store.copy_of(tmp_path)
        assert store.forgets
        assert [row.title for row in await store.conversations()] == ["Kept"]
        assert (await store.load("one")).path[0].text == "Precious words"
        assert len(await store.search("precious")) == 1
        await store.rename("one", "Changed for now", manual=True)
        await store.close()
    assert contents(tmp_path) == before


async def test_what_stands_in_the_log_only_is_read_too(tmp_path: Path) -> None:
    running, copy = tmp_path / "running", tmp_path / "copy"
    store = await written(running)
    shutil.copytree(running, copy)  # as a kill leaves it
    await store.close()
    assert (copy / f"{FILE_NAME}-wal").stat().st_size
    with protected(copy):
        again = await Store.copy_of(copy)
        assert [row.title for row in await again.conversations()] == ["Kept"]
        await again.close()


async def test_a_protected_folder_without_a_database_gives_an_empty_store(tmp_path: Path) -> None:
    store = await Store.copy_of(tmp_path)
    assert await store.conversations() == ()
    await store.close()
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(("stands", "named"), [("folder", "a folder"), ("pipe", "a device or a pipe")])
async def test_what_is_no_file_is_named_and_not_waited_for(tmp_path: Path, stands: str, named: str) -> None:

    path = tmp_path / FILE_NAME
    path.mkdir() if stands == "folder" else os.mkfifo(path)
    with pytest.raises(StoreMisplaced) as raised:
        await Store.open(tmp_path)
    assert (raised.value.reason, raised.value.path) == (named, str(path))
