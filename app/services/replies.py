"""The next message of a conversation, streamed, and stored as it grows."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, MessageState, ReplyFacts, Role, new_id
from app.domain.models import Catalogue
from app.domain.request import Request
from app.domain.stream import (
    Accumulator,
    BlockStarted,
    ClientEvent,
    Reply,
    ResponseStarted,
    TextDelta,
    ThinkingDelta,
)
from app.domain.thoughts import is_stale_signature, without_thinking
from app.errors import DuologueError, InvalidRequest, StoreError, facts
from app.services.requests import prefill_of, request_for
from app.services.thoughts import prefix_of

SAVE_EVERY_S = 0.2
"""A `kill -9` loses at most 250 ms of an answer; the store's own work takes the rest."""


class MessagesClient(Protocol):
    @property
    def address(self) -> str:
        """Where it asks, as it may be shown: no key, no credentials."""

    def stream(self, request: Request) -> AbstractAsyncContextManager[AsyncIterator[tuple[ClientEvent, ...]]]: ...


class MessageStore(Protocol):
    async def put_leaf(self, conversation_id: str, message: Message) -> None: ...

    async def grow_message(self, conversation_id: str, message: Message) -> None: ...

    async def finish_message(self, conversation_id: str, message: Message) -> None: ...


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
    started: float
    prefill: str = ""
    accumulator: Accumulator = field(default_factory=Accumulator)
    request_id: str = ""
    address: str = ""
    prefix: str = ""
    thinking_refused: bool = False
    first_token: float | None = None
    grown: asyncio.Event = field(default_factory=asyncio.Event)
    is_refused: bool = False
    """The last attempt to store it failed, and the watch knows."""


class ReplyService:
    """Stateless between calls: everything it needs comes in, everything it makes goes out."""

    def __init__(
        self,
        connect: Callable[[str], Awaitable[MessagesClient]],
        store: MessageStore,
        catalogue: Callable[[], Catalogue],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """`connect` gives the client of a profile, by name."""
        self._connect = connect
        self._store = store
        self._catalogue = catalogue
        self._monotonic = monotonic
        self._now_ms = now_ms

    async def reply(self, conversation: Conversation, watch: ReplyWatch) -> None:
        """Stream the assistant's next message: the answer to the leaf of the active path.

        To stop it, cancel the task. However it ends, what has arrived is stored, for the tokens were paid for, and
        `watch.ended` is told: the message's state and `facts.error` say how it ended. The network's failures do not
        raise; they come as such a message. A store that refuses ends no answer: `watch.not_saved` is told, and storing
        is tried again and again, after the end too.

        Raises:
            StoreError: the message could not be stored at the start; nothing was sent.
        """
        growing = self._begin(conversation)
        await self._store.put_leaf(conversation.id, growing.message)
        watch.started(lambda: self._message(growing))
        try:
            await self._stream(conversation, growing, watch)
        except asyncio.CancelledError:
            # shielded: the window may be closing, and what has arrived must reach the disk all the same
            await asyncio.shield(self._end(growing, watch, MessageState.STOPPED))
            raise
        except DuologueError as error:
            state = MessageState.INTERRUPTED if growing.accumulator.reply().blocks else MessageState.FAILED
            await self._end(growing, watch, state, error)
        else:
            await self._end(growing, watch, MessageState.COMPLETE)

    def _begin(self, conversation: Conversation) -> _Growing:
        catalogue = self._catalogue()
        setup = conversation.setup
        model = setup.model or catalogue.default.id
        message = Message(
            id=new_id(),
            parent=conversation.leaf,
            role=Role.ASSISTANT,
            blocks=(),
            state=MessageState.STREAMING,
            created_ms=self._now_ms(),
            facts=ReplyFacts(model=model),
        )
        prefill = prefill_of(setup, catalogue.find(model))
        return _Growing(conversation.id, message, self._monotonic(), prefill)

    async def _stream(self, conversation: Conversation, growing: _Growing, watch: ReplyWatch) -> None:
        client = await self._connect(conversation.setup.profile)
        growing.address = client.address
        request = request_for(conversation, self._catalogue())
        growing.prefix = prefix_of(request)
        try:
            await self._ask(client, request, growing, watch)
        except InvalidRequest as error:
            if growing.accumulator.reply().blocks or not is_stale_signature(error):
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
        if growing.prefill and isinstance(event, BlockStarted) and isinstance(event.block, TextBlock):
            # the answer goes on where the prefill ended; a person reads them as one text
            event = replace(event, block=replace(event.block, text=growing.prefill + event.block.text))
            growing.prefill = ""
        growing.accumulator.add(event)
        return event

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
            prefix=growing.prefix,
            thinking_refused=growing.thinking_refused,
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
        watch.ended(message)
        await self._kept(growing, watch, self._store.finish_message, message)
