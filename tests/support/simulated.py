"""Requests to the simulator's rules and cache, without a server between."""

from typing import Any

from starlette.datastructures import Headers

from app.domain.models import ModelEntry
from app.simulator.server import own_catalogue
from app.simulator.validation import refusal_of

MODEL = "claude-sonnet-5-5"
HELLO: list[Any] = [{"role": "user", "content": "hello"}]
HEADERS = {"x-api-key": "sk-ant-test", "anthropic-version": "2026-10-21"}
TOOL: dict[str, Any] = {"name": "t", "input_schema": {"type": "object"}}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # 1 × 1
CATALOGUE = own_catalogue()


def body(**changes: Any) -> dict[str, Any]:
    """A sound request with changes; None takes a field away."""
    whole = {"model": MODEL, "max_tokens": 100, "messages": HELLO, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def text(words: str = "words", mark: Any = None) -> dict[str, Any]:
    return {"type": "text", "text": words, **({"cache_control": mark} if mark else {})}


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def use(identifier: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": identifier, "name": "t", "input": {}, **more}


def result(identifier: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": identifier, "content": "4 °C", **more}


def entry(name: str = MODEL) -> ModelEntry:
    found = CATALOGUE.find(name)
    assert found is not None
    return found


def refused(sent: Any, beta: str = "", version: str = "2026-10-21", *, counting: bool = False) -> str:
    """The message that the request is refused with; empty for one that is taken."""
    headers = {**HEADERS, "anthropic-version": version, **({"anthropic-beta": beta} if beta else {})}
    found = refusal_of(Headers(headers), sent, CATALOGUE, counting=counting)
    return found.message if found else ""
