"""The Models API tells what the catalogue knows. §2.1."""

from typing import Any

import pytest
from anthropic.types import ModelInfo
from starlette.testclient import TestClient

from app.simulator.service import Simulator
from tests.support.simulated import CATALOGUE, HEADERS, MODEL


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Simulator(CATALOGUE).asgi(), headers=HEADERS)


def ids(client: TestClient, **query: Any) -> list[str]:
    return [each["id"] for each in client.get("/v1/models", params={"limit": 1000, **query}).json()["data"]]


@pytest.mark.peer
def test_every_row_is_a_model_info_of_the_official_sdk(client: TestClient) -> None:
    lifecycles = ["active", "deprecated", "retired"]
    rows = client.get("/v1/models", params={"limit": 1000, "lifecycle[]": lifecycles}).json()["data"]
    assert len(rows) == sum(each.api == "messages" for each in CATALOGUE.models)
    for row in rows:
        info = ModelInfo.model_validate(row, strict=False)
        assert info.capabilities is not None
        assert set(info.capabilities.to_dict()) == set(row["capabilities"])


def test_what_a_model_can_do_is_told(client: TestClient) -> None:
    can = client.get(f"/v1/models/{MODEL}").json()["capabilities"]
    for name in ("image_input", "pdf_input", "batch", "citations", "code_execution", "structured_outputs"):
        assert can[name]["supported"], name
    assert can["thinking"]["types"]["between_tools"]["supported"]
    assert not can["thinking"]["types"]["enabled"]["supported"]
    assert can["context_management"]["compact_20260112"]["supported"]
    old = client.get("/v1/models/claude-haiku-4-5").json()["capabilities"]
    assert not old["effort"]["supported"]
    assert not old["code_execution"]["supported"]


def test_retired_models_appear_only_when_asked_for(client: TestClient) -> None:
    assert "claude-3-opus-20240229" not in ids(client)
    assert "claude-3-opus-20240229" in ids(client, **{"lifecycle[]": "retired"})
    assert MODEL not in ids(client, **{"lifecycle[]": "retired"})
    assert client.get("/v1/models", params={"lifecycle[]": "asleep"}).status_code == 400


def test_pages_follow_each_other_both_ways(client: TestClient) -> None:
    every = ids(client)
    first = client.get("/v1/models", params={"limit": 3}).json()
    second = client.get("/v1/models", params={"limit": 3, "after_id": first["last_id"]}).json()
    assert [each["id"] for each in (*first["data"], *second["data"])] == every[:6]
    back = client.get("/v1/models", params={"limit": 2, "before_id": second["first_id"]}).json()
    assert [each["id"] for each in back["data"]] == every[1:3]
    assert back["has_more"]
    assert client.get("/v1/models", params={"limit": "many"}).status_code == 400


def test_a_model_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/v1/models/claude-nobody").json()["error"]["type"] == "not_found_error"
