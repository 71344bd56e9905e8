"""An answer under way is on the disk as far as it has come, and a save costs what has come since the last one."""

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.domain.blocks import Block, TextBlock, ThinkingBlock, ToolUseBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.services.identity import new_id
from app.store.opening import FILE_NAME
from app.store.store import Store
from tests.support.older import make_older


def grown(blocks: tuple[Block, ...], moments: random.Random) -> tuple[Block, ...]:
    """What a stream might have made of these blocks a moment later."""
    last = blocks[-1] if blocks else None
    more = "".join(moments.choice('ab "\\\n\u00e9\U0001f600\ud800') for _ in range(moments.randrange(40)))
    match moments.randrange(5), last:
        case 0, _:
            return (*blocks, ToolUseBlock(new_id(), "tool", {"said": more}))
        case 1, _:
            return (*blocks, ThinkingBlock(more))
        case _, TextBlock(text):
            return (*blocks[:-1], TextBlock(text + more))
        case _, ThinkingBlock(thinking):
            return (*blocks[:-1], ThinkingBlock(thinking + more, "signed"))
    return (*blocks, TextBlock(more))


def copies(folder: Path) -> int:
    """How many whole copies were made before a migration."""
    return len(list(folder.glob("duologue-before-v*.db")))


async def begun(store: Store) -> tuple[str, Message]:
    conversation = Conversation(id=new_id())
    message = Message(new_id(), None, Role.ASSISTANT, (), MessageState.STREAMING)
    await store.add(conversation, message)
    return conversation.id, message


async def test_every_stage_is_read_as_it_was_given(tmp_path: Path) -> None:
    moments = random.Random(7)
    store = (await Store.open(tmp_path)).store
    id_, message = await begun(store)
    other_id, other = await begun(store)
    for _ in range(120):
        message = replace(message, blocks=grown(message.blocks, moments))
        other = replace(other, blocks=grown(other.blocks, moments))
        await store.grow_message(id_, message)
        await store.grow_message(other_id, other)
        assert (await store.load(id_)).path == (message,)
    await store.put_message(other_id, replace(other, state=MessageState.COMPLETE))
    await store.close()

    store = (await Store.open(tmp_path)).store
    assert (await store.load(id_)).path == (replace(message, state=MessageState.INTERRUPTED),)
    assert (await store.load(other_id)).path == (replace(other, state=MessageState.COMPLETE),)
    await store.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("SELECT count(*) FROM growth").fetchone() == (0,)


async def test_a_save_costs_what_has_come_and_not_what_was_there(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    id_, message = await begun(store)
    await store.grow_message(id_, replace(message, blocks=(TextBlock("x"),)))
    await store.grow_message(id_, replace(message, blocks=(TextBlock("x" * 1_000_000),)))
    log = tmp_path / f"{FILE_NAME}-wal"
    before = log.stat().st_size
    for number in range(1, 21):
        await store.grow_message(id_, replace(message, blocks=(TextBlock("x" * (1_000_000 + number)),)))
    assert log.stat().st_size - before < 20 * 10 * 4096
    await store.close()


async def test_an_answer_of_an_older_database_is_found_after_the_migration(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    id_, message = await begun(store)
    await store.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        blocks = json.dumps([{"type": "text", "text": "Once upon"}])
        db.execute("UPDATE messages SET blocks = ?, state = 'streaming', text = ''", (blocks,))
        db.commit()
    make_older(tmp_path, 1)
    store = (await Store.open(tmp_path)).store
    await store.tidy()
    assert (await store.load(id_)).path[-1].text == "Once upon"
    assert [hit.message_id for hit in await store.search("upon")] == [message.id]
    await store.close()
    assert copies(tmp_path) == 1


async def test_any_text_can_be_searched_for(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    await store.add(Conversation(id=new_id()), Message(new_id(), None, Role.USER, (TextBlock("find me"),)))
    for text in ("\x00", "\ud800", "find\x00me", "me\udfff", '"', "*", "😀"):
        found = await store.search(text)
        assert len(found) == (1 if "me" in text else 0)
    await store.close()
