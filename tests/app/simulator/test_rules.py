"""What the reference says is a 400 is one, and what lies right beside it is not."""

from typing import Any, get_args

import anthropic.types
import pytest

from app.simulator.vocabulary import BETAS
from tests.support.simulated import HELLO, PNG, TOOL, assistant, body, refused, result, text, use, user

MARK, HOUR = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}
OPUS5, OPUS45, SONNET46, HAIKU45 = "claude-opus-5", "claude-opus-4-5", "claude-sonnet-4-6", "claude-haiku-4-5"
PICTURE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"}
CALLED: list[Any] = [*HELLO, assistant(use())]
SERVED = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
SCREEN = {"name": "computer", "display_width_px": 800, "display_height_px": 600}


def system(*blocks: Any, **more: Any) -> dict[str, Any]:
    return {"role": "system", "content": list(blocks) or "Be brief.", **more}


def schema(**more: Any) -> dict[str, Any]:
    return {"format": {"type": "json_schema", "schema": {"type": "object", **more}}}


FIELDS: list[tuple[dict[str, Any], str, str]] = [
    # a field whose beta was not sent, and the beta
    ({"speed": "fast", "model": OPUS5}, "fast-mode-2026-02-01", "speed: Extra"),
    ({"context_management": {"edits": []}}, "context-management-2025-06-27", "context_management: Extra"),
    ({"fallbacks": "default"}, "server-side-fallback-2026-07-01", "fallbacks: Extra"),
    ({"thread": {"type": "create"}}, "message-threads-2026-08-12", "thread: Extra"),
    ({"compaction": {"type": "summarize"}}, "compact-2026-09-04", "compaction: Extra"),
    ({"mcp_servers": []}, "mcp-client-2025-11-20", "mcp_servers: Extra"),
    (
        {"thinking": {"type": "adaptive", "display": "updates"}},
        "thinking-display-updates-2026-08-18",
        "thinking.adaptive.display: Input should be",
    ),
    (
        {"thinking": {"type": "adaptive", "block_binding": {}}},
        "thinking-binding-controls-2026-08-01",
        "thinking.block_binding: Extra",
    ),
    (
        {"output_config": {"task_budget": {"type": "tokens", "total": 20000}}},
        "task-budgets-2026-03-13",
        "output_config.task_budget: Extra",
    ),
    (
        {"model": HAIKU45, "tools": [{**SCREEN, "type": "computer_20250124"}]},
        "computer-use-2025-01-24",
        "tools.0.computer_20250124: needs the",
    ),
    (
        {"messages": [*HELLO, system(clear_at="never")]},
        "mid-conversation-system-clear-at-2026-08-21",
        "messages.1.clear_at: Extra",
    ),
    (
        {
            "tools": [TOOL, {**TOOL, "name": "u", "defer_loading": True}],
            "messages": [
                *HELLO,
                system({"type": "tool_addition", "tool": {"type": "tool_reference", "name": "u"}}),
            ],
        },
        "inline-tools-2026-09-15",
        "messages.1.content.0: `tool_addition` blocks need",
    ),
]


@pytest.mark.parametrize(("changes", "beta", "message"), FIELDS)
def test_a_beta_opens_what_is_closed_without_it(changes: Any, beta: str, message: str) -> None:
    assert refused(body(**changes)).startswith(message)
    assert refused(body(**changes), beta) == ""


@pytest.mark.parametrize("beta", ["computer-use-9999-99-99", "fast-mode-2026-02-02", "nothing", "effort-2025-11-24, x"])
def test_a_beta_that_does_not_exist_is_refused(beta: str) -> None:
    assert refused(body(), beta).startswith("Unexpected value(s) `")


def test_every_beta_of_the_official_sdk_exists() -> None:
    literal = next(each for each in get_args(anthropic.types.AnthropicBetaParam) if get_args(each))
    assert set(get_args(literal)) <= BETAS
    assert len(get_args(literal)) > 40


