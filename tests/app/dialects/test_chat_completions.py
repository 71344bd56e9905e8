"""What a client of chat completions asks for and is answered, row by row of what LiteLLM documents."""

import json
from typing import Any

import pytest

from app import stream_chunk_builder
from app.dialects.anthropic import failures as messages_failures
from app.dialects.anthropic.requests import count_body, headers_for, request_to_wire
from app.dialects.error_kinds import BY_KIND
from app.dialects.openai import failures as chat_failures
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.failures import error_from_wire, error_to_wire
from app.dialects.openai.names import wire_id
from app.dialects.openai.requests import Asked, request_from_wire
from app.dialects.openai.responses import message_to_wire, reply_to_wire
from app.dialects.openai.style import ReplyStyle
from app.domain.blocks import (
    RECEIVED_JSON,
    Block,
    RawBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
)
from app.domain.request import Request, Turn
from app.domain.stream import (
    Accumulator,
    BlockStarted,
    BlockStopped,
    InputJsonDelta,
    MessageChanged,
    MessageStarted,
    MessageStopped,
    Reply,
    TextDelta,
    events_of,
)
from app.domain.usage import TokenUsage
from app.errors import (
    ApiError,
    BillingProblem,
    KeyMissing,
    RateLimited,
    StreamBroken,
    TranslationError,
    UnsupportedParameter,
)
from app.simulator.server import own_catalogue

HI = {"role": "user", "content": "hi"}
SEARCH = (
    ServerToolUseBlock("server_tool_use", "srvtoolu_1", "web_search", {"query": "q"}),
    ServerToolResultBlock(
        "web_search_tool_result", "srvtoolu_1", [{"type": "web_search_result", "url": "https://a.example"}]
    ),
)
THOUGHT = ThinkingBlock("Hm.", "c2ln")
BLOCKS: tuple[Block, ...] = (THOUGHT, TextBlock("Let me look."), *SEARCH, THOUGHT, TextBlock("Found."))


def asked(*messages: Any, **more: Any) -> Asked:
    return request_from_wire({"model": "m", "messages": list(messages) or [HI], **more})


def answer(*blocks: Block, stop_reason: str = "end_turn") -> Reply:
    return Reply(blocks, True, "msg_1", "claude-sonnet-5-5", stop_reason, usage=TokenUsage(10, 3, 2, output_tokens=7))


def spoken(reply: Reply, style: ReplyStyle = ReplyStyle()) -> dict[str, Any]:
    return reply_to_wire(reply, id="chatcmpl-1", created=7, style=style)


def message_of(reply: Reply, style: ReplyStyle = ReplyStyle()) -> dict[str, Any]:
    found: dict[str, Any] = spoken(reply, style)["choices"][0]["message"]
    return found


def streamed(reply: Reply, style: ReplyStyle = ReplyStyle()) -> list[dict[str, Any]]:
    speaker = ChunkSpeaker(id="chatcmpl-1", created=7, style=style)
    return [chunk for event in events_of(reply) for chunk in speaker.speak(event)]


def text_of(chunks: list[dict[str, Any]]) -> str:
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


# ------------------------------------------------------------------ messages that come back


def test_a_message_of_ours_comes_back_block_for_block() -> None:
    message = json.loads(json.dumps(message_of(answer(*BLOCKS))))
    assert asked(HI, message, HI).request.turns[1].blocks == BLOCKS


def test_what_a_client_adds_as_nulls_is_no_edit() -> None:
    message = {**message_of(answer(*BLOCKS)), "function_call": None, "audio": None, "refusal": None}
    assert asked(HI, message, HI).request.turns[1].blocks == BLOCKS


def test_an_edited_message_says_what_it_says_now() -> None:
    message = {**message_of(answer(*BLOCKS)), "content": "Something else."}
    blocks = asked(HI, message, HI).request.turns[1].blocks
    assert TextBlock("Something else.") in blocks
    assert TextBlock("Found.") not in blocks


def test_a_call_that_was_taken_out_is_gone() -> None:
    message = message_of(answer(TextBlock("a"), ToolUseBlock("t1", "f", {})))
    del message["tool_calls"]
    assert asked(HI, message, HI).request.turns[1].blocks == (TextBlock("a"),)


