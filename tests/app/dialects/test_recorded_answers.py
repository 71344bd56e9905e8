"""Our reading of recorded answers against the official SDK's reading of the same bytes."""

import json
from itertools import chain
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic.types.beta import BetaMessage, BetaMessageParam

from app.dialects.anthropic.events import event_from_wire
from app.dialects.anthropic.responses import reply_from_wire
from app.dialects.blocks import block_from_wire, block_to_wire
from app.domain.stream import Accumulator, Reply
from app.wire.sse import SseDecoder

pytestmark = pytest.mark.shared


def streams(recordings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        each
        for each in recordings
        if each["stream"] and each["response"]["status"] == 200 and each["request"]["url"].endswith("/messages")
    ]


def test_blocks_come_back_as_they_came(recordings: list[dict[str, Any]]) -> None:
    seen = 0
    for each in recordings:
        if each["stream"] or each["response"]["status"] != 200:
            continue
        body = json.loads(each["response"]["body"])
        for raw in body.get("content", []):
            assert block_to_wire(block_from_wire(raw)) == raw
            seen += 1
    assert seen > 100


def test_request_blocks_come_back_as_they_came(recordings: list[dict[str, Any]]) -> None:
    seen = 0
    for each in recordings:
        for message in each["request"]["body"].get("messages", []):
            for raw in message["content"] if isinstance(message["content"], list) else []:
                unmarked = {name: value for name, value in raw.items() if name != "cache_control"}
                assert block_to_wire(block_from_wire(raw)) == unmarked
                seen += 1
    assert seen > 100


def sdk_message(body: str) -> BetaMessage:
    """What the official SDK makes of the same bytes."""
    answer = httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=body.encode())
    transport = httpx2.MockTransport(lambda _request: answer)
    client = anthropic.Anthropic(
        api_key="sk-ant-test", max_retries=0, http_client=anthropic.DefaultHttpxClient(transport=transport)
    )
    asked: BetaMessageParam = {"role": "user", "content": "?"}
    with client.beta.messages.stream(model="claude-sonnet-5-5", max_tokens=10, messages=[asked]) as stream:
        return stream.get_final_message()


def our_reply(body: str) -> Reply:
    accumulator = Accumulator()
    decoder = SseDecoder()
    for event in chain(decoder.feed(body.encode()), decoder.finish()):
        accumulator.add(event_from_wire(json.loads(event.data)))
    return accumulator.reply()


def test_every_stream_adds_up_to_the_sdks_message(recordings: list[dict[str, Any]]) -> None:
    found = streams(recordings)
    assert len(found) > 40
    for each in found:
        theirs, ours = sdk_message(each["response"]["body"]), our_reply(each["response"]["body"])
        assert ours.complete
        assert (ours.api_id, ours.model, ours.stop_reason) == (theirs.id, theirs.model, theirs.stop_reason)
        assert ours.usage.output_tokens == theirs.usage.output_tokens
        assert ours.usage.input_tokens == theirs.usage.input_tokens
        assert ours.usage.cache_read_input_tokens == (theirs.usage.cache_read_input_tokens or 0)
        sdk_blocks = [without_nulls(block.to_dict(exclude_unset=False)) for block in theirs.content]
        assert [without_nulls(block_to_wire(block)) for block in ours.blocks] == sdk_blocks, each["id"]


def without_nulls(value: Any) -> Any:
    """The SDK fills fields that the wire did not send with null; null and absent mean the same in an answer."""
    if isinstance(value, dict):
        return {
            name: without_nulls(each) for name, each in value.items() if each is not None and name != "parsed_output"
        }
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


def test_whole_answers_are_read(recordings: list[dict[str, Any]]) -> None:
    for each in recordings:
        if each["stream"] or each["response"]["status"] != 200 or not each["request"]["url"].endswith("/messages"):
            continue
        body = json.loads(each["response"]["body"])
        reply = reply_from_wire(body)
        assert [block_to_wire(block) for block in reply.blocks] == body["content"]
        assert reply.usage.input_tokens == body["usage"]["input_tokens"]
