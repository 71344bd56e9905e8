"""A conversation as Markdown for people, and as messages for programs that speak OpenAI's dialect."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openai.types.chat import ChatCompletionMessageParam
from pydantic import TypeAdapter

from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    ImageBlock,
    RawBlock,
    RedactedThinkingBlock,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
)
from app.domain.conversation import Conversation, Message, MessageState, ReplyFacts, Role
from app.domain.library import Kept
from app.domain.request import Parameters, Setup
from app.domain.tools import ToolDefinition
from app.services.exporting import as_markdown, as_messages, export_all, export_one
from app.services.identity import new_id
from app.services.importing import import_file
from app.simulator.server import own_catalogue
from app.store.store import Store

SETUP = Setup(
    model="claude-sonnet-4-5",
    system=(TextBlock("Be brief."),),
    parameters=Parameters(max_tokens=300),
    tools=(ToolDefinition("weather", {"type": "object", "properties": {}}, "Weather"),),
)


def talk(*said: tuple[Role, tuple[Block, ...]], state: MessageState = MessageState.COMPLETE) -> Kept:
    messages: dict[str, Message] = {}
    leaf = None
    for role, blocks in said:
        facts = ReplyFacts(model="claude-sonnet-4-5") if role is Role.ASSISTANT else None
        message = Message(new_id(), leaf, role, blocks, state if facts else MessageState.COMPLETE, 0, facts)
        messages[message.id] = message
        leaf = message.id
    return Kept(Conversation(new_id(), "Weather\nin Bonn", setup=SETUP, messages=messages, leaf=leaf))


def weather() -> Kept:
    return talk(
        (Role.USER, (TextBlock("How cold?"), ImageBlock(Base64Source("image/png", "AAAA")))),
        (
            Role.ASSISTANT,
            (
                ThinkingBlock("I should\nlook.", "sig"),
                RedactedThinkingBlock("x"),
                ToolUseBlock("toolu_1", "weather", {"city": "Bonn"}),
            ),
        ),
        (Role.USER, (ToolResultBlock("toolu_1", "``` 12 °C"),)),
        (Role.ASSISTANT, (TextBlock("12 °C.\n\n```py\nx = 1\n```"),)),
    )


def test_markdown_is_what_was_said() -> None:
    assert as_markdown(weather(), whole=False).decode() == (
        "# Weather in Bonn\n\n## System\n\n> Be brief.\n\n## You\n\nHow cold?\n\n*[Image, image/png, 3 bytes]*\n\n"
        "## Claude · claude-sonnet-4-5\n\n12 °C.\n\n```py\nx = 1\n```\n"
    )


def test_whole_markdown_has_thinking_and_tools_in_fences_that_hold() -> None:
    text = as_markdown(weather(), whole=True).decode()

    assert "> **Thinking**\n>\n> I should\n> look." in text
    assert '**Tool use: weather**\n\n```json\n{\n  "city": "Bonn"\n}\n```' in text
    assert "**Tool result**\n\n````\n``` 12 °C\n````" in text


def test_markdown_says_what_is_no_text() -> None:
    blocks = (DocumentBlock(TextSource("a\nb"), "Notes"), RawBlock({"type": "hologram"}), TextBlock("half \ud800"))
    text = as_markdown(talk((Role.USER, blocks), (Role.ASSISTANT, ()), state=MessageState.FAILED), whole=True).decode()

    assert "*[Document: Notes]*\n\n> a\n> b" in text
    assert "*[hologram]*" in text
    assert "half ?" in text
    assert text.endswith("*No answer came.*\n")


def test_messages_are_those_of_openais_own_types() -> None:
    body: dict[str, Any] = json.loads(as_messages(weather(), own_catalogue()))

    assert body["model"] == "claude-sonnet-4-5"
    assert [each["role"] for each in body["messages"]] == ["system", "user", "assistant", "tool", "assistant"]
    assert body["tools"][0]["function"]["name"] == "weather"
    TypeAdapter(list[ChatCompletionMessageParam]).validate_python(body["messages"])


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = await Store.in_memory()
    yield store
    await store.close()


async def test_messages_come_back_with_their_thinking_and_tools(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    every = [weather(), talk((Role.USER, (TextBlock("Hello"),)))]
    await store.take_in(every)
    await store.show([each.conversation.id for each in every], [])
    await export_all(store, path, lambda done, of: None, partial(as_messages, catalogue=own_catalogue()))
    await store.delete([each.conversation.id for each in every])

    imported = await import_file(store, path, new_id, 1, lambda done, of: None)

    again = await store.load(imported.ids[0])
    assert [each.blocks for each in again.path] == [each.blocks for each in every[0].conversation.path]
    assert again.setup == SETUP
    assert len(imported.ids) == 2


async def test_one_conversation_becomes_one_markdown_file(store: Store, tmp_path: Path) -> None:
    kept = weather()
    await store.take_in([kept])

    await export_one(store, kept.conversation.id, tmp_path / "x.md", partial(as_markdown, whole=True))

    assert (tmp_path / "x.md").read_bytes() == as_markdown(kept, whole=True)
