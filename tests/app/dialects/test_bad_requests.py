"""Bad input is refused with the place where it is bad; it never ends in a traceback."""

import json
from typing import Any

import pytest

from app.dialects.anthropic import incoming
from app.dialects.openai.chunk_reader import ChunkReader
from app.dialects.openai.requests import request_from_wire
from app.dialects.openai.responses import reply_from_wire
from app.dialects.prompt.requests import request_from_wire as request_from_prompt
from app.dialects.prompt.requests import request_to_wire as request_to_prompt
from app.domain.blocks import ImageBlock as Image
from app.domain.blocks import TextBlock, UrlSource
from app.domain.request import Request, Turn
from app.errors import TranslationError, UnsupportedParameter

HI = {"role": "user", "content": "hi"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
ASKS = {"role": "assistant", "tool_calls": [CALL]}
SAYS = {"role": "assistant", "content": "a"}
MARKED = {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "ok"}

SERVER = {"type": "mcp", "server_label": "m", "server_url": "https://a.example"}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": [value]}
    return value


def parts(*content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(content)}]}


def image(url: Any) -> dict[str, Any]:
    return parts({"type": "image_url", "image_url": {"url": url}})


def calls(*tool_calls: Any) -> dict[str, Any]:
    return {"messages": [HI, {"role": "assistant", "tool_calls": list(tool_calls)}, RESULT]}


def arguments(text: Any) -> dict[str, Any]:
    return calls({**CALL, "function": {"name": "f", "arguments": text}})