def test_a_mark_on_a_message_of_ours_goes_to_its_last_block() -> None:
    message = {**message_of(answer(*BLOCKS)), "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    (mark,) = asked(HI, message, HI).request.cache_plan.breakpoints
    assert (mark.index, mark.block, mark.ttl) == (1, len(BLOCKS) - 1, "1h")


def test_a_tools_failure_is_told_and_read() -> None:
    message = message_of(answer(ToolUseBlock("t1", "f", {})))
    result = {"role": "tool", "tool_call_id": "t1", "content": "no", "is_error": True}
    (block,) = asked(HI, message, result).request.turns[2].blocks
    assert getattr(block, "is_error", None) is True


# ------------------------------------------------------------------ names, betas, places


def test_foreign_tool_names_come_back_as_the_caller_wrote_them() -> None:
    tools = [{"type": "function", "function": {"name": name}} for name in ("a/b", "a.b", "a_b")]
    found = asked(tools=tools)
    assert [getattr(each, "name", "") for each in found.request.tools] == ["a_b_2", "a_b_3", "a_b"]
    message = message_of(answer(ToolUseBlock("t1", "a_b_2", {})), found.style)
    assert message["tool_calls"][0]["function"]["name"] == "a/b"
    again = asked(HI, message, {"role": "tool", "tool_call_id": "t1", "content": "ok"}, tools=tools)
    assert again.request.turns[1].blocks == (ToolUseBlock("t1", "a_b_2", {}),)


def test_another_services_answer_goes_on_with_claude() -> None:
    function = {"name": "my.tool", "arguments": "{}"}
    delta = {"tool_calls": [{"index": 0, "id": "call:1", "type": "function", "function": function}]}
    choice = {"index": 0, "delta": delta, "finish_reason": "tool_calls"}
    whole = stream_chunk_builder([{"id": "1", "model": "gpt", "choices": [choice]}])
    assert whole is not None
    result = {"role": "tool", "tool_call_id": "call:1", "content": "ok"}
    message = whole.choices[0].message.model_dump()
    found = asked(HI, message, result, tools=[{"type": "function", "function": {"name": "my.tool"}}]).request
    (use,), (answered,) = found.turns[1].blocks, found.turns[2].blocks
    assert isinstance(use, ToolUseBlock)
    assert isinstance(answered, ToolResultBlock)
    assert use.name == getattr(found.tools[0], "name", "") == "my_tool"
    assert use.id == answered.tool_use_id == wire_id("call:1")


def test_ids_that_differ_in_a_foreign_character_stay_two() -> None:
    calls = [{"id": each, "type": "function", "function": {"name": "f", "arguments": "{}"}} for each in ("a:b", "a.b")]
    results = [{"role": "tool", "tool_call_id": each, "content": each} for each in ("a:b", "a.b")]
    _, uses, answers = asked(HI, {"role": "assistant", "tool_calls": calls}, *results).request.turns
    ids = [getattr(each, "id", "") for each in uses.blocks]
    assert len(set(ids)) == 2
    assert [getattr(each, "tool_use_id", "") for each in answers.blocks] == ids


@pytest.mark.parametrize(
    ("more", "beta"),
    [
        ({"tools": [{"type": "computer_20251124", "name": "computer", "display_width_px": 9, "display_height_px": 9}]},
         "computer-use-2025-11-24"),
        ({"tools": [{"type": "mcp", "server_label": "m", "server_url": "https://a.example", "allowed_tools": ["x"]}]},
         "mcp-client-2025-04-04"),
        ({"context_management": [{"type": "compaction"}]}, "compact-2026-01-12"),
        ({"speed": "fast"}, "fast-mode-2026-02-01"),
        ({"extra_headers": {"Anthropic-Beta": "max-tokens-3-5-sonnet-2024-07-15"}}, "max-tokens-3-5-sonnet-2024-07-15"),
        ({"betas": ["made-up-2030-01-01"]}, "made-up-2030-01-01"),
    ],
)  # fmt: skip
def test_betas_are_sent_for_what_needs_them_and_as_given(more: dict[str, Any], beta: str) -> None:
    request = asked(**more).request
    assert headers_for(request)["anthropic-beta"] == beta
    assert request_to_wire(request, stream=False).headers["anthropic-beta"] == beta


@pytest.mark.parametrize(
    ("blocks", "extra", "beta"),
    [
        ((TextBlock("Be brief."),), {"clear_at": "next_user_message"}, "mid-conversation-system-clear-at-2026-08-21"),
        ((TextBlock("Think."),), {"output_config": {"effort": "max"}}, "mid-conversation-output-config-2026-07-01"),
        ((RawBlock({"type": "tool_removal", "tool": {"type": "tool_reference", "name": "f"}}),), {},
         "inline-tools-2026-09-15"),
        ((TextBlock("Be brief."),), {}, None),
    ],
)  # fmt: skip
def test_betas_are_sent_for_what_the_operator_says_in_mid_conversation(
    blocks: tuple[Block, ...], extra: dict[str, Any], beta: str | None
) -> None:
    request = Request("m", 1, (Turn("user", (TextBlock("hi"),)), Turn("system", blocks, extra)))
    assert headers_for(request).get("anthropic-beta") == beta
    assert request_to_wire(request, stream=False).headers.get("anthropic-beta") == beta


def test_what_is_counted_is_what_will_be_read() -> None:
    server = {"type": "url", "url": "https://a.example", "name": "m"}
    toolset = {"type": "mcp_toolset", "mcp_server_name": "m"}
    more = {"mcp_servers": [server], "tools": [toolset], "speed": "fast", "container": "c1", "stream": True}
    body = count_body(asked(**more, context_management={"edits": []}).request)
    assert set(body) == {"model", "messages", "tools", "mcp_servers", "speed", "context_management"}


def test_a_beta_of_the_same_feature_is_not_doubled() -> None:
    server = {"type": "url", "url": "https://a.example", "name": "m"}
    request = asked(mcp_servers=[server], betas=["mcp-client-2026-09-15"]).request
    assert headers_for(request)["anthropic-beta"] == "mcp-client-2026-09-15"


def test_points_mark_messages_and_tools() -> None:
    points = [
        {"location": "message", "role": "user"},
        {"location": "message", "index": -1},
        {"location": "tool_config"},
    ]
    tools = [{"type": "function", "function": {"name": name}} for name in "ab"]
    found = asked(HI, {"role": "assistant", "content": "a"}, HI, tools=tools, cache_control_injection_points=points)
    places = {(mark.section.value, mark.index) for mark in found.request.cache_plan.breakpoints}
    assert places == {("messages", 0), ("messages", 2), ("tools", 1)}


def test_allowed_tools_are_the_ones_that_are_offered() -> None:
    tools = [{"type": "function", "function": {"name": name}} for name in "abc"]
    listed = [{"type": "function", "function": {"name": "b"}}]
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": listed}}
    found = asked(tools=tools, tool_choice=choice).request
    assert [getattr(each, "name", "") for each in found.tools] == ["b"]
    assert found.parameters.tool_choice is not None
    assert found.parameters.tool_choice.kind == "any"


def test_openais_own_breakpoint_is_one() -> None:
    part = {"type": "text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit"}}
    found = asked({"role": "user", "content": [part]}).request
    assert found.turns[0].blocks == (TextBlock("a"),)
    assert len(found.cache_plan.breakpoints) == 1


