"""Requests of every shape that LiteLLM's Anthropic provider documents: what is compared with it."""

from typing import Any

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PDF = "JVBERi0xLjQK"
MARK = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}
HI = {"role": "user", "content": "hi"}
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Lisbon"}'}}
CALL_2 = {"id": "call_2", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Porto"}'}}
ASKS = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "4 °C"}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def chat(*messages: Any, **arguments: Any) -> dict[str, Any]:
    """The arguments of a call with these messages, `hi` where there are none; `...` leaves an argument out."""
    given = {"model": "claude-sonnet-4-5", "max_tokens": 5000, "messages": list(messages) or [HI], **arguments}
    return {name: value for name, value in given.items() if value is not ...}


def user(*parts: Any, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(parts), **more}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def image(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, **more}}


def result(content: Any, **more: Any) -> dict[str, Any]:
    return {**RESULT, "content": content, **more}


def tool(**function: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "f", **function}}


def answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "out", "schema": schema}}


OLD = "claude-3-7-sonnet-20250219"
"""Takes a budget for thinking, and has no structured outputs."""
NEW = "claude-opus-4-8"
"""Adaptive thinking, system messages in mid-conversation."""
LOOP = (HI, ASKS, RESULT)

SHAPES: dict[str, dict[str, Any]] = {
    # ---- messages
    "plain": chat(),
    "provider prefix is stripped": chat(model="claude-sonnet-4-6"),
    "two user messages": chat(HI, {"role": "user", "content": "there"}),
    "a conversation": chat(HI, {"role": "assistant", "content": "Hello."}, HI),
    "two assistant messages": chat(
        HI, {"role": "assistant", "content": "A"}, {"role": "assistant", "content": "B"}, HI
    ),
    "parts": chat(user(text("a"), text("b"))),
    "assistant parts": chat(HI, {"role": "assistant", "content": [text("a"), text("b")]}, HI),
    "name is ignored": chat({**HI, "name": "ada"}),
    "null fields": chat({**HI, "name": None}, {"role": "assistant", "content": "A", "tool_calls": None}, HI),
    "byte-exact": chat({"role": "user", "content": " \tline\u2028 é 🙂 \n"}),
    "empty assistant": chat(HI, {"role": "assistant", "content": None}, HI),
    "blank user text": chat(user(text(" "), text("a"))),
    "blank user message": chat({"role": "user", "content": ""}),
    "blank assistant text": chat(HI, {"role": "assistant", "content": ""}, HI),
    "assistant first": chat({"role": "assistant", "content": "Hello."}, HI),
    "unknown role": chat({"role": "robot", "content": "hi"}),
    "only system": chat({"role": "system", "content": "S"}),
    "refusal part": chat(HI, {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}, HI),
    "audio part": chat(user({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, text("a"))),
    # ---- system
    "system": chat({"role": "system", "content": "Be brief."}, HI),
    "several systems": chat({"role": "system", "content": "A"}, {"role": "system", "content": "B"}, HI),
    "system parts": chat({"role": "system", "content": [text("A"), text("B", cache_control=MARK)]}, HI),
    "empty system": chat({"role": "system", "content": ""}, HI),
    "developer": chat({"role": "developer", "content": "A"}, HI),
    "late system, known": chat(
        HI, {"role": "assistant", "content": "A"}, HI, {"role": "system", "content": "S"}, model=NEW
    ),
    "late system before the user": chat(
        HI, {"role": "assistant", "content": "A"}, {"role": "system", "content": "S"}, HI, model=NEW
    ),
    "late system among a tool loop": chat(
        HI, ASKS, {"role": "system", "content": "S"}, RESULT, tools=[WEATHER], model=NEW
    ),
    "late system, unknown": chat(HI, {"role": "assistant", "content": "A"}, {"role": "system", "content": "S"}, HI),
    # ---- prefill
    "prefill": chat(HI, {"role": "assistant", "content": "{"}),
    "prefill with space": chat(HI, {"role": "assistant", "content": "It is \n"}),
    "prefix": chat(HI, {"role": "assistant", "content": "{", "prefix": True}),
    # ---- images and files
    "image data": chat(user(text("?"), image(f"data:image/png;base64,{PNG}"))),
    "image url": chat(user(image("https://example.com/a.png"))),
    "image as a string": chat(user({"type": "image_url", "image_url": "https://example.com/a.png"})),
    "image detail": chat(user(image("https://example.com/a.png", detail="low"))),
    "image format": chat(user(image(f"data:image/png;base64,{PNG}", format="image/webp"))),
    "image jpg": chat(user(image(f"data:image/jpg;base64,{PNG}"))),
    "image parameters": chat(user(image(f"data:image/png;charset=utf-8;base64,{PNG}"))),
    "image marked": chat(user({**image(f"data:image/png;base64,{PNG}"), "cache_control": MARK})),
    "pdf as an image": chat(user(image(f"data:application/pdf;base64,{PDF}"))),
    "file data": chat(user({"type": "file", "file": {"file_data": f"data:application/pdf;base64,{PDF}"}})),
    "file with a name": chat(
        user({"type": "file", "file": {"file_data": f"data:application/pdf;base64,{PDF}", "filename": "a.pdf"}})
    ),
    "text file": chat(user({"type": "file", "file": {"file_data": "data:text/plain;base64,aGVsbG8="}})),
    "file id": chat(user({"type": "file", "file": {"file_id": "file_1"}})),
    "file id, pdf": chat(user({"type": "file", "file": {"file_id": "file_1", "format": "application/pdf"}})),
    "file id, image": chat(user({"type": "file", "file": {"file_id": "file_1", "format": "image/png"}})),
    "file by address": chat(user({"type": "file", "file": {"file_id": "https://example.com/a.pdf"}})),
    "document": chat(
        user(
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "hello"},
                "title": "T",
                "context": "C",
                "citations": {"enabled": True},
            },
            text("?"),
        )
    ),
    "document marked": chat(
        user(
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
                "cache_control": HOUR,
            }
        )
    ),
    "native image": chat(
        user({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}, text("?"))
    ),
    # ---- tools
    "tool": chat(tools=[WEATHER]),
    "tool without parameters": chat(tools=[tool()]),
    "tool with an empty schema": chat(tools=[tool(parameters={})]),
    "tool with a description at the root": chat(
        tools=[tool(parameters={"type": "object", "description": "d", "minProperties": 1, "properties": {}})]
    ),
    "tool with $defs": chat(
        tools=[
            tool(
                parameters={
                    "type": "object",
                    "properties": {"a": {"$ref": "#/$defs/A"}},
                    "$defs": {"A": {"type": "string"}},
                }
            )
        ]
    ),
    "tool with definitions": chat(
        tools=[
            tool(
                parameters={
                    "type": "object",
                    "properties": {"a": {"$ref": "#/definitions/A"}},
                    "definitions": {"A": {"type": "string"}},
                }
            )
        ]
    ),
    "tool with branches": chat(
        tools=[tool(parameters={"anyOf": [SCHEMA, {"type": "object", "properties": {"b": {"type": "integer"}}}]})]
    ),
    "strict tool": chat(tools=[tool(parameters=SCHEMA, strict=True)]),
    "tool with a cache mark": chat(tools=[{**WEATHER, "cache_control": MARK}]),
    "tool with a mark inside": chat(tools=[tool(cache_control=HOUR)]),
    "tool of the custom type": chat(tools=[{**WEATHER, "type": "custom"}]),
    "tool with a foreign name": chat(tools=[tool() | {"function": {"name": "a/b.c"}}]),
    "tools with colliding names": chat(
        tools=[
            {"type": "function", "function": {"name": "a/b"}},
            {"type": "function", "function": {"name": "a.b"}},
            {"type": "function", "function": {"name": "a_b"}},
        ]
    ),
    "tool fields beside": chat(
        tools=[
            {
                **WEATHER,
                "defer_loading": True,
                "allowed_callers": ["direct"],
                "input_examples": [{"city": "Lisbon"}],
                "eager_input_streaming": True,
            }
        ]
    ),
    "native tool": chat(tools=[{"name": "n", "description": "d", "input_schema": SCHEMA}]),
    "native and function": chat(tools=[{"name": "n", "input_schema": SCHEMA}, WEATHER]),
    "computer": chat(
        tools=[
            {
                "type": "computer_20241022",
                "function": {
                    "name": "computer",
                    "parameters": {"display_height_px": 100, "display_width_px": 100, "display_number": 1},
                },
            }
        ]
    ),
    "computer, 2025": chat(
        tools=[
            {
                "type": "computer_20250124",
                "function": {"name": "computer", "parameters": {"display_height_px": 100, "display_width_px": 100}},
            }
        ]
    ),
    "computer in its own shape": chat(
        tools=[{"type": "computer_20250124", "name": "computer", "display_width_px": 9, "display_height_px": 9}]
    ),
    "bash": chat(tools=[{"type": "bash_20250124", "name": "bash"}]),
    "bash in a function": chat(tools=[{"type": "bash_20250124", "function": {"name": "bash"}}]),
    "text editor": chat(tools=[{"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}]),
    "memory": chat(tools=[{"type": "memory_20250818", "name": "memory"}]),
    "web search": chat(tools=[{"type": "web_search_20250305", "name": "web_search", "max_uses": 3}]),
    "web fetch": chat(tools=[{"type": "web_fetch_20250910", "name": "web_fetch"}]),
    "code execution": chat(tools=[{"type": "code_execution_20250825", "name": "code_execution"}]),
    "tool search": chat(
        tools=[
            {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"},
            {**WEATHER, "defer_loading": True},
        ]
    ),
    "web search options": chat(
        web_search_options={
            "search_context_size": "low",
            "user_location": {"type": "approximate", "approximate": {"city": "Lisbon", "country": "PT"}},
        }
    ),
    "mcp server": chat(tools=[{"type": "url", "url": "https://example.com/mcp", "name": "m"}]),
    "mcp server, OpenAI's": chat(
        tools=[
            {
                "type": "mcp",
                "server_label": "m",
                "server_url": "https://example.com/mcp",
                "headers": {"Authorization": "Bearer t"},
                "allowed_tools": ["a"],
                "require_approval": "never",
            }
        ]
    ),
    "unknown tool": chat(tools=[{"type": "teleport_20300101", "name": "teleport"}]),
    # ---- tool choice
    "choice auto": chat(tools=[WEATHER], tool_choice="auto"),
    "choice required": chat(tools=[WEATHER], tool_choice="required"),
    "choice none": chat(tools=[WEATHER], tool_choice="none"),
    "choice of a function": chat(
        tools=[WEATHER], tool_choice={"type": "function", "function": {"name": "get_weather"}}
    ),
    "choice in Anthropic's shape": chat(tools=[WEATHER], tool_choice={"type": "tool", "name": "get_weather"}),
    "choice any": chat(tools=[WEATHER], tool_choice={"type": "any"}),
    "choice auto as an object": chat(tools=[WEATHER], tool_choice={"type": "auto"}),
    "one call at a time": chat(tools=[WEATHER], parallel_tool_calls=False),
    "one call at a time, required": chat(tools=[WEATHER], tool_choice="required", parallel_tool_calls=False),
    "calls together": chat(tools=[WEATHER], parallel_tool_calls=True),
    # ---- tool loops
    "tool loop": chat(*LOOP, tools=[WEATHER]),
    "tool loop with text": chat(HI, {**ASKS, "content": "Let me look."}, RESULT, tools=[WEATHER]),
    "two results": chat(
        HI,
        {**ASKS, "tool_calls": [CALL, CALL_2]},
        RESULT,
        {**RESULT, "tool_call_id": "call_2"},
        {"role": "user", "content": "and?"},
        tools=[WEATHER],
    ),
    "a user message in between": chat(HI, ASKS, {"role": "user", "content": "quick!"}, RESULT, tools=[WEATHER]),
    "same call twice": chat(HI, {**ASKS, "tool_calls": [CALL, CALL]}, RESULT, tools=[WEATHER]),
    "no arguments": chat(
        HI, {**ASKS, "tool_calls": [{**CALL, "function": {"name": "get_weather", "arguments": ""}}]}, RESULT,
        tools=[WEATHER],
    ),
    "cut arguments": chat(
        HI, {**ASKS, "tool_calls": [{**CALL, "function": {"name": "get_weather", "arguments": '{"a": [1'}}]}, RESULT,
        tools=[WEATHER],
    ),
    "broken arguments": chat(
        HI, {**ASKS, "tool_calls": [{**CALL, "function": {"name": "get_weather", "arguments": "{nonsense"}}]}, RESULT,
        tools=[WEATHER],
    ),
    "result parts": chat(HI, ASKS, result([text("a"), image(f"data:image/png;base64,{PNG}")]), tools=[WEATHER]),
    "result pdf": chat(HI, ASKS, result([image(f"data:application/pdf;base64,{PDF}")]), tools=[WEATHER]),
    "result marked": chat(HI, ASKS, result("4 °C", cache_control=MARK), tools=[WEATHER]),
    "result part marked": chat(HI, ASKS, result([text("a", cache_control=MARK)]), tools=[WEATHER]),
    "call marked": chat(HI, {**ASKS, "tool_calls": [{**CALL, "cache_control": MARK}]}, RESULT, tools=[WEATHER]),
    "foreign id": chat(
        HI, {**ASKS, "tool_calls": [{**CALL, "id": "a:b"}]}, {**RESULT, "tool_call_id": "a:b"}, tools=[WEATHER]
    ),
    "loop without tools": chat(*LOOP),
    "old function call": chat(
        HI,
        {"role": "assistant", "content": None, "function_call": {"name": "get_weather", "arguments": "{}"}},
        {"role": "function", "name": "get_weather", "content": "4 °C"},
        tools=[WEATHER],
    ),
    "native loop": chat(
        HI,
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "get_weather", "input": {}}]},
        user({"type": "tool_result", "tool_use_id": "t1", "content": "4 °C"}),
        tools=[WEATHER],
    ),
    "old functions": chat(functions=[WEATHER["function"]], function_call="auto"),
    # ---- thinking in a history
    "thoughts": chat(HI, {"role": "assistant", "content": "A", "thinking_blocks": [THOUGHT]}, HI),
    "unsigned thoughts": chat(
        HI, {"role": "assistant", "content": "A", "thinking_blocks": [{"type": "thinking", "thinking": "Hm."}]}, HI
    ),
    "redacted thoughts": chat(
        HI,
        {"role": "assistant", "content": "A", "thinking_blocks": [{"type": "redacted_thinking", "data": "ZGF0YQ=="}]},
        HI,
    ),
    "reasoning alone": chat(HI, {"role": "assistant", "content": "A", "reasoning_content": "Hm."}, HI),
    "thoughts in parts": chat(HI, {"role": "assistant", "content": [THOUGHT, text("A")]}, HI),
    "thoughts before a call": chat(HI, {**ASKS, "thinking_blocks": [THOUGHT]}, RESULT, tools=[WEATHER]),
    "server tools and thoughts": chat(
        HI,
        {
            "role": "assistant",
            "content": "Found.",
            "thinking_blocks": [THOUGHT],
            "tool_calls": [
                {
                    "id": "srvtoolu_1",
                    "type": "function",
                    "function": {"name": "web_search", "arguments": '{"query": "q"}'},
                }
            ],
            "provider_specific_fields": {
                "web_search_results": [
                    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
                ]
            },
        },
        HI,
        tools=[{"type": "web_search_20250305", "name": "web_search"}],
    ),
    "compaction": chat(
        HI,
        {
            "role": "assistant",
            "content": "A",
            "provider_specific_fields": {"compaction_blocks": [{"type": "compaction", "content": "so far"}]},
        },
        HI,
    ),
    # ---- caching
    "marked text": chat(user(text("a", cache_control=MARK))),
    "marked for an hour": chat(user(text("a", cache_control=HOUR))),
    "marked message": chat({**HI, "cache_control": MARK}),
    "marked assistant": chat(HI, {"role": "assistant", "content": "A", "cache_control": MARK}, HI),
    "marked system message": chat({"role": "system", "content": "S", "cache_control": MARK}, HI),
    "automatic caching": chat(cache_control=MARK),
    "a mark of next year": chat(user(text("a", cache_control={"type": "ephemeral", "scope": "global"}))),
    # ---- parameters
    "completion tokens": chat(max_tokens=..., max_completion_tokens=77),
    "default max_tokens": chat(max_tokens=...),
    "rounded max_tokens": chat(max_tokens=10.6),
    "stop": chat(stop="END"),
    "stops": chat(stop=["A", "B"]),
    "five stops": chat(stop=["A", "B", "C", "D", "E"]),
    "blank stop": chat(stop=["\n", "A"]),
    "blank stop dropped": chat(stop=["\n", "A"], drop_params=True),
    "temperature": chat(temperature=0.5),
    "temperature over 1": chat(temperature=1.5),
    "top_p": chat(top_p=0.5),
    "top_k": chat(top_k=5),
    "user": chat(user="u-17"),
    "user's address": chat(user="ada@example.com"),
    "metadata": chat(metadata={"user_id": "u-17", "tag": "x"}),
    "stream": chat(stream=True),
    "one choice": chat(n=1),
    "two choices": chat(n=2),
    "two choices dropped": chat(n=2, drop_params=True),
    "logprobs": chat(logprobs=True),
    "seed": chat(seed=7),
    "seed dropped": chat(seed=7, drop_params=True),
    "no penalty": chat(presence_penalty=0),
    "service tier": chat(service_tier="auto"),
    "inference_geo": chat(inference_geo="us"),
    "container": chat(container="c1"),
    "output_config": chat(output_config={"effort": "high"}, model="claude-opus-4-5-20251101"),
    "extra_body": chat(extra_body={"container": "c1"}),
    "mcp_servers": chat(mcp_servers=[{"type": "url", "url": "https://example.com/mcp", "name": "m"}]),
    "context management": chat(context_management={"edits": [{"type": "clear_tool_uses_20250919"}]}),
    "context management, OpenAI's": chat(context_management=[{"type": "compaction", "compact_threshold": 60000}]),
    # ---- thinking
    "thinking": chat(thinking={"type": "enabled", "budget_tokens": 2048}),
    "thinking without max_tokens": chat(thinking={"type": "enabled", "budget_tokens": 2048}, max_tokens=...),
    "thinking off": chat(thinking={"type": "disabled"}),
    "adaptive": chat(thinking={"type": "adaptive"}, model=NEW),
    "adaptive on an older model": chat(thinking={"type": "adaptive"}),
    "a budget on a newer model": chat(thinking={"type": "enabled", "budget_tokens": 4096}, model=NEW),
    "off where it is always on": chat(thinking={"type": "disabled"}, model="claude-opus-5-5"),
    "effort low": chat(reasoning_effort="low"),
    "effort medium": chat(reasoning_effort="medium"),
    "effort high": chat(reasoning_effort="high"),
    "effort high, little room": chat(reasoning_effort="high", max_tokens=2000),
    "effort none": chat(reasoning_effort="none"),
    "effort, adaptive": chat(reasoning_effort="high", model=NEW),
    "effort minimal, adaptive": chat(reasoning_effort="minimal", model=NEW),
    "effort as an object": chat(reasoning_effort={"effort": "low", "summary": "auto"}, model=NEW),
    "no such effort": chat(reasoning_effort="heroic"),
    # ---- an answer in JSON
    "json text": chat(response_format={"type": "text"}),
    "json object": chat(response_format={"type": "json_object"}),
    "schema, native": chat(response_format=answer(SCHEMA)),
    "schema, constrained": chat(
        response_format=answer({**SCHEMA, "properties": {"a": {"type": "string", "minLength": 3, "description": "d"}}})
    ),
    "schema, by tool": chat(response_format=answer(SCHEMA), model=OLD),
    "schema, by tool, with tools": chat(response_format=answer(SCHEMA), tools=[WEATHER], model=OLD),
    "schema, by tool, thinking": chat(
        response_format=answer(SCHEMA), thinking={"type": "enabled", "budget_tokens": 1024}, model=OLD
    ),
    "array schema, by tool": chat(
        response_format=answer({"type": "array", "items": {"type": "string"}}), model=OLD
    ),
}  # fmt: skip
