"""Caching on the page: one plan, shown by the rail, the Cache tab and the composer's line."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.attachments import message_blocks
from app.domain.blocks import Block
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl, same_block
from app.domain.conversation import ReplyFacts
from app.domain.models import Catalogue
from app.domain.planning.owners import Owner, owners
from app.domain.planning.plan import Plan, Verdict
from app.domain.usage import TokenUsage, uncached
from app.services.planning import PlanningService
from ui.bridge.tasks import TaskScope
from ui.caching.parts import state_of
from ui.caching.tab import CacheTab, LastAnswer
from ui.caching.words import diagnosis_words, forecast_line, title_of, verdict_words
from ui.conversation.page import ConversationPage
from ui.conversation.presenter import ConversationPresenter
from ui.transcript.rail import Rail, RailBlock
from ui.widgets.amounts import usd

REST_MS = 150
"""So long nothing must change before a plan is made anew."""
TICK_MS = 1000


class Caching(QObject):
    """Makes plans of what is on the page, and takes the person's marks.

    Signals:
        refused: a mark was not taken; arg: why, in a sentence.
    """

    refused = Signal(str)

    def __init__(
        self,
        page: ConversationPage,
        conversation: ConversationPresenter,
        planning: PlanningService,
        catalogue: Callable[[], Catalogue],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._conversation = conversation
        self._planning = planning
        self._catalogue = catalogue
        self._tasks = TaskScope(conversation.failed.emit)
        self._tab: CacheTab | None = None
        self.plan: Plan | None = None
        """Of the next request, as it is shown."""
        self.rail = Rail(page.transcript)
        self.rail.mark_wanted.connect(self._mark)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.show)
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._tick)
        page.composer.text_edited.connect(self.note)
        conversation.setup_shown.connect(self.note)
        conversation.rows_changed.connect(self.note)
        conversation.shown.connect(self.note)
        self._tasks.start("load", self._load)

    def take_tab(self, tab: CacheTab) -> None:
        """Show the plan in a Cache tab as well."""
        self._tab = tab
        tab.plan_wanted.connect(self._change)
        tab.refused.connect(self.refused)
        tab.count_wanted.connect(lambda: self._tasks.start("count", self._count))
        tab.message_picked.connect(self._show_message)
        self.show()

    def note(self) -> None:
        """What the next request will be has changed."""
        self._rest.start()

    def show(self) -> None:
        """Plan what is on the page now."""
        session = self._conversation.session
        self._take(self._planning.plan(session.conversation, self._blocks(), session.parent_of_next))

    async def close(self) -> None:
        self._rest.stop()
        self._clock.stop()
        await self._tasks.close()

    async def _load(self) -> None:
        await self._planning.load()
        self.show()

    async def _count(self) -> None:
        session = self._conversation.session
        plan = await self._planning.count(session.conversation, self._blocks(), session.parent_of_next)
        if session is self._conversation.session:
            self._take(plan)

    def _blocks(self) -> tuple[Block, ...]:
        """What stands in the composer."""
        session = self._conversation.session
        text, attached = self._page.composer.text.strip(), session.draft.attachments
        return message_blocks(attached, text) if text or attached else ()

    def _take(self, plan: Plan) -> None:
        self.plan = plan
        conversation = self._conversation.session.conversation
        owned = owners(plan.prompt, conversation)
        self._page.composer.set_estimate(forecast_line(plan) if plan.forecast.total else "")
        self.rail.show_blocks(*self._rail_blocks(plan, owned))
        if self._tab is not None:
            self._tab.show_plan(plan, owned, conversation.setup.cache_plan)
            self._tab.show_last(self._last())
        lives = any(mark.expires_ms is not None for mark in plan.forecast.marks)
        if lives and self._tab is not None:
            self._clock.start()
        else:
            self._clock.stop()

    def _tick(self) -> None:
        now_ms = time.time_ns() // 1_000_000
        if self.plan is None or self._tab is None:
            return
        if any(mark.expires_ms is not None and mark.expires_ms <= now_ms for mark in self.plan.forecast.marks):
            self.show()
        elif self._tab.isVisible():
            self._tab.tick(now_ms)

    # ---- what is shown

    @property
    def wanted(self) -> CachePlan:
        """The marks that the person has set."""
        return self._conversation.shown_setup.cache_plan

    def _rail_blocks(
        self, plan: Plan, owned: Sequence[Owner | None]
    ) -> tuple[list[RailBlock], dict[str, dict[int, RailBlock]]]:
        wanted = self.wanted
        head: dict[Section, RailBlock] = {}
        found: dict[str, dict[int, RailBlock]] = {}
        for position, owner in enumerate(owned):
            if owner is None:
                continue
            known = plan.prompt.blocks[position]
            block = RailBlock(
                title_of(plan, position),
                state_of(plan, position),
                owner.mark if known.markable else None,
                plan.prompt.marks.get(position),
                not any(same_block(each, owner.mark) for each in wanted.breakpoints),
            )
            if owner.message_id:
                found.setdefault(owner.message_id, {})[owner.mark.block] = block
            elif head.get(owner.mark.section) is None or head[owner.mark.section].ttl is None or block.ttl is not None:
                head[owner.mark.section] = block
        return list(head.values()), found

    def _last(self) -> LastAnswer:
        conversation = self._conversation.session.conversation
        answered = [each for each in conversation.path if each.facts is not None and each.facts.usage is not None]
        if not answered:
            return LastAnswer()
        facts, usages = answered[-1].facts, [each.facts.usage for each in answered if each.facts is not None]
        assert facts is not None
        verdict = self._planning.verdict(conversation.id)
        mine = verdict if verdict is not None and verdict.message_id == answered[-1].id else None
        words = [verdict_words(mine) if mine is not None else "", diagnosis_words(facts.extra)]
        bars = tuple(
            (each.cache_read_input_tokens, each.cache_creation_input_tokens, each.input_tokens)
            for each in usages
            if each is not None
        )
        return LastAnswer(tuple(self._rows(facts, mine)), " ".join(each for each in words if each), bars)

    def _rows(self, facts: ReplyFacts, verdict: Verdict | None) -> Iterator[tuple[str, str]]:
        usage = facts.usage or TokenUsage()
        told = verdict.forecast if verdict is not None else None
        yield "Read from cache", _beside(usage.cache_read_input_tokens, None if told is None else told.read)
        yield "Written to cache", _beside(usage.cache_creation_input_tokens, None if told is None else told.written)
        yield "Fresh input", _beside(usage.input_tokens, None if told is None else told.fresh)
        yield "Output", f"{usage.output_tokens:,}"
        entry = self._catalogue().find(facts.model)
        if entry is not None and (cost := entry.cost(usage)) is not None:
            yield "Cost", usd(cost)
            if (plain := entry.cost(uncached(usage))) is not None:
                yield "Without caching", usd(plain)

    def _show_message(self, message_id: str) -> None:
        path = [each.id for each in self._conversation.session.shown_path]
        if message_id in path:
            self._page.transcript.show_message(path.index(message_id))

    # ---- what the person wants

    def _mark(self, place: Breakpoint, ttl: Ttl | None) -> None:
        wanted = self.wanted
        if ttl is None:
            self._change(wanted.unmarked(place))
            return
        try:
            self._change(wanted.marked(replace(place, ttl=ttl)))
        except ValueError:
            self.refused.emit("The API takes 4 marks at most. Take one away first.")

    def _change(self, wanted: CachePlan) -> None:
        self._conversation.change_setup(replace(self._conversation.shown_setup, cache_plan=wanted))
        self.show()


def _beside(actual: int, foretold: int | None) -> str:
    """`1,034 (foretold 1,020, +14)`."""
    if foretold is None:
        return f"{actual:,}"
    return f"{actual:,} (foretold {foretold:,}, {actual - foretold:+,})"
