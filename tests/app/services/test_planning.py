"""What is foretold of a request, beside what the simulator's answer says; over a restart too."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.client.messages import MessagesClient
from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.conversation import Conversation, Message, Role
from app.domain.planning.plan import Plan
from app.domain.planning.verdicts import Cause, Outcome
from app.domain.request import Parameters, Setup
from app.domain.stream import ClientEvent
from app.domain.tools import ToolChoice, ToolDefinition
from app.domain.usage import TokenUsage
from app.errors import StoreError
from app.services.identity import new_id
from app.services.library import Library
from app.services.planning import PlanningService
from app.services.replies import ReplyService
from app.simulator.server import LocalSimulator, own_catalogue
from app.simulator.service import Simulator
from app.store.store import Store

LONG = "The tenant shall keep the roof, the cellar and the well in good repair. " * 60
MARKED = CachePlan(frozenset({Breakpoint(Section.SYSTEM, 0)}), rolling=Ttl.FIVE_MINUTES)
TOOL = ToolDefinition("weather", {"type": "object"}, "Tells the weather in a city.")
SETUP = Setup(
    model="claude-sonnet-5-5",
    system=(TextBlock(LONG),),
    tools=(TOOL,),
    parameters=Parameters(tool_choice=ToolChoice("none")),
    cache_plan=MARKED,
)


class Watch:
    def started(self, snapshot: Callable[[], Message]) -> None:
        pass

    def arrived(self, events: Sequence[ClientEvent]) -> None:
        pass

    def not_saved(self, error: StoreError) -> None:
        raise error

    def ended(self, message: Message) -> None:
        self.message = message


class Desk:
    """A person who asks, with the plan that stood before each question left."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.far_s = 1000.0
        self.far_end = LocalSimulator(Simulator(own_catalogue(), clock=lambda: self.far_s, rate=0, keeps_bodies=True))
        url = self.far_end.start()
        self.journal = self.far_end.simulator.journal
        self.client = MessagesClient(Endpoint(Profile("s", base_url=url), Secret("sk-ant-test")))
        self.conversation = Conversation(id=new_id(), setup=SETUP)
        self.now_ms = 1_000_000
        self.start()

    def start(self) -> None:
        """A program that knows only what the store has kept."""
        catalogue = own_catalogue()
        self.planning = PlanningService(self.store.ledger, lambda: catalogue, self._connect, lambda: self.now_ms)
        self._replies = ReplyService(
            self._connect, self.store, lambda: catalogue, bookkeeper=lambda: self.planning, now_ms=lambda: self.now_ms
        )

    async def _connect(self, _profile: str) -> MessagesClient:
        return self.client

    async def ask(self, text: str) -> tuple[Plan, TokenUsage]:
        await self.planning.load()
        plan = self.planning.plan(self.conversation, (TextBlock(text),))
        asked = Message(new_id(), self.conversation.leaf, Role.USER, (TextBlock(text),))
        self.conversation = await Library(self.store).add(self.conversation, asked)
        watch = Watch()
        await self._replies.reply(self.conversation, watch)
        self.conversation = self.conversation.with_message(watch.message)
        assert watch.message.facts is not None
        assert watch.message.facts.usage is not None
        return plan, watch.message.facts.usage

    def change(self, **setup: Any) -> None:
        self.conversation = replace(self.conversation, setup=replace(self.conversation.setup, **setup))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = (await Store.open(tmp_path)).store
    made = Desk(store)
    yield made
    await made.client.aclose()
    made.far_end.stop()
    await store.close()


def is_close(plan: Plan, usage: TokenUsage) -> bool:
    told = plan.forecast
    pairs = ((told.read, usage.cache_read_input_tokens), (told.written, usage.cache_creation_input_tokens))
    return all(foretold == pytest.approx(real, rel=0.05) for foretold, real in pairs)


async def test_a_conversation_goes_as_foretold_and_over_a_restart(desk: Desk) -> None:
    for question in ("What is in it?", "And who pays?"):
        assert is_close(*await desk.ask(question))
    desk.start()
    plan, usage = await desk.ask("Until when?")
    assert plan.forecast.read == usage.cache_read_input_tokens > 1000
    verdict = desk.planning.verdict(desk.conversation.id)
    assert verdict is not None
    assert (verdict.outcome, verdict.change) == (Outcome.AS_FORETOLD, None)
    assert plan.cost is not None
    assert plan.cost_uncached is not None
    assert plan.cost < plan.cost_uncached / 3


async def test_a_changed_tool_is_what_a_miss_is_explained_with(desk: Desk) -> None:
    await desk.ask("What is in it?")
    desk.change(tools=(replace(TOOL, description="Tells the weather in a town."),))
    plan, usage = await desk.ask("And who pays?")
    assert plan.forecast.read == usage.cache_read_input_tokens == 0
    assert plan.change is not None
    assert (plan.change.cause, plan.change.place) == (Cause.BLOCK, Breakpoint(Section.TOOLS, 0))
    assert "town" in plan.change.after


async def test_a_hit_that_does_not_come_is_told(desk: Desk) -> None:
    await desk.ask("What is in it?")
    desk.far_s += 301  # the service's clock, and not this machine's
    await desk.ask("And who pays?")
    verdict = desk.planning.verdict(desk.conversation.id)
    assert verdict is not None
    assert verdict.outcome is Outcome.MISS


async def test_an_exact_count_asks_once_and_stands_until_something_changes(desk: Desk) -> None:
    words = (TextBlock("What is in it?"),)
    rough = desk.planning.plan(desk.conversation, words)
    exact = await desk.planning.count(desk.conversation, words)
    counted = [each for each in desk.journal.entries if each.path.endswith("count_tokens")]
    assert len(counted) == 1
    assert exact.forecast.is_counted
    assert rough.forecast.total == pytest.approx(exact.forecast.total, rel=0.1)
    assert desk.planning.plan(desk.conversation, words).forecast.is_counted
    assert not desk.planning.plan(desk.conversation, (TextBlock("What?"),)).forecast.is_counted
    assert len(desk.journal.entries) == 1


async def test_asking_why_names_the_answer_before_and_is_told(desk: Desk) -> None:
    desk.change(cache_plan=replace(MARKED, asks_why=True))
    await desk.ask("What is in it?")
    await desk.ask("And who pays?")
    desk.change(tools=(replace(TOOL, description="Tells the weather in a town."),))
    await desk.ask("Until when?")
    answers = [each.facts for each in desk.conversation.path if each.facts is not None]
    named = [each.body and each.body["diagnostics"]["previous_message_id"] for each in desk.journal.entries]
    assert named == [None, answers[0].api_id, answers[1].api_id]
    assert [each.extra.get("diagnostics") for each in answers[:2]] == [None, None]
    reason = answers[2].extra["diagnostics"]["cache_miss_reason"]
    assert reason["type"] == "tools_changed"
    assert reason["cache_missed_input_tokens"] > 1000
