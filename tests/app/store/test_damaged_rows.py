"""A row that cannot be read costs what stood in it, and nothing else."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.dialects.duologue.shapes import fits
from app.domain.blocks import RECEIVED_JSON, UNREADABLE, RawBlock, TextBlock, ToolUseBlock
from app.domain.conversation import Conversation, Message, MessageState, ReplyFacts, Role
from app.domain.models import Catalogue
from app.domain.request import Parameters, Setup
from app.domain.stream import Accumulator, BlockStarted, InputJsonDelta
from app.services.identity import new_id
from app.services.requests import request_for
from app.simulator.server import own_catalogue
from app.store.codec import blocks_from_json, facts_from_json, setup_from_json
from app.store.opening import FILE_NAME
from app.store.store import Store

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "source", "content", "model", "usage", "system", "parameters", "tools", "betas", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.fixture
def catalogue() -> Catalogue:
    return own_catalogue()


async def kept_in(folder: Path) -> Conversation:
    """A question and its answer, on the disk of a program that has ended."""
    store = (await Store.open(folder)).store
    asked = Message(new_id(), None, Role.USER, (TextBlock("Which way?"),))
    told = Message(new_id(), asked.id, Role.ASSISTANT, (TextBlock("To the left."),), facts=ReplyFacts("claude"))
    setup = Setup(model="claude-x", parameters=Parameters(max_tokens=9))
    conversation = Conversation(new_id(), "Ways", setup=setup).with_message(asked).with_message(told)
    await store.create(conversation)
    for message in (asked, told):
        await store.put_message(conversation.id, message)
    await store.close()
    return conversation


def damage(folder: Path, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        assert db.execute(statement, values).rowcount == 1
        db.commit()


async def reopened(folder: Path, conversation: Conversation) -> Conversation:
    store = (await Store.open(folder)).store
    try:
        return await store.load(conversation.id)
    finally:
        await store.close()


@pytest.mark.parametrize("raw", ["{nonsense", "7", '{"type":"text"}', "", "[" * 5000])
async def test_an_unreadable_message_stands_as_what_was_found(tmp_path: Path, raw: str, catalogue: Catalogue) -> None:
    kept = await kept_in(tmp_path)
    damage(tmp_path, "UPDATE messages SET blocks = ? WHERE id = ?", raw, kept.leaf)
    found = await reopened(tmp_path, kept)
    assert found.path[0] == kept.path[0]
    assert found.path[1].blocks == (RawBlock({"type": UNREADABLE, "raw": raw}),)
    assert [turn.blocks for turn in request_for(found, catalogue).turns] == [kept.path[0].blocks]
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("SELECT blocks FROM messages WHERE id = ?", (kept.leaf,)).fetchone() == (raw,)


async def test_the_sound_blocks_of_a_message_stay(tmp_path: Path) -> None:
    kept = await kept_in(tmp_path)
    raw = '[{"type":"text","text":"sound"},{"type":"text","text":5},{"type":"document","source":{},"title":3}]'
    damage(tmp_path, "UPDATE messages SET blocks = ? WHERE id = ?", raw, kept.leaf)
    sound, *lost = (await reopened(tmp_path, kept)).path[1].blocks
    assert sound == TextBlock("sound")
    assert [each.kind for each in lost if isinstance(each, RawBlock)] == [UNREADABLE, UNREADABLE]


@pytest.mark.parametrize(
    ("column", "raw"),
    [("role", "wizard"), ("state", "dreaming"), ("facts", "{"), ("facts", '{"model":5}'), ("facts", '{"usage":[1]}')],
)
async def test_what_is_broken_beside_the_blocks_leaves_the_text(tmp_path: Path, column: str, raw: str) -> None:
    kept = await kept_in(tmp_path)
    damage(tmp_path, f"UPDATE messages SET {column} = ? WHERE id = ?", raw, kept.leaf)
    found = (await reopened(tmp_path, kept)).path[1]
    assert (found.text, found.role) == ("To the left.", Role.ASSISTANT)


@pytest.mark.parametrize(
    ("raw", "setup"),
    [
        ("no JSON", Setup()),
        ("[]", Setup()),
        ('{"model":"m","parameters":{"max_tokens":"many"},"tools":3}', Setup(model="m")),
        ('{"model":["m"],"profile":"work","cache_plan":[{"section":"attic"}]}', Setup(profile="work")),
    ],
)
async def test_what_can_be_read_of_a_setup_is_kept(tmp_path: Path, raw: str, setup: Setup) -> None:
    kept = await kept_in(tmp_path)
    damage(tmp_path, "UPDATE conversations SET setup = ? WHERE id = ?", raw, kept.id)
    assert (await reopened(tmp_path, kept)).setup == setup


async def test_letters_that_are_no_utf_8_cost_no_more_than_themselves(tmp_path: Path) -> None:
    kept = await kept_in(tmp_path)
    damage(tmp_path, "UPDATE conversations SET title = CAST(x'57ff79' AS TEXT) WHERE id = ?", kept.id)
    store = (await Store.open(tmp_path)).store
    assert [row.title for row in await store.conversations()] == ["W\ufffdy"]
    await store.close()


async def test_an_unreadable_answer_under_way_stops_no_start(tmp_path: Path) -> None:
    kept = await kept_in(tmp_path)
    damage(tmp_path, "UPDATE messages SET state = 'streaming', text = '', blocks = '[{' WHERE id = ?", kept.leaf)
    found = await reopened(tmp_path, kept)
    assert found.path[1].state is MessageState.INTERRUPTED


async def test_a_lost_parent_ends_the_path_and_a_circle_is_walked_once() -> None:
    left = Message("left", "right", Role.USER, ())
    right = Message("right", "left", Role.ASSISTANT, ())
    circle = Conversation("c", messages={"left": left, "right": right}, leaf="left")
    assert circle.path == (right, left)
    assert replace(circle, messages={"left": left}).path == (left,)
    assert replace(circle, leaf="gone").path == ()


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_whatever_json_a_row_holds_it_is_read_as_what_it_says_to_be(value: Any) -> None:
    import json

    text = json.dumps(value)
    assert fits(setup_from_json(text), Setup)
    assert fits(facts_from_json(text), ReplyFacts | None)
    assert fits(Message("m", None, Role.USER, blocks_from_json(text, str)), Message)


@pytest.mark.parametrize("state", [MessageState.COMPLETE, MessageState.INTERRUPTED])
@pytest.mark.parametrize("arrived", ['{"city": "Par', "[1]", "no JSON"])
async def test_arguments_that_were_cut_are_kept_and_not_sent(
    tmp_path: Path, catalogue: Catalogue, state: MessageState, arrived: str
) -> None:
    parts = Accumulator()
    parts.add(BlockStarted(0, ToolUseBlock("toolu_1", "weather", {}, {"caller": "me"})))
    parts.add(InputJsonDelta(0, arrived[:3]))
    parts.add(InputJsonDelta(0, arrived[3:]))
    kept = await kept_in(tmp_path)
    answer = Message("cut", kept.path[0].id, Role.ASSISTANT, parts.reply().blocks, state)
    store = (await Store.open(tmp_path)).store
    await store.put_leaf(kept.id, answer)
    await store.close()
    found = await reopened(tmp_path, kept)
    assert found.path[-1] == answer
    assert found.path[-1].blocks[0].extra[RECEIVED_JSON] == arrived  # type: ignore[union-attr]
    assert "duologue" not in repr(request_for(found, catalogue).turns)
