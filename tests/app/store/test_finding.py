"""What is searched for is found, in messages and titles, also while an older library is being indexed."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, Role
from app.services.identity import new_id
from app.store import beginnings, finding
from app.store.opening import FILE_NAME
from app.store.store import Store
from tests.support.older import make_older


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path)
    yield opened.store
    await opened.store.close()


def said(text: str) -> Message:
    return Message(new_id(), None, Role.USER, (TextBlock(text),), created_ms=5)


async def begun(store: Store, title: str, text: str) -> Message:
    message = said(text)
    await store.add(Conversation(new_id(), title), message)
    return message


def index_is_true(folder: Path) -> bool:
    """Whether every message, and nothing else, is in the index."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        try:
            db.execute("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError:
            return False
    return True


async def test_a_hit_says_where_it_is_and_shows_the_words_around_it(store: Store) -> None:
    message = await begun(store, "Animals", "The quick brown fox")
    (hit,) = await store.search("BROW quick")
    assert (hit.message_id, hit.title, hit.role, hit.created_ms) == (message.id, "Animals", "user", 5)
    assert hit.snippet == "The \x02quick\x03 \x02brown\x03 fox"


async def test_the_newest_stand_first_and_no_more_than_are_asked_for(store: Store) -> None:
    made = [await begun(store, "", f"fox {number}") for number in range(5)]
    found = await store.search("f", 3)
    assert [hit.message_id for hit in found] == [made[4].id, made[3].id, made[2].id]


async def test_accents_and_case_do_not_matter(store: Store) -> None:
    await begun(store, "", "Crème brûlée")
    assert len(await store.search("creme BRULEE")) == 1


async def test_a_title_is_found_by_any_part_of_it(store: Store) -> None:
    for title in ("Weather in Lisbon", "Straße", "lisbon again"):
        await begun(store, title, "x")
    assert [hit.title for hit in await store.search_titles("ISBO")] == ["lisbon again", "Weather in Lisbon"]
    assert [hit.title for hit in await store.search_titles("lis wea")] == ["Weather in Lisbon"]
    assert [hit.title for hit in await store.search_titles("strasse")] == ["Straße"]
    assert await store.search_titles("  ") == ()


async def test_what_is_deleted_is_not_found(store: Store) -> None:
    await begun(store, "fox", "fox")
    await store.delete([row.id for row in await store.conversations()])
    assert (await store.search("fox"), await store.search_titles("fox")) == ((), ())


async def test_an_older_library_is_indexed_in_steps_and_used_meanwhile(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    kept = Conversation("c")
    messages = [said(f"fox {number}") for number in range(9)]
    await store.create(kept)
    for each in messages:
        await store.put_message("c", each)
    await store.close()
    make_older(tmp_path, 2)

    store = (await Store.open(tmp_path)).store
    assert await store.search("fox") == ()
    assert finding.index_some(store._db, 4)
    assert [hit.message_id for hit in await store.search("fox")] == [each.id for each in messages[:4:-1]]
    await store.put_message("c", said("a new fox"))
    await store.put_message("c", replace(messages[0], blocks=(TextBlock("a changed vixen"),)))
    await store.put_message("c", replace(messages[8], blocks=(TextBlock("another vixen"),)))
    await store.tidy()
    await store.close()

    store = (await Store.open(tmp_path)).store
    assert len(await store.search("fox")) == 8
    assert len(await store.search("vixen")) == 2
    await store.close()
    assert index_is_true(tmp_path)


async def test_a_conversation_that_goes_for_good_is_unlearnt_in_steps(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    await store.create(Conversation("c"))
    for number in range(600):
        await store.put_message("c", said(f"fox {number}"))
    await begun(store, "", "the last fox")
    await store.delete(["c"])
    store._db.execute("UPDATE conversations SET deleted_ms = 1 WHERE id = 'c'")
    await store.tidy()
    assert len(await store.search("fox")) == 1
    await store.close()
    assert index_is_true(tmp_path)


TALK = (
    "Internet",
    "International orders",
    "internal notes",
    "Ínternät café",
    "an Internist",
    "interna_x tea",
    "re\u0301sume\u0301 it",
)


@pytest.mark.parametrize(
    "sought", ["intern", "interna", "internet", "INTERNAT", "cafe inter", "intern x", "orders inte", "resume"]
)
async def test_long_words_are_found_as_fts5_finds_them(
    store: Store, sought: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked through, few or many messages at a time, says the same as asking for every beginning whole."""
    for number in range(30):
        await begun(store, "", f"{TALK[number % 7]} {number}")
    whole = await matching(store, sought)
    assert whole

    for tried in (0, 200):
        monkeypatch.setattr(beginnings, "TRIED", tried)
        for limit in (3, 50):
            assert [hit.message_id for hit in await store.search(sought, limit)] == whole[:limit]


async def matching(store: Store, sought: str) -> list[str]:
    """What FTS5 by itself finds, the newest first."""
    query = (
        "SELECT m.id FROM message_search s JOIN messages m ON m.seq = s.rowid WHERE message_search MATCH ? "
        "ORDER BY s.rowid DESC"
    )
    words = " ".join(f'"{word}"*' for word in sought.split())
    found = await store._run(lambda: store._db.execute(query, (words,)).fetchall())
    return [id_ for (id_,) in found]
