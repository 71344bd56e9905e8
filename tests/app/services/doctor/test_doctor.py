"""The doctor: what it finds is what the API refuses, and what it has mended is taken."""

import json
from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import Headers

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
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.domain.models import Catalogue
from app.domain.request import Parameters, Setup, Thinking
from app.domain.tools import ToolChoice, ToolDefinition
from app.services.doctor import cured, cured_wholly, examine
from app.services.requests import request_for
from app.simulator.server import own_catalogue
from app.simulator.validation import refusal_of

CATALOGUE: Catalogue = own_catalogue()
TOOL = ToolDefinition("get_weather", {"type": "object", "properties": {}}, "The weather.")


def png(width: int, height: int) -> str:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return b64encode(head + bytes(16)).decode()


def picture(width: int = 10, height: int = 10, media_type: str = "image/png") -> ImageBlock:
    return ImageBlock(Base64Source(media_type, png(width, height)))


def talk(*said: tuple[Role, tuple[Block, ...]], model: str = "claude-sonnet-5-5") -> Conversation:
    """A conversation of these messages, one below the other."""
    conversation = Conversation("c", setup=Setup(model=model))
    for number, (role, blocks) in enumerate(said):
        conversation = conversation.with_message(Message(str(number), conversation.leaf, role, blocks))
    return conversation


def you(*blocks: Block | str) -> tuple[Role, tuple[Block, ...]]:
    return Role.USER, tuple(TextBlock(each) if isinstance(each, str) else each for each in blocks)


def claude(*blocks: Block | str) -> tuple[Role, tuple[Block, ...]]:
    return Role.ASSISTANT, you(*blocks)[1]


def call(id_: str) -> ToolUseBlock:
    return ToolUseBlock(id_, "get_weather", {})


def result(id_: str) -> ToolResultBlock:
    return ToolResultBlock(id_, "12 °C")


def refused(conversation: Conversation) -> str:
    """Why the API would refuse what is asked when the person goes on; empty if it would not."""
    asked = conversation.with_message(Message("next", conversation.leaf, Role.USER, (TextBlock("Go on."),)))
    wire = request_to_wire(request_for(asked, CATALOGUE), stream=True)
    found = refusal_of(Headers({**wire.headers, "x-api-key": "k"}), json.loads(json.dumps(wire.body)), CATALOGUE)
    return "" if found is None else found.message


