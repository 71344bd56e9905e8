"""Thinking goes back only after what it was signed after, so that no conversation is ever refused for it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.client.messages import MessagesClient
from app.domain.blocks import TextBlock, ThinkingBlock, ToolResultBlock, ToolUseBlock
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.conversation import Conversation, Message, MessageState, ReplyFacts, Role
from app.domain.request import Parameters, Request, Setup, Thinking, Turn
from app.domain.stream import ClientEvent
from app.domain.tools import ToolDefinition
from app.errors import StoreError
from app.services.identity import new_id
from app.services.library import Library
from app.services.replies import ReplyService
from app.services.thoughts import prefix_of, without_stale
from app.simulator.server import LocalSimulator, own_catalogue
from app.store.store import Store

MODEL = "claude-fable-5-2"
"""It checks what its thinking stands after, for every account."""
BRIEF, LONG = (TextBlock("Be brief."),), (TextBlock("Be thorough."),)


class Watch:
    def __init__(self) -> None:
        self.message: Message | None = None

    def started(self, snapshot: Callable[[], Message]) -> None:
        pass

    def arrived(self, events: Sequence[ClientEvent]) -> None:
        pass

    def not_saved(self, error: StoreError) -> None:
        raise error

    def ended(self, message: Message) -> None:
        self.message = message


class Talk:
    """A person who goes on asking, and what was sent for it."""

    def __init__(self, store: Store, simulator: LocalSimulator) -> None:
        self._store = store
        self._journal = simulator.simulator.journal
        self._url = simulator.url
        thinking = Parameters(max_tokens=4000, thinking=Thinking("adaptive", display="summarized"))
        self.conversation = Conversation(id=new_id(), setup=Setup(model=MODEL, system=BRIEF, parameters=thinking))
        self.is_begun = False

    async def ask(self, text: str, **changes: Any) -> Message:
        """Ask, with changes of the setup, and give the answer."""
        setup = replace(self.conversation.setup, **changes)
        prompt = Message(new_id(), self.conversation.leaf, Role.USER, (TextBlock(text),))
        library = Library(self._store)
        if self.is_begun:
            await self._store.put_leaf(self.conversation.id, prompt)
            await self._store.save_setup(self.conversation.id, setup)
        else:
            await library.add(self.conversation, prompt)
            self.is_begun = True
        self.conversation = await library.open(self.conversation.id)
        watch = Watch()
        client = MessagesClient(Endpoint(Profile("s", base_url=self._url), Secret("sk-ant-test")))

        async def connect(_profile: str) -> MessagesClient:
            return client

        catalogue = own_catalogue()
        await ReplyService(connect, self._store, lambda: catalogue).reply(self.conversation, watch)
        await client.aclose()
        self.conversation = await library.open(self.conversation.id)
        assert watch.message is not None
        return watch.message

    @property
    def statuses(self) -> list[int]:
        return [each.status for each in self._journal.entries]

    def thoughts(self) -> list[bool]:
        """Whether each answer went back with its thinking, in the last request."""
        body = self._journal.entries[-1].body
        assert body is not None
        return [
            any(block["type"] == "thinking" for block in each["content"])
            for each in body["messages"]
            if each["role"] == "assistant"
        ]


@pytest.fixture
async def talk(tmp_path: Path, simulator: LocalSimulator) -> AsyncIterator[Talk]:
    store = (await Store.open(tmp_path)).store
    yield Talk(store, simulator)
    await store.close()


async def test_thinking_goes_back_as_long_as_nothing_before_it_changes(talk: Talk) -> None:
    await talk.ask("one")
    await talk.ask("two")
    await talk.ask("three")
    assert (talk.thoughts(), talk.statuses) == ([True, True], [200, 200, 200])


async def test_another_system_prompt_leaves_out_what_was_thought_under_the_old_one(talk: Talk) -> None:
    await talk.ask("one")
    await talk.ask("two", system=LONG)
    assert talk.thoughts() == [False]
    await talk.ask("three")
    assert (talk.thoughts(), talk.statuses) == ([False, True], [200, 200, 200])


async def test_the_old_prompt_brings_the_old_thinking_back(talk: Talk) -> None:
    await talk.ask("one")
    await talk.ask("two", system=LONG)
    await talk.ask("three", system=BRIEF)
    assert (talk.thoughts(), talk.statuses) == ([True, False], [200, 200, 200])


async def test_a_refusal_that_nobody_could_foresee_is_met_once_and_remembered(talk: Talk) -> None:
    answer = await talk.ask("one")
    assert answer.facts is not None
    await talk.ask("two", system=LONG)
    first = talk.conversation.path[1]
    # an answer of an earlier version of the program, which kept no digest
    old = replace(first, facts=replace(first.facts or ReplyFacts(), prefix=""))
    await talk._store.finish_message(talk.conversation.id, old)
    third = await talk.ask("three")
    assert third.state is MessageState.COMPLETE
    assert talk.statuses == [200, 200, 400, 200]
    assert talk.thoughts() == [False, False]
    await talk.ask("four")
    assert (talk.statuses[4:], talk.thoughts()) == ([200], [False, False, True])


# ------------------------------------------------------------------ what counts

HELLO = Turn("user", (TextBlock("Hello"),))
THOUGHT = ThinkingBlock("hm", "sig")
LOOK = ToolDefinition("look", {"type": "object", "properties": {}})
ASKED = Request(model=MODEL, max_tokens=100, turns=(HELLO,), system=BRIEF, tools=(LOOK,))


def test_what_changes_no_signature_changes_no_digest() -> None:
    same = [
        replace(ASKED, parameters=Parameters(effort="low", temperature=1.0)),
        replace(ASKED, max_tokens=7),
        replace(ASKED, tools=(LOOK, replace(LOOK, name="later", extra={"defer_loading": True}))),
        replace(ASKED, turns=(HELLO, Turn("assistant", (TextBlock("I begin"),)))),
    ]
    assert {prefix_of(each) for each in same} == {prefix_of(ASKED)}


@pytest.mark.parametrize(
    "changed",
    [
        replace(ASKED, system=LONG),
        replace(ASKED, tools=()),
        replace(ASKED, tools=(replace(LOOK, description="Looks."),)),
        replace(ASKED, turns=(Turn("user", (TextBlock("Hullo"),)),)),
    ],
)
def test_what_breaks_a_signature_changes_the_digest(changed: Request) -> None:
    assert prefix_of(changed) != prefix_of(ASKED)


def test_the_tool_loop_under_way_keeps_its_thinking() -> None:
    call = (THOUGHT, ToolUseBlock("t1", "look", {}))
    stale = ReplyFacts(prefix="of something else")
    messages = [
        Message("1", None, Role.USER, (TextBlock("Hello"),)),
        Message("2", "1", Role.ASSISTANT, (THOUGHT, TextBlock("yes")), facts=stale),
        Message("3", "2", Role.USER, (TextBlock("Look"),)),
        Message("4", "3", Role.ASSISTANT, call, facts=stale),
        Message("5", "4", Role.USER, (ToolResultBlock("t1", "seen"),)),
    ]
    turns = tuple(Turn(each.role.value, each.blocks) for each in messages)
    sent = without_stale(replace(ASKED, turns=turns), messages)
    assert [THOUGHT in turn.blocks for turn in sent.turns if turn.role == "assistant"] == [False, True]
