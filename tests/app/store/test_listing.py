"""What the library shows: the order, pins, folders, what is unread."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.domain.library import Folder, Listing
from app.domain.request import Setup
from app.services.identity import new_id
from app.store.store import Store
from tests.support.older import make_older


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path)
    yield opened.store
    await opened.store.close()


async def begun(store: Store, title: str, folder: str = "", created_ms: int = 5) -> Message:
    """A conversation whose id is its title, with one message."""
    message = Message(new_id(), None, Role.USER, (TextBlock(title),), created_ms=created_ms)
    await store.add(Conversation(title, title, created_ms=1), message, folder)
    return message


def loose(found: Listing) -> list[str]:
    return [row.id for row in found.loose]


async def test_it_gives_as_many_as_are_asked_for_the_newest_message_first(store: Store) -> None:
    first = await begun(store, "a")
    for title in "bcd":
        await begun(store, title)
    await store.put_message("a", Message(new_id(), first.id, Role.ASSISTANT, (), created_ms=9))

    found = await store.listing(3)

    assert (loose(found), found.has_more) == (["a", "d", "c"], True)
    assert found.loose[0].last_ms == 9
    assert (loose(await store.listing(4)), (await store.listing(4)).has_more) == (["a", "d", "c", "b"], False)


async def test_a_clock_that_jumped_back_changes_no_order(store: Store) -> None:
    await begun(store, "a", created_ms=2_000_000_000_000)
    await begun(store, "b", created_ms=-5)

    assert loose(await store.listing(9)) == ["b", "a"]


async def test_neither_a_new_title_nor_an_opened_conversation_moves_it(store: Store) -> None:
    await begun(store, "a")
    await begun(store, "b")
    await store.rename("a", "renamed", manual=True)
    await store.mark_unread(["a"], False)

    assert [row.title for row in (await store.listing(9)).loose] == ["b", "renamed"]


async def test_pinned_ones_stand_by_themselves(store: Store) -> None:
    for title in "abc":
        await begun(store, title)
    await store.pin(["a", "b"], True)
    found = await store.listing(9)
    assert ([row.id for row in found.pinned], loose(found)) == (["b", "a"], ["c"])

    await store.pin(["a", "b"], False)
    assert loose(await store.listing(9)) == ["c", "b", "a"]


async def test_the_state_is_that_of_the_newest_message(store: Store) -> None:
    first = await begun(store, "a")
    growing = Message(new_id(), first.id, Role.ASSISTANT, (), MessageState.STREAMING)
    await store.put_message("a", growing)
    assert (await store.listing(9)).loose[0].state == "streaming"

    await store.finish_message("a", replace(growing, state=MessageState.FAILED))
    await store.put_message("a", replace(first, state=MessageState.COMPLETE))
    assert (await store.listing(9)).loose[0].state == "failed"


async def test_unread_stays_until_it_is_read(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    await begun(store, "a")
    await store.mark_unread(["a"], True)
    await store.close()
    store = (await Store.open(tmp_path)).store
    assert (await store.listing(9)).loose[0].unread

    await store.mark_unread(["a"], False)
    assert not (await store.listing(9)).loose[0].unread
    await store.close()


async def test_a_folder_holds_conversations_and_a_setup_to_begin_with(store: Store) -> None:
    setup = Setup(model="claude-opus-5-5", system=(TextBlock("Be brief."),))
    await store.put_folder(Folder("w", "Work", setup, created_ms=3))
    await begun(store, "in it", "w")
    await begun(store, "outside")

    shut = await store.listing(9)
    assert shut.folders == (Folder("w", "Work", setup, 3, count=1),)
    assert (shut.filed, loose(shut)) == ((), ["outside"])
    assert [row.id for row in (await store.listing(9, ["w"])).filed] == ["in it"]


async def test_a_folder_that_is_removed_lets_go_of_what_lay_in_it_and_comes_back_with_it(store: Store) -> None:
    folder = Folder("w", "Work")
    await store.put_folder(folder)
    for title in "abc":
        await begun(store, title, "w")
    await store.put_folder(Folder("h", "Home"))
    held = await store.remove_folder("w")
    await store.put_into_folder(["b"], "h")
    assert loose(await store.listing(9)) == ["c", "a"]

    await store.restore_folder(folder, held)

    found = await store.listing(9, ["h", "w"])
    assert [(row.id, row.folder) for row in found.filed] == [("b", "h"), ("c", "w"), ("a", "w")]


async def test_five_hundred_are_deleted_and_brought_back_in_one_step(store: Store) -> None:
    ids = [f"{number:03}" for number in range(500)]
    for each in ids:
        await store.create(Conversation(each))
    before = await store.listing(900)

    await store.delete(ids)
    assert await store.conversations() == ()
    await store.restore(ids)
    assert await store.listing(900) == before


async def test_what_was_deleted_long_ago_goes_for_good_and_only_that(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("old", "new", "kept"):
        await begun(store, title)
    with monkeypatch.context() as then:
        then.setattr("app.store.store._now_ms", lambda: 1)
        await store.delete(["old"])
    await store.delete(["new"])
    await store.tidy()
    await store.restore(["old", "new"])

    assert {row.id for row in await store.conversations()} == {"new", "kept"}
    assert await store.search("old") == ()


async def test_a_library_of_an_older_version_is_shown_as_it_was(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    for title in "abc":
        await begun(store, title, created_ms=7)
    await store.create(Conversation("empty", "empty", created_ms=4))
    await store.pin(["a"], True)
    before = await store.listing(9)
    await store.close()
    make_older(tmp_path, 2)

    store = (await Store.open(tmp_path)).store
    assert await store.listing(9) == before
    await store.close()