BROKEN = {
    "a call without a result": talk(you("hi"), claude("Let me see", call("a")), you("well?"), claude("Hm")),
    "a result without a call": talk(you("hi"), claude("Hm"), you(result("a"), "there")),
    "a second result": talk(you("hi"), claude(call("a")), you(result("a"), result("a"))),
    "a call that came twice": talk(you("hi"), claude(call("a"), call("a")), you(result("a"))),
    "a result behind other words": talk(you("hi"), claude(call("a")), you("Look:", result("a"))),
    "an answer at the beginning": talk(claude("Welcome"), you("hi")),
    "a picture that is none": talk(you(ImageBlock(Base64Source("image/png", "AAAA")), "what?")),
    "a picture that is no base64": talk(you(ImageBlock(Base64Source("image/png", png(9, 9) + "!")), "what?")),
    "a picture that is too wide": talk(you(picture(9000), "what?")),
    "a picture in a result": talk(you("hi"), claude(call("a")), you(ToolResultBlock("a", (picture(9000),)))),
    "more pictures than are taken": talk(you("many", *[picture()] * 101), model="claude-haiku-4-5"),
    "a document that is no PDF": talk(you(DocumentBlock(Base64Source("application/pdf", "AAAA")), "what?")),
    "a system message in the wrong place": talk(you("hi"), claude("Hm"), (Role.SYSTEM, (TextBlock("Be brief"),))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_finds_what_the_api_refuses_and_mends_it(name: str) -> None:
    conversation = BROKEN[name]
    assert refused(conversation)

    findings = examine(conversation, CATALOGUE)
    assert findings
    assert all(finding.reason.endswith(".") and finding.fix for finding in findings)

    well = cured_wholly(conversation, CATALOGUE)
    assert refused(well) == ""
    assert [each.blocks for each in well.path] == [each.blocks for each in conversation.path]  # nothing is lost


def test_a_sound_conversation_has_nothing() -> None:
    sound = talk(
        you("hi", picture()),
        claude("Let me see", call("a"), call("b")),
        you(result("b"), result("a"), "and?"),
        claude("Cold."),
    )
    assert examine(sound, CATALOGUE) == ()
    assert refused(sound) == ""


def test_a_finding_names_its_message() -> None:
    (found,) = examine(BROKEN["a call without a result"], CATALOGUE)
    assert found.message == "1"
    assert found.reason == "The answer “Let me see” calls get_weather, and no result follows."
    assert dict(found.omits) == {"1": (1,)}


def test_calls_that_are_about_to_be_answered_are_nothing_to_mend() -> None:
    conversation = talk(you("hi"), claude(call("a")))
    assert examine(conversation, CATALOGUE, awaits_results=True) == ()
    assert len(examine(conversation, CATALOGUE)) == 1


def test_pictures_beside_many_others_must_be_small() -> None:
    conversation = talk(you("look", *[picture(2500)] * 21))
    findings = examine(conversation, CATALOGUE)
    assert len(findings) == 21
    assert "beside more than 20 pictures" in findings[0].reason
    assert examine(cured(conversation, findings[:1]), CATALOGUE) == ()  # twenty may be that large


def test_two_faults_of_the_setup_are_mended_together() -> None:
    parameters = Parameters(
        temperature=0.3, effort="nonsense", tool_choice=ToolChoice("any"), thinking=Thinking("enabled", 5000)
    )
    conversation = replace(talk(you("hi")), setup=Setup("", "claude-opus-5-5", (), parameters, (TOOL,)))
    findings = examine(conversation, CATALOGUE)
    assert {each.message for each in findings} == {""}
    assert len(findings) >= 3
    well = cured(conversation, findings)

    assert refused(conversation)
    assert refused(well) == ""
    assert well.setup.tools == (TOOL,)


SHORT, LONG = Ttl.FIVE_MINUTES, Ttl.ONE_HOUR
IN_WRONG_ORDER = {
    "a later message for longer": CachePlan(
        frozenset({Breakpoint(Section.MESSAGES, 0, ttl=SHORT), Breakpoint(Section.MESSAGES, 2, ttl=LONG)})
    ),
    "the messages for longer than the system": CachePlan(
        frozenset({Breakpoint(Section.SYSTEM, 0, ttl=SHORT)}), rolling=LONG
    ),
    "what moves before what stays": CachePlan(frozenset({Breakpoint(Section.MESSAGES, 3, ttl=LONG)}), rolling=SHORT),
    "two on the last block": CachePlan(automatic=SHORT, rolling=LONG),
    "the automatic one for longer": CachePlan(frozenset({Breakpoint(Section.TOOLS, 0, ttl=SHORT)}), automatic=LONG),
}


@pytest.mark.parametrize("name", IN_WRONG_ORDER)
def test_marks_in_an_order_that_is_refused_are_mended(name: str) -> None:
    said = talk(you("hi"), claude("Hm"), you("so?"), claude("Yes."))
    system = (TextBlock("Be brief."),)
    setup = replace(said.setup, system=system, tools=(TOOL,), cache_plan=IN_WRONG_ORDER[name])
    conversation = replace(said, setup=setup)
    assert "ttl" in refused(conversation)

    (found,) = examine(conversation, CATALOGUE)
    well = cured(conversation, [found])
    assert examine(well, CATALOGUE) == ()
    assert refused(well) == ""
    assert len(well.setup.cache_plan.breakpoints) == len(setup.cache_plan.breakpoints)


def test_a_mark_of_an_hour_before_the_others_keeps_it() -> None:
    first, late = Breakpoint(Section.SYSTEM, 0, ttl=LONG), Breakpoint(Section.MESSAGES, 2, ttl=LONG)
    plan = CachePlan(frozenset({first, Breakpoint(Section.MESSAGES, 0, ttl=SHORT), late}))
    said = talk(you("hi"), claude("Hm"), you("so?"), claude("Yes."))
    conversation = replace(said, setup=replace(said.setup, system=(TextBlock("Be brief."),), cache_plan=plan))
    (found,) = examine(conversation, CATALOGUE)

    kept = cured(conversation, [found]).setup.cache_plan
    assert kept.at(Section.SYSTEM, 0) is LONG
    assert kept.at(Section.MESSAGES, 2) is SHORT


def test_what_is_far_too_long_loses_its_beginning() -> None:
    long = "word " * 60_000
    turns = [each for number in range(20) for each in (you(f"{number} {long}"), claude(f"{number}"))]
    conversation = talk(*turns, model="claude-haiku-4-5")
    (found,) = examine(conversation, CATALOGUE)
    assert "far longer than the 200,000 tokens" in found.reason
    well = cured(conversation, [found])

    assert examine(well, CATALOGUE) == ()
    assert well.path[0].is_left_out
    assert not well.path[-1].is_left_out


def test_long_results_and_documents_count_too() -> None:
    long = "word " * 450_000
    read = talk(you("hi"), claude(call("a")), you(ToolResultBlock("a", (TextBlock(long),))), model="claude-haiku-4-5")
    given = talk(you(DocumentBlock(TextSource(long)), "what?"), claude("Hm"), you("and?"), model="claude-haiku-4-5")
    assert "far longer" in examine(read, CATALOGUE)[0].reason
    assert "far longer" in examine(given, CATALOGUE)[0].reason


blocks = st.one_of(
    st.sampled_from(["hello", " ", ""]).map(TextBlock),
    st.sampled_from(["a", "b", "c"]).map(call),
    st.sampled_from(["a", "b", "c"]).map(result),
    st.builds(picture, st.sampled_from([10, 2500, 9000]), st.just(10), st.sampled_from(["image/png", "image/webp"])),
    st.just(ImageBlock(Base64Source("image/png", "not base64"))),
    st.sampled_from(["", "signed"]).map(lambda signature: ThinkingBlock("hm", signature)),
)
messages = st.tuples(
    st.sampled_from(Role), st.lists(blocks, max_size=4).map(tuple), st.sampled_from(list(MessageState))
)


def _made(said: list[tuple[Role, tuple[Block, ...], MessageState]], model: str) -> Conversation:
    """As the person's messages hold no calls and no thinking, whatever else is wrong."""
    conversation = talk(model=model)
    for number, (role, held, state) in enumerate(said):
        own = (ToolUseBlock, ThinkingBlock) if role is not Role.ASSISTANT else (ToolResultBlock, ImageBlock)
        if role is Role.SYSTEM:
            own = (*own, ToolResultBlock, ImageBlock)
        kept = tuple(each for each in held if not isinstance(each, own))
        conversation = conversation.with_message(
            Message(
                str(number), conversation.leaf, role, kept, state if role is Role.ASSISTANT else MessageState.COMPLETE
            )
        )
    return conversation


@settings(max_examples=150, deadline=None)
@given(st.lists(messages, max_size=7), st.sampled_from(["claude-sonnet-5-5", "claude-haiku-4-5"]))
def test_whatever_a_conversation_holds_it_can_go_on(
    said: list[tuple[Role, tuple[Block, ...], MessageState]], model: str
) -> None:
    conversation = _made(said, model)
    well = cured_wholly(conversation, CATALOGUE)
    assert refused(well) == ""
    if not examine(conversation, CATALOGUE):
        assert refused(conversation) == ""
