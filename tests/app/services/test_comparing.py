"""What is said of two runs: what only one has, what has moved, what was changed and how."""

from dataclasses import replace
from typing import Any

from app.domain.blocks import Base64Source, ImageBlock, TextBlock, ThinkingBlock
from app.domain.conversation import Message, ReplyFacts, Role
from app.domain.request import Parameters, Request, Turn
from app.domain.tools import ToolDefinition
from app.domain.usage import TokenUsage
from app.services.comparing import Difference, compare, run_of

REQUEST = Request(
    model="claude-sonnet-5-5",
    max_tokens=1000,
    turns=tuple(
        Turn("assistant" if number % 2 else "user", (TextBlock(f"Message {number} says this."),)) for number in range(5)
    ),
    system=(TextBlock("Be brief."), TextBlock("Be kind.")),
    tools=tuple(ToolDefinition(name, {"type": "object"}) for name in ("look", "find", "open")),
    extra_headers={"x-team": "red"},
)
ANSWER = Message(
    "a",
    None,
    Role.ASSISTANT,
    (ThinkingBlock("Hm", "sig"), TextBlock("It is cold.\nTake a coat.\nGo.")),
    facts=ReplyFacts("claude-sonnet-5-5", stop_reason="end_turn", usage=TokenUsage(10, output_tokens=5)),
)


def differences(request: Request = REQUEST, answer: Message = ANSWER, **changes: Any) -> list[Difference]:
    return list(compare(run_of(REQUEST, ANSWER), run_of(replace(request, **changes), answer)).differences)


def test_the_same_run_differs_in_nothing() -> None:
    found = compare(run_of(REQUEST, ANSWER), run_of(REQUEST, ANSWER))
    assert (found.differences, found.same > 15) == ((), True)


def test_parameters_and_headers_are_told_by_their_names() -> None:
    found = differences(
        max_tokens=2000, parameters=Parameters(effort="low"), extra_headers={"x-team": "blue", "x-new": "1"}
    )
    assert [(each.what, each.section, each.name) for each in found] == [
        ("changed", "Parameters", "max_tokens"),
        ("only_b", "Parameters", "output_config.effort"),
        ("changed", "Headers", "x-team"),
        ("only_b", "Headers", "x-new"),
    ]
    assert found[0].pieces == (("only_a", "1000"), ("only_b", "2000"))


def test_a_tool_and_a_system_block_that_moved_are_no_change() -> None:
    look, find, open_ = REQUEST.tools
    found = differences(tools=(find, open_, look), system=REQUEST.system[::-1])
    assert [(each.what, each.section) for each in found] == [("moved", "System"), ("moved", "Tools")]
    assert found[1].name == "look"


def test_a_message_put_in_is_only_in_one_and_a_changed_word_is_shown_in_its_line() -> None:
    turns = list(REQUEST.turns)
    turns[3] = Turn("assistant", (TextBlock("Message 3 said this."),))
    turns[1:1] = [Turn("assistant", (TextBlock("Oh?"),)), Turn("user", (TextBlock("Yes."),))]

    found = differences(turns=tuple(turns))

    assert [(each.what, each.name) for each in found] == [
        ("only_b", "2. assistant, text"),
        ("only_b", "3. user, text"),
        ("changed", "4. assistant, text → 6. assistant, text"),
    ]
    assert found[2].pieces == (
        ("same", "Message 3 "),
        ("only_a", "says"),
        ("only_b", "said"),
        ("same", " this."),
    )


def test_the_reply_and_its_outcome_are_compared_as_well() -> None:
    other = replace(ANSWER, blocks=(TextBlock("It is cold.\nTake two coats.\nGo."),))
    assert other.facts is not None
    found = differences(answer=replace(other, facts=replace(other.facts, stop_reason="max_tokens")))

    assert [(each.what, each.section, each.name) for each in found] == [
        ("only_a", "Reply", "1. thinking"),
        ("changed", "Reply", "2. text → 1. text"),
        ("changed", "Outcome", "stop_reason"),
    ]
    assert ("same", "It is cold.\n") in found[1].pieces


def test_a_picture_is_told_by_its_size_and_compared_by_its_bytes() -> None:
    pictures = [Turn("user", (ImageBlock(Base64Source("image/png", "A" * 5000 + last)),)) for last in "BC"]
    runs = [run_of(replace(REQUEST, turns=(each,)), ANSWER) for each in pictures]

    (found,) = compare(*runs).differences

    assert found.what == "changed"
    assert all(len(text) < 500 for _, text in found.pieces)
