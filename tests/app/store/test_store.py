"""What is stored is found again, whatever happened in between."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.attachments import Attachment, Change, Shape
from app.domain.blocks import (
    Base64Source,
    DocumentBlock,
    ImageBlock,
    RawBlock,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolUseBlock,
)
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.conversation import Conversation, Draft, Message, MessageState, ReplyFacts, Role
from app.domain.request import Parameters, Setup, Thinking
from app.domain.tools import NativeTool, ToolChoice, ToolDefinition
from app.domain.usage import TokenUsage
from app.errors import StoreError, StoreLocked, StoreTooNew
from app.services.identity import new_id
from app.store.opening import FILE_NAME
from app.store.store import Store

SETUP = Setup(
    profile="work",
    model="claude-sonnet-5-5",
    system=(TextBlock("Be brief."), TextBlock("Be kind.")),
    parameters=Parameters(
        max_tokens=500,
        stop_sequences=("END",),
        thinking=Thinking("enabled", 2048, "summarized"),
        tool_choice=ToolChoice("tool", "weather", True),
    ),
    tools=(
        ToolDefinition("weather", {"type": "object"}, "Weather", {"strict": True}),
        NativeTool({"type": "bash_20250124"}),
    ),
    prefill="{",
    cache_plan=CachePlan(frozenset({Breakpoint(Section.SYSTEM, 1, ttl=Ttl.ONE_HOUR)})),
    betas=("a-1", "b-2"),
    extra_headers={"x-team": "blue"},
)


def prompt(text: str, parent: str | None = None) -> Message:
    return Message(new_id(), parent, Role.USER, (TextBlock(text),), created_ms=1)


def answer(text: str, parent: str, state: MessageState = MessageState.COMPLETE) -> Message:
    facts = ReplyFacts("claude", "msg_1", "req_1", "end_turn", usage=TokenUsage(3, output_tokens=5, extra={"tier": 1}))
    return Message(new_id(), parent, Role.ASSISTANT, (TextBlock(text),), state, 2, facts)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path)
    yield opened.store
    await opened.store.close()


async def written(store: Store, *messages: Message, setup: Setup = SETUP) -> Conversation:
    conversation = Conversation(new_id(), "A title", created_ms=1, setup=setup)
    await store.create(conversation)
    for message in messages:
        await store.put_message(conversation.id, message)
        conversation = conversation.with_message(message)
    await store.set_leaf(conversation.id, conversation.leaf)
    return conversation


async def test_a_conversation_comes_back_as_it_was(store: Store) -> None:
    first = prompt("Boston or Lisbon?")
    strange = replace(
        answer("", first.id),
        blocks=(
            ThinkingBlock("hm", "sig"),
            TextBlock("a lone \ud800 surrogate, a nul \x00"),
            ToolUseBlock("toolu_1", "weather", {"big": 2**70}),
            RawBlock({"type": "tomorrow", "x": [1, None]}),
        ),
    )
    kept = await written(store, first, strange)
    assert await store.load(kept.id) == kept


async def test_branches_keep_their_order(store: Store) -> None:
    first = prompt("one")
    left, right = answer("left", first.id), answer("right", first.id)
    kept = await written(store, first, left, right)
    assert [each.text for each in (await store.load(kept.id)).siblings(left.id)] == ["left", "right"]


async def test_a_picture_used_twice_is_stored_once_and_goes_with_its_last_use(store: Store, tmp_path: Path) -> None:
    picture = ImageBlock(Base64Source("image/png", "A" * 200_000))
    one = replace(prompt("look"), blocks=(picture,))
    two = replace(prompt("again"), blocks=(picture,))
    kept = await written(store, one, two)
    assert (await store.load(kept.id)).messages[two.id].blocks == (picture,)
    await store.put_message(kept.id, replace(one, blocks=(TextBlock("no picture"),)))
    assert (await store.load(kept.id)).messages[two.id].blocks == (picture,)
    await store.back_up(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_size < 400_000


async def test_a_picture_used_in_ten_conversations_is_stored_once(store: Store, tmp_path: Path) -> None:
    picture = ImageBlock(Base64Source("image/png", "A" * 200_000))
    kept = [await written(store, replace(prompt("look"), blocks=(picture,))) for _ in range(10)]

    def blobs() -> int:
        with closing(sqlite3.connect(f"file:{tmp_path / FILE_NAME}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM blobs").fetchone()[0])

    assert blobs() == 1
    await store.drop([each.id for each in kept[:9]])
    assert blobs() == 1
    assert (await store.load(kept[9].id)).path[0].blocks == (picture,)
    await store.drop([kept[9].id])
    assert blobs() == 0


async def test_what_is_attached_to_a_draft_comes_back_in_its_order(store: Store) -> None:
    source = Base64Source("image/png", "AAAA")
    shape = Shape("image/png", 3, 5, 5)
    one = Attachment("1", "a.png", source, shape, ImageBlock(source, {"duologue:alt": "a cat"}), shape, 1)
    text = TextSource("a \ud800 note")
    plain = Shape("text/plain", 7)
    two = Attachment("2", "b.txt", text, plain, DocumentBlock(text, "b.txt"), plain, 2)
    smaller = replace(one, id="3", block=ImageBlock(Base64Source("image/jpeg", "BBBB")), changes=(Change.SCALED,))
    await store.save_draft("", Draft("", 0, (one, two, smaller)))
    kept = await store.draft("")
    assert kept is not None
    assert (kept.attachments[0], kept.attachments[2]) == (one, smaller)
    assert kept.attachments[1].block.source == TextSource("a ? note")
    await store.save_draft("", Draft("x", 0, (smaller, one)))
    assert await store.draft("") == Draft("x", 0, (smaller, one))
    await store.save_draft("", Draft("x", 0))
    assert await store.draft("") == Draft("x", 0)


async def test_the_newest_conversation_is_first_whatever_the_clock_says(store: Store) -> None:
    old = await written(store, prompt("old"))
    new = await written(store, replace(prompt("new"), created_ms=-5))
    assert [row.id for row in await store.conversations()] == [new.id, old.id]


async def test_delete_and_undo(store: Store) -> None:
    kept = await written(store, prompt("keep"))
    await store.delete([kept.id])
    assert await store.conversations() == ()
    await store.restore([kept.id])
    assert [row.id for row in await store.conversations()] == [kept.id]


async def test_a_title_by_hand_is_never_overwritten(store: Store) -> None:
    kept = await written(store, prompt("hello"))
    await store.rename(kept.id, "Mine", manual=True)
    await store.rename(kept.id, "The model's", manual=False)
    assert (await store.load(kept.id)).title == "Mine"


async def test_drafts(store: Store) -> None:
    assert await store.draft("") is None
    await store.save_draft("", Draft("half a thou", 4))
    assert await store.draft("") == Draft("half a thou", 4)
    await store.save_draft("", Draft())
    assert await store.draft("") is None


async def test_search_finds_words_and_forgets_deleted_ones(store: Store) -> None:
    first = prompt("The quick brown fox")
    kept = await written(store, first)
    (hit,) = await store.search("brow QUICK")
    assert (hit.conversation_id, hit.message_id) == (kept.id, first.id)
    assert await store.search('"; DROP NEAR(') == ()
    await store.put_message(kept.id, replace(first, blocks=(TextBlock("a slow dog"),)))
    assert await store.search("fox") == ()


async def test_an_answer_left_under_way_is_interrupted_and_found(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    first = prompt("tell me")
    growing = answer("", first.id, MessageState.STREAMING)
    kept = await written(store, first, growing)
    await store.grow_message(kept.id, replace(growing, blocks=(TextBlock("Once upon"),)))
    await store.close()

    store = (await Store.open(tmp_path)).store
    message = (await store.load(kept.id)).messages[growing.id]
    assert (message.state, message.text) == (MessageState.INTERRUPTED, "Once upon")
    assert len(await store.search("upon")) == 1
    await store.close()


async def test_what_is_cancelled_is_stored_all_the_same(store: Store) -> None:
    kept = await written(store, prompt("first"))
    task = asyncio.create_task(store.save_draft(kept.id, Draft("typed", 1)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await store.draft(kept.id) == Draft("typed", 1)


async def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        store = (await Store.open(folder)).store
        await written(store, prompt("secret"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        await store.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}, modes


async def test_a_second_program_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreLocked):
        await Store.open(tmp_path)


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    opened = await Store.open(tmp_path)
    await opened.store.close()
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[60:64] = (99).to_bytes(4, "big")
    path.write_bytes(data)
    with pytest.raises(StoreTooNew):
        await Store.open(tmp_path)
    assert path.read_bytes() == data


@pytest.mark.parametrize("rubbish", [b"hello, I am a text file" * 50, b"SQLite format 3\x00 and then nothing"])
async def test_what_is_no_database_is_put_aside(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(rubbish)
    opened = await Store.open(tmp_path)
    assert opened.recovery is not None
    assert opened.recovery.kept_at.read_bytes() == rubbish
    await written(opened.store, prompt("goes on"))
    await opened.store.close()


async def test_a_damaged_database_is_salvaged_and_its_original_kept(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    for number in range(60):
        await written(store, prompt(f"message {number} " + "x" * 2000), setup=Setup())
    await store.close()
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 8192] = b"\xa5" * 8192
    path.write_bytes(data)
    (tmp_path / "duologue.running").touch()

    opened = await Store.open(tmp_path)

    assert opened.recovery is not None
    assert opened.recovery.kept_at.read_bytes() == data
    assert opened.recovery.messages > 20
    await opened.store.close()


async def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreError):
        await Store.open(tmp_path)


async def test_a_file_deleted_under_us_is_noticed(store: Store, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).unlink()
    with pytest.raises(StoreError):
        await store.save_draft("", Draft("lost?", 0))


async def test_a_store_in_memory_works_and_says_so() -> None:
    store = await Store.in_memory()
    kept = await written(store, prompt("for now"))
    assert store.forgets
    assert await store.load(kept.id) == kept
    await store.close()
