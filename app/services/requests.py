"""From a conversation to the request that asks for its next message."""

import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.blocks import (
    UNREADABLE,
    Base64Source,
    Block,
    ImageBlock,
    RawBlock,
    RedactedThinkingBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
    without_received,
)
from app.domain.caching import CachePlan, Section
from app.domain.capabilities import at_home, takes_prefill
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.domain.models import Catalogue, ModelEntry
from app.domain.pictures import ENOUGH_BYTES, picture_size
from app.domain.planning.rolling import rolled
from app.domain.request import DEFAULT_MAX_TOKENS, Request, Setup, Turn, with_blocks
from app.immutable import NOTHING
from app.services.thoughts import without_stale

_CUT = (MessageState.STOPPED, MessageState.INTERRUPTED, MessageState.STREAMING)


def request_for(conversation: Conversation, catalogue: Catalogue, beginning: tuple[Block, ...] = ()) -> Request:
    """The request that asks for the answer to the active path; for the rest of it, where its `beginning` is given.

    What the person leaves out is left out, and so are failed answers, unsigned thinking and empty text; of an answer
    that was cut its tool uses go too, its text stays. Thinking is left out where what stands before it was changed.
    A picture goes as what its bytes say it is. Marks of the setup that are on messages name them by their place on the
    path, and stay on their blocks.

    What the model refuses and nobody would miss is left out as well; what a person would miss is sent, and refused.

    Source: Messages API reference, "Streaming", cancelling and resuming.
    """
    setup = asked_setup(conversation, catalogue)
    entry = catalogue.find(setup.model)
    path = conversation.path
    turns = [Turn(message.role.value, tuple(_as_sent(message, block) for block in message.blocks)) for message in path]
    if beginning:
        turns.append(Turn("assistant", beginning))
    elif prefill := prefill_of(setup, entry):
        turns.append(Turn("assistant", (TextBlock(prefill),)))
    sent = [set(sent_places(message)) for message in path]
    request = Request(
        model=setup.model,
        max_tokens=setup.parameters.max_tokens or DEFAULT_MAX_TOKENS,
        turns=tuple(turns),
        system=tuple(block for block in setup.system if block.text.strip()),
        parameters=setup.parameters,
        tools=setup.tools,
        cache_plan=_on_what_is_sent(setup),
        betas=setup.betas,
        extra_headers=setup.extra_headers,
        extra_body=_asking_why(path) if setup.cache_plan.asks_why else NOTHING,
    )
    request = with_blocks(request, lambda index, at, _block: index >= len(path) or at in sent[index])
    messages = [message for message, places in zip(path, sent, strict=True) if places]
    return rolled(at_home(without_stale(request, messages), entry))


def _on_what_is_sent(setup: Setup) -> CachePlan:
    """The setup's marks on system blocks and tools as these are numbered when the empty ones are left out."""
    sent = [at for at, block in enumerate(setup.system) if block.text.strip()]
    places = {
        Section.SYSTEM: {at: place for place, at in enumerate(sent)},
        Section.TOOLS: {at: at for at in range(len(setup.tools))},
    }
    marks = (
        mark if mark.section is Section.MESSAGES else replace(mark, index=places[mark.section][mark.index])
        for mark in setup.cache_plan.breakpoints
        if mark.section is Section.MESSAGES or mark.index in places[mark.section]
    )
    return replace(setup.cache_plan, breakpoints=frozenset(marks))


def _asking_why(path: tuple[Message, ...]) -> Mapping[str, Any]:
    """Source: Messages API reference §12.6: the id of the answer before, null on the first turn."""
    answers = (message.facts.api_id for message in reversed(path) if message.facts is not None and message.facts.api_id)
    return {"diagnostics": {"previous_message_id": next(answers, None)}}


def asked_setup(conversation: Conversation, catalogue: Catalogue) -> Setup:
    """A conversation's setup with the model and the limit that its request gets, whatever the catalogue says later."""
    setup = conversation.setup
    model = setup.model or catalogue.default.id
    entry = catalogue.find(model)
    limit = setup.parameters.max_tokens or (entry.default_max_tokens if entry else DEFAULT_MAX_TOKENS)
    return replace(setup, model=model, parameters=replace(setup.parameters, max_tokens=limit))


def request_of(conversation: Conversation, message_id: str, asked: Setup | None, catalogue: Catalogue) -> Request:
    """The request that an answer was given to, or that asks for the answer to a message of another role.

    The messages are those that stand before the answer now: `prefix_of` tells whether they were the same then.

    Args:
        asked: the setup that the answer was asked with; None where it is not known: the conversation's.
    """
    message = conversation.messages[message_id]
    leaf = message.parent if message.role is Role.ASSISTANT else message_id
    path = conversation.at_leaf(leaf)
    return request_for(path if asked is None else replace(path, setup=asked), catalogue)


def prefill_of(setup: Setup, entry: ModelEntry | None) -> str:
    """The answer's beginning as it is sent: without white space at its end; empty where the model takes none."""
    return setup.prefill.rstrip() if takes_prefill(entry) else ""


def sent_places(message: Message) -> tuple[int, ...]:
    """Places of the blocks of a message that are sent, ascending."""
    if message.state is MessageState.FAILED:
        return ()
    kept = [
        (at, block)
        for at, block in enumerate(message.blocks)
        if at not in message.omitted and not _says_nothing(block) and not _is_unsigned(block)
    ]
    if message.role is Role.ASSISTANT and message.state in _CUT:
        # of a cut answer a tool use is refused where it is not answered, and here nobody answers it
        kept = [(at, block) for at, block in kept if not isinstance(block, ToolUseBlock)]
        if all(isinstance(block, ThinkingBlock | RedactedThinkingBlock | ToolResultBlock) for _, block in kept):
            return ()
    return tuple(at for at, _ in kept)


def _says_nothing(block: Block) -> bool:
    """The API refuses empty text, and what could not be read from the disk is nobody's words."""
    match block:
        case TextBlock(text):
            return not text.strip()
        case RawBlock():
            return block.kind == UNREADABLE
    return False


def _is_unsigned(block: Block) -> bool:
    """Thinking that was cut, or came from elsewhere: the API takes back only what it has signed."""
    return isinstance(block, ThinkingBlock) and not block.signature


def _as_sent(message: Message, block: Block) -> Block:
    match block:
        case TextBlock(text) if message.role is Role.ASSISTANT and message.state in _CUT:
            return replace(block, text=text.rstrip())
        case ImageBlock(Base64Source(media_type, data)):
            picture = picture_size(head_of(data))
            if picture is not None and picture.media_type != media_type:
                return replace(block, source=Base64Source(picture.media_type, data))
    return without_received(block)


def head_of(data: str) -> bytes:
    """The first bytes of base64 data, enough to know a picture by; empty where it is no base64."""
    try:
        return binascii.a2b_base64(data[: ENOUGH_BYTES // 3 * 4], strict_mode=False)
    except (binascii.Error, ValueError):
        return b""
