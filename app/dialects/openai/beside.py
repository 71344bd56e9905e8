"""What stands beside an answer in `provider_specific_fields`: all that the dialect has no words for.

The keys are LiteLLM's; ours is one more, `anthropic`, with the content blocks in their order.

Source: LiteLLM's documentation, "Anthropic".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.dialects.blocks import block_to_wire
from app.dialects.openai.view import OWN
from app.domain.blocks import (
    Block,
    RawBlock,
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    without_received,
)
from app.domain.stream import Reply

WEB = frozenset({"web_search_tool_result", "web_fetch_tool_result"})
SEARCHED = "tool_search_tool_result"
"""Which tools the API found is its own business."""
SHELL = "bash_code_execution_tool_result"


def fields_of(reply: Reply) -> dict[str, Any]:
    """`provider_specific_fields` of a whole answer."""
    blocks = reply.blocks
    fields: dict[str, Any] = {"citations": citations_of(blocks), "thinking_blocks": thinking_of(blocks)}
    fields |= results_of(blocks, reply.extra.get("container"))
    for name in ("context_management", "container"):
        if reply.extra.get(name) is not None:
            fields[name] = reply.extra[name]
    return {**fields, OWN: own_of(reply)}


def own_of(reply: Reply) -> dict[str, Any]:
    """What the message needs in order to come back as it was."""
    given = {
        "id": reply.api_id or None,
        "stop_reason": reply.stop_reason,
        "stop_sequence": reply.stop_sequence,
        "stop_details": reply.stop_details,
        "extra": dict(reply.extra) or None,
    }
    content = [block_to_wire(without_received(block)) for block in reply.blocks]
    return {"content": content, **{name: value for name, value in given.items() if value is not None}}


def thinking_of(blocks: Sequence[Block]) -> list[dict[str, Any]] | None:
    found = [block_to_wire(each) for each in blocks if isinstance(each, ThinkingBlock | RedactedThinkingBlock)]
    return found or None


def citations_of(blocks: Sequence[Block]) -> list[list[dict[str, Any]]] | None:
    """A list for each cited block, every citation with the text that it supports."""
    found = [
        [{**citation, "supported_text": block.text} for citation in block.citations]
        for block in blocks
        if isinstance(block, TextBlock) and block.citations is not None
    ]
    return found or None


def results_of(blocks: Sequence[Block], container: Any = None) -> dict[str, Any]:
    """What the API's own tools answered, and compactions."""
    uses = {each.id: each for each in blocks if isinstance(each, ServerToolUseBlock)}
    results = [each for each in blocks if isinstance(each, ServerToolResultBlock) and each.kind != SEARCHED]
    web = [each for each in results if each.kind in WEB]
    other = [each for each in results if each.kind not in WEB]
    fields: dict[str, Any] = {}
    if web:
        fields["web_search_results"] = [block_to_wire(each) for each in web]
        fields["web_search_calls"] = [
            search_call(uses[each.tool_use_id], each)
            for each in web
            if each.kind == "web_search_tool_result" and each.tool_use_id in uses
        ]
    if other:
        fields["tool_results"] = [block_to_wire(each) for each in other]
        place = container.get("id") if isinstance(container, Mapping) else None
        fields["code_interpreter_results"] = [
            _shell_call(uses.get(each.tool_use_id), each, place) for each in other if each.kind == SHELL
        ]
    compacted = [dict(each.raw) for each in blocks if isinstance(each, RawBlock) and each.kind == "compaction"]
    return {**fields, **({"compaction_blocks": compacted} if compacted else {})}


def search_call(use: ServerToolUseBlock, result: ServerToolResultBlock) -> dict[str, Any]:
    """A web search as OpenAI's Responses API shows it."""
    found = result.content if isinstance(result.content, list) else []
    sources = [{"type": "url", "url": each["url"]} for each in found if isinstance(each, Mapping) and each.get("url")]
    query = use.input.get("query", "")
    return {
        "type": "web_search_call",
        "id": f"ws_{use.id}",
        "status": "completed" if isinstance(result.content, list) else "failed",
        "action": {"type": "search", "query": query, "queries": [query], "sources": sources},
    }


def _shell_call(use: ServerToolUseBlock | None, result: ServerToolResultBlock, container: Any) -> dict[str, Any]:
    """A command in the sandbox as OpenAI's Responses API shows it."""
    content = result.content if isinstance(result.content, Mapping) else {}
    streams = (content.get("stdout"), content.get("stderr"))
    logs = "\n".join(each for each in streams if isinstance(each, str) and each)
    return {
        "type": "code_interpreter_call",
        "id": result.tool_use_id,
        "code": str(use.input.get("command", "")) if use else "",
        "container_id": container,
        "status": "completed",
        "outputs": [{"type": "logs", "logs": logs}] if logs else None,
    }
