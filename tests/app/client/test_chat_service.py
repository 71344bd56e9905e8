"""A service that speaks chat completions, as a connection: asked and heard by the same client."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.client.messages import MessagesClient
from app.domain.blocks import Base64Source, ImageBlock, TextBlock, ThinkingBlock, ToolUseBlock
from app.domain.caching import Breakpoint, CachePlan, Section
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.request import Request, Turn
from app.domain.stream import Accumulator, Reply
from app.domain.tools import ToolDefinition
from app.errors import ApiError, BillingProblem, NotFound, StreamBroken
from tests.support.recorder import Recorder, recorder

KEY = "sk-chat-canary-0001"
ASKED = Request(
    model="local-model",
    max_tokens=64,
    turns=(Turn("user", (TextBlock("What is this?"), ImageBlock(Base64Source("image/png", "iVBORw0KGgo=")))),),
    system=(TextBlock("Be brief."),),
    tools=(ToolDefinition("look", {"type": "object", "properties": {"at": {"type": "string"}}}, "Looks."),),
    cache_plan=CachePlan(frozenset({Breakpoint(Section.SYSTEM, 0)})),
)
DONE = b"data: [DONE]\n\n"


@pytest.fixture
def service() -> Iterator[Recorder]:
    with recorder() as found:
        yield found


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    whole = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}
    return f"data: {json.dumps(whole)}\n\n".encode()


def call(index: int, arguments: str, name: str | None = None, call_id: str | None = None) -> dict[str, Any]:
    named = {} if name is None else {"name": name}
    identified = {} if call_id is None else {"id": call_id, "type": "function"}
    return {"tool_calls": [{"index": index, **identified, "function": {**named, "arguments": arguments}}]}


async def heard(service: Recorder, base: str = "") -> Reply:
    """The answer as far as it came; what ended it early is raised."""
    client = MessagesClient(Endpoint(Profile("p", "openai", base_url=service.url + base), Secret(KEY)))
    total = Accumulator()
    try:
        async with client.stream(ASKED) as batches:
            async for batch in batches:
                for event in batch:
                    total.add(event)
    finally:
        await client.aclose()
    return total.reply()


async def test_an_answer_with_thinking_text_and_calls_is_heard(service: Recorder) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 6}}
    service.says(
        chunk({"role": "assistant", "content": ""})
        + chunk({"reasoning_content": "Hm"})
        + chunk({"content": "A "})
        + chunk({"content": "map."})
        + chunk(call(0, "", "look", "call_1"))
        + chunk(call(0, '{"at": "x"}'))
        + chunk({}, "tool_calls")
        + b'data: {"id":"c1","object":"chat.completion.chunk","choices":[],"usage":'
        + json.dumps(usage).encode()
        + b"}\n\n"
        + DONE
    )

    reply = await heard(service)

    assert reply.complete
    assert reply.blocks == (
        ThinkingBlock("Hm"),
        TextBlock("A map."),
        ToolUseBlock("call_1", "look", {"at": "x"}),
    )
    assert (reply.stop_reason, reply.usage.input_tokens, reply.usage.cache_read_input_tokens) == ("tool_use", 4, 6)


async def test_the_question_goes_in_the_dialects_words_with_the_key_as_a_bearer_token(service: Recorder) -> None:
    service.says(chunk({"role": "assistant", "content": "x"}, "stop") + DONE)

    await heard(service)

    assert service.paths == ["/v1/chat/completions"]
    assert service.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "x-api-key" not in service.headers[0]
    system, user = service.body["messages"]
    assert system["content"][0]["cache_control"] == {"type": "ephemeral"}
    assert user["content"][1]["image_url"]["url"] == "data:image/png;base64,iVBORw0KGgo="
    assert service.body["tools"][0]["function"]["name"] == "look"
    assert service.body["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/v1/chat/completions", "/v1/chat/completions"),
        ("/api/paas/v4", "/api/paas/v4/chat/completions"),
    ],
)
async def test_an_address_with_a_path_is_taken_as_every_client_of_the_dialect_takes_it(
    service: Recorder, base: str, path: str
) -> None:
    service.says(chunk({"role": "assistant", "content": "x"}, "stop") + DONE)

    await heard(service, base)

    assert service.paths == [path]


async def test_an_id_that_is_repeated_with_every_piece_is_still_one_call(service: Recorder) -> None:
    pieces = [call(0, "", "look", "c"), call(0, '{"at":', None, "c"), call(0, '"y"}', None, "c")]
    service.says(b"".join(map(chunk, pieces)) + chunk({}, "tool_calls") + DONE)

    assert (await heard(service)).blocks == (ToolUseBlock("c", "look", {"at": "y"}),)


async def test_a_finish_reason_ends_an_answer_whose_server_says_no_done(service: Recorder) -> None:
    service.says(chunk({"content": "All."}) + chunk({}, "stop"))

    assert (await heard(service)).complete


@pytest.mark.parametrize("noise", [b": ping\n\n", b"data: {}\n\n", b"data: [1]\n\n"])
async def test_what_breaks_off_is_told(service: Recorder, noise: bytes) -> None:
    service.says(chunk({"content": "Half"}) + noise)

    with pytest.raises(StreamBroken):
        await heard(service)


async def test_an_error_inside_the_stream_is_the_services_without_the_key(service: Recorder) -> None:
    error = {"error": {"message": f"quota of {KEY} is used up", "type": "insufficient_quota", "code": None}}
    service.says(chunk({"content": "Half"}) + f"data: {json.dumps(error)}\n\n".encode())

    with pytest.raises(BillingProblem) as told:
        await heard(service)

    assert KEY not in str(told.value)


async def test_a_refusal_is_read_in_its_own_dialect(service: Recorder) -> None:
    service.says((429, {"error": {"message": "no money", "type": "insufficient_quota", "code": "insufficient_quota"}}))

    with pytest.raises(ApiError) as told:
        await heard(service)

    assert (told.value.status, told.value.error_code) == (429, "insufficient_quota")


async def test_a_whole_answer_is_read_and_tokens_are_not_asked_for(service: Recorder) -> None:
    message = {"role": "assistant", "content": "Yes."}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    service.says({"id": "c", "object": "chat.completion", "model": "m", "choices": choices, "usage": {}})
    client = MessagesClient(Endpoint(Profile("p", "openai", base_url=service.url), None))

    assert (await client.send(ASKED)).blocks == (TextBlock("Yes."),)
    with pytest.raises(NotFound):
        await client.count_tokens(ASKED)
    await client.aclose()
