"""Which thinking may be sent again: only what still stands after exactly what it was signed after.

An answer keeps a digest of what was asked. Where that is not what would stand before it now, because a message, the
system prompt or a tool was changed since, its thinking is left out of the request. Stored it stays, and when the change
is taken back it is sent again.

Source: Messages API reference, "Preserved thinking".
"""

from collections.abc import Iterator, Sequence
from typing import Any

from app.dialects.blocks import block_to_wire
from app.domain.blocks import Block, RedactedThinkingBlock, TextBlock, ThinkingBlock
from app.domain.conversation import Message, Role
from app.domain.request import Request, Turn, with_blocks
from app.domain.thoughts import loop_start
from app.domain.tools import NativeTool, Tool

Thoughts = ThinkingBlock | RedactedThinkingBlock


def prefix_of(request: Request) -> str:
    """The digest of a request that an answer to it keeps: what a signature in that answer will depend on.

    Marks, effort and the like do not count; thinking does not, for leaving it out of the front changes no signature;
    neither does an answer that was begun for the model, since it becomes part of the answer.
    """
    turns = request.turns
    begun = bool(turns) and turns[-1].role == "assistant"
    *_, digest = _prefixes(request, turns[:-1] if begun else turns)
    return digest


def without_stale(request: Request, messages: Sequence[Message]) -> Request:
    """The request without the thinking that the API would refuse.

    The tool loop that is under way keeps its thinking: a turn whose tools are being answered must come back with it.

    Args:
        messages: those that the turns were made from, one for each; more turns may follow.
    """
    stale = _stale(request, messages)
    if not stale:
        return request
    return with_blocks(request, lambda index, _at, block: index not in stale or not isinstance(block, Thoughts))


def _stale(request: Request, messages: Sequence[Message]) -> set[int]:
    thinking = [at for at, message in enumerate(messages) if _thinks(message)]
    if not thinking:
        return set()
    refused = max((at for at, each in enumerate(messages) if each.facts and each.facts.thinking_refused), default=0)
    found: set[int] = set()
    end = loop_start(request.turns)
    for at, (digest, message) in enumerate(zip(_prefixes(request, request.turns), messages, strict=False)):
        asked = message.facts.prefix if message.facts else ""
        if at < end and _thinks(message) and (at < refused or (asked and asked != digest)):
            found.add(at)
    return found


def _thinks(message: Message) -> bool:
    return message.role is Role.ASSISTANT and any(isinstance(block, Thoughts) for block in message.blocks)


def _prefixes(request: Request, turns: Sequence[Turn]) -> Iterator[str]:
    """The digest of what stands before each turn, and after them the digest of all."""
    import hashlib  # brings OpenSSL, 3.5 MB that nobody needs before the first question

    from app.wire.json_bytes import json_bytes

    running = hashlib.sha256()
    tools = [_tool(each) for each in request.tools if not _is_deferred(each)]
    running.update(json_bytes([tools, [each.text for each in request.system]]))
    yield running.hexdigest()
    for turn in turns:
        running.update(
            json_bytes([turn.role, *(_said(each) for each in turn.blocks if not isinstance(each, Thoughts))])
        )
        yield running.hexdigest()


def _said(block: Block) -> Any:
    return block.text if isinstance(block, TextBlock) else block_to_wire(block)


def _is_deferred(tool: Tool) -> bool:
    """Until it is found, the model does not know of it."""
    return (tool.raw if isinstance(tool, NativeTool) else tool.extra).get("defer_loading") is True


def _tool(tool: Tool) -> Any:
    if isinstance(tool, NativeTool):
        return tool.raw
    return [tool.name, tool.description, tool.input_schema, tool.extra]
