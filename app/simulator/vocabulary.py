"""The betas: their names, and what each of them opens.

Source: Messages API reference §3.5, and the official SDK's list of names.
"""

from collections.abc import Mapping

INTERLEAVED = "interleaved-thinking-2025-05-14"
FINE_GRAINED = "fine-grained-tool-streaming-2025-05-14"
_MCP = ("mcp-client-2025-11-20", "mcp-client-2026-09-15", "mcp-client-2025-04-04")
_COMPACT = ("compact-2026-01-12", "compact-2026-09-04")
_FALLBACK = ("server-side-fallback-2026-07-01", "server-side-fallback-2026-06-01")
_TOOL_CHANGES = ("inline-tools-2026-09-15", "mid-conversation-tool-changes-2026-07-01")

Needs = Mapping[str, tuple[str, ...]]
"""Name → betas, any one of which opens it."""

FIELDS: Needs = {
    "speed": ("fast-mode-2026-02-01",),
    "context_management": ("context-management-2025-06-27", "compact-2026-01-12"),
    "compaction": ("compact-2026-09-04",),
    "mcp_servers": _MCP,
    "fallbacks": _FALLBACK,
    "fallback_credit_token": ("fallback-credit-2026-07-01", "fallback-credit-2026-06-01"),
    "thread": ("message-threads-2026-08-12",),
    "output_format": ("structured-outputs-2025-11-13",),
    "billing_policy": ("user-profiles-billing-2026-10-01",),
    "output_config.task_budget": ("task-budgets-2026-03-13",),
    "thinking.block_binding": ("thinking-binding-controls-2026-08-01",),
}
"""Fields of the body; a dot goes into a field."""

MESSAGE_FIELDS: Needs = {
    "clear_at": ("mid-conversation-system-clear-at-2026-08-21",),
    "output_config": ("mid-conversation-output-config-2026-07-01",),
}
BLOCKS: Needs = {
    "mcp_tool_use": _MCP,
    "mcp_tool_result": _MCP,
    "mcp_tool_listing": ("mcp-client-2026-09-15",),
    "advisor_tool_result": ("advisor-tool-2026-03-01",),
    "compaction": _COMPACT,
    "fallback": _FALLBACK,
    "tool_addition": _TOOL_CHANGES,
    "tool_removal": _TOOL_CHANGES,
}
TOOLS: Needs = {
    "bash_20241022": ("computer-use-2024-10-22",),
    "text_editor_20241022": ("computer-use-2024-10-22",),
    "computer_20241022": ("computer-use-2024-10-22",),
    "computer_20250124": ("computer-use-2025-01-24",),
    "computer_20251124": ("computer-use-2025-11-24",),
    "code_execution_20250522": ("code-execution-2025-05-22",),
    "advisor_20260301": ("advisor-tool-2026-03-01",),
    "mcp_toolset": _MCP[:2],
}
EDITS: Needs = {
    "clear_tool_uses_20250919": ("context-management-2025-06-27",),
    "clear_thinking_20251015": ("context-management-2025-06-27",),
    "compact_20260112": ("compact-2026-01-12",),
}
DISPLAY_UPDATES = ("thinking-display-updates-2026-08-18",)

_OTHERS = """
    dev-full-thinking-2025-05-14 thinking-token-count-2026-05-13 output-300k-2026-03-24 output-128k-2025-02-19
    context-1m-2025-08-07 model-context-window-exceeded-2025-08-26 user-profiles-2026-03-24 user-profiles-2026-08-18
    user-profiles-2026-09-04 managed-agents-2026-04-01 agent-memory-2026-07-22 dreaming-2026-04-21
    mcp-tunnels-2026-06-22 ce-plugins-2026-09-01 ce-user-management-2026-07-13
    ce-claude-code-managed-settings-2026-10-06
    spend-limit-reads-2026-09-26 webhooks-2026-10-07 admin-user-sign-out-2026-10-08 analytics-usage-cost-2026-08-24
    telemetry-destinations-2026-08-11 experimental-claude-tag-2026-10-21 message-batches-2024-09-24
    prompt-caching-2024-07-31 pdfs-2024-09-25 token-counting-2024-11-01 token-efficient-tools-2025-02-19
    extended-cache-ttl-2025-04-11 structured-outputs-2025-11-13 effort-2025-11-24 web-search-2025-03-05
    web-fetch-2025-09-10 code-execution-2025-08-25 advanced-tool-use-2025-11-20 cache-diagnosis-2026-04-07
    files-api-2025-04-14 skills-2025-10-02 oauth-2025-04-20 prompt-caching-scope-2026-01-05
    per-turn-control-2026-07-01 dangerous-tool-use-2026-09-03
"""
"""Names that open nothing which a request for a message could hold: other APIs, features that need none any more."""

BETAS = frozenset(_OTHERS.split()).union(
    (INTERLEAVED, FINE_GRAINED),
    DISPLAY_UPDATES,
    *(needed for table in (FIELDS, MESSAGE_FIELDS, BLOCKS, TOOLS, EDITS) for needed in table.values()),
)
"""Every name that the `anthropic-beta` header may hold."""
