"""The examples of LiteLLM's Anthropic page, one by one, unchanged but for the import.

Its models are retired, so a recorder answers; claude-2.1 is answered by the simulator as well.
"""

import base64
import copy
from pathlib import Path
from typing import Any

import pytest

import app as litellm
from app import completion
from tests.support.recorder import Recorder, events, message, text

TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "get_current_weather",
            "description": "Get the current weather in a given location",
            "parameters": {
                "type": "object",
                "properties": {
                    "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
                    "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
                },
                "required": ["location"],
            },
        },
    }
]
CALL = {"type": "tool_use", "id": "toolu_1", "name": "get_current_weather", "input": {"location": "Boston, MA"}}
MARK = {"type": "ephemeral"}


def test_usage(api: Recorder) -> None:
    messages = [{"role": "user", "content": "Hey! how's it going?"}]
    response = completion(model="claude-3-opus-20240229", messages=messages)
    print(response)
    assert response.choices[0].message.content == "Hello!"
    assert response["choices"][0]["message"]["content"] == "Hello!"
    assert response.choices[0].finish_reason == "stop"
    assert response.usage.prompt_tokens == 19
    assert response.usage.total_tokens == 24
    assert api.paths == ["/v1/messages"]
    assert api.body == {
        "model": "claude-3-opus-20240229",
        "max_tokens": 4096,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hey! how's it going?"}]}],
    }
    assert api.headers[0]["x-api-key"] == "sk-ant-test-key-0001"


def test_streaming(api: Recorder) -> None:
    api.says(events("Fine, ", "thanks."))
    messages = [{"role": "user", "content": "Hey! how's it going?"}]
    response = completion(model="claude-3-opus-20240229", messages=messages, stream=True)
    pieces = []
    for chunk in response:
        print(chunk["choices"][0]["delta"]["content"])  # same as openai format
        pieces.append(chunk["choices"][0]["delta"]["content"])
    assert "".join(piece or "" for piece in pieces) == "Fine, thanks."
    assert pieces[-1] is None
    assert api.body["stream"] is True


async def test_large_context_caching(api: Recorder) -> None:
    response = await litellm.acompletion(
        model="anthropic/claude-3-5-sonnet-20240620",
        messages=[
            {
                "role": "system",
                "content": [
                    {"type": "text", "text": "You are an AI assistant tasked with analyzing legal documents."},
                    {
                        "type": "text",
                        "text": "Here is the full text of a complex legal agreement",
                        "cache_control": {"type": "ephemeral"},
                    },
                ],
            },
            {"role": "user", "content": "what are the key terms and conditions in this agreement?"},
        ],
    )
    assert response.usage.cache_read_input_tokens == 7
    assert response.usage.prompt_tokens_details.cached_tokens == 7
    assert [block.get("cache_control") for block in api.body["system"]] == [None, MARK]


async def test_tool_definition_caching(api: Recorder) -> None:
    tools = copy.deepcopy(TOOLS)
    tools[0]["function"]["cache_control"] = {"type": "ephemeral"}
    await litellm.acompletion(
        model="anthropic/claude-3-5-sonnet-20240620",
        messages=[{"role": "user", "content": "What's the weather like in Boston today?"}],
        tools=tools,
    )
    assert api.body["tools"][-1]["cache_control"] == MARK
    assert api.body["tools"][-1]["input_schema"] == TOOLS[0]["function"]["parameters"]


async def test_continuing_a_cached_conversation(api: Recorder) -> None:
    question = {"type": "text", "text": "What are the key terms?", "cache_control": {"type": "ephemeral"}}
    await litellm.acompletion(
        model="anthropic/claude-3-5-sonnet-20240620",
        messages=[
            {
                "role": "system",
                "content": [
                    {
                        "type": "text",
                        "text": "Here is the full text of a complex legal agreement" * 400,
                        "cache_control": {"type": "ephemeral"},
                    }
                ],
            },
            {"role": "user", "content": [question]},
            {"role": "assistant", "content": "Certainly! the contract is 1 year long for $10/mo"},
            {"role": "user", "content": [question]},
        ],
    )
    marks = [each["content"][-1].get("cache_control") for each in api.body["messages"]]
    assert marks == [MARK, None, MARK]
    assert api.body["system"][0]["cache_control"] == MARK


def test_function_calling(api: Recorder) -> None:
    api.says(message(text("Let me look."), CALL, stop="tool_use"))
    messages = [{"role": "user", "content": "What's the weather like in Boston today?"}]
    response = completion(model="anthropic/claude-3-opus-20240229", messages=messages, tools=TOOLS, tool_choice="auto")
    # Add any assertions, here to check response args
    print(response)
    assert isinstance(response.choices[0].message.tool_calls[0].function.name, str)
    assert isinstance(response.choices[0].message.tool_calls[0].function.arguments, str)
    assert response.choices[0].finish_reason == "tool_calls"
    assert api.body["tool_choice"] == {"type": "auto"}


def test_forcing_a_tool(api: Recorder) -> None:
    completion(
        model="anthropic/claude-3-opus-20240229",
        messages=[{"role": "user", "content": "What's the weather like in Boston today?"}],
        tools=TOOLS,
        tool_choice={"type": "tool", "name": "get_current_weather"},
    )
    assert api.body["tool_choice"] == {"type": "tool", "name": "get_current_weather"}


