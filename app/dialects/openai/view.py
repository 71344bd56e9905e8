"""What the dialect shows of an answer: its text, and the calls among its blocks. The rest is beside it."""

from collections.abc import Sequence

from app.domain.blocks import Block, ServerToolUseBlock, TextBlock, ToolUseBlock
from app.immutable import immutable

FIELDS = "provider_specific_fields"
"""LiteLLM's place for what the dialect has no words for."""
OWN = "anthropic"
"""Our key in it: `{"content": the blocks in order, "stop_reason": …}`."""


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
