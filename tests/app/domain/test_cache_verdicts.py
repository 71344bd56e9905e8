"""What changed, and what a mark cannot do."""

from dataclasses import replace

from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.planning.forecasting import Forecast, entries_after, forecast
from app.domain.planning.prompt import Prompt, PromptReader
from app.domain.planning.verdicts import Cause, Doubt, Outcome, cautions, first_change, outcome
from app.domain.request import Parameters, Request, Turn
from app.domain.tools import ToolChoice, ToolDefinition
from app.domain.usage import TokenUsage
from tests.support.simulated import entry

TOOL = ToolDefinition("weather", {"type": "object"}, "Tells the weather in a city.")
LONG = "a long story about a contract " * 200
ASKED = Request("claude-sonnet-5-5", 9, (Turn("user", (TextBlock("What now?"),)),), (TextBlock(LONG),), tools=(TOOL,))
READER = PromptReader()


def read(request: Request) -> Prompt:
    return READER.read(request, entry(request.model))


def doubts(request: Request, *, after: Request | None = None) -> list[Doubt]:
    known = {}
    if after is not None:
        earlier = read(after)
        known = entries_after(earlier, forecast(earlier, {}, 512, 0), {}, 0)
    prompt = read(request)
    return [each.doubt for each in cautions(prompt, forecast(prompt, known, 512, 1), request, 512)]


def test_a_changed_tool_is_named_and_its_first_differing_text_shown() -> None:
    other = replace(ASKED, tools=(replace(TOOL, description="Tells the weather in a town."),))
    change = first_change(read(ASKED), read(other))
    assert change is not None
    assert change.place == Breakpoint(Section.TOOLS, 0)
    assert "in a city." in change.before
    assert "in a town." in change.after


def test_the_cause_is_the_first_in_the_order_of_the_prompt() -> None:
    system = (TextBlock(LONG + "x"),)
    for cause, other in (
        (Cause.MODEL, replace(ASKED, model="claude-opus-4-8", system=system)),
        (Cause.SPEED, replace(ASKED, extra_body={"speed": "fast"})),
        (Cause.SETTINGS, replace(ASKED, parameters=Parameters(tool_choice=ToolChoice("any")))),
        (Cause.BLOCK, replace(ASKED, system=system, parameters=Parameters(tool_choice=ToolChoice("any")))),
        (Cause.BLOCK, replace(ASKED, turns=())),
    ):
        change = first_change(read(ASKED), read(other))
        assert change is not None
        assert change.cause is cause


def test_what_only_goes_on_has_not_changed() -> None:
    assert first_change(read(ASKED), read(ASKED)) is None
    more = (Turn("assistant", (TextBlock("This."),)), Turn("user", (TextBlock("And then?"),)))
    assert first_change(read(ASKED), read(replace(ASKED, turns=(*ASKED.turns, *more)))) is None


def marked(request: Request, *marks: Breakpoint) -> Request:
    return replace(request, cache_plan=CachePlan(frozenset(marks)))


def test_marks_that_can_do_nothing_are_told() -> None:
    assert doubts(marked(ASKED, Breakpoint(Section.TOOLS, 0), Breakpoint(Section.SYSTEM, 0))) == [Doubt.BELOW_FLOOR]
    late = marked(ASKED, Breakpoint(Section.SYSTEM, 0), Breakpoint(Section.MESSAGES, 0, ttl=Ttl.ONE_HOUR))
    assert doubts(late) == [Doubt.LATE_HOUR]
    assert doubts(marked(ASKED, Breakpoint(Section.SYSTEM, 0))) == []


def test_a_mark_too_far_from_the_last_entry_is_told() -> None:
    turns = tuple(Turn(("user", "assistant")[at % 2], (TextBlock(f"turn {at}"),)) for at in range(25))
    before = marked(ASKED, Breakpoint(Section.SYSTEM, 0))
    after = marked(replace(ASKED, turns=turns), Breakpoint(Section.MESSAGES, 24))
    assert doubts(after, after=before) == [Doubt.LOOK_BACK]


def test_five_marks_are_too_many_with_the_automatic_one() -> None:
    turns = tuple(Turn(("user", "assistant")[at % 2], (TextBlock(LONG),)) for at in range(7))
    asked = marked(replace(ASKED, turns=turns), *(Breakpoint(Section.MESSAGES, at) for at in (0, 2, 4, 5)))
    assert Doubt.TOO_MANY in doubts(replace(asked, extra_body={"cache_control": {"type": "ephemeral"}}))


def told(read: int, written: int) -> Forecast:
    return Forecast(read + written, read, written, 0, 1, 2, (), (), False)


def test_an_outcome_says_whether_it_went_as_foretold() -> None:
    assert outcome(told(1000, 100), TokenUsage(0, 101, 1010)) is Outcome.AS_FORETOLD
    assert outcome(told(1000, 100), TokenUsage(0, 1100, 0)) is Outcome.MISS
    assert outcome(told(0, 1100), TokenUsage(0, 100, 1000)) is Outcome.HIT
    assert outcome(told(1000, 100), TokenUsage(0, 600, 500)) is Outcome.OTHER
