"""The simulator passes for the Messages API: with our own client, with the official SDK, and with LiteLLM."""

import base64
import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from app.client.messages import MessagesClient
from app.client.retrying import RetryPolicy
from app.domain.blocks import TextBlock
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.request import Request, Turn
from app.domain.stream import Accumulator, Retrying
from app.errors import ApiError, DuologueError, Overloaded, RateLimited, StreamBroken
from app.simulator.server import LocalSimulator
from tests.support.waiting import until

MODEL = "claude-sonnet-5-5"
WEATHER: Any = {
    "name": "get_weather",
    "input_schema": {
        "type": "object",
        "properties": {"location": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}},
        "required": ["location", "unit"],
    },
}


def png(width: int, height: int) -> str:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    whole = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(whole).decode()


@pytest.fixture
def sdk(simulator_url: str) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(api_key="sk-ant-test", base_url=simulator_url, max_retries=0) as client:
        yield client


class Heard:
    def __init__(self) -> None:
        self.text = ""
        self.retries: list[Retrying] = []
        self.error: DuologueError | None = None
        self.stop_reason: str | None = None


async def ask(url: str, prompt: str, model: str = MODEL) -> Heard:
    heard, accumulator = Heard(), Accumulator()

    async def at_once(seconds: float) -> None: ...

    client = MessagesClient(
        Endpoint(Profile("Simulator", base_url=url), Secret("sk-ant-test")), policy=RetryPolicy(), sleep=at_once
    )
    try:
        async with client.stream(Request(model, 1000, (Turn("user", (TextBlock(prompt),)),))) as batches:
            async for batch in batches:
                for event in batch:
                    if isinstance(event, Retrying):
                        heard.retries.append(event)
                    accumulator.add(event)
    except DuologueError as error:
        heard.error = error
    finally:
        await client.aclose()
    reply = accumulator.reply()
    heard.stop_reason = reply.stop_reason
    heard.text = "".join(block.text for block in reply.blocks if isinstance(block, TextBlock))
    return heard


async def test_our_client_hears_the_same_answer_each_time(simulator_url: str) -> None:
    first, second = await ask(simulator_url, "Tell me of caching"), await ask(simulator_url, "Tell me of caching")
    assert first.error is None
    assert "Tell me of caching" in first.text
    assert first.text == second.text
    assert first.stop_reason == "end_turn"


@pytest.mark.parametrize(
    ("script", "raised", "retries"),
    [("529", Overloaded, 3), ("429 retry-after=1", RateLimited, 3), ("400", ApiError, 0), ("402", ApiError, 0)],
)
async def test_a_scripted_status_is_answered(simulator_url: str, script: str, raised: type, retries: int) -> None:
    heard = await ask(simulator_url, f"Go wrong [[sim: {script}]]")
    assert isinstance(heard.error, raised)
    assert heard.text == ""
    assert len(heard.retries) <= retries
    assert bool(heard.retries) == bool(retries)


async def test_a_fault_with_a_count_passes(simulator_url: str) -> None:
    heard = await ask(simulator_url, "Stumble once [[sim: 529 times=1]]")
    assert heard.error is None
    assert len(heard.retries) == 1
    assert heard.text


@pytest.mark.parametrize("script", ["cut", "error"])
async def test_a_broken_stream_keeps_what_came(simulator_url: str, script: str) -> None:
    heard = await ask(simulator_url, f"Break off [[sim: {script} after=5]]")
    assert isinstance(heard.error, StreamBroken | ApiError)
    assert heard.text


@pytest.mark.parametrize("stop", ["refusal", "pause_turn", "max_tokens"])
async def test_a_scripted_stop_reason_is_told(simulator_url: str, stop: str) -> None:
    heard = await ask(simulator_url, f"End so [[sim: {stop} after=3]]")
    assert heard.error is None
    assert heard.stop_reason == stop


async def test_faults_can_be_named_with_the_model(simulator_url: str) -> None:
    assert isinstance((await ask(simulator_url, "x", f"{MODEL}+529")).error, Overloaded)


@pytest.mark.peer
def test_the_official_sdk_streams_and_sends(sdk: anthropic.Anthropic) -> None:
    messages: list[Any] = [{"role": "user", "content": "Show me a table"}]
    sent = sdk.messages.create(model=MODEL, max_tokens=1000, messages=messages)
    with sdk.messages.stream(model=MODEL, max_tokens=1000, messages=messages) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == sent.content[0].text  # type: ignore[union-attr]
    assert "| model |" in text
    assert final.usage.output_tokens == sent.usage.output_tokens
    counted = sdk.messages.count_tokens(model=MODEL, messages=messages)
    assert counted.input_tokens == sent.usage.input_tokens
    assert final.model == MODEL


@pytest.mark.peer
def test_the_official_sdk_lists_the_models(sdk: anthropic.Anthropic) -> None:
    ids = [each.id for each in sdk.models.list(limit=5)]
    assert MODEL in ids
    assert len(ids) == len(set(ids)) > 5
    assert sdk.models.retrieve(MODEL).display_name == "Claude Sonnet 5.5"


