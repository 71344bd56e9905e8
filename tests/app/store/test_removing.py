"""Deleting messages: what hangs below them goes too, and all of it comes back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, Role
from app.services.identity import new_id
from app.services.library import Library
from app.store.store import TRASH_KEPT_MS, Store


def said(text: str, id_: str, parent: str | None, role: Role = Role.USER) -> Message:
    return Message(id_, parent, role, (TextBlock(text),), created_ms=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path)
    yield opened.store
    await opened.store.close()


async def talk(store: Store) -> Conversation:
    """A question with two answers; the second was gone on from."""
    conversation = Conversation(new_id(), "Talk", created_ms=1)
    answer = Role.ASSISTANT
    for message in (
        said("question", "q", None),
        said("first answer", "a1", "q", answer),
        said("second answer", "a2", "q", answer),
        said("further", "q2", "a2"),
        said("last answer", "a3", "q2", answer),
    ):
        conversation = await Library(store).add(conversation, message)
    return conversation


async def test_what_follows_goes_too_and_the_other_branch_is_shown(store: Store) -> None:
    before = await talk(store)
    left = await Library(store).remove(before, "a2")
    assert [each.id for each in left.path] == ["q", "a1"]
    assert await store.load(before.id) == left
    assert await store.search("further") == ()


async def test_where_there_is_no_other_branch_the_path_ends_before_it(store: Store) -> None:
    before = await talk(store)
    left = await Library(store).remove(before, "q2")
    assert [each.id for each in left.path] == ["q", "a2"]


async def test_what_is_off_the_path_goes_without_moving_it(store: Store) -> None:
    before = await talk(store)
    left = await Library(store).remove(before, "a1")
    assert left.path == before.path
    assert "a1" not in left.messages


async def test_undoing_brings_everything_back_as_it_was(store: Store) -> None:
    before = await talk(store)
    library = Library(store)
    left = await library.remove(before, "a2")
    left = await library.add(left, said("meanwhile", "q3", "a1"))
    again = await library.bring_back(before, left)
    assert [each.id for each in again.path] == ["q", "a2", "q2", "a3"]
    assert list(again.messages) == ["q", "a1", "a2", "q2", "a3", "q3"]
    assert await store.load(before.id) == again
    assert len(await store.search("further")) == 1


async def test_after_a_month_it_is_gone_for_good(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    await Library(store).remove(await talk(store), "a2")
    store._db.execute("UPDATE removed SET at_ms = at_ms - ?", (TRASH_KEPT_MS + 1000,))
    await store.close()
    store = (await Store.open(tmp_path)).store
    await store.tidy()
    (count,) = store._db.execute("SELECT count(*) FROM messages").fetchone()
    assert count == 2
    assert await store.search("second") == ()
    await store.close()
