"""Who speaks when, and every tool use with its one result.

Source: Messages API reference, "Messages", roles and content; "Tool use", results.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.domain.blocks import ServerToolResultBlock, ToolResultBlock, ToolUseBlock
from app.domain.findings import Finding
from app.domain.models import ModelEntry
from app.services.doctor.finding import Group, Sent, found_in, named

LEAVE_OUT = "Leave it out"
_NOBODY = Group("nobody", ())
_NEXT = Group("user", ())
"""What the person sends next."""


def order_findings(groups: Sequence[Group], entry: ModelEntry | None, *, awaits_results: bool) -> Iterator[Finding]:
    """Faults of the turns, first to last.

    Args:
        awaits_results: what comes next are the results of the last turn's tool uses, not a message.
    """
    if groups and groups[0].role != "user":
        first = groups[0]
        reason = f"{named(first.sent[0].message)} stands at the beginning, where a message of yours must be."
        yield from found_in(first.sent, reason, LEAVE_OUT)
    for before, turn, after in zip([_NOBODY, *groups], groups, [*groups[1:], _NEXT], strict=False):
        if turn.role != "system":
            continue
        if entry is not None and not entry.features.get("mid_conversation_system"):
            reason = f"{named(turn.sent[0].message)} is none that {entry.display_name} takes inside a conversation."
            yield from found_in(turn.sent, reason, LEAVE_OUT)
        elif not _is_placed(before, after):
            reason = f"{named(turn.sent[0].message)} may only stand between a message of yours and an answer."
            yield from found_in(turn.sent, reason, LEAVE_OUT)
    for turn, after in pairwise([_NOBODY, *groups, _NEXT]):
        if after is _NEXT and awaits_results:
            continue
        yield from _calls(turn, after)
        yield from _results(turn, after)


def _is_placed(before: Group, after: Group) -> bool:
    served = before.role == "assistant" and isinstance(before.sent[-1].block, ServerToolResultBlock)
    return (before.role == "user" or served) and after.role != "user"


def _calls(turn: Group, after: Group) -> Iterator[Finding]:
    """Tool uses that are not answered in the very next turn, and those whose id was used before."""
    answered = {each.block.tool_use_id for each in after.sent if isinstance(each.block, ToolResultBlock)}
    seen: set[str] = set()
    for each in turn.sent:
        if not isinstance(each.block, ToolUseBlock):
            continue
        call = each.block
        if call.id in seen:
            reason = f"{named(each.message)} calls {call.name or 'a tool'} twice under one id."
            yield from found_in([each], reason, "Leave the second call out")
        elif call.id not in answered or turn.role != "assistant":
            reason = f"{named(each.message)} calls {call.name or 'a tool'}, and no result follows."
            yield from found_in([each], reason, "Leave the call out")
        seen.add(call.id)


def _results(turn: Group, after: Group) -> Iterator[Finding]:
    """Results of no call, second ones, and those that stand behind something else."""
    asked = {each.block.id for each in turn.sent if isinstance(each.block, ToolUseBlock)}
    seen: set[str] = set()
    others: list[Sent] = []
    for each in after.sent:
        if not isinstance(each.block, ToolResultBlock):
            others.append(each)
            continue
        if each.block.tool_use_id not in asked or after.role != "user":
            reason = f"{named(each.message)} holds the result of a call that does not stand before it."
            yield from found_in([each], reason, "Leave the result out")
        elif each.block.tool_use_id in seen:
            reason = f"{named(each.message)} holds a second result of one call."
            yield from found_in([each], reason, "Leave the second result out")
        elif others:
            reason = f"{named(each.message)} says something before the result of a call, which must come first."
            yield from found_in(others, reason, "Leave out what stands before it")
            others = []
        seen.add(each.block.tool_use_id)
