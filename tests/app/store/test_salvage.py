"""A damaged database: what can be read is there after the next start, and the original is kept."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.dialects.duologue.asked import digest_of
from app.domain.blocks import Base64Source, ImageBlock, TextBlock
from app.domain.conversation import Conversation, Draft, Message, MessageState, ReplyFacts, Role
from app.domain.library import Folder
from app.domain.request import Setup
from app.errors import DiskFull, StoreCorrupt, StoreError
from app.services.identity import new_id
from app.store import salvage
from app.store.opening import FILE_NAME, Recovery
from app.store.salvage import FOLDER_NAME, RECOVERED_TITLE
from app.store.store import Store
from tests.support.older import make_older

RUNNING = "duologue.running"
PAGE = 4096
PICTURE = ImageBlock(Base64Source("image/png", "A" * 3000))


async def library(folder: Path, conversations: int = 6, messages: int = 40) -> dict[str, Conversation]:
    """Conversations with branches, a picture and a draft, in a data folder whose program has ended."""
    store = (await Store.open(folder)).store
    made: dict[str, Conversation] = {}
    for number in range(conversations):
        conversation = Conversation(id=new_id(), title=f"Conversation {number}")
        await store.create(conversation)
        for turn in range(messages):
            role = Role.ASSISTANT if turn % 2 else Role.USER
            parent = conversation.leaf
            message = Message(new_id(), parent, role, (TextBlock(f"turn {turn} " + "word " * 60),))
            if turn == 2:
                message = replace(message, blocks=(*message.blocks, PICTURE))
            await store.put_leaf(conversation.id, message)
            conversation = conversation.with_message(message)
        await store.save_draft(conversation.id, Draft(f"half a thought {number}", 4))
        made[conversation.id] = conversation
    await store.close()
    return made


async def reopened(folder: Path) -> tuple[dict[str, Conversation], Recovery | None]:
    """Everything that the next start finds; every conversation is opened and its path walked."""
    opened = await Store.open(folder)
    found = {}
    for row in await opened.store.conversations():
        found[row.id] = await opened.store.load(row.id)
        assert bool(found[row.id].path) == bool(found[row.id].messages)
        await opened.store.draft(row.id)
    await opened.store.search("turn")
    await opened.store.add(Conversation(id=new_id()), Message(new_id(), None, Role.USER, (TextBlock("goes on"),)))
    await opened.store.close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert not (folder / FOLDER_NAME).exists()
    return found, opened.recovery


def statement(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        db.executescript(sql)


def messages_in(found: dict[str, Conversation]) -> int:
    return sum(len(each.messages) for each in found.values())


@pytest.mark.parametrize("seed", range(8))
async def test_pages_damaged_anywhere_cost_no_more_than_what_stood_there(tmp_path: Path, seed: int) -> None:
    made = await library(tmp_path)
    path, moments = tmp_path / FILE_NAME, random.Random(seed)
    data = bytearray(path.read_bytes())
    pages = len(data) // PAGE
    for page in moments.sample(range(pages), 1 + seed):
        data[page * PAGE : (page + 1) * PAGE] = moments.choice((moments.randbytes(PAGE), bytes(PAGE)))
    path.write_bytes(data)
    (tmp_path / RUNNING).write_text("damaged")
    found, recovery = await reopened(tmp_path)
    assert recovery is not None
    assert recovery.kept_at.read_bytes() == data
    assert (recovery.conversations, recovery.messages) == (len(found), messages_in(found))
    known = {id_: message for each in made.values() for id_, message in each.messages.items()}
    for conversation in found.values():
        for id_, message in conversation.messages.items():
            assert message.text == known[id_].text


async def test_an_overwritten_header_loses_nothing(tmp_path: Path) -> None:
    made = await library(tmp_path, 5, 40)
    path = tmp_path / FILE_NAME
    for first, last in ((20, 40), (16, 24), (40, 60), (0, 16), (0, 60), (92, 100)):
        data = bytearray(path.read_bytes())
        data[first:last] = b"\xa5" * (last - first)
        path.write_bytes(data)
        (tmp_path / RUNNING).touch()
        found, _ = await reopened(tmp_path)
        assert {id_: found[id_] for id_ in made} == made


async def test_a_lost_first_page_loses_nothing(tmp_path: Path) -> None:
    made = await library(tmp_path)
    path = tmp_path / FILE_NAME
    data = path.read_bytes()
    path.write_bytes(bytes(PAGE) + data[PAGE:])
    found, recovery = await reopened(tmp_path)
    assert found == made
    assert recovery is not None


async def test_messages_whose_conversation_is_lost_are_found_under_a_new_title(tmp_path: Path) -> None:
    made = await library(tmp_path, 2, 6)
    statement(tmp_path, "PRAGMA foreign_keys = OFF; DELETE FROM conversations WHERE title = 'Conversation 0'")
    (tmp_path / RUNNING).write_text("damaged")
    found, _ = await reopened(tmp_path)
    lost = next(each for each in made.values() if each.title == "Conversation 0")
    assert found[lost.id].title == RECOVERED_TITLE
    assert found[lost.id].path == lost.path


async def test_what_hung_below_a_lost_message_hangs_below_the_one_before(tmp_path: Path) -> None:
    (made,) = (await library(tmp_path, 1, 8)).values()
    lost, below = made.path[3], made.path[4]
    sibling = replace(below, id="sibling")
    store = (await Store.open(tmp_path)).store
    await store.put_message(made.id, sibling)
    await store.close()
    statement(tmp_path, f"DELETE FROM messages WHERE id = '{lost.id}'; UPDATE messages SET parent = id WHERE seq = 1")
    (tmp_path / RUNNING).write_text("damaged")
    found, _ = await reopened(tmp_path)
    path = found[made.id].path
    assert [each.id for each in path] == [each.id for each in made.path if each is not lost]
    assert found[made.id].messages["sibling"].parent == path[2].id


async def test_damage_met_while_running_is_salvaged_at_the_next_start(tmp_path: Path) -> None:
    made = await library(tmp_path)
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'drafts'").fetchone()
    data = bytearray(path.read_bytes())
    data[(root - 1) * PAGE : root * PAGE] = b"\xa5" * PAGE
    path.write_bytes(data)
    store = (await Store.open(tmp_path)).store
    with pytest.raises(StoreCorrupt):
        await store.draft(next(iter(made)))
    await store.close()
    found, recovery = await reopened(tmp_path)
    assert recovery is not None
    assert found == made
    assert (await reopened(tmp_path))[1] is None


async def test_damage_met_by_the_start_itself_is_salvaged(tmp_path: Path) -> None:
    made = await library(tmp_path)
    statement(tmp_path, f"UPDATE messages SET state = '{MessageState.STREAMING}' WHERE seq = 7")
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'message_search_data'").fetchone()
    data = bytearray(path.read_bytes())
    data[(root - 1) * PAGE : root * PAGE] = b"\xa5" * PAGE
    path.write_bytes(data)
    found, recovery = await reopened(tmp_path)
    assert recovery is not None
    assert len(found) == len(made)


async def test_what_answers_were_asked_with_survives_a_salvage(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    setup = Setup(model="claude-opus-4-8", prefill="{")
    answer = Message("a", None, Role.ASSISTANT, (TextBlock("Hi"),), facts=ReplyFacts(asked=digest_of(setup)))
    await store.create(Conversation("c"))
    await store.put_leaf("c", answer, setup)
    await store.close()
    statement(tmp_path, "DROP TABLE unindexed")

    opened = await Store.open(tmp_path)

    assert opened.recovery is not None
    assert await opened.store.setup_asked(digest_of(setup)) == setup
    await opened.store.close()


async def test_pins_folders_and_order_survive_a_salvage(tmp_path: Path) -> None:
    first, second, _ = await library(tmp_path, 3, 4)
    store = (await Store.open(tmp_path)).store
    await store.put_folder(Folder("f", "Work"))
    await store.put_into_folder([first], "f")
    await store.pin([second], True)
    before = await store.listing(10, ["f"])
    await store.close()
    (tmp_path / RUNNING).write_text("damaged")
    opened = await Store.open(tmp_path)
    assert opened.recovery is not None
    assert await opened.store.listing(10, ["f"]) == before
    await opened.store.close()


@pytest.mark.parametrize("step", ["_join", "finish", "sync"])
async def test_a_salvage_that_is_cut_short_is_done_by_the_next_start(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await library(tmp_path, 3, 10)
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[20:40] = b"\xa5" * 20
    path.write_bytes(data)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(salvage, step, killed)
        cut.setattr(shutil, "rmtree", lambda *_, **__: None)  # who is killed tidies nothing
        with pytest.raises(KeyboardInterrupt):
            salvage.salvage(path)
    assert path.read_bytes() == data
    found, recovery = await reopened(tmp_path)
    assert found == made
    assert recovery is not None
    assert recovery.kept_at.read_bytes() == data


async def test_a_start_killed_between_the_two_names_finishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await library(tmp_path, 3, 10)
    path = tmp_path / FILE_NAME
    data = path.read_bytes()
    rename: Callable[[Path, Path], Path] = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if target == path:
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as cut:
        cut.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            salvage.salvage(path)
    assert not path.exists()
    found, recovery = await reopened(tmp_path)
    assert found == made
    assert recovery is not None
    assert recovery.kept_at.read_bytes() == data


async def test_a_disk_that_is_full_leaves_the_damaged_file_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await library(tmp_path, 3, 10)
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[20:40] = b"\xa5" * 20
    path.write_bytes(data)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as disk:
        disk.setattr(shutil, "copyfile", full)
        with pytest.raises(DiskFull):
            await Store.open(tmp_path)
    assert path.read_bytes() == data
    assert not (tmp_path / FOLDER_NAME).exists()
    found, _ = await reopened(tmp_path)
    assert found == made


async def test_an_older_database_is_salvaged_with_the_columns_that_it_has(tmp_path: Path) -> None:
    made = await library(tmp_path, 3, 10)
    make_older(tmp_path, 1)
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[20:40] = b"\xa5" * 20
    path.write_bytes(data)
    found, _ = await reopened(tmp_path)
    assert found == made


async def test_a_program_that_stops_in_the_middle_of_an_answer_keeps_it_through_a_salvage(tmp_path: Path) -> None:
    (made,) = (await library(tmp_path, 1, 3)).values()
    store = (await Store.open(tmp_path)).store
    growing = Message(new_id(), made.leaf, Role.ASSISTANT, (), MessageState.STREAMING)
    await store.put_leaf(made.id, growing)
    for text in ("Once", "Once upon", "Once upon a time"):
        await store.grow_message(made.id, replace(growing, blocks=(TextBlock(text),)))
    await store.close()
    (tmp_path / RUNNING).write_text("damaged")
    found, _ = await reopened(tmp_path)
    assert found[made.id].path[-1].text == "Once upon a time"


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    statement(tmp_path, "CREATE TABLE theirs (x); PRAGMA application_id = 7")
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreError):
        await Store.open(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before
