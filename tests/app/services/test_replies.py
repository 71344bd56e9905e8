"""What is known of an answer when it has come, and how one goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from app.domain.blocks import Block, ServerToolUseBlock, TextBlock, ThinkingBlock, ToolUseBlock
from app.domain.continuing import beginning_of, can_go_on
from app.domain.conversation import Conversation, Message, MessageState, ReplyFacts, Role
from app.domain.request import Request
from app.domain.stream import (
    BlockStarted,
    BlockStopped,
    ClientEvent,
    MessageStarted,
    MessageStopped,
    TextDelta,
    ThinkingDelta,
)
from app.domain.usage import TokenUsage
from app.errors import Overloaded, StoreError
from app.services.identity import new_id
from app.services.library import Library
from app.services.replies import ReplyService
from app.simulator.server import own_catalogue
from app.store.store import Store


@dataclass
class Watch:
    """What a window would have been told."""

    message: Message | None = None

    def started(self, snapshot: Callable[[], Message]) -> None:
        self.message = snapshot()

    def arrived(self, events: Sequence[ClientEvent]) -> None:
        pass

    def not_saved(self, error: StoreError) -> None:
        raise error

    def ended(self, message: Message) -> None:
        self.message = message


Step = ClientEvent | float | Exception


@dataclass
class FarEnd:
    """A service that says what it is told to; a number lets so many seconds pass, an error ends it."""

    steps: Sequence[Step]
    now: float = 0.0
    address: str = "http://far.end"
    asked: list[Request] = field(default_factory=list)

    def stream(self, request: Request) -> AbstractAsyncContextManager[AsyncIterator[tuple[ClientEvent, ...]]]:
        self.asked.append(request)
        return self._streamed()

    @asynccontextmanager
    async def _streamed(self) -> AsyncIterator[AsyncIterator[tuple[ClientEvent, ...]]]:
        yield self._events()

    async def _events(self) -> AsyncIterator[tuple[ClientEvent, ...]]:
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, float):
                self.now += step
            else:
                yield (step,)


BEGUN = MessageStarted("msg_1", "claude", TokenUsage(7))


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    made = await Store.in_memory()
    yield made
    await made.close()


async def asked(store: Store) -> Conversation:
    conversation = Conversation(id=new_id(), title="Long")
    return await Library(store).add(conversation, Message(new_id(), None, Role.USER, (TextBlock("Tell me"),)))


def service(store: Store, far_end: FarEnd) -> ReplyService:
    async def connect(profile: str) -> FarEnd:
        return far_end

    catalogue = own_catalogue()
    return ReplyService(connect, store, lambda: catalogue, monotonic=lambda: far_end.now)


async def test_it_is_known_how_long_each_thought_took(store: Store) -> None:
    thought: list[ClientEvent | float] = [
        BlockStarted(0, ThinkingBlock("")),
        2.0,
        ThinkingDelta(0, "Hm."),
        10.5,
        BlockStopped(0),
    ]
    text: list[ClientEvent | float] = [
        BlockStarted(1, TextBlock("")),
        TextDelta(1, "So."),
        3.0,
        BlockStopped(1),
        MessageStopped(),
    ]
    conversation, watch = await asked(store), Watch()
    await service(store, FarEnd([BEGUN, *thought, *text])).reply(conversation, watch)
    stored = (await store.load(conversation.id)).path[-1]
    assert stored.state is MessageState.COMPLETE
    assert stored.facts is not None
    assert stored.facts.thought_ms == {"0": 12500}


# ------------------------------------------------------------------ going on


SIGNED, CUT = ThinkingBlock("Hm.", "signed"), ThinkingBlock("Hm")
CALL = ToolUseBlock("t", "tool", {})
SEARCH = ServerToolUseBlock("server_tool_use", "s", "web_search", {})
STOPPED, WHOLE = MessageState.STOPPED, MessageState.COMPLETE


def early(*blocks: Block, state: MessageState = STOPPED, reason: str | None = None) -> Message:
    return Message(new_id(), None, Role.ASSISTANT, blocks, state, facts=ReplyFacts(stop_reason=reason))


@pytest.mark.parametrize(
    ("message", "beginning"),
    [
        (early(SIGNED, TextBlock("The sky \n")), (SIGNED, TextBlock("The sky"))),
        (early(CUT, TextBlock("The sky")), (TextBlock("The sky"),)),
        (early(TextBlock("The sky"), state=WHOLE, reason="max_tokens"), (TextBlock("The sky"),)),
        (early(TextBlock("I look."), SEARCH, state=WHOLE, reason="pause_turn"), (TextBlock("I look."), SEARCH)),
        (early(CUT), ()),
        (early(TextBlock(" \n")), ()),
        (early(TextBlock("I look."), CALL), ()),
        (early(TextBlock("Whole."), state=WHOLE, reason="end_turn"), None),
        (early(TextBlock("Half"), state=MessageState.STREAMING), None),
    ],
)
def test_what_stopped_early_goes_on_from_what_can_be_sent(
    message: Message, beginning: tuple[Block, ...] | None
) -> None:
    assert can_go_on(message) == bool(beginning)
    if beginning is not None:
        assert beginning_of(message) == beginning


async def with_answer(store: Store, *blocks: Block) -> tuple[Conversation, Message]:
    conversation = await asked(store)
    answer = replace(early(*blocks), parent=conversation.leaf, facts=ReplyFacts("claude", thought_ms={"0": 5}))
    return await Library(store).add(conversation, answer), answer


REST: Sequence[Step] = (BEGUN, BlockStarted(0, TextBlock("")), TextDelta(0, " is blue."), BlockStopped(0))


async def test_the_rest_is_put_behind_the_beginning_in_a_message_of_its_own(store: Store) -> None:
    conversation, answer = await with_answer(store, SIGNED, TextBlock("The sky "))
    far_end, watch = FarEnd([*REST, MessageStopped()]), Watch()
    await service(store, far_end).reply(conversation.at_leaf(answer.parent), watch, begun=answer)
    stored = await store.load(conversation.id)
    new = stored.path[-1]
    assert new.blocks == (SIGNED, TextBlock("The sky"), TextBlock(" is blue."))
    assert new.text == "The sky is blue."
    assert new.facts is not None
    assert new.facts.thought_ms == {"0": 5}
    assert stored.messages[answer.id] == answer
    assert [each.id for each in stored.siblings(new.id)] == [answer.id, new.id]
    (request,) = far_end.asked
    assert (request.turns[-1].role, request.turns[-1].blocks) == ("assistant", (SIGNED, TextBlock("The sky")))


async def test_what_comes_of_it_is_seen_from_the_first_moment(store: Store) -> None:
    conversation, answer = await with_answer(store, TextBlock("The sky"))
    seen: list[str] = []

    class Looking(Watch):
        def started(self, snapshot: Callable[[], Message]) -> None:
            seen.append(snapshot().text)

    await service(store, FarEnd([*REST, MessageStopped()])).reply(
        conversation.at_leaf(answer.parent), Looking(), begun=answer
    )
    assert seen == ["The sky"]


async def test_one_that_fails_at_once_is_no_answer(store: Store) -> None:
    conversation, answer = await with_answer(store, TextBlock("The sky"))
    watch = Watch()
    failing = FarEnd([Overloaded(status=529, kind="overloaded_error", message="busy", request_id="r")])
    await service(store, failing).reply(conversation.at_leaf(answer.parent), watch, begun=answer)
    assert watch.message is not None
    assert watch.message.state is MessageState.FAILED
    assert (await store.load(conversation.id)).messages[answer.id] == answer


async def test_one_that_is_stopped_keeps_what_came(store: Store) -> None:
    conversation, answer = await with_answer(store, TextBlock("The sky"))

    @dataclass
    class Stopping(FarEnd):
        async def _events(self) -> AsyncIterator[tuple[ClientEvent, ...]]:
            yield tuple(each for each in REST if not isinstance(each, float | Exception))
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await service(store, Stopping(())).reply(conversation.at_leaf(answer.parent), Watch(), begun=answer)
    new = (await store.load(conversation.id)).path[-1]
    assert (new.state, new.text) == (STOPPED, "The sky is blue.")


@pytest.mark.parametrize(("model", "takes_up"), [("claude-sonnet-5-5", False), ("claude-haiku-4-5", True), ("x", True)])
async def test_whether_the_model_takes_it_up_is_known(model: str, takes_up: bool, store: Store) -> None:
    conversation, answer = await with_answer(store, TextBlock("The sky"))
    conversation = replace(conversation, setup=replace(conversation.setup, model=model))
    assert service(store, FarEnd(())).can_take_up(conversation, answer) == takes_up


async def test_a_paused_turn_is_taken_up_by_every_model(store: Store) -> None:
    conversation, _ = await with_answer(store)
    conversation = replace(conversation, setup=replace(conversation.setup, model="claude-sonnet-5-5"))
    paused = early(TextBlock("I look."), SEARCH, state=WHOLE, reason="pause_turn")
    assert service(store, FarEnd(())).can_take_up(conversation, replace(paused, parent=conversation.path[0].id))
