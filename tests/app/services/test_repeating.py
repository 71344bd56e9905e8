"""A recorded request as code: what went over the wire goes over it again, and the key is left out."""

import json
import subprocess
from dataclasses import replace

import pytest

from app.domain.connection import Secret
from app.domain.exchanges import Noted, RecordedExchange
from app.errors import TranslationError
from app.services.repeating import repeating
from app.simulator.server import LocalSimulator
from app.wire.inspecting import inspected
from app.wire.sealing import sealed

KEY = "sk-ant-api03-CANARYCANARYCANARY"
BODY = {"model": "claude-sonnet-5-5", "max_tokens": 9, "messages": [{"role": "user", "content": "it's 100 %"}]}


def recorded(url: str, body: object = BODY, response: bytes = b"{}") -> RecordedExchange:
    headers = [
        ("host", "x"),
        ("x-api-key", KEY),
        ("anthropic-version", "2026-10-21"),
        ("x-team-secret", "hush-hush-hush"),
    ]
    return sealed(
        Noted(
            key=Secret(KEY),
            began_ms=0,
            method="POST",
            url=f"{url}/v1/messages",
            attempt=1,
            request_headers=headers,
            request_body=json.dumps(body).encode(),
            status=200,
            http_version="HTTP/1.1",
            response_headers=[("content-type", "application/json"), ("set-cookie", "a=very-long-cookie")],
            pieces=[response],
            times=[1.0],
            connected_ms=None,
            sent_ms=0.5,
            first_byte_ms=0.9,
            last_ms=1.0,
            outcome="done",
            failure="",
            is_cut=False,
        )
    )


def test_curl_sends_the_same_once_more(simulator: LocalSimulator) -> None:
    code = repeating(recorded(simulator.url), "curl")
    assert "CANARY" not in code
    environment = {"ANTHROPIC_API_KEY": "sk-ant-other", "PATH": "/usr/bin:/bin"}
    subprocess.run(["/bin/sh", "-c", code], env=environment, check=True, capture_output=True, timeout=30)
    (entry,) = simulator.simulator.journal.entries
    assert entry.body == BODY
    assert entry.headers["anthropic-version"] == "2026-10-21"


def test_what_looks_like_a_secret_is_kept_by_its_end() -> None:
    exchange = recorded("https://a.example")
    told = dict(exchange.request_headers) | dict(exchange.response_headers)
    assert (told["x-api-key"], told["x-team-secret"], told["set-cookie"]) == ("…NARY", "…hush", "…okie")


@pytest.mark.parametrize("form", ["curl", "anthropic", "httpx", "typescript"])
def test_a_request_that_was_not_kept_whole_is_no_code(form: str) -> None:
    with pytest.raises(TranslationError):
        repeating(replace(recorded("https://a.example"), is_cut=True), form)  # type: ignore[arg-type]


def test_a_body_is_shown_without_what_no_one_reads_and_copied_whole() -> None:
    read = inspected(recorded("https://a.example", {"data": "x" * 5000}, b"no JSON " * 1000))
    assert "3,000 characters more" in read.request.shown
    assert json.loads(read.request.whole) == {"data": "x" * 5000}
    assert read.response.value is None
    assert max(map(len, read.response.shown.splitlines())) <= 2000
