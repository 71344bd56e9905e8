"""Several ways to one model: which is tried, and what happens when one fails."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from app.client.connection import Network
from app.domain.connection import Endpoint, Profile, Secret
from app.gateway.config import config_from_yaml
from app.gateway.routes import Routes, route_of
from app.gateway.server import gateway_for
from tests.support.gateways import CATALOGUE, entry, gateway_of, listed
from tests.support.recorder import Recorder, events, message, recorder, spoken, text

OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
ASKED = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
KEY = "sk-upstream-canary-0001"


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Recorder, Recorder]]:
    with ExitStack() as stack:
        yield stack.enter_context(recorder()), stack.enter_context(recorder())


@pytest.fixture
def services(pair: tuple[Recorder, Recorder]) -> tuple[Recorder, Recorder]:
    """Two upstreams that were asked nothing yet."""
    for each in pair:
        each.says(message(text("Hello!")))
        for noted in (each.asked, each.headers, each.paths):
            noted.clear()
    return pair


def two(services: tuple[Recorder, Recorder], **params: Any) -> str:
    return listed(*(entry("m", "anthropic/x", each.url, api_key=KEY, **params) for each in services))


def ask(url: str, path: str = "/v1/messages", **more: Any) -> httpx.Response:
    return httpx.post(url + path, json={**ASKED, **more}, timeout=20, trust_env=False)


def asked(services: tuple[Recorder, Recorder]) -> int:
    return sum(len(each.asked) for each in services)


def test_deployments_of_one_name_take_turns(services: tuple[Recorder, Recorder]) -> None:
    with gateway_of(two(services)) as gateway:
        for _ in range(4):
            assert ask(gateway.url).status_code == 200

    assert [len(each.asked) for each in services] == [2, 2]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("failure", [(529, OVERLOADED), (401, {}), (200, spoken(OVERLOADED)), (302, {}), (200, b"x")])
def test_what_one_refuses_another_answers(
    services: tuple[Recorder, Recorder], failure: tuple[int, Any], stream: bool
) -> None:
    bad, good = services
    bad.says(failure)
    good.says(events("fine") if stream else message(text("fine")))
    with gateway_of(two(services)) as gateway:
        answers = [ask(gateway.url, stream=stream) for _ in range(3)]

    assert [each.status_code for each in answers] == [200] * 3
    assert all("fine" in each.text and "error" not in each.text for each in answers)
    assert len(bad.asked) <= 1, "what failed a moment ago is left alone"


def test_a_request_that_is_wrong_is_asked_once(services: tuple[Recorder, Recorder]) -> None:
    for each in services:
        each.says((400, {"type": "error", "error": {"type": "invalid_request_error", "message": "no"}}))
    with gateway_of(two(services)) as gateway:
        answer = ask(gateway.url)

    assert (answer.status_code, answer.json()["error"]["message"], asked(services)) == (400, "no", 1)


def test_nothing_is_asked_again_once_an_answer_has_begun(services: tuple[Recorder, Recorder]) -> None:
    for each in services:
        each.says(events("half", end=False))
    with gateway_of(two(services)) as gateway:
        answer = ask(gateway.url, stream=True)

    assert "half" in answer.text
    assert json.loads(answer.text.rsplit("data: ", 1)[1])["type"] == "error"
    assert asked(services) == 1


def test_another_models_deployments_answer_where_the_file_says_so(services: tuple[Recorder, Recorder]) -> None:
    bad, good = services
    bad.says((500, OVERLOADED))
    lines = listed(
        entry("m", "anthropic/x", bad.url), entry("spare", "anthropic/y", good.url),
        more="router_settings: {fallbacks: [{m: [spare]}]}\n",
    )  # fmt: skip
    with gateway_of(lines) as gateway:
        answer = ask(gateway.url)

    assert answer.status_code == 200
    assert good.body["model"] == "y"


def test_all_ways_are_tried_again_where_the_file_says_so(services: tuple[Recorder, Recorder]) -> None:
    paused: list[float] = []

    async def sleep(seconds: float) -> None:
        paused.append(seconds)

    for each in services:
        each.says((529, OVERLOADED))
    lines = two(services) + "litellm_settings: {num_retries: 2}\n"
    with gateway_of(lines, sleep=sleep) as gateway:
        assert ask(gateway.url).status_code == 529

    assert (asked(services), len(paused)) == (6, 2)


def test_a_deployment_without_its_key_is_asked_nothing(services: tuple[Recorder, Recorder]) -> None:
    lines = listed(entry("m", "anthropic/x", "https://nobody.invalid", api_key="os.environ/NOT_SET"))
    with gateway_of(lines) as gateway:
        assert ask(gateway.url).status_code == 401
        seen = httpx.get(f"{gateway.url}/health", trust_env=False).json()

    assert seen["unhealthy_endpoints"][0]["error"] == "KeyMissing"


def test_the_key_goes_to_its_upstream_and_comes_back_to_nobody(services: tuple[Recorder, Recorder]) -> None:
    service, _ = services
    told = {"type": "error", "error": {"type": "authentication_error", "message": f"bad key {KEY}"}}
    good = message(text(f"Your key is {KEY}"))
    service.says((403, told), (200, told), good, events(f"It is {KEY}"), spoken(told))
    with gateway_of(listed(entry("m", "anthropic/x", service.url, api_key=KEY))) as gateway:
        answers = [ask(gateway.url), ask(gateway.url), ask(gateway.url), ask(gateway.url, stream=True)]
        answers.append(ask(gateway.url, stream=True))
        answers.append(ask(gateway.url, "/v1/chat/completions"))
        answers.append(httpx.get(f"{gateway.url}/health", trust_env=False))

    assert service.headers[0]["x-api-key"] == KEY
    assert not [each.text for each in answers if KEY in each.text]
    assert not [each for each in answers if KEY in str(each.headers)]


def test_a_caller_chooses_neither_upstream_nor_model_nor_headers(services: tuple[Recorder, Recorder]) -> None:
    service, other = services
    with gateway_of(listed(entry("m", "anthropic/x", service.url))) as gateway:
        for name in ("api_base", "base_url", "api_key", "extra_headers", "custom_llm_provider", "mock_response"):
            for path in ("/v1/messages", "/v1/chat/completions"):
                assert ask(gateway.url, path, **{name: other.url}).status_code == 400
        ask(gateway.url, "/v1/chat/completions", extra_body={"model": "dearer", "stream": True})

    assert not other.asked
    assert (service.body["model"], service.body.get("stream")) == ("x", None)


def test_defaults_of_a_deployment_stand_in_for_what_a_request_has_not(services: tuple[Recorder, Recorder]) -> None:
    service, _ = services
    with gateway_of(listed(entry("m", "anthropic/x", service.url, temperature=0.5, stop="[END]"))) as gateway:
        ask(gateway.url, "/v1/chat/completions")
        ask(gateway.url, temperature=0.1)

    first, second = service.asked
    assert (first["temperature"], first["stop_sequences"]) == (0.5, ["END"])
    assert (second["temperature"], second["stop_sequences"]) == (0.1, ["END"])


def test_a_star_stands_for_any_name_and_the_longest_that_fits_wins() -> None:
    lines = listed(
        entry("*", "openai/*", "http://127.0.0.1:1"),
        entry("claude-*", "anthropic/claude-*", "http://127.0.0.1:2"),
        entry("claude-3", "anthropic/one", "http://127.0.0.1:3"),
    )
    config = config_from_yaml(lines.encode())
    routes = Routes([route_of(each, None) for each in config.deployments])

    found = {name: [way.model for way in routes.ways(name)] for name in ("claude-3", "claude-4", "gpt/x")}
    assert found == {"claude-3": ["one"], "claude-4": ["claude-4"], "gpt/x": ["gpt/x"]}
    assert routes.names() == ["claude-3"]


def test_a_connection_of_the_windows_says_what_it_has_every_request_say(services: tuple[Recorder, Recorder]) -> None:
    service, _ = services
    profile = Profile("p", base_url=service.url, betas=("own-beta",), api_version="2023-06-01", auth="bearer")
    gateway = gateway_for(Endpoint(profile, Secret(KEY)), Network(), CATALOGUE)
    try:
        assert gateway.token is not None
        headers = {"x-api-key": gateway.token.reveal(), "anthropic-beta": "theirs", "anthropic-version": "2026-10-21"}
        answer = httpx.post(f"{gateway.url}/v1/messages", json=ASKED, headers=headers, trust_env=False)
        refused = ask(gateway.url)
    finally:
        gateway.stop()

    assert (answer.status_code, refused.status_code, service.body["model"]) == (200, 401, "m")
    sent = service.headers[0]
    assert (sent["anthropic-beta"], sent["anthropic-version"]) == ("theirs,own-beta", "2023-06-01")
    assert (sent["authorization"], sent.get("x-api-key")) == (f"Bearer {KEY}", None)
