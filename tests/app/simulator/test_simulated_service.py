"""The simulator as a service: it never fails, says so if it does, and forgets what nobody asked it to keep."""

import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.simulator import service
from app.simulator.journal import KEPT, KEPT_BYTES, Journal
from app.simulator.server import LocalSimulator
from app.simulator.service import Simulator
from tests.support.simulated import (
    CATALOGUE,
    HEADERS,
    HELLO,
    MODEL,
    PNG,
    TOOL,
    assistant,
    body,
    result,
    text,
    use,
    user,
)

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    # as JSON, so that each is a new object
    st.sampled_from(['[]', '{}', '["text"]', '{"type": "text"}', '[{"type": ["x"]}]', '"\\ud800"', "9" * 400,
                     '{"type": "ephemeral", "ttl": 5}', '{"type": "adaptive"}', '"auto"']).map(json.loads),
)  # fmt: skip
VALID: list[dict[str, Any]] = [
    body(
        stream=True, system=[text("be brief", {"type": "ephemeral"})], metadata={"user_id": "u"}, service_tier="auto",
        thinking={"type": "adaptive", "display": "summarized"}, output_config={"effort": "high"},
        tools=[
            {**TOOL, "input_schema": {
                "type": "object", "required": ["n"],
                "properties": {
                    "n": {"type": "integer", "minimum": 1, "maximum": 5},
                    "s": {"type": "string", "minLength": 1, "format": "date", "enum": ["a"]},
                    "l": {"type": "array", "minItems": 1, "items": {"anyOf": [{"type": "null"}, {"$ref": "#/x"}]}},
                },
            }},
            {"type": "web_search_20260318", "name": "web_search", "max_uses": 2},
        ],
        tool_choice={"type": "auto", "disable_parallel_tool_use": True}, cache_control={"type": "ephemeral"},
        messages=[
            user(text(), {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}),
            assistant(use()), user(result(content=[text()]), text("both")),
        ],
    ),
    body(
        model="claude-haiku-4-5", stop_sequences=["x"], container={"id": "c"},
        diagnostics={"previous_message_id": None},
        messages=[
            user({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}),
            {"role": "assistant", "content": "I"},
        ],
    ),
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a body."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in steps:
        yield (*path, step)
        yield from places(part, (*path, step))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A sound request with one to three of its places made odd, left out, or named otherwise."""
    sent = copy.deepcopy(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(list(places(sent)) or [("model",)]))
        holder = sent
        for step in path:
            holder = holder[step]
        match draw(st.sampled_from(["odd", "gone", "more"])):
            case "gone" if isinstance(holder, dict):
                del holder[last]
            case "more" if isinstance(holder, dict):
                holder[draw(st.sampled_from(["type", "cache_control", "content", "extra"]))] = draw(ODD)
            case _:
                holder[last] = draw(ODD)
    return sent


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Simulator(CATALOGUE, rate=0).asgi(), raise_server_exceptions=False, headers=HEADERS)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sent=mutated(), old=st.booleans(), path=st.sampled_from(["messages", "messages/count_tokens"]))
def test_no_request_makes_it_fail(client: TestClient, sent: Any, old: bool, path: str) -> None:
    version = "2023-06-01" if old else "2026-10-21"
    answer = client.post(f"/v1/{path}", content=json.dumps(sent), headers={"anthropic-version": version})
    assert answer.status_code in {200, 400, 404}, answer.text
    if answer.status_code != 200:
        assert answer.json()["type"] == "error"
    elif answer.headers["content-type"].startswith("text/event-stream"):
        assert answer.text.endswith('data: {"type": "message_stop"}\n\n')


@pytest.mark.parametrize("sent", VALID)
def test_the_requests_that_are_mutated_are_sound(client: TestClient, sent: Any) -> None:
    assert client.post("/v1/messages", json=sent).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'"\xff"',
        b"[" * 100_000,
        b"[" * 500 + b"]" * 500,
        b'{"messages": "\\ud800"}',
        b"",
        b"1" * 5000,
    ],
)
def test_what_is_no_json_is_refused(client: TestClient, sent: bytes) -> None:
    answer = client.post("/v1/messages", content=sent)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("The request body is ")


def test_a_bug_is_answered_in_the_apis_shape_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(service, "reply_to", broken)
    client = TestClient(Simulator(CATALOGUE).asgi(), raise_server_exceptions=False, headers=HEADERS)
    with caplog.at_level(logging.ERROR, "duologue"):
        answer = client.post("/v1/messages", json=body())
    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "api_error"
    assert answer.json()["request_id"] == answer.headers["request-id"]
    assert "ZeroDivisionError: a bug" in caplog.text


@pytest.mark.parametrize("method", ["BREW", "OPTIONS"])
def test_a_method_that_nothing_takes_is_refused_in_the_apis_shape(client: TestClient, method: str) -> None:
    answer = client.request(method, "/v1/messages")
    assert (answer.status_code, answer.json()["error"]["type"]) == (405, "invalid_request_error")


def test_a_hundred_thousand_messages_of_one_role_are_one_turn(client: TestClient) -> None:
    answer = client.post("/v1/messages/count_tokens", json=body(max_tokens=None, messages=HELLO * 100_000))
    assert answer.status_code == 200
    more = client.post("/v1/messages/count_tokens", json=body(max_tokens=None, messages=HELLO * 100_001))
    assert more.json()["error"]["message"].startswith("messages: List should have at most 100000 items")


def test_request_ids_do_not_repeat(client: TestClient) -> None:
    ids = {client.get("/v1/models").headers["request-id"] for _ in range(KEPT + 10)}
    assert len(ids) == KEPT + 10


def test_repeated_beta_headers_all_count(simulator_url: str) -> None:
    sent = body(model="claude-opus-5", speed="fast", context_management={"edits": []})
    betas = [("anthropic-beta", "fast-mode-2026-02-01"), ("anthropic-beta", "context-management-2025-06-27")]
    answer = httpx.post(f"{simulator_url}/v1/messages", json=sent, headers=[*HEADERS.items(), *betas])
    assert answer.status_code == 200, answer.text
    assert answer.json()["usage"]["speed"] == "fast"


def test_bodies_are_kept_only_where_someone_asked(simulator: LocalSimulator) -> None:
    httpx.post(f"{simulator.url}/v1/messages", json=body(), headers=HEADERS)
    assert simulator.simulator.journal.entries[-1].body == body()
    quiet = Simulator(CATALOGUE, rate=0)
    TestClient(quiet.asgi(), headers=HEADERS).post("/v1/messages", json=body())
    assert quiet.journal.entries[-1].status == 200
    assert quiet.journal.entries[-1].body is None


def test_the_journal_forgets_the_oldest_when_bodies_weigh_too_much() -> None:
    journal = Journal(keeps_bodies=True)
    for number in range(10):
        journal.keep(journal.note("POST", "/v1/messages", {}), {"number": number}, KEPT_BYTES // 4)
    assert [each.body["number"] for each in journal.entries] == [6, 7, 8, 9]


def test_warming_the_cache_answers_nothing(client: TestClient) -> None:
    long = [text("All work and no play makes a dull prefix. " * 100, {"type": "ephemeral"})]
    warmed = client.post("/v1/messages", json=body(max_tokens=0, system=long)).json()
    assert (warmed["content"], warmed["stop_reason"], warmed["usage"]["output_tokens"]) == ([], "max_tokens", 0)
    assert warmed["usage"]["cache_creation_input_tokens"] > 1000
    after = client.post("/v1/messages", json=body(system=long)).json()
    assert after["usage"]["cache_read_input_tokens"] == warmed["usage"]["cache_creation_input_tokens"]


@pytest.mark.parametrize(
    ("model", "thinking", "shown"),
    [
        (MODEL, {"type": "adaptive"}, False),
        (MODEL, {"type": "adaptive", "display": "summarized"}, True),
        ("claude-sonnet-4-6", {"type": "adaptive"}, True),
        ("claude-haiku-4-5", {"type": "enabled", "budget_tokens": 1024, "display": "omitted"}, False),
    ],
)
def test_thinking_is_shown_as_the_model_shows_it(client: TestClient, model: str, thinking: Any, shown: bool) -> None:
    answer = client.post("/v1/messages", json=body(model=model, max_tokens=2000, thinking=thinking)).json()
    block = answer["content"][0]
    assert block["type"] == "thinking"
    assert block["signature"]
    assert bool(block["thinking"]) == shown
    assert answer["usage"]["output_tokens_details"]["thinking_tokens"] > 0


def test_a_prompt_that_is_longer_than_the_window_is_refused(client: TestClient) -> None:
    long = [{"role": "user", "content": "x" * 4 * 200_001}]
    answer = client.post("/v1/messages", json=body(model="claude-haiku-4-5", messages=long))
    assert answer.json()["error"]["message"].startswith("prompt is too long: ")
    assert client.post("/v1/messages", json=body(messages=HELLO)).status_code == 200