def test_tools_are_read_in_their_other_shapes() -> None:
    tools = [
        {"type": "function", "name": "flat", "parameters": {"type": "object", "properties": {}}},
        {"type": "custom", "custom": {"name": "free", "description": "d"}},
        {"type": "namespace", "tools": [{"type": "function", "function": {"name": "inner"}}]},
        {"type": "text_editor_20250124"},
        {"type": "text_editor_20250728"},
    ]
    body = request_to_wire(asked(tools=tools).request, stream=False).body
    names = ["flat", "free", "inner", "str_replace_editor", "str_replace_based_edit_tool"]
    assert [each["name"] for each in body["tools"]] == names


def test_thinking_that_a_history_lost_is_not_asked_for_when_it_may_be_mended() -> None:
    call = {"id": "t1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    loop = (HI, {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "t1", "content": "ok"})
    thinking = {"type": "enabled", "budget_tokens": 2048}
    assert asked(*loop, thinking=thinking).request.parameters.thinking is not None
    mended = request_from_wire({"model": "m", "messages": list(loop), "thinking": thinking}, modify_params=True)
    assert mended.request.parameters.thinking is None
    assert mended.dropped == ("thinking",)


def test_thinking_is_dropped_on_request_where_there_is_none() -> None:
    entry = own_catalogue().find("claude-3-haiku-20240307")
    body = {
        "model": "claude-3-haiku-20240307",
        "messages": [HI],
        "thinking": {"type": "enabled", "budget_tokens": 2048},
    }
    with pytest.raises(UnsupportedParameter, match="does not think"):
        request_from_wire(body, entry=entry)
    assert request_from_wire(body, entry=entry, drop_params=True).dropped == ("thinking",)


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize(
    ("stop_reason", "finish"),
    [("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"), ("tool_use", "tool_calls"),
     ("refusal", "content_filter"), ("model_context_window_exceeded", "length"), ("pause_turn", "stop"),
     ("compaction", "length"), ("a reason of next year", "stop")],
)  # fmt: skip
def test_every_stop_reason_has_its_finish_reason(stop_reason: str, finish: str) -> None:
    reply = answer(TextBlock("a"), stop_reason=stop_reason)
    assert spoken(reply)["choices"][0]["finish_reason"] == finish
    assert streamed(reply)[-1]["choices"][0]["finish_reason"] == finish


def test_usage_includes_the_cache_in_the_prompt() -> None:
    usage = spoken(answer(TextBlock("a")))["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (15, 7, 22)
    assert usage["prompt_tokens_details"]["cached_tokens"] == usage["cache_read_input_tokens"] == 2
    assert usage["prompt_tokens_details"]["cache_write_tokens"] == usage["cache_creation_input_tokens"] == 3


def test_usage_ends_a_stream_when_asked_for() -> None:
    *_, end, last = streamed(answer(TextBlock("a")), ReplyStyle(include_usage=True))
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] == 22
    assert end["choices"][0]["finish_reason"] == "stop"


def test_a_stream_that_breaks_off_never_says_that_it_is_complete() -> None:
    speaker = ChunkSpeaker(id="c", created=1)
    events = (
        MessageStarted("m", "x", TokenUsage()),
        BlockStarted(0, TextBlock("")),
        TextDelta(0, "a"),
        MessageChanged("end_turn", None, None, {}),
    )
    chunks = [chunk for event in events for chunk in speaker.speak(event)]
    assert all(choice["finish_reason"] is None for chunk in chunks for choice in chunk["choices"])
    assert not speaker.reply().complete
    assert speaker.reply().blocks == (TextBlock("a"),)


def test_arguments_are_json_even_if_there_are_none() -> None:
    for reply in (answer(ToolUseBlock("t1", "f", {})), answer(ToolUseBlock("t1", "f", {"a": 1}))):
        calls = [c for chunk in streamed(reply) for ch in chunk["choices"] for c in ch["delta"].get("tool_calls", ())]
        block = reply.blocks[0]
        assert isinstance(block, ToolUseBlock)
        assert json.loads("".join(call["function"]["arguments"] for call in calls)) == block.input
        assert calls[0]["function"]["name"] == "f"


def test_a_prefix_stands_in_front_of_the_text() -> None:
    found = asked(HI, {"role": "assistant", "content": "{", "prefix": True})
    assert found.style.prefix == "{"
    reply = answer(TextBlock('"a": 1}'))
    assert message_of(reply, found.style)["content"] == '{"a": 1}'
    assert text_of(streamed(reply, found.style)) == '{"a": 1}'


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_answer_through_the_json_tool_is_text(wrapped: bool) -> None:
    style = ReplyStyle(json_tool=True, json_wrapped=wrapped)
    given: Any = [1, 2] if wrapped else {"a": "b"}
    whole = {"values": given} if wrapped else given
    reply = answer(ToolUseBlock("t1", "json_tool_call", whole), stop_reason="tool_use")
    message = message_of(reply, style)
    assert json.loads(message["content"]) == given
    assert "tool_calls" not in message
    assert spoken(reply, style)["choices"][0]["finish_reason"] == "stop"
    assert asked(HI, message, HI).request.turns[1].blocks == (TextBlock(message["content"]),)

    speaker = ChunkSpeaker(id="c", created=1, style=style)
    pieces = json.dumps(whole)
    events = (
        MessageStarted("m", "x", TokenUsage()),
        BlockStarted(0, ToolUseBlock("t1", "json_tool_call", {})),
        InputJsonDelta(0, pieces[:5]),
        InputJsonDelta(0, pieces[5:]),
        BlockStopped(0),
        MessageChanged("tool_use", None, None, {}),
        MessageStopped(),
    )
    chunks = [chunk for event in events for chunk in speaker.speak(event)]
    assert json.loads(text_of(chunks)) == given
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_a_call_beside_the_json_tool_is_still_a_call() -> None:
    reply = answer(ToolUseBlock("t1", "json_tool_call", {}), ToolUseBlock("t2", "f", {}), stop_reason="tool_use")
    style = ReplyStyle(json_tool=True)
    assert [each["id"] for each in message_of(reply, style)["tool_calls"]] == ["t2"]
    assert streamed(reply, style)[-1]["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize("style", [ReplyStyle(), ReplyStyle(json_tool=True)])
def test_a_call_that_was_cut_shows_what_came_of_it(style: ReplyStyle) -> None:
    cut = '{"city": "Par'
    speaker, summed = ChunkSpeaker(id="c", created=1, style=style), Accumulator()
    events = (
        MessageStarted("m", "x", TokenUsage()),
        BlockStarted(0, ToolUseBlock("t1", "json_tool_call", {})),
        InputJsonDelta(0, cut),
        BlockStopped(0),
        MessageChanged("max_tokens", None, None, {}),
        MessageStopped(),
    )
    chunks: list[dict[str, Any]] = []
    for event in events:
        chunks += speaker.speak(event)
        summed.add(event)
    message = message_of(summed.reply(), style)
    assert RECEIVED_JSON not in json.dumps([chunks, message])
    calls = [each["function"]["arguments"] for each in message.get("tool_calls", ())]
    assert (calls, message["content"]) == (([], cut) if style.json_tool else ([cut], None))
    if not style.json_tool:
        with pytest.raises(TranslationError) as caught:
            asked(HI, message, {"role": "tool", "tool_call_id": "t1", "content": "ok"})
        assert caught.value.where == "/messages/1/tool_calls/0/function/arguments"


def test_citations_and_searches_stand_beside_the_text() -> None:
    cite = {"type": "web_search_result_location", "url": "https://a.example", "title": "A", "cited_text": "x"}
    message = message_of(answer(TextBlock("See "), *SEARCH, TextBlock("this.", (cite,))))
    fields = message["provider_specific_fields"]
    assert message["content"] == "See this."
    assert fields["citations"] == [[{**cite, "supported_text": "this."}]]
    assert fields["web_search_results"][0]["tool_use_id"] == "srvtoolu_1"
    assert message["annotations"][0]["url_citation"] == {
        "url": "https://a.example", "title": "A", "start_index": 4, "end_index": 9
    }  # fmt: skip


def test_a_block_of_next_year_survives() -> None:
    block = RawBlock({"type": "hologram", "data": {"a": [1]}})
    message = message_to_wire(answer(TextBlock("a"), block))
    assert asked(HI, message, HI).request.turns[1].blocks == (TextBlock("a"), block)


# ------------------------------------------------------------------ errors


def test_errors_have_their_status_and_their_words() -> None:
    limited = RateLimited(429, "rate_limit_error", "slow down", error_code="ramp_limit_exceeded")
    status, body = error_to_wire(limited)
    assert (status, body["error"]["type"], body["error"]["code"]) == (429, "rate_limit_error", "ramp_limit_exceeded")
    back = error_from_wire(body, status=status)
    assert (type(back), back.message, back.error_code) == (RateLimited, "slow down", "ramp_limit_exceeded")

    status, body = error_to_wire(UnsupportedParameter("/n", "Claude has no n"))
    assert (status, body["error"]["param"], body["error"]["code"]) == (400, "n", "unsupported_parameter")
    assert error_to_wire(TranslationError("/messages/0", "empty"))[1]["error"]["param"] == "messages"
    assert error_to_wire(KeyMissing("p"))[0] == 401
    assert error_to_wire(StreamBroken("cut"))[0] == 502


@pytest.mark.parametrize("status", [None, 429])
@pytest.mark.parametrize("place", ["type", "code"])
def test_a_spent_quota_is_no_rate_limit(place: str, status: int | None) -> None:
    assert type(error_from_wire({"error": {place: "insufficient_quota"}}, status=status)) is BillingProblem


@pytest.mark.parametrize("dialect", [chat_failures, messages_failures])
@pytest.mark.parametrize(("kind", "found"), [(kind, found) for kind, (found, _) in BY_KIND.items()])
def test_every_kind_of_error_comes_back_from_both_dialects(dialect: Any, kind: str, found: type[ApiError]) -> None:
    error = found(BY_KIND[kind][1], "", "no", mid_stream=True)
    status, body = dialect.error_to_wire(error)
    assert body["error"]["type"] == kind
    for told in (None, status):
        back = dialect.error_from_wire(body, status=told)
        assert (type(back), back.status, back.message) == (found, status, "no")


@pytest.mark.parametrize(
    "body", [None, 7, "<html>", {}, {"error": "x"}, {"error": {"type": 7, "message": [1], "code": 5}}]
)
def test_an_error_body_of_any_shape_is_an_error(body: Any) -> None:
    for status in (None, 400, 429, 503):
        assert isinstance(error_from_wire(body, status=status), ApiError)


def test_a_schemas_values_are_no_schemas() -> None:
    """A default may look like a schema: what it holds is not moved into a description."""
    lasting = {"minimum": 3, "type": "object"}
    schema = {"type": "object", "properties": {"limits": {"type": "object", "default": lasting, "examples": [lasting]}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    sent = request_to_wire(asked(response_format=wanted).request, stream=False).body
    limits = sent["output_config"]["format"]["schema"]["properties"]["limits"]
    assert (limits["default"], limits["examples"]) == (lasting, [lasting])
