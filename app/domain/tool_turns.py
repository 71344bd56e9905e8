"""Calls that wait for their results, and the message that answers them.

Source: Messages API reference, "Tools": every client `tool_use` of a turn is answered in the one user message that
follows it, results before anything else; one that was cut is never run.
"""

from collections.abc import Mapping, Sequence

from app.domain.blocks import RECEIVED_JSON, Block, ToolResultBlock, ToolUseBlock
from app.domain.conversation import Conversation, Message, MessageState, Role


def waiting_calls(conversation: Conversation) -> tuple[ToolUseBlock, ...]:
    """The calls at the end of the active path that have no result: all of an answer's, in its order, or none."""
    path = conversation.path
    last = path[-1] if path else None
    if last is None or last.role is not Role.ASSISTANT or last.state is not MessageState.COMPLETE:
        return ()
    sent = (each for at, each in enumerate(last.blocks) if at not in last.omitted)
    return tuple(each for each in sent if isinstance(each, ToolUseBlock))


def is_runnable(message: Message, call: ToolUseBlock) -> bool:
    """Whether something else than a person may answer: the turn ended for its calls, and the arguments came whole."""
    reason = message.facts.stop_reason if message.facts else None
    return reason == "tool_use" and message.state is MessageState.COMPLETE and RECEIVED_JSON not in call.extra


def answers(
    calls: Sequence[ToolUseBlock], results: Mapping[str, ToolResultBlock], said: Sequence[Block] = ()
) -> tuple[Block, ...]:
    """The content of the message that answers calls, in their order; what the person has `said` beside it comes last.

    Raises:
        KeyError: a call has no result.
    """
    return (*(results[each.id] for each in calls), *said)


def result_for(call: ToolUseBlock, content: str | tuple[Block, ...], *, is_error: bool = False) -> ToolResultBlock:
    """A call's result, with the fields of the call that have to come back with it."""
    echoed = {name: call.extra[name] for name in ("toolset_name",) if name in call.extra}
    return ToolResultBlock(call.id, content, True if is_error else None, echoed)


def steps_since_person(path: Sequence[Message]) -> int:
    """How many turns of results stand at the end of a path, with nothing that the person said between."""
    steps = 0
    for message in reversed(path):
        if message.role is not Role.USER:
            continue
        if not message.blocks or not all(isinstance(each, ToolResultBlock) for each in message.blocks):
            break
        steps += 1
    return steps
