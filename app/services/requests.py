"""From a conversation to the request that asks for its next message."""

from dataclasses import replace

from app.domain.blocks import (
    UNREADABLE,
    Block,
    RawBlock,
    RedactedThinkingBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    without_received,
)
from app.domain.capabilities import at_home, takes_prefill
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.domain.models import Catalogue, ModelEntry
from app.domain.request import DEFAULT_MAX_TOKENS, Request, Setup, Turn
from app.services.thoughts import without_stale

_CUT = (MessageState.STOPPED, MessageState.INTERRUPTED, MessageState.STREAMING)


def request_for(conversation: Conversation, catalogue: Catalogue, beginning: tuple[Block, ...] = ()) -> Request:
    """The request that asks for the answer to the active path; for the rest of it, where its `beginning` is given.

    Failed answers and answers of which nothing usable came are left out; of an answer that was cut, what cannot be
    sent again (unsigned thinking, unanswered tool uses) is left out, its text stays. Thinking is left out where what
    stands before it was changed.

    What the model refuses and nobody would miss is left out as well; what a person would miss is sent, and refused.

    Source: Messages API reference, "Streaming", cancelling and resuming.
    """
    setup = conversation.setup
    model_id = setup.model or catalogue.default.id
    entry = catalogue.find(model_id)
    sent = [(message, turn) for message in conversation.path if (turn := _turn(message)) is not None]
    turns = [turn for _, turn in sent]
    if beginning:
        turns.append(Turn("assistant", beginning))
    elif prefill := prefill_of(setup, entry):
        turns.append(Turn("assistant", (TextBlock(prefill),)))
    request = Request(
        model=model_id,
        max_tokens=setup.parameters.max_tokens or (entry.default_max_tokens if entry else DEFAULT_MAX_TOKENS),
        turns=tuple(turns),
        system=tuple(block for block in setup.system if block.text.strip()),
        parameters=setup.parameters,
        tools=setup.tools,
        cache_plan=setup.cache_plan,
        betas=setup.betas,
        extra_headers=setup.extra_headers,
    )
    return at_home(without_stale(request, [message for message, _ in sent]), entry)


def prefill_of(setup: Setup, entry: ModelEntry | None) -> str:
    """The answer's beginning as it is sent: without white space at its end; empty where the model takes none."""
    return setup.prefill.rstrip() if takes_prefill(entry) else ""


def _turn(message: Message) -> Turn | None:
    if message.state is MessageState.FAILED:
        return None
    blocks = message.blocks
    if message.role is Role.ASSISTANT and message.state in _CUT:
        blocks = _sendable(blocks)
    blocks = tuple(without_received(each) for each in blocks if not _says_nothing(each))
    return Turn(message.role.value, blocks) if blocks else None


def _says_nothing(block: Block) -> bool:
    """The API refuses empty text, and what could not be read from the disk is nobody's words."""
    match block:
        case TextBlock(text):
            return not text.strip()
        case RawBlock():
            return block.kind == UNREADABLE
    return False


def _sendable(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Of a cut answer, what the API takes back: an unsigned thinking block is refused, so is an unanswered tool use."""
    kept: list[Block] = []
    for block in blocks:
        match block:
            case ThinkingBlock(signature="") | ToolUseBlock():
                continue
            case TextBlock():
                kept.append(replace(block, text=block.text.rstrip()))
            case _:
                kept.append(block)
    if all(isinstance(each, ThinkingBlock | RedactedThinkingBlock | ToolResultBlock) for each in kept):
        return ()
    return tuple(kept)
