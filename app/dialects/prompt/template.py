"""The text that claude-1, claude-2 and claude-instant took instead of messages.

Turns are marked by `\\n\\nHuman:` and `\\n\\nAssistant:`; the text ends with the latter, after which the model goes on.

Source: Messages API reference, "Legacy models and Text Completions"; LiteLLM's documentation, "Anthropic".
"""

import re
from collections.abc import Iterator, Sequence

from app.domain.blocks import Block, TextBlock
from app.domain.request import Turn
from app.errors import TranslationError

HUMAN = "\n\nHuman:"
"""Begins a person's turn, and so ends an answer: the model's own word for the next turn."""
ASSISTANT = "\n\nAssistant:"
_MARK = re.compile(r"\n\n(Human|Assistant):")
_ADMIN = re.compile(r"<admin>(.*)</admin>", re.DOTALL)
_PLAIN_SYSTEM = ("claude-2.1",)
"""Models that take the system prompt bare, in front of the first turn; the others want it marked, in a turn."""


def speaks_prompt(model: str) -> bool:
    """Whether a model, by its name, is one of the old ones that take a text."""
    return model.removeprefix("anthropic/").startswith(("claude-2", "claude-instant", "claude-1", "claude-v1"))


def prompt_of(system: Sequence[TextBlock], turns: Sequence[Turn], *, model: str) -> str:
    """The text of a conversation; an assistant's last turn is the beginning of the answer.

    Raises:
        TranslationError: a block that is no text, or a text that would read as the beginning of another turn.
    """
    told = "\n".join(_checked(block.text, f"/system/{at}") for at, block in enumerate(system))
    pieces = [*_system(told, model.removeprefix("anthropic/").startswith(_PLAIN_SYSTEM))]
    if turns and turns[0].role == "assistant":
        pieces.append(f"{HUMAN} ")
    for at, turn in enumerate(turns):
        text = "\n".join(_texts(turn.blocks, f"/messages/{at}/content"))
        pieces.append(f"{ASSISTANT if turn.role == 'assistant' else HUMAN} {text}")
    if not turns or turns[-1].role != "assistant":
        pieces.append(ASSISTANT)
    return "".join(pieces)


def _system(told: str, plain: bool) -> Iterator[str]:
    if told:
        yield told if plain else f"{HUMAN} <admin>{told}</admin>"


def _texts(blocks: Sequence[Block], where: str) -> Iterator[str]:
    for at, block in enumerate(blocks):
        if not isinstance(block, TextBlock):
            raise TranslationError(f"{where}/{at}", "this model takes text alone")
        yield _checked(block.text, f"{where}/{at}")


def _checked(text: str, where: str) -> str:
    if _MARK.search(text):
        raise TranslationError(where, "text that would read as another turn")
    return text


def read_prompt(prompt: str) -> tuple[tuple[TextBlock, ...], tuple[Turn, ...]]:
    """System prompt and turns of such a text.

    Raises:
        TranslationError: it has no turn of the person's, or does not end with the assistant's.
    """
    first, *rest = _MARK.split(prompt)
    turns = [
        Turn("assistant" if role == "Assistant" else "user", (TextBlock(text.removeprefix(" ")),))
        for role, text in zip(rest[::2], rest[1::2], strict=True)
    ]
    if not turns or turns[-1].role != "assistant" or all(turn.role == "assistant" for turn in turns):
        raise TranslationError("/prompt", f"not text of the form {HUMAN!r} … {ASSISTANT!r}")
    told = first.strip()
    admin = _ADMIN.fullmatch(_text(turns[0]))
    if admin:
        told, turns = admin[1], turns[1:]
    system = (TextBlock(told),) if told else ()
    return system, tuple(turn for turn in turns if _text(turn))


def _text(turn: Turn) -> str:
    block = turn.blocks[0]
    return block.text if isinstance(block, TextBlock) else ""
