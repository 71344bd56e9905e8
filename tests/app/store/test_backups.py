"""Dated copies of the library: made while it is used, pruned, and put back whole or not at all."""

import asyncio
import shutil
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.domain.blocks import Base64Source, ImageBlock, TextBlock
from app.domain.conversation import Conversation, Draft, Message, MessageState, Role
from app.domain.library import Backup, Folder
from app.errors import DiskFull, StoreCorrupt, StoreError, StoreReadOnly, StoreTooNew
from app.services.identity import new_id
from app.store import backups
from app.store.backups import FOLDER_NAME, Stopped, surplus
from app.store.opening import FILE_NAME
from app.store.store import Store


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path)
    yield opened.store
    await opened.store.close()


async def begun(store: Store, text: str) -> Conversation:
    picture = ImageBlock(Base64Source("image/png", "A" * 3000))
    message = Message(new_id(), None, Role.USER, (TextBlock(text), picture))
    conversation = Conversation(new_id(), text)
    await store.add(conversation, message)
    await store.save_draft(conversation.id, Draft("half a thought", 4))
    return await store.load(conversation.id)


async def test_a_backup_brings_everything_back_as_it_was(store: Store) -> None:
    first = await begun(store, "first")
    await store.put_folder(Folder("f", "Work"))
    await store.put_into_folder([first.id], "f")
    before = await store.listing(9, ["f"])
    made = await store.back_up_now()
    await begun(store, "second")
    await store.rename(first.id, "changed", manual=True)
    await store.remove_folder("f")

    await store.restore_backup(made.name)

    assert await store.listing(9, ["f"]) == before
    assert await store.load(first.id) == first
    assert await store.draft(first.id) == Draft("half a thought", 4)
    assert await store.search("second") == ()
    await begun(store, "and it goes on")
    assert len(await store.search("goes")) == 1


async def test_what_a_restore_replaces_is_a_backup_itself(store: Store) -> None:
    made = await store.back_up_now()
    await begun(store, "precious")
    await store.restore_backup(made.name)
    assert await store.conversations() == ()

    newest = (await store.backups())[0]
    await store.restore_backup(newest.name)
    assert [row.title for row in await store.conversations()] == ["precious"]


async def test_a_copy_is_of_one_moment_while_messages_are_written(store: Store, tmp_path: Path) -> None:
    kept = await begun(store, "first")

    async def write() -> None:
        for number in range(30):
            await store.put_leaf(kept.id, Message(new_id(), None, Role.USER, (TextBlock(f"{number} " * 300),)))

    made, _ = await asyncio.gather(store.back_up_now(), write())
    with closing(sqlite3.connect(tmp_path / FOLDER_NAME / made.name)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        db.execute("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)")
    assert len((await store.load(kept.id)).messages) == 31


async def test_nobody_else_can_read_it(store: Store, tmp_path: Path) -> None:
    made = await store.back_up_now()
    assert stat.S_IMODE((tmp_path / FOLDER_NAME).stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / FOLDER_NAME / made.name).stat().st_mode) == 0o600


