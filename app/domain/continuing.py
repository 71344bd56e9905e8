"""Which answers stopped before their end, and what of one is kept when it goes on."""

from dataclasses import replace

from app.domain.blocks import Block, TextBlock, ThinkingBlock, ToolUseBlock
from app.domain.conversation import Message, MessageState, Role

PAUSED = "pause_turn"
_EARLY = frozenset({"max_tokens", PAUSED})
_CUT = frozenset({MessageState.STOPPED, MessageState.INTERRUPTED})


def can_go_on(message: Message) -> bool:
    """Whether an answer stopped early and something came that it can go on from.

    A call that waits for its result does not go on: it is answered.
    """
    if message.role is not Role.ASSISTANT:
        return False
    reason = message.facts.stop_reason if message.facts else None
    is_early = message.state in _CUT or (message.state is MessageState.COMPLETE and reason in _EARLY)
    return is_early and bool(beginning_of(message))


def beginning_of(message: Message) -> tuple[Block, ...]:
    """The blocks that the rest is put behind; empty where it cannot go on.

    The last text ends without white space, as the API asks of a prefilled turn; thinking that was cut has no signature
    and would be refused. What the service paused itself is taken as it is.

    Source: Messages API reference, "Prefill" and "Stop reasons", pause_turn.
    """
    if message.facts is not None and message.facts.stop_reason == PAUSED:
        return message.blocks
    kept = [each for each in message.blocks if not (isinstance(each, ThinkingBlock) and not each.signature)]
    if any(isinstance(each, ToolUseBlock) for each in kept) or not isinstance(kept[-1] if kept else None, TextBlock):
        return ()
    *before, last = kept
    assert isinstance(last, TextBlock)
    text = last.text.rstrip()
    return (*before, replace(last, text=text)) if text else ()
