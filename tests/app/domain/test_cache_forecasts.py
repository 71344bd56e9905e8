"""A day with the cache: what is foretold before each request is what the simulator accounts for after it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.dialects.anthropic.requests import request_to_wire
from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    ImageBlock,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
)
from app.domain.caching import Breakpoint, CachePlan, Entry, Section, Ttl
from app.domain.planning.forecasting import (
    Effect,
    Forecast,
    entries_after,
    forecast,
    learnt_factor,
)
from app.domain.planning.prompt import PromptReader
from app.domain.planning.rolling import rolled
from app.domain.planning.weighing import Weighed, Weight, weighed
from app.domain.request import Parameters, Request, Thinking, Turn
from app.domain.tools import NativeTool, ToolChoice, ToolDefinition
from app.domain.usage import TokenUsage
from app.simulator.cache import Ledger, positions_of
from app.simulator.tokens import block_tokens
from tests.support.simulated import PNG, entry

SONNET, OPUS, HAIKU = "claude-sonnet-5-5", "claude-opus-4-8", "claude-haiku-4-5"
LONG = "All work and no play makes a dull prefix, and a dull prefix is a cheap one. " * 80
PICTURE = ImageBlock(Base64Source("image/png", PNG))


def exactly(block: Any) -> Weighed:
    """Weighed as the simulator counts."""
    request = (
        Request(SONNET, 1, (Turn("assistant", (block,)),))
        if not isinstance(block, ToolDefinition | NativeTool)
        else Request(SONNET, 1, (), tools=(block,))
    )
    body = request_to_wire(request, stream=False).body
    wire = body["tools"][0] if request.tools else body["messages"][0]["content"][0]
    return replace(weighed(block), weight=Weight(block_tokens(wire)))


class Day:
    """One account: the simulator's books, and two planners beside them; one counts exactly, one guesses."""

    def __init__(self) -> None:
        self.now_ms = 1_000_000
        self.books = Ledger(lambda: self.now_ms / 1000)
        self.exact, self.rough = PromptReader(exactly), PromptReader()
        self.known: tuple[dict[bytes, Entry], dict[bytes, Entry]] = ({}, {})
        self.factors: dict[str, float] = {}
        self.steps = 0

    def sleep(self, seconds: int) -> None:
        self.now_ms += seconds * 1000

    def send(self, request: Request) -> tuple[str, Forecast]:
        """Foretell, ask, compare; says what became of it."""
        self.steps += 1
        self.now_ms += 1000
        request = rolled(request)
        model = entry(request.model)
        floor = model.min_cacheable_tokens or 0
        prompt, guessed = self.exact.read(request, model), self.rough.read(request, model)
        factor = self.factors.get(model.id, 1.0)
        told = forecast(prompt, self.known[0], floor, self.now_ms)
        rough = forecast(guessed, self.known[1], floor, self.now_ms, factor=factor)
        body = request_to_wire(request, stream=False).body
        real = self.books.account(positions_of(body, model), floor)
        assert (told.read, told.written_5m, told.written_1h, told.fresh) == (
            real.read,
            real.written_5m,
            real.written_1h,
            real.fresh,
        )
        for guess, truth in ((rough.read, real.read), (rough.written, real.written_5m + real.written_1h)):
            assert guess == pytest.approx(truth, rel=0.05)
        usage = TokenUsage(real.fresh, real.written_5m + real.written_1h, real.read, real.written_5m, real.written_1h)
        self.known[0].update(entries_after(prompt, told, self.known[0], self.now_ms, usage))
        self.known[1].update(entries_after(guessed, rough, self.known[1], self.now_ms, usage))
        self.factors[model.id] = learnt_factor(guessed, usage, factor)
        what = ("read " if told.read else "") + ("write " if told.written else "") + ("fresh" if told.fresh else "")
        return what.strip(), told


def user(*said: str | Block) -> Turn:
    return Turn("user", tuple(TextBlock(each) if isinstance(each, str) else each for each in said))


def answer(*said: str | Block) -> Turn:
    return Turn("assistant", tuple(TextBlock(each) if isinstance(each, str) else each for each in said))


def tool(name: str, words: str = "Looks something up. ") -> ToolDefinition:
    return ToolDefinition(name, {"type": "object", "properties": {"q": {"type": "string"}}}, words * 60)


def marked(request: Request, *marks: Breakpoint, automatic: Ttl | None = None) -> Request:
    return replace(request, cache_plan=CachePlan(frozenset(marks), automatic))


def on(section: Section, index: int, block: int = 0, ttl: Ttl = Ttl.FIVE_MINUTES) -> Breakpoint:
    return Breakpoint(section, index, block, ttl)


