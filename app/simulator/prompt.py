"""A request's prompt as the API sees it: tools, system, turns. A string is a text block; neighbours of one role merge.

Everything here takes bodies whose shape is sound.

Source: Messages API reference §6.1, §12.1.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from app.immutable import immutable

Block = Mapping[str, Any]


@immutable
class Placed:
    """A block and where it stands."""

    where: str
    """As errors name it: `messages.0.content.1`."""
    block: Block


@immutable
class Merged:
    """Neighbouring messages of one role, which the API takes for one."""

    role: str
    first: int
    """Index of the first message."""
    blocks: tuple[Placed, ...]


def blocks_of(content: Any) -> list[Block]:
    """The blocks of a message, of a tool result or of `system`."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return list(content or ())


def messages_of(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return body.get("messages") or ()


def tools_of(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return body.get("tools") or ()


def turns_of(body: Mapping[str, Any]) -> list[Merged]:
    """The messages, merged."""
    turns: list[Merged] = []
    for role, group in groupby(enumerate(messages_of(body)), lambda each: each[1]["role"]):
        members = list(group)
        placed = (
            Placed(f"messages.{at}.content.{number}", block)
            for at, message in members
            for number, block in enumerate(blocks_of(message.get("content")))
        )
        turns.append(Merged(str(role), members[0][0], tuple(placed)))
    return turns


def every_block(body: Mapping[str, Any]) -> Iterator[Placed]:
    """The blocks of all messages, those inside tool results and documents after the block that holds them."""
    for turn in turns_of(body):
        for placed in turn.blocks:
            yield placed
            yield from _inside(placed)


def parts_of(block: Block) -> list[Block]:
    """The blocks inside a tool result or a document of blocks; none in any other."""
    match block["type"]:
        case "tool_result" | "search_result":
            return blocks_of(block.get("content"))
        case "document" if block["source"].get("type") == "content":
            return blocks_of(block["source"]["content"])
        case _:
            return []


def _inside(placed: Placed) -> Iterator[Placed]:
    for number, part in enumerate(parts_of(placed.block)):
        inner = Placed(f"{placed.where}.{placed.block['type']}.content.{number}", part)
        yield inner
        yield from _inside(inner)
