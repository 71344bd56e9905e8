"""A title by a model: asked for once, from little, and never in the way of one by hand."""

from dataclasses import replace

import pytest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.domain.request import Request, Setup
from app.domain.stream import Reply
from app.errors import ConnectionFailed
from app.services.titles import Titles, cheapest, title_in, title_request, wants_title
from app.simulator.server import own_catalogue
from app.store.store import Store

CATALOGUE = own_catalogue()
ASKED = Message("q", None, Role.USER, (TextBlock("How cold is it in Bonn in winter?"),))
ANSWER = Message("a", "q", Role.ASSISTANT, (TextBlock("Around freezing. " * 500),))
TALK = Conversation("c", "How cold is it in Bonn in winter?", messages={"q": ASKED, "a": ANSWER}, leaf="a")


def replied(text: str) -> Reply:
    return Reply((TextBlock(text),), complete=True)


class FarEnd:
    def __init__(self, answer: Reply | Exception) -> None:
        self.answer = answer
        self.asked: list[Request] = []

    async def send(self, request: Request) -> Reply:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_only_the_first_whole_answer_of_a_service_brings_a_title() -> None:
    later = Message("b", "a", Role.USER, (TextBlock("And in May?"),))
    retried = replace(ANSWER, id="a2")
    assert wants_title(TALK, "Personal")
    assert not wants_title(TALK, "Simulator")
    assert not wants_title(replace(TALK, setup=Setup(profile="Simulator")), "Personal")
    assert not wants_title(replace(TALK, title_is_manual=True), "Personal")
    assert not wants_title(replace(TALK, title="Cold Bonn"), "Personal")
    assert not wants_title(TALK.with_message(later), "Personal")
    assert not wants_title(TALK.with_message(retried), "Personal")
    for state in (MessageState.STOPPED, MessageState.FAILED, MessageState.STREAMING):
        assert not wants_title(TALK.with_message(replace(ANSWER, state=state)), "Personal")


def test_little_is_sent_to_a_cheap_model_or_to_the_chosen_one() -> None:
    request = title_request(TALK, "", CATALOGUE)
    assert request.model == cheapest(CATALOGUE).id
    assert (
        sum(len(block.text) for turn in request.turns for block in turn.blocks if isinstance(block, TextBlock)) < 3500
    )
    assert title_request(TALK, "claude-opus-4-8", CATALOGUE).model == "claude-opus-4-8"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ('"Winter in Bonn."', "Winter in Bonn"),
        ("\n\n# **Winter in Bonn**\nIt is cold.", "Winter in Bonn"),
        ("„Winter  in\tBonn“", "Winter in Bonn"),
        ("", ""),
        ("  \n\n", ""),
        ("'''", ""),
        ("word " * 30, "word word word word word word word word…"),
    ],
)
def test_a_title_is_one_plain_line(said: str, title: str) -> None:
    assert title_in(replied(said)) == title


async def test_a_title_is_stored_unless_one_by_hand_came_first() -> None:
    store = await Store.in_memory()
    await store.create(TALK)
    far_end = FarEnd(replied("Winter in Bonn"))

    async def connect(profile: str) -> FarEnd:
        return far_end

    titles = Titles(connect, store, lambda: CATALOGUE)
    assert await titles.give(TALK, "") == "Winter in Bonn"
    assert (await store.load("c")).title == "Winter in Bonn"
    await store.rename("c", "Mine", manual=True)
    await titles.give(TALK, "")
    assert (await store.load("c")).title == "Mine"
    far_end.answer = ConnectionFailed("far.end", "nobody is there")
    assert await titles.give(TALK, "") == ""
    await store.close()
