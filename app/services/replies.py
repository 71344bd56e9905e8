"""The next message of a conversation, streamed, and stored as it grows."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.dialects.duologue.asked import digest_of
from app.domain.blocks import Block, RedactedThinkingBlock, TextBlock, ThinkingBlock
from app.domain.capabilities import goes_on
from app.domain.continuing import beginning_of
from app.domain.conversation import Conversation, Message, MessageState, ReplyFacts, Role
from app.domain.models import Catalogue, ModelEntry
from app.domain.request import Request, Setup
from app.domain.stream import (
    Accumulator,
    BlockStarted,
    BlockStopped,
    CitationsDelta,
    ClientEvent,
    InputJsonDelta,
    RawDelta,
    Reply,
    ResponseStarted,
    SignatureDelta,
    TextDelta,
    ThinkingDelta,
)
from app.domain.thoughts import is_stale_signature, without_thinking
from app.errors import DuologueError, InvalidRequest, StoreError, facts
from app.services.identity import new_id
from app.services.requests import asked_setup, prefill_of, request_for
from app.services.thoughts import prefix_of

OF_BLOCKS = (
    BlockStarted,
    TextDelta,
    ThinkingDelta,
    SignatureDelta,
    InputJsonDelta,
    CitationsDelta,
    RawDelta,
    BlockStopped,
)
"""Events that have an index."""
SAVE_EVERY_S = 0.2
"""A `kill -9` loses at most 250 ms of an answer; the store's own work takes the rest."""


class MessagesClient(Protocol):
    @property
    def address(self) -> str:
        """Where it asks, as it may be shown: no key, no credentials."""

    def stream(self, request: Request) -> AbstractAsyncContextManager[AsyncIterator[tuple[ClientEvent, ...]]]: ...


class MessageStore(Protocol):
    async def put_leaf(self, conversation_id: str, message: Message, asked: Setup | None = None) -> None: ...

    async def grow_message(self, conversation_id: str, message: Message) -> None: ...

    async def finish_message(self, conversation_id: str, message: Message) -> None: ...


class Bookkeeper(Protocol):
    """Who keeps books of what the API's cache holds."""

    async def load(self) -> None: ...

    def sending(self, conversation: Conversation, request: Request) -> None:
        """This request leaves now."""

    def answered(self, conversation_id: str, message: Message) -> None:
        """What the last request of this conversation became."""

    async def keep(self) -> None:
        """Store what `answered` told. Never raises."""


class ReplyWatch(Protocol):
    """Who looks on while an answer is made."""

    def started(self, snapshot: Callable[[], Message]) -> None:
        """The empty message is stored; `snapshot` makes the message as far as it has come, whenever called."""

    def arrived(self, events: Sequence[ClientEvent]) -> None:
        """A batch of events, about one a frame."""

    def not_saved(self, error: StoreError) -> None:
        """What has arrived could not be stored; told once, until it works again. The answer goes on in memory."""

    def ended(self, message: Message) -> None:
        """The message as it will stay."""


@dataclass(slots=True)
class _Growing:
    """One answer under way: what has come of it, and when."""

    conversation_id: str
    message: Message
    asked: Setup
    """With what, besides the messages."""
    started: float
    prefill: str = ""
    beginning: tuple[Block, ...] = ()
    """What is known of the answer already; the API tells the rest."""
    accumulator: Accumulator = field(default_factory=Accumulator)
    request_id: str = ""
    address: str = ""
    prefix: str = ""
    thinking_refused: bool = False
    first_token: float | None = None
    thinking_since: dict[int, float] = field(default_factory=dict)
    """When the thinking blocks that are not whole yet began, by their index."""
    thought_ms: dict[str, int] = field(default_factory=dict)
    grown: asyncio.Event = field(default_factory=asyncio.Event)
    is_refused: bool = False
    """The last attempt to store it failed, and the watch knows."""

    @property
    def has_come(self) -> bool:
        """Whether anything of it was told, besides its beginning."""
        return len(self.accumulator.reply().blocks) > len(self.beginning)


