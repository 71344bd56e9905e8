"""Answering a tool's call without the person, as far as they have said how."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.dialects.blocks import block_from_wire
from app.domain.blocks import ToolResultBlock, ToolUseBlock
from app.domain.tool_turns import result_for
from app.errors import BadTool, CommandFailed
from app.services.commands import run_command
from app.toolkit.answering import AskMe, Blocks, Command, Fixed, answerer_from_raw, planned
from app.toolkit.verdicts import Checker

Allow = Callable[[ToolUseBlock, Command], Awaitable[bool]]
"""Asks the person whether a command may run for a call; they see what exactly would run."""


async def answer_call(
    call: ToolUseBlock, answered_by: Mapping[str, Any], schema: Any, allow: Allow
) -> ToolResultBlock | None:
    """The result of a call by its tool's answerer; None where the person is to answer.

    A program sees only arguments that the schema accepts, and only when the person allows it.

    Args:
        answered_by: the answerer as it is kept; empty: the person.
    """
    try:
        plan = planned(answerer_from_raw(answered_by), call.input) if answered_by else None
    except BadTool:
        return None
    if plan is None or isinstance(plan.answerer, AskMe):
        return None
    await asyncio.sleep(plan.wait_s)
    match plan.answerer:
        case Fixed(content, is_error):
            return result_for(call, content, is_error=is_error)
        case Blocks(content):
            return result_for(call, tuple(block_from_wire(each) for each in content))
        case Command():
            return await _by_command(call, plan.answerer, schema, allow)


async def _by_command(call: ToolUseBlock, command: Command, schema: Any, allow: Allow) -> ToolResultBlock | None:
    if schema is not None and not Checker(schema).verdict(dict(call.input)).is_valid:
        return None
    if not command.always_allowed and not await allow(call, command):
        return None
    try:
        return result_for(call, await run_command(command.argv, call.input, command.timeout_s))
    except CommandFailed as error:
        return result_for(call, error.reason, is_error=True)
