"""What the real API took, the simulator takes: the recorded requests, sent again."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.datastructures import Headers

from app.simulator.validation import refusal_of
from app.simulator.vocabulary import BETAS, FINE_GRAINED
from tests.support.simulated import CATALOGUE, PNG

REDACTED = re.compile(r"<base64 \d+ chars[^>]*>")
EXCEPTIONS = {
    "claude-fixture": "a model that does not exist: made by the SDK's own tests",
    "pydantic-ai-8e84f7b74d": "begins with an assistant message; the reference (§6.1) says that the first is `user`",
}
"""Model or recording → why it is not sent."""
ALL_LIVING = replace(CATALOGUE, models=tuple(replace(each, status="current") for each in CATALOGUE.models))
"""The recordings are older than the retirement of some of their models."""


def whole(recorded: dict[str, Any]) -> Any:
    """The body with a picture or a page in place of the bytes that the recordings leave out."""
    sent = recorded["request"]["body"]
    text = json.dumps(sent)
    if not REDACTED.search(text):
        return sent
    sent = json.loads(REDACTED.sub(PNG, text))
    for source in sources(sent):
        source["media_type"], source["data"] = (
            ("application/pdf", "JVBERi0xLjQK") if source["media_type"] == "application/pdf" else ("image/png", PNG)
        )
    return sent


def sources(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if value.get("type") == "base64" else []
        return own + [each for part in value.values() for each in sources(part)]
    return [each for part in value for each in sources(part)] if isinstance(value, list) else []


def headers(recorded: dict[str, Any]) -> Headers:
    """Most recordings lost their headers: of betas, they may then have had any."""
    given = recorded["request"]["headers"]
    return Headers(
        {
            "x-api-key": "sk-ant-test",
            "anthropic-version": given.get("anthropic-version", "2023-06-01"),
            "anthropic-beta": given.get("anthropic-beta") or ",".join(BETAS - {FINE_GRAINED}),
        }
    )


@pytest.mark.shared
def test_what_the_api_took_is_taken(recordings: list[dict[str, Any]]) -> None:
    refused, taken = {}, 0
    for each in recordings:
        request, model = each["request"], each["request"]["body"].get("model")
        if each["response"]["status"] != 200 or not request["url"].startswith("/v1/messages"):
            continue
        if model in EXCEPTIONS or each["id"] in EXCEPTIONS:
            continue
        if (found := refusal_of(headers(each), whole(each), ALL_LIVING)) is not None:
            refused[each["id"]] = found.message
        taken += 1
    assert refused == {}
    assert taken > 200


@pytest.mark.shared
def test_a_model_that_was_not_there_is_not_there(recordings: list[dict[str, Any]]) -> None:
    for each in recordings:
        if each["response"]["status"] == 404:
            found = refusal_of(headers(each), whole(each), CATALOGUE)
            assert found is not None
            assert (found.status, found.kind) == (404, "not_found_error")
            assert found.message == json.loads(each["response"]["body"])["error"]["message"]
