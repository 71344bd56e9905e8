"""Requests that programs really sent to the Messages API: they come back from it, and by way of chat completions."""

import json
from typing import Any

import pytest

from app.dialects.anthropic.incoming import request_from_wire
from app.dialects.anthropic.requests import request_to_wire
from app.dialects.openai.requests import request_from_wire as request_from_openai
from app.dialects.openai.speaking import request_to_wire as request_to_openai

pytestmark = pytest.mark.shared
TAKEN_OUT = "<base64 "
"""Where the recordings have large data left out; what is there instead is no base64."""


@pytest.fixture(scope="module")
def bodies(recordings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each["request"]["body"] for each in recordings if each["request"]["url"].endswith("/messages")]


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """The same request without the shorthands that the API has: strings for blocks, default TTL, two turns for one."""
    found: dict[str, Any] = json.loads(json.dumps(body).replace('"ttl": "5m", ', "").replace(', "ttl": "5m"', ""))
    if "cache_control" in body:
        found["cache_control"] = body["cache_control"]  # automatic caching has no plan of ours: as it is
    if not found.get("stream"):
        found.pop("stream", None)
    if isinstance(found.get("system"), str):
        found["system"] = [{"type": "text", "text": found["system"]}]
    messages: list[dict[str, Any]] = []
    for message in found["messages"]:
        content = message["content"]
        blocks = (
            [{"type": "text", "text": content}] if isinstance(content, str) else [unmarked(each) for each in content]
        )
        if messages and messages[-1]["role"] == message["role"]:
            messages[-1]["content"] += blocks
        else:
            messages.append({**message, "content": blocks})
    return {**found, "messages": messages}


def unmarked(block: dict[str, Any]) -> dict[str, Any]:
    """Without a mark that is null."""
    return {name: value for name, value in block.items() if name != "cache_control" or value is not None}


def test_a_request_comes_back_from_the_domain(bodies: list[dict[str, Any]]) -> None:
    assert len(bodies) > 250
    for body in bodies:
        request, stream = request_from_wire(body)
        assert request_to_wire(request, stream=stream).body == plain(body)


def test_a_request_comes_back_from_chat_completions(bodies: list[dict[str, Any]]) -> None:
    seen = 0
    for body in bodies:
        if TAKEN_OUT in json.dumps(body) or body["messages"][0]["role"] == "assistant":
            continue
        request, stream = request_from_wire(body)
        spoken = json.loads(json.dumps(request_to_openai(request, stream=stream)))
        asked = request_from_openai(spoken)
        assert request_to_wire(asked.request, stream=asked.stream).body == plain(body)
        seen += 1
    assert seen > 250
