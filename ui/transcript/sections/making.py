"""From content blocks to sections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.blocks import (
    Block,
    DocumentBlock,
    ImageBlock,
    RawBlock,
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
)
from ui.transcript.citing import Citations
from ui.transcript.sections.base import Section
from ui.transcript.sections.folds import (
    CardSection,
    SearchResultsSection,
    ThoughtSection,
    ToolResultSection,
    pages_of,
    parts_of,
    pretty,
)
from ui.transcript.sections.media import AttachmentsSection, describe
from ui.transcript.sections.texts import MarkdownSection, PersonSection
from ui.transcript.units import Unit


@dataclass(slots=True)
class Making:
    """What is kept of a message while its sections are there."""

    is_person: bool
    citations: Citations = field(default_factory=Citations)
    joined: dict[int, int] = field(default_factory=dict)
    """For blocks that are shown together with one before: the key of their section."""
    rows_above: int = 2
    """Units before those of the first section."""
    shows_numbers: bool = False
    room: Unit | None = None
    """What stands in the place of a text that is being changed."""
    room_key: int = 0


def groups_of(blocks: Sequence[Block], *, is_person: bool) -> Iterator[tuple[int, Sequence[Block]]]:
    """Blocks that are shown together, with the index of the first of them: an answer's texts, pictures, documents."""
    start = 0
    for at in range(1, len(blocks) + 1):
        if at == len(blocks) or not _belong_together(blocks[at - 1], blocks[at], is_person=is_person):
            if at > start:
                yield start, blocks[start:at]
            start = at


def _belong_together(one: Block, other: Block, *, is_person: bool) -> bool:
    if isinstance(one, TextBlock):
        return isinstance(other, TextBlock) and not is_person
    return all(isinstance(each, ImageBlock | DocumentBlock) for each in (one, other))


def section_of(
    key: int, blocks: Sequence[Block], making: Making, *, is_growing: bool = False, took_ms: int | None = None
) -> Section:
    """What shows the blocks of a group; `key` is the index of the first, `took_ms` how long a thought took."""
    match blocks[0]:
        case TextBlock(text) if making.is_person:
            return PersonSection(text)
        case TextBlock():
            section = MarkdownSection(citations=making.citations)
            for block in blocks:
                section.join(block)
            return section
        case ImageBlock() | DocumentBlock():
            found = [each for each in blocks if isinstance(each, ImageBlock | DocumentBlock)]
            return AttachmentsSection(found, in_card=making.is_person)
        case block:
            return _row_of(key, block, making, is_growing=is_growing, took_ms=took_ms)


def _row_of(key: int, block: Block, making: Making, *, is_growing: bool, took_ms: int | None) -> Section:
    match block:
        case ThinkingBlock(thinking):
            note = "" if thinking or is_growing else "not shown by the API"
            return ThoughtSection(key, thinking, is_growing=is_growing, note=note, took_ms=took_ms)
        case RedactedThinkingBlock():
            return ThoughtSection(key, "", note="encrypted by the API", took_ms=took_ms)
        case ToolResultBlock():
            return ToolResultSection(key, block, in_card=making.is_person)
        case ServerToolResultBlock() if pages_of(block.content):
            return SearchResultsSection(key, block.kind, block.content, "tool", in_card=making.is_person)
    return CardSection(key, *_card(block), in_card=making.is_person)


def _card(block: Block) -> tuple[str, Any, str]:
    match block:
        case ToolUseBlock() | ServerToolUseBlock():
            return block.name, block.input, "tool"
        case ServerToolResultBlock():
            return block.kind, block.content, "tool"
        case RawBlock():
            return block.kind, block.raw, "muted"
    return "Block", repr(block), "muted"


def findable(blocks: Sequence[Block], *, is_person: bool) -> Iterator[tuple[int, str]]:
    """What can be found in a message, for each of its sections: its key, and its text whether it is open or not."""
    for key, group in groups_of(blocks, is_person=is_person):
        yield key, "".join(map(_words, group))


def _words(block: Block) -> str:
    match block:
        case TextBlock(text) | ThinkingBlock(thinking=text):
            return text
        case ImageBlock() | DocumentBlock():
            return describe(block) + "\n"
        case ToolResultBlock():
            return "\n".join(part if isinstance(part, str) else describe(part) for part in parts_of(block))
        case RedactedThinkingBlock():
            return ""
    _, content, _ = _card(block)
    return content if isinstance(content, str) else pretty(content)
