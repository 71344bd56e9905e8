"""A thought is bound to what stands before it. §8."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.simulator.service import Simulator
from tests.support.simulated import CATALOGUE, HEADERS, MODEL, TOOL, body, text, user

ADAPTIVE = {"type": "adaptive", "display": "summarized"}
ASKED = user(text("What is caching?"))


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Simulator(CATALOGUE, rate=0).asgi(), headers=HEADERS)


def going_on(client: TestClient, model: str = MODEL) -> list[Any]:
    """A conversation with two thoughts in it, and a third question."""
    messages: list[Any] = [ASKED]
    for more in ("And reading?", "And writing?"):
        sent = body(model=model, thinking=ADAPTIVE, system="Be brief.", max_tokens=4000, messages=messages)
        answer = client.post("/v1/messages", json=sent).json()
        messages = [*messages, {"role": "assistant", "content": answer["content"]}, user(text(more))]
    return messages


def send(client: TestClient, messages: list[Any], **changes: Any) -> str:
    """The refusal; empty for an answer."""
    sent = body(**{"thinking": ADAPTIVE, "system": "Be brief.", "max_tokens": 4000, "messages": messages, **changes})
    answer = client.post("/v1/messages", json=sent)
    return "" if answer.status_code == 200 else answer.json()["error"]["message"]


def without_thoughts(message: Any) -> Any:
    return {**message, "content": [each for each in message["content"] if each["type"] != "thinking"]}


def test_what_only_grows_stays_valid(client: TestClient) -> None:
    messages = going_on(client)
    assert messages[1]["content"][0]["signature"] != messages[3]["content"][0]["signature"]
    assert send(client, messages) == ""
    assert (
        send(client, messages, output_config={"effort": "low"}, system=[text("Be brief.", {"type": "ephemeral"})]) == ""
    )
    assert send(client, [messages[0], without_thoughts(messages[1]), *messages[2:]]) == ""
    assert send(client, [without_thoughts(each) for each in messages]) == ""


def test_an_edited_prefix_is_refused_with_the_place_of_the_thought(client: TestClient) -> None:
    messages = going_on(client)
    refusal = "messages.1.content.0: Invalid `signature` in `thinking` block"
    assert send(client, [user(text("What is paging?")), *messages[1:]]).startswith(refusal)
    assert send(client, messages, system="Be long.").startswith(refusal)
    assert send(client, messages, tools=[TOOL]).startswith(refusal)
    later = [*messages[:2], user(text("And more?")), *messages[3:]]
    assert send(client, later).startswith("messages.3.content.0: Invalid `signature`")


def test_older_models_do_not_mind(client: TestClient) -> None:
    messages = going_on(client, "claude-opus-4-8")
    assert send(client, messages, model="claude-opus-4-8", system="Be long.") == ""


def test_a_stranger_to_the_simulator_passes(client: TestClient) -> None:
    thought = {"type": "thinking", "thinking": "", "signature": "EqQBCgIYAhIM"}
    assert send(client, [ASKED, {"role": "assistant", "content": [thought, text()]}, ASKED]) == ""
