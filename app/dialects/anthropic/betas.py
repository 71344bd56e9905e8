"""Which betas a request needs for what it holds.

Only features that still need one are here: a value whose feature is generally available is noise, and two of those
even bring an old shape of the answer back.

Source: Messages API reference, "Beta header values".
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_TOOLS: Mapping[str, str] = {
    "computer_20241022": "computer-use-2024-10-22",
    "bash_20241022": "computer-use-2024-10-22",
    "text_editor_20241022": "computer-use-2024-10-22",
    "computer_20250124": "computer-use-2025-01-24",
    "computer_20251124": "computer-use-2025-11-24",
    "code_execution_20250522": "code-execution-2025-05-22",
    "advisor_20260301": "advisor-tool-2026-03-01",
}
KNOWN: Sequence[str] = (
    *sorted(set(_TOOLS.values())),
    *("compact-2026-01-12", "context-management-2025-06-27", "fast-mode-2026-02-01", "files-api-2025-04-14"),
    *("fine-grained-tool-streaming-2025-05-14", "interleaved-thinking-2025-05-14", "mcp-client-2025-11-20"),
    *("message-threads-2026-08-12", "server-side-fallback-2026-07-01", "skills-2025-10-02", "task-budgets-2026-03-13"),
)
"""What a person may want to pick; any other name can be typed."""
_TOOL_CHANGES = frozenset({"tool_addition", "tool_removal"})
_DATED = 3
"""Parts of the date at the end of a beta's name."""


def with_needed(given: list[str], body: Mapping[str, Any]) -> list[str]:
    """The caller's betas, then those that the body needs and no given one of the same feature stands for."""
    families = {_family(each) for each in given}
    return [*given, *(each for each in dict.fromkeys(_needed(body)) if _family(each) not in families)]


def _family(beta: str) -> str:
    """`mcp-client` of `mcp-client-2025-11-20`."""
    return "-".join(beta.split("-")[:-_DATED])


def _needed(body: Mapping[str, Any]) -> Iterator[str]:
    kinds = [each.get("type") for each in body.get("tools") or () if isinstance(each, Mapping)]
    yield from (_TOOLS[kind] for kind in kinds if isinstance(kind, str) and kind in _TOOLS)
    if servers := body.get("mcp_servers"):
        yield _mcp(servers, kinds)
    if edits := _edits(body.get("context_management")):
        compacting = [each == "compact_20260112" for each in edits]
        yield from ["compact-2026-01-12"] * any(compacting)
        yield from ["context-management-2025-06-27"] * (not all(compacting))
    yield from (beta for name, beta in _FIELDS.items() if body.get(name) is not None)
    yield from _of_output_and_thinking(body)
    # a plain dict's type is asked for in a third of the time that any mapping's takes, and a history is long
    for message in [
        each for each in body.get("messages") or () if isinstance(each, dict) and each.get("role") == "system"
    ]:
        yield from _of_system_message(message)


_FIELDS: Mapping[str, str] = {
    "compaction": "compact-2026-09-04",
    "speed": "fast-mode-2026-02-01",
    "fallbacks": "server-side-fallback-2026-07-01",
    "fallback_credit_token": "fallback-credit-2026-07-01",
    "thread": "message-threads-2026-08-12",
    "billing_policy": "user-profiles-billing-2026-10-01",
}


def _mcp(servers: Any, kinds: list[Any]) -> str:
    """The older shape puts the tools on the server's own entry, the newer has a toolset for each server."""
    listed = servers if isinstance(servers, list) else ()
    old = any(isinstance(each, Mapping) and "tool_configuration" in each for each in listed)
    return "mcp-client-2025-04-04" if old or "mcp_toolset" not in kinds else "mcp-client-2025-11-20"


def _edits(management: Any) -> list[Any]:
    edits = management.get("edits") if isinstance(management, Mapping) else None
    return [each.get("type") for each in edits if isinstance(each, Mapping)] if isinstance(edits, list) else []


def _of_output_and_thinking(body: Mapping[str, Any]) -> Iterator[str]:
    output, thinking = body.get("output_config"), body.get("thinking")
    if isinstance(output, Mapping) and output.get("task_budget") is not None:
        yield "task-budgets-2026-03-13"
    if isinstance(thinking, Mapping):
        if thinking.get("display") == "updates":
            yield "thinking-display-updates-2026-08-18"
        if thinking.get("block_binding") is not None:
            yield "thinking-binding-controls-2026-08-01"


def _of_system_message(message: Mapping[str, Any]) -> Iterator[str]:
    """What a system message inside a conversation can do besides telling something."""
    if message.get("clear_at") is not None:
        yield "mid-conversation-system-clear-at-2026-08-21"
    if message.get("output_config") is not None:
        yield "mid-conversation-output-config-2026-07-01"
    content = message.get("content")
    blocks = content if isinstance(content, list) else ()
    if any(isinstance(each, Mapping) and each.get("type") in _TOOL_CHANGES for each in blocks):
        yield "inline-tools-2026-09-15"
