"""What is shown and not sent, and what a mark is on when something before it is left out."""

from pathlib import Path

from app.domain.blocks import Base64Source, ImageBlock, TextBlock, ThinkingBlock
from app.domain.caching import Breakpoint, CachePlan, Section
from app.domain.conversation import Conversation, Message, Role
from app.domain.request import Request, Setup
from app.domain.tools import ToolDefinition
from app.services.library import Library
from app.services.requests import request_for
from app.simulator.server import own_catalogue
from app.store.store import Store

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ASKED = Message("1", None, Role.USER, (TextBlock("one"), TextBlock("two")))
ANSWERED = Message("2", "1", Role.ASSISTANT, (ThinkingBlock("hm", "signed"), TextBlock("three")))
AGAIN = Message("3", "2", Role.USER, (TextBlock("four"),))
WHOLE = Conversation("c", messages={each.id: each for each in (ASKED, ANSWERED, AGAIN)}, leaf="3")


def said(request: Request) -> list[list[str]]:
    return [[each.text for each in turn.blocks if isinstance(each, TextBlock)] for turn in request.turns]


def test_a_block_or_a_whole_message_stays_out_of_the_request() -> None:
    one = WHOLE.with_omitted({"1": (0,)})
    assert said(request_for(one, own_catalogue())) == [["two"], ["three"], ["four"]]
    out = one.with_omitted({"2": (0, 1)})
    assert said(request_for(out, own_catalogue())) == [["two"], ["four"]]
    assert [each.is_left_out for each in out.path] == [False, True, False]
    assert said(request_for(out.with_omitted({"1": (), "2": ()}), own_catalogue())) == said(
        request_for(WHOLE, own_catalogue())
    )


def test_a_mark_stays_on_its_block() -> None:
    marks = frozenset(
        {Breakpoint(Section.MESSAGES, 0, 1), Breakpoint(Section.MESSAGES, 2), Breakpoint(Section.TOOLS, 0)}
    )
    setup = Setup(tools=(ToolDefinition("t", {}),), cache_plan=CachePlan(marks))
    conversation = Conversation("c", setup=setup, messages=WHOLE.messages, leaf="3").with_omitted(
        {"1": (0,), "2": (0, 1)}
    )

    assert request_for(conversation, own_catalogue()).cache_plan.breakpoints == {
        Breakpoint(Section.MESSAGES, 0, 0),
        Breakpoint(Section.MESSAGES, 1),
        Breakpoint(Section.TOOLS, 0),
    }


def test_a_picture_is_sent_as_what_its_bytes_say_and_foreign_thinking_is_not() -> None:
    wrong = Message("1", None, Role.USER, (ImageBlock(Base64Source("image/jpeg", PNG)),))
    foreign = Message("2", "1", Role.ASSISTANT, (ThinkingBlock("never signed"), TextBlock("three")))
    conversation = Conversation("c", messages={"1": wrong, "2": foreign, "3": AGAIN}, leaf="3")
    request = request_for(conversation, own_catalogue())

    assert request.turns[0].blocks == (ImageBlock(Base64Source("image/png", PNG)),)
    assert request.turns[1].blocks == (TextBlock("three"),)


async def test_it_is_kept(tmp_path: Path) -> None:
    store = (await Store.open(tmp_path)).store
    library = Library(store)
    kept = Conversation("c")
    for message in (ASKED, ANSWERED, AGAIN):
        kept = await library.add(kept, message)
    kept = await library.leave_out(kept, {"2": (0, 1), "1": (1,)})
    await library.leave_out(kept, {"1": ()})

    assert [each.omitted for each in (await library.open("c")).path] == [(), (0, 1), ()]
    await store.close()
