"""What is known of an answer when it has come, and how one goes on."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from app.domain.blocks import TextBlock, ThinkingBlock
from app.domain.conversation import Conversation, Message, MessageState, Role, new_id
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
from app.errors import StoreError
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
    thought = [BlockStarted(0, ThinkingBlock("")), 2.0, ThinkingDelta(0, "Hm."), 10.5, BlockStopped(0)]
    text = [BlockStarted(1, TextBlock("")), TextDelta(1, "So."), 3.0, BlockStopped(1), MessageStopped()]
    conversation, watch = await asked(store), Watch()
    await service(store, FarEnd([BEGUN, *thought, *text])).reply(conversation, watch)
    stored = (await store.load(conversation.id)).path[-1]
    assert stored.state is MessageState.COMPLETE
    assert stored.facts is not None
    assert stored.facts.thought_ms == {"0": 12500}
