"""What the next request will read from the cache and cost; and after the answer, how that went.

This program's own books of the API's cache: fed with every request that it sends, kept through a restart.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.blocks import Block
from app.domain.caching import Entries, Entry
from app.domain.conversation import Conversation, Message, Role
from app.domain.models import Catalogue
from app.domain.planning.forecasting import entries_after, forecast, learnt_factor
from app.domain.planning.plan import Plan, Verdict
from app.domain.planning.prompt import Prompt, PromptReader
from app.domain.planning.verdicts import cautions, first_change, outcome
from app.domain.request import Request
from app.domain.usage import TokenUsage, uncached
from app.errors import StoreError
from app.services.requests import request_for

DRAFT = "draft"
"""Id of the message that is still in the composer."""
SPREAD_LEARNT, SPREAD = 0.04, 0.15
"""How far an estimate may be off: for a model that was asked before, and for one that was not."""
KEPT_COUNTS = 32


class PrefixStore(Protocol):
    async def prefixes(self, now_ms: int) -> tuple[Entries, Mapping[str, float]]: ...

    async def put_prefixes(self, entries: Entries, model: str, factor: float) -> None: ...


class CountingClient(Protocol):
    async def count_tokens(self, request: Request) -> int: ...


@dataclass(slots=True)
class _Books:
    entries: dict[bytes, Entry] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)
    last: dict[str, Prompt] = field(default_factory=dict)
    """What was sent last, by conversation."""
    sent: dict[str, Plan] = field(default_factory=dict)
    """What is being answered, by conversation."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """Of the newest answer, by conversation."""
    owed: list[tuple[Entries, str, float]] = field(default_factory=list)
    """What is not stored yet."""
    counts: dict[bytes, int] = field(default_factory=dict)
    """What count_tokens said, by the hash of the whole prompt."""


class PlanningService:
    """Plans requests; is told of each that is sent, and of its answer."""

    def __init__(
        self,
        store: PrefixStore,
        catalogue: Callable[[], Catalogue],
        connect: Callable[[str], Awaitable[CountingClient]],
        now_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._connect = connect
        self._now_ms = now_ms
        self._reader = PromptReader()
        self._books = _Books()
        self._is_loaded = False

    async def load(self) -> None:
        """Read what was kept; once. Books that cannot be read are empty ones: forecasts begin anew."""
        if self._is_loaded:
            return
        self._is_loaded = True
        try:
            entries, factors = await self._store.prefixes(self._now_ms())
        except StoreError:
            return
        self._books.entries = {**entries, **self._books.entries}
        self._books.factors = {**factors, **self._books.factors}

    def plan(self, conversation: Conversation, blocks: Sequence[Block] = (), parent: str | None = None) -> Plan:
        """The request that would be sent if `blocks` were said now, below `parent` or else below the active path."""
        if blocks:
            at = conversation.leaf if parent is None else parent
            conversation = conversation.with_message(Message(DRAFT, at, Role.USER, tuple(blocks)))
        request = request_for(conversation, self._catalogue())
        return self._planned(conversation.id, request, conversation.setup.profile)

    async def count(self, conversation: Conversation, blocks: Sequence[Block] = (), parent: str | None = None) -> Plan:
        """The same, counted exactly: asks the API once.

        Raises:
            DuologueError: it could not be asked, or refused.
        """
        plan = self.plan(conversation, blocks, parent)
        client = await self._connect(conversation.setup.profile)
        tokens = await client.count_tokens(plan.request)
        books = self._books
        if len(books.counts) >= KEPT_COUNTS:
            books.counts.pop(next(iter(books.counts)))
        books.counts[_whole(plan.prompt)] = tokens
        books.factors[plan.prompt.model] = learnt_factor(plan.prompt, TokenUsage(tokens), self._factor(plan.prompt))
        return self.plan(conversation, blocks, parent)

    def verdict(self, conversation_id: str) -> Verdict | None:
        """How the newest answer went; None before the first in this run of the program."""
        return self._books.verdicts.get(conversation_id)

    # ---- services.replies.Bookkeeper

    def sending(self, conversation: Conversation, request: Request) -> None:
        self._books.sent[conversation.id] = self._planned(conversation.id, request, conversation.setup.profile)

    def answered(self, conversation_id: str, message: Message) -> None:
        books, plan = self._books, self._books.sent.pop(conversation_id, None)
        usage = message.facts.usage if message.facts is not None else None
        if plan is None or usage is None:
            return
        made = entries_after(plan.prompt, plan.forecast, books.entries, plan.now_ms, usage)
        books.entries.update(made)
        factor = books.factors[plan.prompt.model] = learnt_factor(plan.prompt, usage, self._factor(plan.prompt))
        books.last[conversation_id] = plan.prompt
        went = outcome(plan.forecast, usage)
        books.verdicts[conversation_id] = Verdict(message.id, plan.forecast, usage, went, plan.change)
        books.owed.append((made, plan.prompt.model, factor))

    async def keep(self) -> None:
        owed = self._books.owed
        while owed:
            try:
                await self._store.put_prefixes(*owed[0])
            except StoreError:
                return  # owed until a store works again; the message itself tells that nothing can be stored
            owed.pop(0)

    # ---- planning

    def _planned(self, conversation_id: str, request: Request, profile: str) -> Plan:
        books, now_ms = self._books, self._now_ms()
        entry = self._catalogue().find(request.model)
        prompt = self._reader.read(request, entry, profile)
        floor = (entry.min_cacheable_tokens or 0) if entry is not None else 0
        counted = books.counts.get(_whole(prompt)) if books.counts else None
        told = forecast(prompt, books.entries, floor, now_ms, factor=self._factor(prompt), counted=counted)
        last = books.last.get(conversation_id)
        learnt = prompt.model in books.factors
        return Plan(
            request=request,
            prompt=prompt,
            forecast=told,
            entry=entry,
            cautions=tuple(cautions(prompt, told, request, floor)),
            change=None if last is None else first_change(last, prompt),
            spread=0.0 if counted is not None else SPREAD_LEARNT if learnt else SPREAD,
            cost=None if entry is None else entry.cost(told.usage),
            cost_uncached=None if entry is None else entry.cost(uncached(told.usage)),
            now_ms=now_ms,
        )

    def _factor(self, prompt: Prompt) -> float:
        return self._books.factors.get(prompt.model, 1.0)


def _whole(prompt: Prompt) -> bytes:
    last = len(prompt.blocks) - 1
    return prompt.prefixes([last])[last] if prompt.blocks else b""