def test_parallel_function_calling(api: Recorder) -> None:
    second = {**CALL, "id": "toolu_2"}
    api.says(message(CALL, second, stop="tool_use"), message(text("72 °F.")))
    litellm.set_verbose = True
    messages: list[Any] = [{"role": "user", "content": "What's the weather like in Boston today in Fahrenheit?"}]
    # test without max tokens
    response = completion(model="anthropic/claude-3-opus-20240229", messages=messages, tools=TOOLS, tool_choice="auto")
    assert isinstance(response.choices[0].message.tool_calls[0].function.arguments, str)
    messages.append(response.choices[0].message.model_dump())  # Add assistant tool invokes
    tool_result = '{"location": "Boston", "temperature": "72", "unit": "fahrenheit"}'
    # Add user submitted tool results in the OpenAI format
    messages += [
        {"tool_call_id": call.id, "role": "tool", "name": call.function.name, "content": tool_result}
        for call in response.choices[0].message.tool_calls
    ]
    second_response = completion(
        model="anthropic/claude-3-opus-20240229", messages=messages, tools=TOOLS, tool_choice="auto"
    )
    assert second_response.choices[0].message.content == "72 °F."
    _, answer, results = api.body["messages"]
    assert answer["content"] == [CALL, second]
    assert [each["tool_use_id"] for each in results["content"]] == ["toolu_1", "toolu_2"]


def test_computer_tool(api: Recorder) -> None:
    tools = [
        {
            "type": "computer_20241022",
            "function": {
                "name": "computer",
                "parameters": {"display_height_px": 100, "display_width_px": 100, "display_number": 1},
            },
        }
    ]
    model = "claude-3-5-sonnet-20241022"
    messages = [{"role": "user", "content": "Save a picture of a cat to my desktop."}]
    resp = completion(model=model, messages=messages, tools=tools)
    print(resp)
    assert api.body["tools"] == [
        {"type": "computer_20241022", "name": "computer", "display_height_px": 100, "display_width_px": 100,
         "display_number": 1}
    ]  # fmt: skip
    assert "computer-use-2024-10-22" in api.headers[0]["anthropic-beta"]


def test_vision(api: Recorder, tmp_path: Path) -> None:
    image_path = tmp_path / "cached_logo.jpg"
    image_path.write_bytes(b"\xff\xd8\xff\xe0 a picture")
    base64_image = base64.b64encode(image_path.read_bytes()).decode("utf-8")
    litellm.completion(
        model="anthropic/claude-3-opus-20240229",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Whats in this image?"},
                    {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64," + base64_image}},
                ],
            }
        ],
    )
    source = {"type": "base64", "media_type": "image/jpeg", "data": base64_image}
    assert api.body["messages"][0]["content"][1] == {"type": "image", "source": source}


def test_extra_headers(api: Recorder) -> None:
    completion(
        model="claude-3-5-sonnet-20240620",
        messages=[{"role": "user", "content": "What is Anthropic?"}],
        extra_headers={"anthropic-beta": "max-tokens-3-5-sonnet-2024-07-15"},
    )
    assert api.headers[0]["anthropic-beta"] == "max-tokens-3-5-sonnet-2024-07-15"


GERMAN = 'How do you say \'Hello\' in German? Return your answer as a JSON object, like this:\n\n{ "Hello": "Hallo" }'
OLD = {"type": "completion", "id": "compl_1", "completion": ' "Hello": "Hallo" }', "stop_reason": "stop_sequence",
       "stop": "\n\nHuman:", "model": "claude-2.1"}  # fmt: skip


def test_prefill(api: Recorder) -> None:
    api.says(OLD)
    messages = [{"role": "user", "content": GERMAN}, {"role": "assistant", "content": "{"}]
    response = completion(model="claude-2.1", messages=messages)
    print(response)
    assert api.paths == ["/v1/complete"]
    assert api.body["prompt"].strip() == f"Human: {GERMAN}\n\nAssistant: {{"
    assert response.choices[0].message.content == ' "Hello": "Hallo" }'
    assert response.choices[0].finish_reason == "stop"


def test_system_messages(api: Recorder) -> None:
    api.says(OLD)
    messages = [
        {"role": "system", "content": "You are a snarky assistant."},
        {"role": "user", "content": "How do I boil water?"},
    ]
    completion(model="claude-2.1", messages=messages)
    assert api.body["prompt"] == "You are a snarky assistant.\n\nHuman: How do I boil water?\n\nAssistant:"
    assert api.body["max_tokens_to_sample"] == 4096


@pytest.mark.parametrize("model", ["claude-2", "claude-2.1", "claude-instant-1.2", "anthropic/claude-2"])
def test_old_models_answer_whole_and_streamed(simulator_url: str, model: str) -> None:
    asked: dict[str, Any] = {
        "model": model, "messages": [{"role": "user", "content": "hello"}], "api_key": "sk-ant-x",
        "api_base": simulator_url,
    }  # fmt: skip
    whole = completion(**asked).choices[0].message.content
    streamed = [chunk.choices[0].delta.content or "" for chunk in completion(**asked, stream=True)]
    assert whole
    assert len(streamed) > 2
    assert not whole.startswith(" ")
    assert "".join(streamed)[:5] == whole[:5]
