"""What the dialect shows of an answer: its text, and the calls among its blocks. The rest is beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.blocks import Block, ServerToolUseBlock, TextBlock, ToolUseBlock
from app.immutable import NOTHING, immutable

FIELDS = "provider_specific_fields"
"""LiteLLM's place for what the dialect has no words for."""
OWN = "anthropic"
"""Our key in it: `{"id": the API's own, "content": the blocks in order, "stop_reason": …}`."""

NEXT_TEXT = "next_text"
"""Our key in it, in a stream: the text that follows is a block of its own, which citations and thinking depend on."""


@immutable
class View:
    text: str
    calls: tuple[ToolUseBlock | ServerToolUseBlock, ...]
    """The caller's tools and the API's own, as LiteLLM has it; an MCP server's are not among them."""
    texts: tuple[str, ...]


def view_of(blocks: Sequence[Block]) -> View:
    texts = tuple(block.text for block in blocks if isinstance(block, TextBlock))
    calls = tuple(
        each
        for each in blocks
        if isinstance(each, ToolUseBlock) or (isinstance(each, ServerToolUseBlock) and each.kind == "server_tool_use")
    )
    return View("".join(texts), calls, texts)


def own_in(message: Any) -> Mapping[str, Any]:
    """What a message or a delta of ours carries under `OWN`; nothing in anyone else's."""
    fields = message.get(FIELDS) if isinstance(message, Mapping) else None
    own = fields.get(OWN) if isinstance(fields, Mapping) else None
    return own if isinstance(own, Mapping) else NOTHING