class ReplyService:
    """Stateless between calls: everything it needs comes in, everything it makes goes out."""

    def __init__(
        self,
        connect: Callable[[str], Awaitable[MessagesClient]],
        store: MessageStore,
        catalogue: Callable[[], Catalogue],
        *,
        bookkeeper: Callable[[], Bookkeeper | None] = lambda: None,
        fit: Callable[[Request, ModelEntry], Awaitable[Request]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """`connect` gives the client of a profile, by name; `fit` makes pictures fit that would be refused."""
        self._fit = fit
        self._connect = connect
        self._store = store
        self._catalogue = catalogue
        self._bookkeeper = bookkeeper
        self._monotonic = monotonic
        self._now_ms = now_ms

    def can_take_up(self, conversation: Conversation, answer: Message) -> bool:
        """Whether the model itself can go on with an answer that stopped early, see `app.domain.continuing`."""
        catalogue = self._catalogue()
        request = request_for(conversation.at_leaf(answer.parent), catalogue, beginning_of(answer))
        return goes_on(request, catalogue.find(request.model))

    async def reply(self, conversation: Conversation, watch: ReplyWatch, *, begun: Message | None = None) -> None:
        """Stream the assistant's next message: the answer to the leaf of the active path.

        With `begun`, an answer to the same leaf that stopped early: the new message holds its beginning and the rest;
        the message that it began in stays as it is.

        To stop it, cancel the task. However it ends, what has arrived is stored, for the tokens were paid for, and
        `watch.ended` is told: the message's state and `facts.error` say how it ended. The network's failures do not
        raise; they come as such a message. A store that refuses ends no answer: `watch.not_saved` is told, and storing
        is tried again and again, after the end too.

        Raises:
            StoreError: the message could not be stored at the start; nothing was sent.
        """
        growing = self._begin(conversation, begun)
        await self._store.put_leaf(conversation.id, growing.message, growing.asked)
        watch.started(lambda: self._message(growing))
        try:
            await self._stream(conversation, growing, watch)
        except asyncio.CancelledError:
            # shielded: the window may be closing, and what has arrived must reach the disk all the same
            await asyncio.shield(self._end(growing, watch, MessageState.STOPPED))
            raise
        except DuologueError as error:
            state = MessageState.INTERRUPTED if growing.has_come else MessageState.FAILED
            await self._end(growing, watch, state, error)
        else:
            await self._end(growing, watch, MessageState.COMPLETE)

    def _begin(self, conversation: Conversation, begun: Message | None) -> _Growing:
        catalogue = self._catalogue()
        setup = asked_setup(conversation, catalogue)
        message = Message(
            id=new_id(),
            parent=conversation.leaf,
            role=Role.ASSISTANT,
            blocks=(),
            state=MessageState.STREAMING,
            created_ms=self._now_ms(),
            facts=ReplyFacts(model=setup.model, asked=digest_of(setup)),
        )
        growing = _Growing(conversation.id, message, setup, self._monotonic())
        if begun is not None:
            return self._taken_up(growing, begun)
        growing.prefill = prefill_of(setup, catalogue.find(setup.model))
        return growing

    def _taken_up(self, growing: _Growing, begun: Message) -> _Growing:
        """The new message has what came of the earlier one from the start."""
        growing.beginning = beginning_of(begun)
        for index, block in enumerate(growing.beginning):
            growing.accumulator.add(BlockStarted(index, block))
            growing.accumulator.add(BlockStopped(index))
        if begun.facts is not None and len(growing.beginning) == len(begun.blocks):
            growing.thought_ms |= begun.facts.thought_ms
        growing.message = replace(growing.message, blocks=growing.beginning)
        return growing

    async def _stream(self, conversation: Conversation, growing: _Growing, watch: ReplyWatch) -> None:
        client = await self._connect(conversation.setup.profile)
        growing.address = client.address
        request = request_for(conversation, self._catalogue(), growing.beginning)
        growing.prefix = prefix_of(request)
        model = self._catalogue().find(request.model)
        if self._fit is not None and model is not None:
            request = await self._fit(request, model)
        if (books := self._bookkeeper()) is not None:
            await books.load()
            books.sending(conversation, request)
        try:
            await self._ask(client, request, growing, watch)
        except InvalidRequest as error:
            if growing.has_come or not is_stale_signature(error):
                raise
            # changed in a way that is not known here; the answers stay, and go without their thinking from now on
            growing.thinking_refused = True
            await self._ask(client, without_thinking(request), growing, watch)

    async def _ask(self, client: MessagesClient, request: Request, growing: _Growing, watch: ReplyWatch) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                saver = group.create_task(self._save(growing, watch))
                async with client.stream(request) as batches:
                    async for batch in batches:
                        watch.arrived(tuple(self._take(growing, event) for event in batch))
                        growing.grown.set()
                saver.cancel()
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _save(self, growing: _Growing, watch: ReplyWatch) -> None:
        """Store the answer as it grows, also when it pauses: never later than `SAVE_EVERY_S` after it grew."""
        while True:
            await growing.grown.wait()
            growing.grown.clear()
            await self._kept(growing, watch, self._store.grow_message, self._message(growing))
            if growing.is_refused:
                growing.grown.set()
            await asyncio.sleep(SAVE_EVERY_S)

    async def _kept(
        self, growing: _Growing, watch: ReplyWatch, put: Callable[[str, Message], Awaitable[None]], message: Message
    ) -> None:
        """Store with `put`; that it is refused is told once."""
        try:
            await put(growing.conversation_id, message)
        except StoreError as error:
            if not growing.is_refused:
                watch.not_saved(error)
            growing.is_refused = True
        else:
            growing.is_refused = False

    def _take(self, growing: _Growing, event: ClientEvent) -> ClientEvent:
        if isinstance(event, ResponseStarted):
            growing.request_id = event.request_id or ""
        elif isinstance(event, TextDelta | ThinkingDelta) and growing.first_token is None:
            growing.first_token = self._monotonic()
        if growing.beginning and isinstance(event, OF_BLOCKS):
            event = replace(event, index=event.index + len(growing.beginning))
        if growing.prefill and isinstance(event, BlockStarted) and isinstance(event.block, TextBlock):
            # the answer goes on where the prefill ended; a person reads them as one text
            event = replace(event, block=replace(event.block, text=growing.prefill + event.block.text))
            growing.prefill = ""
        growing.accumulator.add(event)
        self._time_thoughts(growing, event)
        return event

    def _time_thoughts(self, growing: _Growing, event: ClientEvent) -> None:
        """The API does not tell how long it thought."""
        match event:
            case BlockStarted(index, ThinkingBlock() | RedactedThinkingBlock()):
                growing.thinking_since[index] = self._monotonic()
            case BlockStopped(index) if index in growing.thinking_since:
                passed = self._monotonic() - growing.thinking_since.pop(index)
                growing.thought_ms[str(index)] = round(passed * 1000)

    def _message(self, growing: _Growing) -> Message:
        """The message as far as it has come."""
        reply = growing.accumulator.reply()
        return replace(growing.message, blocks=reply.blocks, facts=self._facts(growing, reply))

    def _facts(self, growing: _Growing, reply: Reply) -> ReplyFacts:
        first = growing.first_token
        return ReplyFacts(
            model=reply.model or (growing.message.facts.model if growing.message.facts else ""),
            api_id=reply.api_id,
            request_id=growing.request_id,
            stop_reason=reply.stop_reason,
            stop_sequence=reply.stop_sequence,
            stop_details=reply.stop_details,
            usage=reply.usage if reply.api_id else None,
            first_token_ms=None if first is None else round((first - growing.started) * 1000),
            duration_ms=round((self._monotonic() - growing.started) * 1000),
            asked=growing.message.facts.asked if growing.message.facts else "",
            prefix=growing.prefix,
            thinking_refused=growing.thinking_refused,
            thought_ms=dict(growing.thought_ms),
            extra=reply.extra,
        )

    def _ended(self, growing: _Growing, state: MessageState, error: DuologueError | None = None) -> Message:
        message = replace(self._message(growing), state=state)
        if error is not None and message.facts is not None:
            about = {"address": growing.address, "at_ms": self._now_ms(), "request_id": growing.request_id or None}
            known = {**about, **{name: fact for name, fact in facts(error).items() if fact is not None}}
            message = replace(message, facts=replace(message.facts, error=known))
        return message

    async def _end(
        self, growing: _Growing, watch: ReplyWatch, state: MessageState, error: DuologueError | None = None
    ) -> None:
        """Tell and store how it ended. Told first: what a full disk refuses is still on the screen."""
        message = self._ended(growing, state, error)
        books = self._bookkeeper()
        if books is not None:
            books.answered(growing.conversation_id, message)
        watch.ended(message)
        await self._kept(growing, watch, self._store.finish_message, message)
        if books is not None:
            await books.keep()