SYSTEM = (TextBlock("You read contracts."), TextBlock(LONG))
TOOLS = (tool("weather"), tool("places"), tool("times"))
ON_SYSTEM = on(Section.SYSTEM, 1)
BASE = Request(SONNET, 100, (user("What are the key terms?"),), SYSTEM)


@pytest.fixture
def day() -> Day:
    return Day()


def grown(request: Request, number: int) -> Request:
    more = (answer(f"Answer {number}. {LONG[:400]}"), user(f"Question {number}? {LONG[:300]}"))
    return replace(request, turns=(*request.turns, *more))


def test_a_day_of_more_than_forty_requests_goes_as_foretold(day: Day) -> None:
    assert day.send(BASE)[0] == "fresh"
    request = marked(BASE, ON_SYSTEM)
    assert day.send(request)[0] == "write fresh"
    assert day.send(request)[0] == "read fresh"
    # a conversation that grows, its newest turn marked
    request = replace(request, cache_plan=CachePlan(frozenset({ON_SYSTEM}), rolling=Ttl.FIVE_MINUTES))
    for number in range(6):
        what, told = day.send(request)
        assert what == "read write"
        assert told.fresh == 0
        request = grown(request, number)
    # an early message is changed: the system block is all that is read
    edited = replace(request, turns=(user("What are the dates?"), *request.turns[1:]))
    before = day.send(request)[1]
    after = day.send(edited)[1]
    assert after.read < before.read
    assert day.send(edited)[1].written == 0
    # branches of one conversation share what stands before them
    for words in ("one way", "another way", "a third way"):
        assert day.send(replace(request, turns=(*request.turns[:-1], user(words))))[1].read > after.read
    # the system is changed; then back
    other = replace(request, system=(SYSTEM[0], TextBlock(LONG + "Be brief.")))
    assert day.send(other)[0] == "write"
    assert day.send(request)[0] == "read"
    # another model has a cache of its own, and a higher floor
    assert day.send(replace(request, model=OPUS))[0] == "write"
    assert day.send(replace(request, model=OPUS))[0] == "read"
    assert day.send(replace(BASE, model=HAIKU, cache_plan=CachePlan(frozenset({ON_SYSTEM}))))[0] == "fresh"
    # parallel conversations with the same beginning
    for number in range(4):
        assert day.send(marked(replace(BASE, turns=(user(f"Question {number}"),)), ON_SYSTEM))[0] == "read fresh"
    # five minutes from the last use, and not from the first
    for _ in range(3):
        day.sleep(280)
        assert day.send(marked(BASE, ON_SYSTEM))[0] == "read fresh"
    day.sleep(301)
    assert day.send(marked(BASE, ON_SYSTEM))[0] == "write fresh"
    assert day.send(marked(BASE, on(Section.SYSTEM, 1, ttl=Ttl.ONE_HOUR)))[0] == "read fresh"
    day.sleep(301)
    assert day.send(marked(BASE, on(Section.SYSTEM, 1, ttl=Ttl.ONE_HOUR)))[1].written_1h > 0
    day.sleep(3000)
    assert day.send(marked(BASE, ON_SYSTEM))[0] == "read fresh"
    # tools: marked on the last one; then reordered, one described anew, one more
    tools = marked(replace(BASE, tools=TOOLS), on(Section.TOOLS, 2), ON_SYSTEM)
    assert day.send(tools)[0] == "write fresh"
    assert day.send(tools)[0] == "read fresh"
    assert day.send(replace(tools, tools=TOOLS[::-1]))[0] == "write fresh"
    assert day.send(replace(tools, tools=(*TOOLS[:2], tool("times", "Tells the time. "))))[0] == "write fresh"
    searching = replace(tools, tools=(*TOOLS, NativeTool({"type": "web_search_20250305", "name": "web_search"})))
    assert day.send(searching)[1].read > 0
    # what stands beside: the tool choice counts for the messages alone
    chosen = replace(tools, parameters=Parameters(tool_choice=ToolChoice("any")))
    both = marked(chosen, on(Section.TOOLS, 2), ON_SYSTEM, on(Section.MESSAGES, 0))
    assert day.send(marked(tools, on(Section.TOOLS, 2), ON_SYSTEM, on(Section.MESSAGES, 0)))[0] == "read write"
    assert day.send(both)[0] == "read write"
    assert day.send(replace(both, parameters=Parameters(tool_choice=ToolChoice("auto"))))[0] == "read"
    assert day.send(replace(both, parameters=Parameters(thinking=Thinking("disabled"))))[0] == "read write"
    assert day.send(replace(both, extra_body={"speed": "fast"}))[1].written > 0
    assert day.steps >= 40


