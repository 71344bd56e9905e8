"""What is exported comes back as it was: into another library, and not twice into the same one."""

import asyncio
import json
from pathlib import Path

import pytest

from app.domain.conversation import Conversation, Draft, Role
from app.domain.library import Kept
from app.errors import FileFailed
from app.services.exporting import export_all, export_one
from app.services.identity import new_id
from app.services.importing import Imported, import_file
from app.store.store import Store
from tests.support.libraries import NOW_MS, SETUP, Library, full, names, said


async def test_a_library_comes_back_byte_for_byte(library: Library, other: Library) -> None:
    id_ = await full(library)
    first = await library.exported()

    imported = await other.imports(first)

    assert (len(imported.ids), imported.known) == (2, 0)
    assert await other.exported() == first
    kept, again = await library.store.kept(id_), await other.store.kept(imported.ids[0])
    assert again.conversation.setup == SETUP
    assert [each.blocks for each in again.conversation.path] == [each.blocks for each in kept.conversation.path]
    assert [each.facts for each in again.conversation.messages.values()] == [
        each.facts for each in kept.conversation.messages.values()
    ]
    assert (again.pinned, again.unread, again.draft) == (True, True, Draft("and tomor", 3))
    assert kept.conversation.id != again.conversation.id
    assert not set(kept.conversation.messages) & set(again.conversation.messages)


async def test_one_conversation_comes_back_byte_for_byte_with_its_folder(
    library: Library, other: Library, tmp_path: Path
) -> None:
    path, again = tmp_path / "one.json", tmp_path / "again.json"
    await export_one(library.store, await full(library), path)

    imported = await other.imports_file(path)
    await export_one(other.store, imported.ids[0], again)

    assert again.read_bytes() == path.read_bytes()
    assert [each.name for each in (await other.store.listing(9)).folders] == ["Work"]


async def test_an_exported_file_is_json_of_its_owner_alone(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    await export_one(library.store, await full(library), path)

    raw = json.loads(path.read_bytes())
    assert raw["conversations"][0]["title"] == "Wetter 🌦"
    assert path.stat().st_mode & 0o077 == 0
    assert names(tmp_path) == ["one.json"]


async def test_what_is_there_already_is_not_imported_again(library: Library, other: Library) -> None:
    await full(library)
    exported = await library.exported()
    await other.imports(exported)

    for place in (library, other):
        before = await place.exported()
        imported = await place.imports(exported)
        assert (imported.ids, imported.known) == ((), 2)
        assert await place.exported() == before


async def test_a_conversation_that_went_on_since_is_still_there(library: Library, other: Library) -> None:
    await full(library)
    exported = await library.exported()
    await other.imports(exported)

    for place in (library, other):
        id_ = (await place.store.order())[-1]
        await place.store.put_leaf(id_, said(Role.ASSISTANT, "More"))
        await place.store.rename(id_, "Another title", manual=True)
        assert (await place.imports(exported)).ids == ()


async def test_what_is_in_a_file_twice_comes_twice_and_then_no_more(library: Library, other: Library) -> None:
    for _ in range(3):
        await library.put(said(Role.USER, "Hello"), title="Hello")
    exported = await library.exported()

    assert [len((await other.imports(exported)).ids) for _ in range(2)] == [3, 0]
    assert await other.exported() == exported
    assert (await library.imports(exported)).known == 3


async def test_a_deleted_conversation_can_be_imported_again_once(library: Library) -> None:
    await full(library)
    exported = await library.exported()
    await library.store.delete(await library.store.order())

    assert [len((await library.imports(exported)).ids) for _ in range(2)] == [2, 0]
    await library.store.delete(await library.store.order())
    assert [len((await library.imports(exported)).ids) for _ in range(2)] == [2, 0]
    assert await library.exported() == exported


async def test_a_folder_of_the_same_name_and_setup_takes_what_lay_in_it(library: Library) -> None:
    await full(library)
    exported = await library.exported()
    await library.store.delete(await library.store.order())

    await library.imports(exported)

    assert [each.name for each in (await library.store.listing(9)).folders] == ["Nothing in it", "Work"]


async def test_an_import_that_a_crash_ends_is_trash(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    message = said(Role.USER, "Hello")
    await store.take_in([Kept(Conversation(new_id(), "Hello", messages={message.id: message}))])
    await store.close()

    again = (await Store.open(tmp_path)).store

    assert await again.order() == ()
    assert (await again.listing(9)).rows == ()
    assert await again.search("Hello") == ()
    await again.close()


async def test_an_export_that_cannot_be_written_leaves_what_stood_there(library: Library, tmp_path: Path) -> None:
    id_ = await full(library)

    with pytest.raises(FileFailed):
        await export_one(library.store, id_, tmp_path / "no such folder" / "x.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileFailed):
        await export_one(library.store, id_, tmp_path / "folder")

    assert names(tmp_path) == ["folder"]


async def test_a_stopped_import_leaves_nothing_behind(library: Library, other: Library, tmp_path: Path) -> None:
    for number in range(60):
        await library.put(said(Role.USER, f"Number {number}"))
    path = tmp_path / "many.json"
    await export_all(library.store, path, lambda done, of: None)
    tasks: list[asyncio.Task[Imported]] = []

    def stop_in_the_middle(done: int, of: int) -> None:
        if of and done >= 40:
            tasks[0].cancel()

    async with asyncio.TaskGroup() as group:
        tasks.append(group.create_task(import_file(other.store, path, new_id, NOW_MS, stop_in_the_middle)))

    assert tasks[0].cancelled()
    assert await other.store.inventory() == {}
    assert len((await other.imports_file(path)).ids) == 60


async def test_a_stopped_export_leaves_what_stood_there(library: Library, tmp_path: Path) -> None:
    for number in range(5):
        await library.put(said(Role.USER, f"Number {number}"))
    path = tmp_path / "all.json"
    path.write_text("before")
    tasks: list[asyncio.Task[int]] = []

    def stop_in_the_middle(done: int, of: int) -> None:
        if done == 3:
            tasks[0].cancel()

    async with asyncio.TaskGroup() as group:
        tasks.append(group.create_task(export_all(library.store, path, stop_in_the_middle)))

    assert tasks[0].cancelled()
    assert path.read_text() == "before"
    assert names(tmp_path) == ["all.json"]
