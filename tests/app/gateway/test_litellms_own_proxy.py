"""LiteLLM's real proxy: the same file runs under it, and it is a service that a connection can be made to.

Run with DUOLOGUE_LITELLM=PYTHON, an interpreter that `litellm[proxy]` is installed for.
"""

import asyncio
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.client.messages import MessagesClient
from app.domain.blocks import Base64Source, ImageBlock, TextBlock, ToolUseBlock
from app.domain.caching import Breakpoint, CachePlan, Section
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.request import Parameters, Request, Turn
from app.domain.stream import Accumulator, Reply
from app.domain.tools import ToolChoice, ToolDefinition
from app.simulator.server import LocalSimulator, own_catalogue
from app.simulator.service import Simulator
from tests.support.gateways import gateway_of
from tests.support.simulated import PNG

pytestmark = [pytest.mark.proxy, pytest.mark.timeout(300)]
KEY = f"sk-{secrets.token_hex(32)}"
MODEL = "claude-haiku-4-5"


@pytest.fixture(scope="module")
def upstream() -> Iterator[LocalSimulator]:
    local = LocalSimulator(Simulator(own_catalogue(), rate=0, keeps_bodies=True))
    local.start()
    yield local
    local.stop()


@pytest.fixture(scope="module")
def file(upstream: LocalSimulator) -> str:
    return f"""
model_list:
  - model_name: claude
    litellm_params:
      model: anthropic/{MODEL}
      api_base: {upstream.url}
      api_key: sk-ant-upstream
general_settings:
  master_key: {KEY}
"""


@pytest.fixture(scope="module")
def proxy(file: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    python = os.environ.get("DUOLOGUE_LITELLM")
    if not python:
        pytest.skip("DUOLOGUE_LITELLM names no interpreter that has LiteLLM's proxy")
    folder = tmp_path_factory.mktemp("litellm")
    (folder / "config.yaml").write_text(file)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [python, str(Path(python).parent / "litellm"), "--config", "config.yaml", "--host", "127.0.0.1"]
    environ = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--port", str(port)], cwd=folder, env=environ, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        asyncio.run(_until_it_listens(process, url))
        yield url
    finally:
        process.kill()
        process.wait()


async def _until_it_listens(process: subprocess.Popen[bytes], url: str) -> None:
    async with asyncio.timeout(200), httpx.AsyncClient(trust_env=False) as http:
        while process.poll() is None:
            try:
                await http.get(f"{url}/health/liveliness", timeout=5)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
            else:
                return
    raise AssertionError("LiteLLM's proxy ended by itself")


async def heard(url: str, request: Request) -> Reply:
    client = MessagesClient(Endpoint(Profile("p", "openai", base_url=url), Secret(KEY)))
    total = Accumulator()
    async with client.stream(request) as batches:
        async for batch in batches:
            for event in batch:
                total.add(event)
    await client.aclose()
    return total.reply()


def asked(text: str) -> Request:
    picture = ImageBlock(Base64Source("image/png", PNG))
    return Request(
        model="claude",
        max_tokens=300,
        turns=(Turn("user", (picture, TextBlock(text))),),
        system=(TextBlock("Be brief. " * 2000),),
        cache_plan=CachePlan(frozenset({Breakpoint(Section.SYSTEM, 0)})),
    )


async def test_text_pictures_and_cache_marks_go_through_it(proxy: str, upstream: LocalSimulator) -> None:
    reply = await heard(proxy, asked("Tell me of caching"))
    again = await heard(proxy, asked("Tell me more"))

    assert reply.complete
    assert isinstance(reply.blocks[0], TextBlock)
    assert "Tell me of caching" in reply.blocks[0].text
    body = upstream.simulator.journal.entries[-1].body
    assert body["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert body["messages"][0]["content"][0]["source"]["data"] == PNG
    assert again.usage.cache_read_input_tokens > 0


async def test_tools_are_called_through_it(proxy: str) -> None:
    tool = ToolDefinition("get_weather", {"type": "object", "properties": {"city": {"type": "string"}}}, "Weather.")
    request = Request(
        model="claude",
        max_tokens=300,
        turns=(Turn("user", (TextBlock("Weather?"),)),),
        tools=(tool,),
        parameters=Parameters(tool_choice=ToolChoice("any")),
    )

    reply = await heard(proxy, request)

    (call,) = (each for each in reply.blocks if isinstance(each, ToolUseBlock))
    assert (call.name, reply.stop_reason) == ("get_weather", "tool_use")


def test_the_same_file_runs_under_both(proxy: str, file: str) -> None:
    body = {"model": "claude", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 50}
    headers = {"authorization": f"Bearer {KEY}"}
    with gateway_of(file) as gateway:
        answers = [
            httpx.post(f"{url}{path}", json=body, headers=headers, timeout=60, trust_env=False)
            for url in (gateway.url, proxy)
            for path in ("/chat/completions", "/v1/messages")
        ]

    assert [each.status_code for each in answers] == [200] * 4
    texts = [answers[at].json()["choices"][0]["message"]["content"] for at in (0, 2)]
    texts += [answers[at].json()["content"][0]["text"] for at in (1, 3)]
    assert len(set(texts)) == 1