FUNCTION = "/messages/1/tool_calls/0/function"
BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "no messages": ("/messages", {"messages": []}),
    "messages that are none": ("/messages", {"messages": "hi"}),
    "a message that is none": ("/messages/1", {"messages": [HI, "hi"]}),
    "an unknown role": ("/messages/0/role", {"messages": [{"role": "robot", "content": "hi"}]}),
    "no role": ("/messages/0/role", {"messages": [{"content": "hi"}]}),
    "no content": ("/messages/0/content", {"messages": [{"role": "user"}]}),
    "content of a wrong type": ("/messages/0/content", {"messages": [{"role": "user", "content": 7}]}),
    "empty content": ("/messages/0/content", {"messages": [{"role": "user", "content": ""}]}),
    "empty parts": ("/messages/0/content", parts()),
    "blank content": ("/messages/2/content", {"messages": [HI, SAYS, {**HI, "content": " "}]}),
    "a part that is none": ("/messages/0/content/0", parts(7)),
    "a part without a type": ("/messages/0/content/0", parts({"text": "hi"})),
    "text that is none": ("/messages/0/content/0/text", parts({"type": "text", "text": 7})),
    "audio": ("/messages/0/content/0", parts({"type": "input_audio", "input_audio": {}})),
    "an image without an address": ("/messages/0/content/0/image_url", parts({"type": "image_url"})),
    "an address that is none": ("/messages/0/content/0/image_url/url", image("cat.png")),
    "a data URI without data": ("/messages/0/content/0/image_url/url", image("data:image/png;base64")),
    "empty base64": ("/messages/0/content/0/image_url/url", image("data:image/png;base64,")),
    "bad base64": ("/messages/0/content/0/image_url/url", image("data:image/png;base64,a?b")),
    "cut base64": ("/messages/0/content/0/image_url/url", image("data:image/png;base64,AAAAA")),
    "an injection point that is no number": (
        "/cache_control_injection_points/0/index",
        {"messages": [HI], "cache_control_injection_points": [{"location": "message", "index": float("inf")}]},
    ),
    "an injection point among tools that are none": (
        "/tools",
        {"messages": [HI], "tools": 5, "cache_control_injection_points": [{"location": "tool_config"}]},
    ),
    "a grammar that is nested too deeply": (
        "/tools/0/custom",
        {
            "messages": [HI],
            "tools": [{"type": "custom", "custom": {"name": "f", "format": {"grammar": {"definition": deep(5000)}}}}],
        },
    ),
    "definitions that are none": (
        "/response_format/json_schema/schema/definitions",
        {
            "messages": [HI],
            "response_format": {"type": "json_schema", "json_schema": {"schema": {"definitions": 5}}},
        },
    ),
    "a header with a line end in it": (
        "/extra_headers/x-one",
        {"messages": [HI], "extra_headers": {"x-one": "a\r\nx-two: b"}},
    ),
    "a header's name that is none": ("/extra_headers/x one", {"messages": [HI], "extra_headers": {"x one": "a"}}),
    "a header of the connection": (
        "/headers/Content-Length",
        {"messages": [HI], "headers": {"Content-Length": "5"}},
    ),
    "a text file that is none": (
        "/messages/0/content/0/file/file_data",
        parts({"type": "file", "file": {"file_data": "data:text/plain;base64,//79"}}),
    ),
    "a file without one": ("/messages/0/content/0/file", parts({"type": "file"})),
    "a mark that is none": (
        "/messages/0/content/0/cache_control",
        parts({"type": "text", "text": "a", "cache_control": "yes"}),
    ),
    "five marks": (
        "/messages/0/cache_control",
        parts(*[MARKED] * 5),
    ),
    "an orphan result": ("/messages/1", {"messages": [HI, RESULT]}),
    "a result of another call": ("/messages/2", {"messages": [HI, ASKS, {**RESULT, "tool_call_id": "c2"}]}),
    "a second result": ("/messages/3", {"messages": [HI, ASKS, RESULT, RESULT]}),
    "no result": ("/messages/1", {"messages": [HI, ASKS, HI]}),
    "no result at the end": ("/messages/1", {"messages": [HI, ASKS]}),
    "a result without an id": ("/messages/2/tool_call_id", {"messages": [HI, ASKS, {"role": "tool", "content": "a"}]}),
    "calls that are none": ("/messages/1/tool_calls", {"messages": [HI, {"role": "assistant", "tool_calls": 7}]}),
    "a call that is none": ("/messages/1/tool_calls/0", calls(7)),
    "a call without an id": ("/messages/1/tool_calls/0/id", calls({"function": {"name": "f"}})),
    "a call with an empty id": ("/messages/1/tool_calls/0/id", calls({**CALL, "id": ""})),
    "a call without a name": (f"{FUNCTION}/name", calls({**CALL, "function": {}})),
    "arguments that are no JSON": (f"{FUNCTION}/arguments", arguments("{nonsense")),
    "arguments that are no object": (f"{FUNCTION}/arguments", arguments("[1]")),
    "arguments of a wrong type": (f"{FUNCTION}/arguments", arguments(7)),
    "not a number": (f"{FUNCTION}/arguments", arguments('{"a": NaN}')),
    "a number of a million digits": (f"{FUNCTION}/arguments", arguments('{"a": ' + "9" * 10**6 + "}")),
    "arguments nested deeply": (f"{FUNCTION}/arguments", arguments("[" * 10**5)),
    "a tool that is none": ("/tools/0", {"tools": [7]}),
    "tools that are none": ("/tools", {"tools": {"a": 1}}),
    "a function without a name": ("/tools/0/function/name", {"tools": [{"type": "function", "function": {}}]}),
    "a schema that is none": (
        "/tools/0/function/parameters",
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": "x"}}]},
    ),
    "a schema nested deeply": (
        "/tools/0/function/parameters",
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": deep(10**4)}}]},
    ),
    "a computer without a screen": (
        "/tools/0/display_width_px",
        {"tools": [{"type": "computer_20250124", "function": {"name": "computer"}}]},
    ),
    "a server that is to ask first": (
        "/tools/0/require_approval",
        {"tools": [{**SERVER, "require_approval": "always"}]},
    ),
    "a server's own header": ("/tools/0/headers/X-Team", {"tools": [{**SERVER, "headers": {"X-Team": "a"}}]}),
    "a server's tools that are none": (
        "/tools/0/allowed_tools/tool_names",
        {"tools": [{**SERVER, "allowed_tools": {"tool_names": 7}}]},
    ),
    "a system message that clears itself": (
        "/messages/1/clear_at",
        {"messages": [HI, {"role": "system", "content": "a", "clear_at": "never"}]},
    ),
    "a picture in the system prompt": (
        "/messages/0/content",
        {"messages": [{"role": "system", "content": image("https://a.example/b.png")["messages"][0]["content"]}, HI]},
    ),
    "a document's title of a wrong type": (
        "/messages/0/content/0/title",
        parts({"type": "document", "source": {"type": "url", "url": "https://a.example"}, "title": 7}),
    ),
    "a signature of a wrong type": (
        "/messages/1/thinking_blocks/0/signature",
        {"messages": [HI, {**SAYS, "thinking_blocks": [{"type": "thinking", "thinking": "a", "signature": 7}]}]},
    ),
    "a failure that is neither true nor false": (
        "/messages/2/content/0/is_error",
        {"messages": [HI, ASKS, {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "c1", "is_error": "yes"}]}]},
    ),
    "a compaction at no number": (
        "/context_management/0/compact_threshold",
        {"context_management": [{"type": "compaction", "compact_threshold": "x"}]},
    ),
    "a choice with half a flag": (
        "/tool_choice/disable_parallel_tool_use",
        {"tool_choice": {"type": "auto", "disable_parallel_tool_use": "x"}},
    ),
    "an unknown choice": ("/tool_choice", {"tool_choice": "sometimes"}),
    "a choice that is none": ("/tool_choice", {"tool_choice": 7}),
    "a temperature that is none": ("/temperature", {"temperature": "hot"}),
    "a temperature that is no number": ("/temperature", {"temperature": float("nan")}),
    "a huge number": ("/max_tokens", {"max_tokens": 10**400}),
    "an infinite number": ("/max_tokens", {"max_tokens": float("inf")}),
    "a negative number": ("/max_tokens", {"max_tokens": -1}),
    "true as a number": ("/max_tokens", {"max_tokens": True}),
    "a stop that is none": ("/stop", {"stop": [7]}),
    "a blank stop": ("/stop/1", {"stop": ["a", "\n"]}),
    "a model that is none": ("/model", {"model": 7}),
    "a stream that is none": ("/stream", {"stream": "yes"}),
    "an unknown effort": ("/reasoning_effort", {"reasoning_effort": "heroic"}),
    "thinking that is none": ("/thinking", {"thinking": 7}),
    "a format that is none": ("/response_format/type", {"response_format": {"type": "xml"}}),
    "a format without its schema": ("/response_format/json_schema", {"response_format": {"type": "json_schema"}}),
    "an extra field that is no JSON": ("/surprise", {"surprise": {1, 2}}),
    "an extra field nested deeply": ("/surprise", {"surprise": deep(10**4)}),
    "an extra body that is none": ("/extra_body", {"extra_body": 7}),
    "headers that are none": ("/extra_headers", {"extra_headers": {"a": 1}}),
    "a point without a place": (
        "/cache_control_injection_points/0/location",
        {"cache_control_injection_points": [{"location": "nowhere"}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_is_refused_where_it_is_bad(name: str) -> None:
    where, wrong = BAD[name]
    with pytest.raises(TranslationError) as caught:
        request_from_wire({"model": "m", "messages": [HI], **wrong})
    assert caught.value.where == where
    assert caught.value.reason


@pytest.mark.parametrize(
    ("name", "value"),
    [("n", 2), ("logprobs", True), ("seed", 7), ("logit_bias", {"5": 1}), ("prediction", {}), ("service_tier", "flex")],
)
def test_what_claude_has_nothing_like_is_refused_or_dropped(name: str, value: Any) -> None:
    body = {"model": "m", "messages": [HI], name: value}
    with pytest.raises(UnsupportedParameter) as caught:
        request_from_wire(body)
    assert caught.value.where == f"/{name}"

    asked = request_from_wire(body, drop_params=True)
    assert asked.dropped == (name,)
    assert name not in asked.request.extra_body


def test_what_is_to_be_forwarded_is_forwarded() -> None:
    asked = request_from_wire({"model": "m", "messages": [HI], "seed": 7}, forward=["seed"])
    assert asked.request.extra_body == {"seed": 7}


def test_a_history_is_mended_on_request() -> None:
    messages = [HI, RESULT, ASKS, {"role": "user", "content": "go on"}]
    asked = request_from_wire({"model": "m", "messages": messages}, modify_params=True)
    roles = [turn.role for turn in asked.request.turns]
    assert roles == ["user", "assistant", "user"]
    assert [type(block).__name__ for block in asked.request.turns[2].blocks] == ["ToolResultBlock", "TextBlock"]
    for broken in ([], [RESULT, SAYS, HI], [HI, SAYS, {**HI, "content": " "}, SAYS, HI]):
        mended = request_from_wire({"model": "m", "messages": broken}, modify_params=True).request.turns
        assert mended[0].role == "user"
        assert all(turn.blocks for turn in mended)


MESSAGES = {"model": "m", "max_tokens": 1, "messages": [HI]}


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("/model", {"model": None}),
        ("/max_tokens", {"max_tokens": "1"}),
        ("/messages", {"messages": 7}),
        ("/messages/0/role", {"messages": [{"role": "robot", "content": "hi"}]}),
        ("/messages/0/content", {"messages": [{"role": "user", "content": 7}]}),
        ("/messages/0/content/0/text", {"messages": [{"role": "user", "content": [{"type": "text"}]}]}),
        ("/system/0", {"system": [{"type": "image", "source": {"type": "url", "url": "https://example.com"}}]}),
        ("/tools/0", {"tools": [7]}),
        ("/stop_sequences", {"stop_sequences": [7]}),
        ("/top_p", {"top_p": "x"}),
        ("/stream", {"stream": 1}),
        ("", {"surprise": deep(10**4)}),
        ("", {"surprise": float("inf")}),
        ("/messages/0", parts(*[MARKED] * 5)),
    ],
)  # fmt: skip
def test_a_bad_request_to_the_messages_api_is_refused_where_it_is_bad(where: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(TranslationError) as caught:
        incoming.request_from_wire({**MESSAGES, **wrong})
    assert caught.value.where == where


PROMPT = {"model": "claude-2", "prompt": "\n\nHuman: a\n\nAssistant:", "max_tokens_to_sample": 1}


def test_bad_prompts() -> None:
    for wrong in ({"prompt": "hi"}, {"prompt": 7}, {"max_tokens_to_sample": "x"}, {"stop_sequences": [7]}):
        with pytest.raises(TranslationError):
            request_from_prompt({**PROMPT, **wrong})
    for block in (TextBlock("a\n\nHuman: b"), Image(UrlSource("https://example.com"))):
        with pytest.raises(TranslationError) as caught:
            request_to_prompt(Request("claude-2", 1, (Turn("user", (block,)),)), stream=False)
        assert caught.value.where == "/messages/0/content/0"


@pytest.mark.parametrize("body", [None, 7, {}, {"choices": []}, {"choices": [7]}, {"choices": [{"message": 7}]}])
def test_bad_completions(body: Any) -> None:
    with pytest.raises(TranslationError):
        reply_from_wire(body)


@pytest.mark.parametrize(
    "chunk",
    [None, 7, {}, {"choices": [7]}, {"choices": [{"delta": {"tool_calls": [7]}}]},
     {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}}]}],
)  # fmt: skip
def test_bad_chunks(chunk: Any) -> None:
    with pytest.raises(TranslationError):
        ChunkReader().read(chunk)


def test_nothing_of_the_callers_is_changed() -> None:
    body = {"model": "m", "messages": [HI, ASKS, RESULT], "tools": [], "cache_control_injection_points": [
        {"location": "message", "role": "user"}]}  # fmt: skip
    before = json.dumps(body)
    asked = request_from_wire(body)
    assert json.dumps(body) == before
    assert len(asked.request.cache_plan.breakpoints) == 1


def test_a_native_tool_with_an_odd_name_is_not_among_the_allowed() -> None:
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"name": "bash"}]}}
    tools = [{"type": "bash_20250124", "name": "bash"}, {"type": "bash_20250124", "name": []}]
    asked = request_from_wire({"model": "m", "messages": [HI], "tools": tools, "tool_choice": allowed})
    assert len(asked.request.tools) == 1
