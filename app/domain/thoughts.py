"""Thinking that was signed: what may be sent again after its conversation was edited.

A signature holds for the exact prefix that the thinking was produced after: system prompt, tools, all earlier messages.
Blocks are always kept where they are stored; what cannot be sent is left out of the request.

Source: Messages API reference, "Preserved thinking".
"""

from collections.abc import Sequence

from app.domain.blocks import RedactedThinkingBlock, ThinkingBlock, ToolResultBlock
from app.domain.request import Request, Turn, with_blocks
from app.errors import ApiError, InvalidRequest

_STALE = ("invalid `signature` in `thinking` block", "blocks in the latest assistant message cannot be modified")


def is_stale_signature(error: ApiError) -> bool:
    """Whether the API refused thinking because something before it, or it itself, is not what it was."""
    return isinstance(error, InvalidRequest) and any(text in error.message.lower() for text in _STALE)


def without_thinking(request: Request) -> Request:
    """A copy without any thinking: all of it may be left out, never one block from the middle."""
    return with_blocks(request, lambda _index, _at, block: not isinstance(block, ThinkingBlock | RedactedThinkingBlock))


def loop_start(turns: Sequence[Turn]) -> int:
    """The index of the first assistant turn of the tool loop under way; the number of turns where there is none."""
    start = len(turns)
    if not turns or not _answers_tools(turns[-1]):
        return start
    for at in range(len(turns) - 1, -1, -1):
        turn = turns[at]
        if turn.role == "user" and not _answers_tools(turn):
            break
        if turn.role == "assistant":
            start = at
    return start


def _answers_tools(turn: Turn) -> bool:
    return turn.role == "user" and any(isinstance(block, ToolResultBlock) for block in turn.blocks)