@pytest.mark.peer
def test_tools_are_called_with_arguments_that_fit(sdk: anthropic.Anthropic) -> None:
    message = sdk.messages.create(
        model=MODEL, max_tokens=1000, messages=[{"role": "user", "content": "Weather in both cities"}], tools=[WEATHER]
    )
    calls = [each for each in message.content if each.type == "tool_use"]
    assert message.stop_reason == "tool_use"
    assert len(calls) == 2
    assert all(set(each.input) == {"location", "unit"} for each in calls)
    results: list[Any] = [{"type": "tool_result", "tool_use_id": each.id, "content": "4 °C"} for each in calls]
    after = sdk.messages.create(
        model=MODEL,
        max_tokens=1000,
        tools=[WEATHER],
        messages=[
            {"role": "user", "content": "Weather in both cities"},
            {"role": "assistant", "content": message.content},
            {"role": "user", "content": results},
        ],
    )
    assert after.stop_reason == "end_turn"
    assert "4 °C" in after.content[0].text  # type: ignore[union-attr]


@pytest.mark.peer
def test_a_picture_is_named_by_size_and_format(sdk: anthropic.Anthropic) -> None:
    source: Any = {"type": "base64", "media_type": "image/png", "data": png(40, 30)}
    content: list[Any] = [{"type": "image", "source": source}, {"type": "text", "text": "What is it?"}]
    message = sdk.messages.create(model=MODEL, max_tokens=1000, messages=[{"role": "user", "content": content}])
    assert "PNG, 40 × 30 pixels" in message.content[0].text  # type: ignore[union-attr]


@pytest.mark.peer
def test_a_long_prefix_is_written_once_and_read_again(sdk: anthropic.Anthropic) -> None:
    long = "All work and no play makes a dull prefix. " * 400
    system: list[Any] = [{"type": "text", "text": long, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]

    def usage(prompt: str) -> anthropic.types.Usage:
        messages: list[Any] = [{"role": "user", "content": prompt}]
        return sdk.messages.create(model=MODEL, max_tokens=100, system=system, messages=messages).usage

    first, second = usage("one"), usage("two, another")
    assert first.cache_creation is not None
    written = first.cache_creation.ephemeral_1h_input_tokens
    assert written > 4000
    assert first.cache_read_input_tokens == 0
    assert second.cache_read_input_tokens == written
    assert second.cache_creation_input_tokens == 0


LITELLM = """
import json, litellm, sys
url = sys.argv[1]
common = dict(model="anthropic/claude-sonnet-4-5-20250929", api_base=url, api_key="sk-ant-test", num_retries=0)
messages = [{"role": "user", "content": "Write code"}]
whole = litellm.completion(messages=messages, **common)
parts = litellm.completion(messages=messages, stream=True, **common)
text = "".join(part.choices[0].delta.content or "" for part in parts)
tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object",
    "properties": {"location": {"type": "string"}}, "required": ["location"]}}}]
called = litellm.completion(messages=messages, tools=tools, _skip_mcp_handler=True, **common)
print(json.dumps([whole.choices[0].message.content, text, whole.choices[0].finish_reason,
    json.loads(called.choices[0].message.tool_calls[0].function.arguments), whole.usage.prompt_tokens]))
"""


@pytest.mark.peer
def test_litellm_takes_it_for_the_real_thing(simulator_url: str) -> None:
    environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "127.0.0.1"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LITELLM, simulator_url],
        capture_output=True, text=True, timeout=100, env=environment, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    whole, streamed, finish, arguments, prompt_tokens = json.loads(ran.stdout.splitlines()[-1])
    assert whole == streamed
    assert "running_mean" in whole
    assert finish == "stop"
    assert arguments == {"location": "Boston, MA"}
    assert prompt_tokens > 0


async def test_a_reader_who_leaves_is_noticed(simulator: LocalSimulator, simulator_url: str) -> None:
    client = MessagesClient(Endpoint(Profile("Simulator", base_url=simulator_url), Secret("sk-ant-test")))
    prompt = "Talk for long [[sim: long rate=20]]"
    async with client.stream(Request(MODEL, 1000, (Turn("user", (TextBlock(prompt),)),))) as batches:
        async for _ in batches:
            break
    await client.aclose()
    entry = simulator.simulator.journal.entries[-1]
    await until(lambda: entry.disconnected)
    assert entry.headers["x-api-key"] == "…test"


def test_a_taken_port_is_told_in_a_sentence(simulator_url: str) -> None:
    port = simulator_url.rpartition(":")[2]
    ran = subprocess.run(
        [sys.executable, "-m", "app", "simulate", "--port", port],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert ran.stderr.startswith("The simulator did not start: 127.0.0.1:")
    assert "Traceback" not in ran.stderr
