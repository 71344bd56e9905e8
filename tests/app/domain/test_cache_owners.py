"""Whose block is whose, when a request leaves some out."""

from dataclasses import replace

from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section
from app.domain.conversation import Conversation, Message, Role
from app.domain.planning.owners import Owner, owners, standing
from app.domain.planning.prompt import PromptReader
from app.domain.request import Setup
from app.services.requests import request_for
from app.simulator.server import own_catalogue

ASKED = Message("1", None, Role.USER, (TextBlock("one"), TextBlock("two")))
ANSWERED = Message("2", "1", Role.ASSISTANT, (TextBlock("three"),))
AGAIN = Message("3", "2", Role.USER, (TextBlock("four"),))
SETUP = Setup(model="claude-sonnet-5-5", system=(TextBlock(" "), TextBlock("Be brief.")))
WHOLE = Conversation("c", setup=SETUP, messages={each.id: each for each in (ASKED, ANSWERED, AGAIN)}, leaf="3")


def test_a_block_is_found_though_others_are_left_out() -> None:
    conversation = WHOLE.with_omitted({"1": (0,), "2": (0,)})
    prompt = PromptReader().read(request_for(conversation, own_catalogue()), None)
    assert owners(prompt, conversation) == [
        Owner(Breakpoint(Section.SYSTEM, 1)),
        Owner(Breakpoint(Section.MESSAGES, 0, 1), "1"),
        Owner(Breakpoint(Section.MESSAGES, 2, 0), "3"),
    ]


def test_marks_on_what_is_not_there_take_no_place() -> None:
    there = {Breakpoint(Section.SYSTEM, 1), Breakpoint(Section.MESSAGES, 2)}
    gone = {Breakpoint(Section.TOOLS, 0), Breakpoint(Section.MESSAGES, 2, 1)}
    plan = CachePlan(frozenset(there | gone))
    assert standing(plan, WHOLE).breakpoints == there
    assert standing(plan, replace(WHOLE, leaf="1")).breakpoints == {Breakpoint(Section.SYSTEM, 1)}
