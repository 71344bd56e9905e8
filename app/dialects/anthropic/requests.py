"""Requests, to the Messages API's JSON and headers.

Source: Messages API reference, "Request body", "Headers", "Prompt caching".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.dialects.anthropic.blocks import block_to_wire
from app.domain.caching import CachePlan, Section, Ttl
from app.domain.request import Parameters, Request, Thinking, Turn
from app.domain.tools import Tool, ToolChoice, ToolDefinition
from app.errors import TranslationError

VERSION = "2026-10-21"
VERSION_WITH_SAMPLING = "2023-06-01"
"""The newer version refuses temperature, top_p and top_k on every model, at any value."""
_ANSWER_ONLY = ("citations",)


@dataclass(frozen=True, slots=True)
class WireRequest:
    body: dict[str, Any]
    headers: dict[str, str]
    """Without credentials; names in lower case."""


def request_to_wire(request: Request, *, stream: bool) -> WireRequest:
    """Speak a request. What is None or empty in it is absent on the wire.

    Raises:
        TranslationError: the plan marks a block that cannot carry a mark or is not there.
    """
    parameters = request.parameters
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "messages": _messages(request),
        **_prompt(request),
        **_parameters(parameters),
    }
    if stream:
        body["stream"] = True
    body.update(request.extra_body)
    return WireRequest(body, headers_for(request))


def headers_for(request: Request) -> dict[str, str]:
    """`anthropic-version`, betas and the person's own headers; theirs win, but betas are joined."""
    parameters = request.parameters
    sampling = (parameters.temperature, parameters.top_p, parameters.top_k)
    own = {name.lower(): value for name, value in request.extra_headers.items()}
    betas = [*request.betas, *(part.strip() for part in own.pop("anthropic-beta", "").split(","))]
    headers = {"anthropic-version": VERSION if all(each is None for each in sampling) else VERSION_WITH_SAMPLING}
    if joined := ",".join(dict.fromkeys(each for each in betas if each)):
        headers["anthropic-beta"] = joined
    return headers | own


def count_body(request: Request) -> dict[str, Any]:
    """The body for count_tokens: what is counted, and nothing that it refuses."""
    whole = request_to_wire(request, stream=False).body
    counted = ("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control")
    return {name: whole[name] for name in counted if name in whole}


def _prompt(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if request.system:
        found["system"] = [
            _marked(block_to_wire(block), request.cache_plan, Section.SYSTEM, index)
            for index, block in enumerate(request.system)
        ]
    if request.tools:
        found["tools"] = [
            _marked(_tool(tool), request.cache_plan, Section.TOOLS, index) for index, tool in enumerate(request.tools)
        ]
    return found


def _messages(request: Request) -> list[dict[str, Any]]:
    """The turns; neighbours of one role become one message, as the API itself would merge them."""
    numbered = list(enumerate(request.turns))
    return [
        {"role": role, "content": [each for index, turn in turns for each in _content(turn, index, request.cache_plan)]}
        for role, turns in groupby(numbered, key=lambda pair: pair[1].role)
    ]


def _content(turn: Turn, index: int, plan: CachePlan) -> list[dict[str, Any]]:
    content = []
    for at, block in enumerate(turn.blocks):
        wire = block_to_wire(block)
        if turn.role == "user" and wire["type"] == "text":
            wire = {name: value for name, value in wire.items() if name not in _ANSWER_ONLY}
        content.append(_marked(wire, plan, Section.MESSAGES, index, at))
    return content


def _marked(wire: dict[str, Any], plan: CachePlan, section: Section, index: int, block: int = 0) -> dict[str, Any]:
    ttl = plan.at(section, index, block)
    if ttl is None:
        return wire
    if wire.get("type") in {"thinking", "redacted_thinking"}:
        raise TranslationError(f"/{section.value}/{index}", "a thinking block cannot carry a cache breakpoint")
    return {**wire, "cache_control": {"type": "ephemeral", **({"ttl": "1h"} if ttl is Ttl.ONE_HOUR else {})}}


def _tool(tool: Tool) -> dict[str, Any]:
    if not isinstance(tool, ToolDefinition):
        return dict(tool.raw)
    described = {} if tool.description is None else {"description": tool.description}
    return {"name": tool.name, **described, "input_schema": dict(tool.input_schema), **tool.extra}


def _parameters(parameters: Parameters) -> dict[str, Any]:
    given: dict[str, Any] = {
        "temperature": parameters.temperature,
        "top_p": parameters.top_p,
        "top_k": parameters.top_k,
        "stop_sequences": list(parameters.stop_sequences) or None,
        "thinking": None if parameters.thinking is None else _thinking(parameters.thinking),
        "output_config": None if parameters.effort is None else {"effort": parameters.effort},
        "service_tier": parameters.service_tier,
        "metadata": None if parameters.user_id is None else {"user_id": parameters.user_id},
        "tool_choice": None if parameters.tool_choice is None else _tool_choice(parameters.tool_choice),
    }
    return {name: value for name, value in given.items() if value is not None}


def _thinking(thinking: Thinking) -> dict[str, Any]:
    fields: Mapping[str, Any] = {"budget_tokens": thinking.budget_tokens, "display": thinking.display}
    return {"type": thinking.kind, **{name: value for name, value in fields.items() if value is not None}}


def _tool_choice(choice: ToolChoice) -> dict[str, Any]:
    fields: Mapping[str, Any] = {
        "name": choice.name,
        "disable_parallel_tool_use": choice.disable_parallel_tool_use,
    }
    return {"type": choice.kind, **{name: value for name, value in fields.items() if value is not None}}
