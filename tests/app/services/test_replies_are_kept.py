"""An answer was paid for: a store that refuses it for a while neither ends it nor loses it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Draft, Message, MessageState, Role
from app.domain.request import Request
from app.domain.stream import BlockStarted, ClientEvent, MessageStarted, MessageStopped, TextDelta
from app.domain.usage import TokenUsage
from app.errors import DiskFull, StoreError
from app.services.identity import new_id
from app.services.library import Library
from app.services.replies import ReplyService
from app.services.requests import request_of
from app.services.thoughts import prefix_of
from app.simulator.server import own_catalogue
from app.store.store import Store

WORDS = "word " * 20_000


class Watch:
    """What a window would have been told."""

    def __init__(self) -> None:
        self.errors: list[StoreError] = []
        self.refused = asyncio.Event()
        self.message: Message | None = None

    def started(self, snapshot: Callable[[], Message]) -> None:
        pass

    def arrived(self, events: Sequence[ClientEvent]) -> None:
        pass

    def not_saved(self, error: StoreError) -> None:
        self.errors.append(error)
        self.refused.set()

    def ended(self, message: Message) -> None:
        self.message = message


class FarEnd:
    """A service that tells one long text, and its end when it is allowed to."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()

    @property
    def address(self) -> str:
        return "http://127.0.0.1:1"

    def stream(self, request: Request) -> AbstractAsyncContextManager[AsyncIterator[tuple[ClientEvent, ...]]]:
        return self._streamed()

    @asynccontextmanager
    async def _streamed(self) -> AsyncIterator[AsyncIterator[tuple[ClientEvent, ...]]]:
        yield self._events()

    async def _events(self) -> AsyncIterator[tuple[ClientEvent, ...]]:
        yield (MessageStarted("msg_1", "claude", TokenUsage()), BlockStarted(0, TextBlock("")), TextDelta(0, WORDS))
        await self.may_end.wait()
        yield (TextDelta(0, "end."), MessageStopped())


def fill_disk(store: Store) -> None:
    """From now on the database may not grow: SQLite says what it says of a full disk."""
    (pages,) = store._db.execute("PRAGMA page_count").fetchone()
    store._db.execute(f"PRAGMA max_page_count = {pages}")


def free_disk(store: Store) -> None:
    store._db.execute("PRAGMA max_page_count = 1000000")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path)
    yield opened.store
    await opened.store.close()


async def asked(store: Store) -> Conversation:
    conversation = Conversation(id=new_id(), title="Long")
    return await Library(store).add(conversation, Message(new_id(), None, Role.USER, (TextBlock("Tell me"),)))


def service(store: Store, far_end: FarEnd) -> ReplyService:
    async def connect(profile: str) -> FarEnd:
        return far_end

    catalogue = own_catalogue()
    return ReplyService(connect, store, lambda: catalogue)


async def test_a_full_disk_is_told_once_and_the_answer_goes_on(store: Store) -> None:
    conversation, watch, far_end = await asked(store), Watch(), FarEnd()
    fill_disk(store)
    reply = asyncio.create_task(service(store, far_end).reply(conversation, watch))
    await watch.refused.wait()
    free_disk(store)
    far_end.may_end.set()
    await reply
    assert [type(each) for each in watch.errors] == [DiskFull]
    assert watch.message is not None
    assert watch.message.state is MessageState.COMPLETE
    assert (await store.load(conversation.id)).path[-1] == watch.message


async def test_an_end_that_was_refused_is_stored_with_the_next_call_that_works(store: Store) -> None:
    conversation, watch, far_end = await asked(store), Watch(), FarEnd()
    fill_disk(store)
    far_end.may_end.set()
    await service(store, far_end).reply(conversation, watch)
    with pytest.raises(DiskFull):
        await store.settle()
    free_disk(store)
    await store.save_draft("", Draft("on I type", 3))
    assert (await store.load(conversation.id)).path[-1] == watch.message
    assert len(await store.search("end")) == 1


async def test_an_answer_that_is_stopped_on_a_full_disk_is_owed_as_well(store: Store) -> None:
    conversation, watch, far_end = await asked(store), Watch(), FarEnd()
    fill_disk(store)
    reply = asyncio.create_task(service(store, far_end).reply(conversation, watch))
    await watch.refused.wait()
    reply.cancel()
    await asyncio.gather(reply, return_exceptions=True)
    free_disk(store)
    await store.settle()
    found = (await store.load(conversation.id)).path[-1]
    assert (found.state, found.text) == (MessageState.STOPPED, WORDS)


async def test_a_first_message_is_stored_with_its_conversation_or_not_at_all(store: Store) -> None:
    fill_disk(store)
    long = Message(new_id(), None, Role.USER, (TextBlock(WORDS),))
    with pytest.raises(DiskFull):
        await Library(store).add(Conversation(id=new_id(), title="Never"), long)
    free_disk(store)
    assert await store.conversations() == ()


async def test_a_message_is_stored_with_its_place_or_not_at_all(store: Store) -> None:
    conversation = await asked(store)
    fill_disk(store)
    long = Message(new_id(), conversation.leaf, Role.USER, (TextBlock(WORDS),))
    with pytest.raises(DiskFull):
        await Library(store).add(conversation, long)
    free_disk(store)
    assert await store.load(conversation.id) == conversation


async def test_an_answer_keeps_what_it_was_asked_with_once_for_all_that_were_asked_so(store: Store) -> None:
    conversation, far_end = await asked(store), FarEnd()
    far_end.may_end.set()
    conversation = replace(conversation, setup=replace(conversation.setup, system=(TextBlock("Be kind."),)))

    for _ in range(2):
        watch = Watch()
        await service(store, far_end).reply(conversation, watch)
        assert watch.message is not None
        conversation = conversation.with_message(watch.message)
    await store.save_setup(conversation.id, replace(conversation.setup, system=()))

    stored = await store.load(conversation.id)
    first, second = (each for each in stored.messages.values() if each.facts is not None)
    assert first.facts
    assert second.facts
    assert first.facts.asked == second.facts.asked
    kept = await store.setup_asked(first.facts.asked)
    assert kept is not None
    request = request_of(stored, first.id, kept, own_catalogue())
    assert prefix_of(request) == first.facts.prefix
    assert (request.system, len(request.turns)) == ((TextBlock("Be kind."),), 1)
    assert request_of(stored, first.id, None, own_catalogue()).system == ()