async def test_it_is_due_once_something_was_written_and_then_daily(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await store.back_up_if_due() is None
    await begun(store, "first")
    assert await store.back_up_if_due() is not None
    await begun(store, "second")
    assert await store.back_up_if_due() is None

    tomorrow = datetime.now(UTC) + timedelta(days=1, minutes=1)
    monkeypatch.setattr("app.store.store._now_ms", lambda: round(tomorrow.timestamp() * 1000))
    assert await store.back_up_if_due() is not None


async def test_it_is_due_after_much_was_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.back_up_now()
    monkeypatch.setattr("app.store.store.BACKUP_AFTER_CHANGES", 20)
    for number in range(20):
        await begun(store, str(number))
    assert await store.back_up_if_due() is not None
    assert await store.back_up_if_due() is None


def dated(when: datetime) -> Backup:
    return Backup(f"duologue-{when:%Y%m%d-%H%M%S}-000.db", round(when.timestamp() * 1000), 1)


def test_old_ones_go_and_days_and_weeks_stay() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    every = [dated(now - timedelta(hours=6 * number)) for number in range(4 * 120)]
    gone = set(surplus(every))
    left = [each for each in every if each not in gone]
    assert len(left) < 20
    assert left[:3] == every[:3]
    ages = [(now - datetime.fromtimestamp(each.made_ms / 1000, UTC)).days for each in left]
    assert {0, 1, 2, 3, 4, 5, 6} <= set(ages)
    assert max(ages) > 40


def test_a_clock_that_jumps_back_takes_no_backup_with_it() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    every = [dated(now), dated(datetime(1970, 1, 2, tzinfo=UTC)), dated(now + timedelta(days=4000))]
    assert surplus(every) == ()


async def test_a_store_in_memory_says_that_there_is_nothing_to_copy() -> None:
    store = await Store.in_memory()
    assert await store.back_up_if_due() is None
    with pytest.raises(StoreReadOnly):
        await store.back_up_now()
    await store.close()


async def test_a_copy_that_is_stopped_leaves_nothing(store: Store, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        backups.make(tmp_path / FILE_NAME, stop)
    assert list((tmp_path / FOLDER_NAME).iterdir()) == []


async def test_a_full_disk_leaves_the_earlier_backups(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await store.back_up_now()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.store.backups._copy", full)
    with pytest.raises(DiskFull):
        await store.back_up_now()
    assert [path.name for path in (tmp_path / FOLDER_NAME).iterdir()] == [made.name]


@pytest.mark.parametrize("damage", ["page", "text", "trigger", "newer"])
async def test_what_is_no_sound_backup_changes_nothing(store: Store, tmp_path: Path, damage: str) -> None:
    for number in range(20):
        await begun(store, f"{number} " * 300)
    made = await store.back_up_now()
    path = tmp_path / FOLDER_NAME / made.name
    data = bytearray(path.read_bytes())
    if damage == "page":
        data[len(data) // 2 : len(data) // 2 + 4096] = b"\xa5" * 4096
    elif damage == "newer":
        data[60:64] = (99).to_bytes(4, "big")
    path.write_bytes(b"I am a text file" * 100 if damage == "text" else data)
    if damage == "trigger":
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TRIGGER evil AFTER INSERT ON messages BEGIN DELETE FROM conversations; END")
            db.commit()
    before = await store.listing(50)

    with pytest.raises((StoreCorrupt, StoreError) if damage != "newer" else StoreTooNew):
        await store.restore_backup(made.name)

    assert await store.listing(50) == before
    assert len(await store.search("7")) == 1


@pytest.mark.parametrize("name", ["../duologue.db", "nothing.db", "duologue-20260101-000000-000.db"])
async def test_only_what_lies_among_the_backups_is_restored(store: Store, name: str) -> None:
    with pytest.raises(StoreError):
        await store.restore_backup(name)


async def test_an_answer_that_was_under_way_in_it_is_interrupted(store: Store) -> None:
    kept = await begun(store, "first")
    growing = Message(new_id(), kept.leaf, Role.ASSISTANT, (), MessageState.STREAMING)
    await store.put_leaf(kept.id, growing)
    await store.grow_message(kept.id, Message(new_id(), None, Role.ASSISTANT, ()))
    made = await store.back_up_now()
    await store.restore_backup(made.name)
    assert (await store.load(kept.id)).path[-1].state is MessageState.INTERRUPTED


async def test_hostile_backups_are_refused(store: Store, tmp_path: Path, shared: Path) -> None:
    await begun(store, "kept")
    await store.back_up_now()
    for sample in (shared / "hostile" / "import").glob("backup_*.db"):
        name = "duologue-20260101-000000-000.db"
        shutil.copyfile(sample, tmp_path / FOLDER_NAME / name)
        with pytest.raises(StoreError):
            await store.restore_backup(name)
        assert [row.title for row in await store.conversations()] == ["kept"]