WRONG: list[tuple[dict[str, Any], str]] = [
    # values and fields that are not there
    ({"inference_geo": "mars"}, "inference_geo: Input should be 'global' or 'us'"),
    ({"container": {"id": "c", "size": 1}}, "container.size: Extra"),
    ({"metadata": {"user": "u"}}, "metadata.user: Extra"),
    ({"thinking": {"type": "adaptive", "depth": 1}}, "thinking.adaptive.depth: Extra"),
    ({"thinking": {"type": "adaptive", "display": "loud"}}, "thinking.adaptive.display: Input should be"),
    ({"output_config": {"style": "x"}}, "output_config.style: Extra"),
    ({"tools": [{**TOOL, "colour": 1}]}, "tools.0.custom.colour: Extra"),
    ({"tools": [TOOL], "tool_choice": {"type": "auto", "x": 1}}, "tool_choice.auto.x: Extra"),
    ({"cache_control": {"type": "ephemeral", "ttl": "2h"}}, "cache_control.ttl: Input should be '5m' or '1h'"),
    ({"cache_control": {"type": "ephemeral", "x": 1}}, "cache_control.x: Extra"),
    ({"messages": [user({**text(), "x": 1})]}, "messages.0.content.0.text.x: Extra"),
    ({"service_tier": ["auto"]}, "service_tier: Input should be"),
    ({"thinking": {"type": ["adaptive"]}}, "thinking: Input tag"),
    ({"messages": [{"role": ["user"], "content": "x"}]}, "messages.0.role: Input should be"),
    # models
    ({"inference_geo": "us", "model": OPUS45}, "inference_geo: not supported"),
    ({"model": OPUS5, "thinking": {"type": "disabled"}, "output_config": {"effort": "xhigh"}}, "thinking.type: "),
    ({"thinking": {"type": "between_tools"}, "output_config": {"effort": "max"}}, "thinking.type: `between_tools`"),
    ({"thinking": {"type": "disabled"}}, "thinking.type: `disabled` is not supported"),
    ({"model": SONNET46, "output_config": {"effort": "xhigh"}}, "output_config.effort: Input should be one of"),
    ({"tools": [{"type": "web_search_20991231", "name": "web_search"}]}, "tools.0: Input tag 'web_search_20991231'"),
    ({"tools": [{"type": "bash_20250124", "name": "shell"}]}, "tools.0.bash_20250124.name: Input should be 'bash'"),
    ({"tools": [{"type": "web_fetch_20260318", "name": "web_fetch"}], "model": HAIKU45}, "tools.0.web_fetch_20260318"),
    (
        {"tools": [{"type": "web_search_20250305", "name": "web_search", "response_inclusion": "full"}]},
        "tools.0.web_search_20250305.response_inclusion: Extra",
    ),
    ({"tools": [{**TOOL, "defer_loading": True}]}, "tools: At least one tool must have defer_loading=false"),
    ({"tools": [{**TOOL, "strict": True}]}, "tools.0.custom.input_schema: For 'object' type"),
    (
        {"tools": [{**TOOL, "strict": True, "allowed_callers": ["code_execution_20260120"],
                    "input_schema": {"type": "object", "additionalProperties": False}}]},
        "tools.0.custom: strict is not supported",
    ),
    ({"output_config": schema()}, "output_config.format.schema: For 'object' type"),
    # warming the cache
    ({"max_tokens": 0, "stream": True}, "max_tokens: 0 is not supported together with `stream`"),
    ({"max_tokens": 0, "output_config": schema(additionalProperties=False)}, "max_tokens: 0 is not supported together"),
    ({"max_tokens": 0, "model": "claude-haiku-5-5", "tools": [TOOL], "tool_choice": {"type": "any"}}, "max_tokens: 0"),
    # turns
    ({"messages": [*CALLED, user(text(), result())]}, "messages.2: `tool_result` blocks must come first"),
    ({"messages": [*CALLED, assistant(text()), *HELLO]}, "messages.1: `tool_use` ids were found without"),
    ({"messages": [*CALLED, system(), user(result())]}, "messages.2: a system message must follow"),
    ({"messages": [*CALLED, user(result(), result())]}, "messages.2.content.0: each tool_use must have a single"),
    ({"messages": [system(), *HELLO]}, "messages: first message must use the `user` role"),
    ({"messages": [*HELLO, system(), *HELLO]}, "messages.1: a system message must be the last"),
    ({"messages": [*HELLO, assistant(text()), system()]}, "messages.2: a system message must follow"),
    ({"messages": [*HELLO, system()], "model": "claude-sonnet-5"}, "messages.1.role: 'system' is not supported"),
    (
        {"messages": [*HELLO, assistant(SERVED, use()), user(result(), text())]},
        "messages.2: only `tool_result` blocks may answer",
    ),
    # blocks
    ({"messages": [*HELLO, assistant(PICTURE), *HELLO]}, "messages.1.content.0: `image` blocks are not allowed"),
    ({"messages": [user({"type": "thinking", "thinking": "", "signature": "s"})]}, "messages.0.content.0: `thinking`"),
    ({"messages": [*HELLO, assistant({"type": "novel"}), *HELLO]}, "messages.1.content.0: Input tag 'novel'"),
    ({"messages": [*HELLO, assistant(use("a b"))]}, "messages.1.content.0.tool_use.id: String should match"),
    ({"messages": [user({"type": "document"})]}, "messages.0.content.0.document.source: Field required"),
    ({"messages": [user({"type": "document", "source": {**PDF, "data": "%%"}})]}, "messages.0.content.0.document"),
    ({"messages": [user({"type": "image", "source": {"type": "url"}})]}, "messages.0.content.0.image.source.url"),
    (
        {"messages": [
            user({"type": "document", "source": PDF, "citations": {"enabled": True}},
                 {"type": "document", "source": PDF})
        ]},
        "messages: citations must be enabled on all",
    ),
    # breakpoints
    ({"messages": [user(text(mark=HOUR))], "cache_control": MARK}, "cache_control.ttl: the last block already carries"),
    ({"messages": [user(*[text(mark=MARK)] * 4)], "cache_control": MARK}, "A maximum of 4 blocks"),
    (
        {"messages": [*CALLED, user(result(content=[text(mark=MARK)] * 5))]},
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_what_the_api_refuses_is_refused(changes: Any, message: str) -> None:
    assert refused(body(**changes)).startswith(message)


RIGHT: list[dict[str, Any]] = [
    {"messages": [*HELLO, assistant(use("a"), use("b")), user(result("a")), user(result("b"))], "tools": [TOOL]},
    {"messages": [*HELLO, *HELLO]},
    {"messages": [*HELLO, assistant({"type": "thinking", "thinking": "", "signature": "s"}, text()), *HELLO]},
    {"messages": [*HELLO, assistant(SERVED, FOUND), system()]},
    {"messages": [*HELLO, assistant(SERVED)], "model": OPUS5},
    {"messages": [*HELLO, system(), assistant(text()), *HELLO]},
    {"messages": [user({"type": "document", "source": PDF})]},
    {"messages": [user({"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}})]},
    {"model": OPUS5, "thinking": {"type": "disabled"}, "output_config": {"effort": "high"}},
    {"max_tokens": 0},
    {"inference_geo": "us"},
    {"container": "container_1"},
    {"container": {"skills": [{"type": "anthropic", "skill_id": "pptx", "version": "latest"}]}},
    {"messages": [user(text(mark=MARK))], "cache_control": MARK},
    {"tools": [{"type": "computer_toolset_20260801"}, {"type": "bash_20250124", "name": "bash"}]},
    {"tools": [{"type": "tool_search_tool_regex", "name": "tool_search_tool_regex"}, {**TOOL, "defer_loading": True}]},
    {"output_config": schema(additionalProperties=False, properties={"type": {"type": "string"}})},
    {"stop_sequences": None, "metadata": {"user_id": None}, "diagnostics": {"previous_message_id": None}},
]


@pytest.mark.parametrize("changes", RIGHT)
def test_what_the_api_takes_is_taken(changes: Any) -> None:
    assert refused(body(**changes)) == ""


def test_a_toolset_goes_to_the_models_that_have_it() -> None:
    old = {"tools": [{**SCREEN, "type": "computer_20251124"}]}
    assert refused(body(**old), "computer-use-2025-11-24").startswith("tools.0.computer_20251124: 'claude-sonnet-5-5'")
    assert refused(body(model=OPUS5, **old), "computer-use-2025-11-24") == ""


def test_only_its_own_name_names_a_model() -> None:
    assert refused(body(model="anthropic/claude-sonnet-5-5")) == "model: anthropic/claude-sonnet-5-5"


def test_a_count_knows_fewer_fields() -> None:
    assert refused(body(), counting=True) == "max_tokens: Extra inputs are not permitted"
    assert refused(body(max_tokens=None), counting=True) == ""


def test_interleaved_thinking_may_think_longer_than_it_answers() -> None:
    sent = body(model=OPUS45, max_tokens=2000, thinking={"type": "enabled", "budget_tokens": 4000})
    assert refused(sent).startswith("`max_tokens` must be greater")
    assert refused(sent, "interleaved-thinking-2025-05-14") == ""
