"""What other programs see: the official SDKs, LiteLLM and curl, over an upstream of either kind."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from app.simulator.server import LocalSimulator, own_catalogue
from app.simulator.service import Simulator
from tests.support.gateways import entry, gateway_of, listed
from tests.support.simulated import PNG

MODEL = "claude-haiku-4-5"
IMAGE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL: Any = {"type": "function", "function": {"name": "get_weather", "description": "Weather.", "parameters": SCHEMA}}
NATIVE_TOOL: Any = {"name": "get_weather", "description": "Weather.", "input_schema": SCHEMA}
ASKED: list[Any] = [{"role": "user", "content": "Tell me of caching"}]

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    local = LocalSimulator(Simulator(own_catalogue(), rate=0))
    yield local.start()
    local.stop()


@pytest.fixture(scope="module", params=["messages upstream", "chat upstream"])
def url(request: pytest.FixtureRequest, upstream: str) -> Iterator[str]:
    """A gateway over the simulator; and one over that gateway, as over any server that speaks chat completions."""
    near = listed(entry("claude-3", f"anthropic/{MODEL}", upstream))
    with gateway_of(near) as first:
        if request.param == "messages upstream":
            yield first.url
            return
        with gateway_of(listed(entry("claude-3", "openai/claude-3", f"{first.url}/v1"))) as second:
            yield second.url


@pytest.fixture(scope="module")
def chat(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none-is-needed", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def messages(url: str) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=url, api_key="none-is-needed", max_retries=0) as client:
        yield client


def test_curl_as_litellm_prints_it(url: str) -> None:
    printed = '{"model":\n"claude-3", "messages": [{"role": "user", "content": "what llm are you"}]}'
    address = f"{url.replace('127.0.0.1', '0.0.0.0')}/chat/completions"
    asked = ["curl", "-s", "--location", address, "--header", "Content-Type: application/json", "--data", printed]

    answer = json.loads(subprocess.run(asked, capture_output=True, check=True, timeout=30).stdout)

    assert answer["object"] == "chat.completion"
    assert "what llm are you" in answer["choices"][0]["message"]["content"]


def test_the_openai_sdk_asks_and_streams_the_same_answer(chat: openai.OpenAI) -> None:
    whole = chat.chat.completions.create(model="claude-3", messages=ASKED, max_tokens=300)
    with chat.chat.completions.create(
        model="claude-3", messages=ASKED, max_tokens=300, stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = list(stream)

    said = "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)
    assert said == whole.choices[0].message.content
    assert [each.choices[0].finish_reason for each in chunks if each.choices][-1] == whole.choices[0].finish_reason
    assert chunks[-1].usage is not None
    assert whole.usage is not None
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens > 0


def test_the_openai_sdk_sends_a_picture_and_gets_a_call(chat: openai.OpenAI) -> None:
    content: Any = [{"type": "text", "text": "What is the weather there?"}, IMAGE]
    asked: Any = {
        "model": "claude-3", "messages": [{"role": "user", "content": content}], "tools": [TOOL],
        "tool_choice": "required", "max_tokens": 300,
    }  # fmt: skip
    whole = chat.chat.completions.create(**asked)
    with chat.chat.completions.create(**asked, stream=True) as stream:
        pieces = [call for each in stream for call in each.choices[0].delta.tool_calls or ()]

    assert whole.choices[0].message.tool_calls
    call = whole.choices[0].message.tool_calls[0]
    assert call.type == "function"
    assert "city" in json.loads(call.function.arguments)
    assert whole.choices[0].finish_reason == "tool_calls"
    assert pieces[0].function is not None
    assert pieces[0].function.name == "get_weather"
    streamed = "".join(each.function.arguments or "" for each in pieces if each.function)
    assert json.loads(streamed) == json.loads(call.function.arguments)
    result = {"role": "tool", "tool_call_id": call.id, "content": "4 °C"}
    history: Any = [*asked["messages"], whole.choices[0].message.model_dump(exclude_none=True), result]
    after = chat.chat.completions.create(model="claude-3", messages=history, tools=[TOOL], max_tokens=300)
    assert after.choices[0].message.content


def test_the_anthropic_sdk_asks_and_streams_the_same_answer(messages: anthropic.Anthropic) -> None:
    whole = messages.messages.create(model="claude-3", messages=ASKED, max_tokens=300)
    with messages.messages.stream(model="claude-3", messages=ASKED, max_tokens=300) as stream:
        said = "".join(stream.text_stream)
        final = stream.get_final_message()

    assert whole.content[0].type == "text"
    assert said == whole.content[0].text
    assert (final.stop_reason, final.usage.output_tokens) == (whole.stop_reason, whole.usage.output_tokens)
    assert whole.usage.input_tokens == final.usage.input_tokens > 0


def test_the_anthropic_sdk_sends_a_picture_and_gets_a_call(messages: anthropic.Anthropic) -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
    content: Any = [picture, {"type": "text", "text": "What is the weather there?"}]
    asked: Any = {
        "model": "claude-3", "messages": [{"role": "user", "content": content}], "tools": [NATIVE_TOOL],
        "tool_choice": {"type": "any"}, "max_tokens": 300,
    }  # fmt: skip
    whole = messages.messages.create(**asked)
    with messages.messages.stream(**asked) as stream:
        final = stream.get_final_message()

    call = whole.content[-1]
    assert call.type == "tool_use"
    streamed = final.content[-1]
    assert streamed.type == "tool_use"
    assert (streamed.name, streamed.input, final.stop_reason) == (call.name, call.input, "tool_use")
    result: Any = {"type": "tool_result", "tool_use_id": call.id, "content": "4 °C"}
    history: Any = [*asked["messages"], {"role": "assistant", "content": whole.content}]
    history.append({"role": "user", "content": [result]})
    after = messages.messages.create(model="claude-3", messages=history, tools=[NATIVE_TOOL], max_tokens=300)
    assert after.content[0].type == "text"


def test_both_sdks_list_the_models(chat: openai.OpenAI, messages: anthropic.Anthropic) -> None:
    assert [each.id for each in chat.models.list()] == ["claude-3"]
    assert [each.id for each in messages.models.list()] == ["claude-3"]
    assert chat.models.retrieve("claude-3").id == "claude-3"
    with pytest.raises(anthropic.NotFoundError):
        messages.models.retrieve("claude-4")


def test_errors_are_the_sdks_own(chat: openai.OpenAI, messages: anthropic.Anthropic) -> None:
    scripted: list[Any] = [{"role": "user", "content": "Go wrong [[sim: 429 retry-after=7]]"}]

    wrong: list[Any] = [{"role": "judge", "content": "hi"}]
    with pytest.raises(openai.RateLimitError) as told:
        chat.chat.completions.create(model="claude-3", messages=scripted)
    with pytest.raises(anthropic.RateLimitError) as said:
        messages.messages.create(model="claude-3", messages=scripted, max_tokens=9)
    with pytest.raises(openai.NotFoundError):
        chat.chat.completions.create(model="claude-4", messages=ASKED)
    with pytest.raises(anthropic.BadRequestError):
        messages.messages.create(model="claude-3", messages=wrong, max_tokens=9)

    assert told.value.response.headers["retry-after"] == "7"
    assert said.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("script", ["cut", "error"])
def test_a_broken_answer_is_never_taken_for_a_whole_one(
    chat: openai.OpenAI, messages: anthropic.Anthropic, script: str
) -> None:
    asked: list[Any] = [{"role": "user", "content": f"Break off [[sim: {script} after=5]]"}]
    heard: list[str] = []

    chunks = chat.chat.completions.create(model="claude-3", messages=asked, stream=True)
    with pytest.raises(openai.APIError):
        heard += [each.choices[0].delta.content or str(each.choices[0].finish_reason) for each in chunks]
    with (
        pytest.raises(anthropic.APIStatusError),
        messages.messages.stream(model="claude-3", messages=asked, max_tokens=300) as stream,
    ):
        heard += stream.text_stream

    assert "".join(heard).startswith("This")


@pytest.mark.filterwarnings("ignore:.*ReadOnly.*:UserWarning")
def test_litellm_as_a_client_asks_streams_and_calls(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    for provider in ("openai", "anthropic"):
        base = f"{url}/v1" if provider == "openai" else url
        common: Any = {"model": f"{provider}/claude-3", "api_base": base, "api_key": "none", "max_tokens": 300}
        whole: Any = litellm.completion(messages=ASKED, **common)
        stream: Any = litellm.completion(messages=ASKED, stream=True, **common)
        called: Any = litellm.completion(
            messages=[{"role": "user", "content": [{"type": "text", "text": "Weather?"}, IMAGE]}],
            tools=[TOOL], tool_choice="required", **common,
        )  # fmt: skip

        said = "".join(each.choices[0].delta.content or "" for each in stream)
        assert said == whole.choices[0].message.content
        assert called.choices[0].message.tool_calls[0].function.name == "get_weather"
