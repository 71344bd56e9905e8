"""What the Messages API refuses is refused, in its words and its shapes."""

from typing import Any

import httpx
import pytest

from app.simulator.server import LocalSimulator

HEADERS = {"x-api-key": "sk-ant-test", "anthropic-version": "2026-10-21"}
OLD = {**HEADERS, "anthropic-version": "2023-06-01"}
HELLO: list[Any] = [{"role": "user", "content": "hello"}]
MARK = {"type": "ephemeral"}


def body(**changes: Any) -> dict[str, Any]:
    whole = {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": HELLO, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def text(marked: Any = None, words: str = "words") -> dict[str, Any]:
    return {"type": "text", "text": words, **({"cache_control": marked} if marked else {})}


def said(*blocks: dict[str, Any]) -> list[Any]:
    return [{"role": "user", "content": list(blocks)}]


TOOL: dict[str, Any] = {"name": "t", "input_schema": {"type": "object"}}
CALL: list[Any] = [
    *HELLO,
    {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "t", "input": {}}]},
]
GIF_AS_PNG = {"type": "base64", "media_type": "image/png", "data": "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="}


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (body(model=None), "model: Field required"),
        (body(max_tokens=None), "max_tokens: Field required"),
        (body(messages=None), "messages: Field required"),
        (body(messages=[]), "messages: at least one message is required"),
        (body(max_tokens=999_999), "max_tokens: 999999 > 128000"),
        (body(temperature=1), "temperature: Extra inputs are not permitted"),
        (body(surprise=1), "surprise: Extra inputs are not permitted"),
        (body(messages=said(text(words=" "))), "messages.0.content.0.text.text: text content blocks must contain"),
        (body(messages=said(text(words=""))), "messages.0.content.0.text.text: text content blocks must be non-empty"),
        (body(messages=[*HELLO, {"role": "assistant", "content": "I"}]), "This model does not support assistant"),
        (body(messages=[{"role": "assistant", "content": "I"}]), "messages: first message must use the `user` role"),
        (body(messages=[{"role": "robot", "content": "I"}]), "messages.0.role: Input should be"),
        (body(messages=[*CALL, *HELLO]), "messages.1: `tool_use` ids were found without `tool_result` blocks"),
        (
            body(messages=said({"type": "tool_result", "tool_use_id": "b", "content": "x"})),
            "messages.0.content: unexpected `tool_use_id` found in `tool_result` blocks: b",
        ),
        (body(messages=said(*[text(MARK)] * 5)), "A maximum of 4 blocks with cache_control may be provided. Found 5."),
        (
            body(messages=said(text(MARK), text({"type": "ephemeral", "ttl": "1h"}))),
            "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come after",
        ),
        (body(thinking={"type": "enabled", "budget_tokens": 2000}), "thinking.type: `enabled` is not supported"),
        (body(output_config={"effort": "huge"}), "output_config.effort: Input should be 'low', 'medium'"),
        (body(tools=[TOOL], tool_choice={"type": "any"}), "tool_choice.type: `any` is not supported for this model"),
        (body(tool_choice={"type": "auto"}), "tool_choice: may only be specified while providing tools"),
        (body(tools=[{**TOOL, "name": "no spaces"}]), "tools.0.custom.name: String should match pattern"),
        (body(tools=[{"name": "t", "input_schema": {}}]), "tools.0.custom.input_schema.type: Field required"),
        (body(tools=[TOOL, TOOL]), "tools: Tool names must be unique."),
        (
            body(messages=said({"type": "image", "source": GIF_AS_PNG})),
            "messages.0.content.0.image.source.base64: Image does not match the provided media type image/png",
        ),
        (body(stop_sequences=[" "]), "stop_sequences.0: each stop sequence must contain non-whitespace"),
    ],
)
def test_a_faulty_request_is_refused_with_its_place(simulator_url: str, sent: Any, message: str) -> None:
    answer = httpx.post(f"{simulator_url}/v1/messages", json=sent, headers=HEADERS)
    told = answer.json()
    assert answer.status_code == 400
    assert told["type"] == "error"
    assert told["error"]["type"] == "invalid_request_error"
    assert told["error"]["message"].startswith(message)
    assert told["request_id"] == answer.headers["request-id"]


@pytest.mark.parametrize(
    ("headers", "sent", "status", "kind"),
    [
        ({"anthropic-version": "2026-10-21"}, body(), 401, "authentication_error"),
        ({**HEADERS, "x-api-key": "sk-wrong"}, body(), 401, "authentication_error"),
        ({"x-api-key": "sk-ant-test"}, body(), 400, "invalid_request_error"),
        ({**HEADERS, "anthropic-version": "2020-01-01"}, body(), 400, "invalid_request_error"),
        ({**HEADERS, "anthropic-beta": "no-such-thing"}, body(), 400, "invalid_request_error"),
        (HEADERS, body(model="claude-nobody"), 404, "not_found_error"),
        (HEADERS, body(model="claude-3-opus-20240229"), 404, "not_found_error"),
        (HEADERS, [1], 400, "invalid_request_error"),
    ],
)
def test_other_refusals(simulator_url: str, headers: Any, sent: Any, status: int, kind: str) -> None:
    answer = httpx.post(f"{simulator_url}/v1/messages", json=sent, headers=headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)


@pytest.mark.parametrize(
    "sent",
    [
        body(),
        body(model="claude-sonnet-4-6", temperature=0.5),
        body(model="claude-sonnet-4-5-20250929", messages=[*HELLO, {"role": "assistant", "content": "I"}]),
        body(model="claude-haiku-5-5", tools=[TOOL], tool_choice={"type": "any"}),
        body(messages=[*CALL, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a"}]}]),
    ],
)
def test_sound_requests_are_answered(simulator_url: str, sent: Any) -> None:
    answer = httpx.post(f"{simulator_url}/v1/messages", json=sent, headers=OLD)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["anthropic-ratelimit-requests-limit"]) > 0


def test_a_body_that_is_no_json_or_too_large(simulator: LocalSimulator, simulator_url: str) -> None:
    url = f"{simulator_url}/v1/messages"
    assert httpx.post(url, content=b"{", headers=HEADERS).status_code == 400
    large = httpx.post(url, content=b" " * (32 * 1024 * 1024 + 1), headers=HEADERS, timeout=30)
    assert large.json()["error"]["type"] == "request_too_large"
    assert simulator.simulator.journal.entries[-1].status == 413
