"""What a conversation asks."""

import pytest

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, Role
from app.domain.request import Setup
from app.services.requests import request_for
from app.simulator.server import own_catalogue

ASKED = Message("1", None, Role.USER, (TextBlock("hi"),))


@pytest.mark.parametrize(
    ("model", "prefill", "turns"),
    [
        ("claude-haiku-4-5", "{ ", ["hi", "{"]),
        ("claude-haiku-4-5", " \n", ["hi"]),
        ("claude-opus-5", "{", ["hi"]),
    ],
)
def test_an_answers_beginning_is_sent_where_it_says_something_and_is_taken(
    model: str, prefill: str, turns: list[str]
) -> None:
    setup = Setup(model=model, prefill=prefill)
    request = request_for(Conversation("c", setup=setup, messages={"1": ASKED}, leaf="1"), own_catalogue())
    assert [block.text for turn in request.turns for block in turn.blocks if isinstance(block, TextBlock)] == turns
