"""A disk that is full or damaged: the window says so, goes on, and keeps what was written."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from app.settings.declared import Settings
from tests.support.desk import Desk
from tests.support.protected import protected
from tests.support.waiting import until

Opening = Callable[..., Awaitable[Desk]]


def fill_disk(desk: Desk) -> None:
    """From now on the database may not grow: SQLite says what it says of a full disk."""
    db = desk.program._store._db
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")


def free_disk(desk: Desk) -> None:
    desk.program._store._db.execute("PRAGMA max_page_count = 1000000")


def stored(folder: Path, query: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(folder / "duologue.db")) as db:
        return db.execute(query).fetchall()


async def closed_once(desk: Desk) -> "asyncio.Task[None]":
    """Close the window, and wait until it is back with its reason."""
    leaving = asyncio.create_task(desk.program.closed())
    desk.window.main.close()
    await until(lambda: "not stored" in desk.notices)
    assert desk.window.main.isVisible()
    return leaving


async def closed_again(desk: Desk, leaving: "asyncio.Task[None]") -> None:
    desk._closed = True
    desk.window.main.close()
    await leaving


async def test_a_window_with_a_draft_that_cannot_be_stored_comes_back(open_desk: Opening, tmp_path: Path) -> None:
    desk = await open_desk(Settings(default_profile="Simulator"))
    fill_disk(desk)
    desk.write("word " * 20_000)
    leaving = await closed_once(desk)
    assert desk.window.page.composer.text == "word " * 20_000
    free_disk(desk)
    await closed_again(desk, leaving)
    assert stored(tmp_path, "SELECT text FROM drafts") == [("word " * 20_000,)]


async def test_a_second_close_leaves_without_what_is_refused(open_desk: Opening, tmp_path: Path) -> None:
    desk = await open_desk(Settings(default_profile="Simulator"))
    fill_disk(desk)
    desk.write("word " * 20_000)
    await closed_again(desk, await closed_once(desk))
    assert stored(tmp_path, "SELECT text FROM drafts") == []


async def test_a_folder_that_cannot_be_written_is_readable_and_the_window_says_so(
    open_desk: Opening, tmp_path: Path
) -> None:
    desk = await open_desk(Settings(default_profile="Simulator"))
    desk.say("Precious words")
    await desk.until_answered()
    shown = desk.program._conversation.shown_id
    await desk.close()
    with protected(tmp_path):
        desk = await open_desk(Settings(default_profile="Simulator", window={"conversation": shown}))
        assert "cannot be written" in desk.notices
        assert "nothing that you write here is kept" in desk.notices
        assert "Precious words" in desk.transcript
        desk.say("And on")
        await until(lambda: "And on" in desk.transcript)
        await desk.close()
    assert stored(tmp_path, "SELECT text FROM messages WHERE role = 'user'") == [("Precious words",)]


async def test_one_unreadable_message_leaves_the_window_usable(open_desk: Opening, tmp_path: Path) -> None:
    settings = Settings(default_profile="Simulator")
    desk = await open_desk(settings)
    desk.say("Hello")
    await desk.until_answered()
    shown = desk.program._conversation.shown_id
    await desk.close()
    with closing(sqlite3.connect(tmp_path / "duologue.db")) as db:
        db.execute("UPDATE messages SET blocks = '[{' WHERE role = 'assistant'")
        db.commit()
    desk = await open_desk(Settings(default_profile="Simulator", window={"conversation": shown}))
    assert "Hello" in desk.transcript
    await until(lambda: "unreadable" in desk.seen)
    desk.say("Go on")
    await until(lambda: "not Claude" in desk.transcript)


async def test_a_conversation_that_cannot_be_read_is_said_and_the_window_goes_on(
    open_desk: Opening, tmp_path: Path
) -> None:
    desk = await open_desk(Settings(default_profile="Simulator"))
    desk.say("Hello")
    await desk.until_answered()
    shown = desk.program._conversation.shown_id
    await desk.close()
    data = bytearray((tmp_path / "duologue.db").read_bytes())
    with closing(sqlite3.connect(tmp_path / "duologue.db")) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_drafts_1'").fetchone()
    data[(root - 1) * 4096 : root * 4096] = b"\xa5" * 4096
    (tmp_path / "duologue.db").write_bytes(data)
    desk = await open_desk(Settings(default_profile="Simulator", window={"conversation": shown}))
    await until(lambda: "damaged" in desk.notices)
    desk.say("All the same")
    await until(lambda: "All the same" in desk.transcript)
    await closed_again(desk, await leaving_of(desk))
    desk = await open_desk(Settings(default_profile="Simulator", window={"conversation": shown}))
    await until(lambda: "could be read" in desk.notices)
    assert "Hello" in desk.transcript


async def leaving_of(desk: Desk) -> "asyncio.Task[None]":
    return asyncio.create_task(desk.program.closed())