@pytest.mark.parametrize("automatic", list(Ttl))
def test_automatic_caching_marks_the_last_block_that_can_carry_one(day: Day, automatic: Ttl) -> None:
    request = marked(replace(BASE, turns=(user("hi"), answer("Well. "), user(LONG))), ON_SYSTEM, automatic=automatic)
    request = replace(request, cache_plan=replace(request.cache_plan, breakpoints=frozenset()))
    assert day.send(request)[0] == "write"
    assert day.send(grown(request, 1))[0] == "read write"
    thinking = replace(request, turns=(*request.turns, answer(ThinkingBlock("Hm.", "signed"))))
    assert day.send(thinking)[0] == "read fresh"


def test_pictures_documents_and_results_count_where_they_stand(day: Day) -> None:
    seen = marked(replace(BASE, turns=(user(PICTURE, "Which city?"),)), ON_SYSTEM, on(Section.MESSAGES, 0, 1))
    assert day.send(marked(BASE, ON_SYSTEM, on(Section.MESSAGES, 0)))[0] == "write"
    assert day.send(seen)[0] == "read write"
    read = replace(seen, turns=(user(DocumentBlock(TextSource(LONG)), "And this?"),))
    assert day.send(read)[0] == "read write"
    cited = replace(read, turns=(user(DocumentBlock(TextSource(LONG), citations={"enabled": True}), "And this?"),))
    assert day.send(cited)[0] == "write"
    used = answer(ToolUseBlock("toolu_1", "weather", {"q": "Boston", "a": 1}))
    results = user(ToolResultBlock("toolu_1", (TextBlock(LONG), PICTURE)), ToolResultBlock("toolu_2", "4 °C", True))
    called = replace(seen, turns=(user("Weather?"), used, results), tools=TOOLS)
    part = Breakpoint(Section.MESSAGES, 2, 0, part=0)
    assert day.send(marked(called, part))[0] == "write fresh"
    assert day.send(marked(called, part))[0] == "read fresh"


def test_what_stands_more_than_twenty_blocks_before_a_mark_is_not_found(day: Day) -> None:
    def asked(blocks: int) -> Request:
        turns = (user(LONG), *(turn for at in range(blocks) for turn in (answer(f"a{at}"), user(f"q{at}"))))
        return marked(replace(BASE, system=(), turns=turns), on(Section.MESSAGES, len(turns) - 1))

    assert day.send(asked(0))[0] == "write"
    assert day.send(asked(9))[0] == "read write"
    assert day.send(asked(20))[0] == "write"


def test_neighbours_of_one_role_are_one_message(day: Day) -> None:
    apart = marked(replace(BASE, turns=(user(LONG), user("b"))), on(Section.MESSAGES, 1))
    assert day.send(apart)[0] == "write"
    assert day.send(marked(replace(BASE, turns=(user(LONG, "b"),)), on(Section.MESSAGES, 0, 1)))[0] == "read"


def test_a_mark_below_the_floor_says_that_it_does_nothing(day: Day) -> None:
    _, told = day.send(marked(replace(BASE, system=(TextBlock("Short."),)), on(Section.SYSTEM, 0)))
    assert [mark.effect for mark in told.marks] == [Effect.SHORT]


def test_what_was_counted_is_exact_from_then_on() -> None:
    """A model that counts half as much again: one answer, and one count, make the next forecast exact."""
    reader, model = PromptReader(), entry(SONNET)
    request = rolled(replace(BASE, cache_plan=CachePlan(frozenset({ON_SYSTEM}), rolling=Ttl.FIVE_MINUTES)))
    prompt = reader.read(request, model)
    told = forecast(prompt, {}, 512, 0)
    real = TokenUsage(0, round(told.total * 1.5), 0)
    known = entries_after(prompt, told, {}, 0, real)
    following = reader.read(rolled(grown(replace(request, cache_plan=CachePlan(rolling=Ttl.FIVE_MINUTES)), 1)), model)
    counted = forecast(following, known, 512, 1000, counted=4000)
    assert (counted.read, counted.written, counted.fresh) == (real.total_input, 4000 - real.total_input, 0)
    assert learnt_factor(prompt, real) == pytest.approx(1.5, rel=0.01)


def turns_of(blocks: int) -> Iterator[Turn]:
    for at in range(blocks):
        yield (user if at % 2 == 0 else answer)(f"Turn {at}")


def test_rolling_marks_stand_on_the_two_newest_messages_of_the_person() -> None:
    plan = CachePlan(frozenset({ON_SYSTEM}), rolling=Ttl.FIVE_MINUTES)
    made = rolled(replace(BASE, turns=tuple(turns_of(5)), cache_plan=plan)).cache_plan
    assert made.breakpoints == {ON_SYSTEM, on(Section.MESSAGES, 2), on(Section.MESSAGES, 4)}
