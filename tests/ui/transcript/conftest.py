"""A transcript on screen, with what a test says to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from app.domain.blocks import Block, TextBlock
from app.domain.conversation import Message, MessageState, Role
from ui.theme import fonts
from ui.transcript.view import TranscriptView


@dataclass(frozen=True)
class Sentences:
    headline: str
    kept: str = "Your message is kept."
    advice: str = "Try again in a minute."
    details: str = "Status: 529\nRequest id: req_17"


def error_text(error: Mapping[str, object]) -> Sentences:
    return Sentences(f"Failed: {error.get('class')}")


@pytest.fixture
def transcript(qtbot: QtBot) -> TranscriptView:
    """A view of 900 by 600 pixels, shown."""
    fonts.load()
    view = TranscriptView(error_text)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    return view


Asks = Callable[..., Message]


@pytest.fixture
def prompt() -> Asks:
    def make(text: str, id_: str = "prompt") -> Message:
        return Message(id_, None, Role.USER, (TextBlock(text),))

    return make


@pytest.fixture
def answer() -> Asks:
    def make(*blocks: Block | str, id_: str = "answer", state: MessageState = MessageState.COMPLETE) -> Message:
        made = tuple(TextBlock(block) if isinstance(block, str) else block for block in blocks)
        return Message(id_, "prompt", Role.ASSISTANT, made, state)

    return make
