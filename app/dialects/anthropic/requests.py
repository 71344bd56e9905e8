"""Requests, to the Messages API's JSON and headers.

Source: Messages API reference, "Request body", "Headers", "Prompt caching".
"""

from collections.abc import Mapping
from typing import Any

from app.dialects.anthropic.betas import with_needed
from app.dialects.blocks import block_to_wire
from app.dialects.wire_request import WireRequest as WireRequest
from app.domain.caching import CachePlan, Section, Ttl
from app.domain.request import VERSION_WITH_SAMPLING, VERSION_WITHOUT_SAMPLING, Parameters, Request, Thinking, Turn
from app.domain.tools import Tool, ToolChoice, ToolDefinition
from app.errors import TranslationError

UNMARKABLE = frozenset({"thinking", "redacted_thinking"})
Wire = Mapping[str, Any]
_Marks = dict[tuple[Section, int, int, int | None], Ttl]
_COUNTED = frozenset(
    {
        *("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control", "speed"),
        *("context_management", "compaction", "mcp_servers", "billing_policy"),
    }
)
"""Source: Messages API reference, "Token counting"."""
_SAMPLING = ("temperature", "top_p", "top_k")


def request_to_wire(request: Request, *, stream: bool) -> WireRequest:
    """Speak a request. What is None or empty in it is absent on the wire.

    A field of `extra_body` takes the place of the one that the request itself would have spoken.

    Raises:
        TranslationError: the plan marks a block that cannot carry a mark or is not there.
    """
    marks = _marks(request.cache_plan)
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "messages": _messages(request.turns, marks),
        **_prompt(request, marks),
        **({} if request.cache_plan.automatic is None else {"cache_control": _control(request.cache_plan.automatic)}),
        **_parameters(request.parameters),
    }
    if marks:
        section, index, *_ = next(iter(marks))
        raise TranslationError(f"/{section.value}/{index}", "a cache breakpoint on a block that is not there")
    if stream:
        body["stream"] = True
    body.update(request.extra_body)
    return WireRequest(body, _headers(request, body))


def headers_for(request: Request) -> dict[str, str]:
    """`anthropic-version`, betas and the person's own headers; theirs win, but betas are joined.

    Betas that the request's content needs are added, unless the person gave one of the same feature.
    """
    tools = [each.raw for each in request.tools if not isinstance(each, ToolDefinition)]
    told = _messages(tuple(turn for turn in request.turns if turn.role == "system"), {})
    body = {"tools": tools, "messages": told, **_parameters(request.parameters), **request.extra_body}
    return _headers(request, body)


def count_body(request: Request) -> dict[str, Any]:
    """The body for count_tokens: what is counted, and nothing that it refuses."""
    whole = request_to_wire(request, stream=False).body
    return {name: value for name, value in whole.items() if name in _COUNTED}


def _headers(request: Request, body: Wire) -> dict[str, str]:
    own = {name.lower(): value for name, value in request.extra_headers.items()}
    given = [*request.betas, *(part.strip() for part in own.pop("anthropic-beta", "").split(","))]
    sampled = any(body.get(name) is not None for name in _SAMPLING)
    headers = {"anthropic-version": VERSION_WITH_SAMPLING if sampled else VERSION_WITHOUT_SAMPLING}
    if joined := ",".join(dict.fromkeys(with_needed([each for each in given if each], body))):
        headers["anthropic-beta"] = joined
    return headers | own


def _marks(plan: CachePlan) -> _Marks:
    """Where the marks are; each is taken out when it is spoken, so that what remains had no block."""
    return {(mark.section, mark.index, mark.block, mark.part): mark.ttl for mark in plan.breakpoints}


def _prompt(request: Request, marks: _Marks) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if request.system:
        found["system"] = [
            _marked(block_to_wire(block), marks, Section.SYSTEM, index) for index, block in enumerate(request.system)
        ]
    if request.tools:
        found["tools"] = [_marked(_tool(tool), marks, Section.TOOLS, index) for index, tool in enumerate(request.tools)]
    return found


def _messages(turns: tuple[Turn, ...], marks: _Marks) -> list[dict[str, Any]]:
    """The turns; neighbours of one role become one message, as the API itself would merge them."""
    messages: list[dict[str, Any]] = []
    mergeable = False
    for index, turn in enumerate(turns):
        content = _content(turn, index, marks)
        if turn.extra:
            messages.append({"role": turn.role, "content": content, **turn.extra})
            mergeable = False
        elif mergeable and messages[-1]["role"] == turn.role:
            messages[-1]["content"] += content
        else:
            messages.append({"role": turn.role, "content": content})
            mergeable = True
    return messages


def _content(turn: Turn, index: int, marks: _Marks) -> list[dict[str, Any]]:
    content = [block_to_wire(block) for block in turn.blocks]
    if turn.role == "user":
        for wire in content:
            # citations belong to answers: on a text of the person's own the API refuses them
            if "citations" in wire and wire["type"] == "text":
                del wire["citations"]
    if marks:
        for at, wire in enumerate(content):
            content[at] = _marked(wire, marks, Section.MESSAGES, index, at)
    return content


def _marked(wire: dict[str, Any], marks: _Marks, section: Section, index: int, block: int = 0) -> dict[str, Any]:
    if not marks:
        return wire
    if wire.get("type") == "tool_result" and isinstance(wire.get("content"), list):
        parts = [_with_mark(part, marks, (section, index, block, at)) for at, part in enumerate(wire["content"])]
        wire = {**wire, "content": parts}
    return _with_mark(wire, marks, (section, index, block, None))


def _with_mark(wire: dict[str, Any], marks: _Marks, at: tuple[Section, int, int, int | None]) -> dict[str, Any]:
    ttl = marks.pop(at, None)
    if ttl is None:
        return wire
    if wire.get("type") in UNMARKABLE:
        raise TranslationError(f"/{at[0].value}/{at[1]}", "a thinking block cannot carry a cache breakpoint")
    return {**wire, "cache_control": _control(ttl)}


def _control(ttl: Ttl) -> dict[str, str]:
    return {"type": "ephemeral", **({"ttl": "1h"} if ttl is Ttl.ONE_HOUR else {})}


def _tool(tool: Tool) -> dict[str, Any]:
    if not isinstance(tool, ToolDefinition):
        return dict(tool.raw)
    described = {} if tool.description is None else {"description": tool.description}
    return {"name": tool.name, **described, "input_schema": dict(tool.input_schema), **tool.extra}


def _parameters(parameters: Parameters) -> dict[str, Any]:
    output = {**({} if parameters.effort is None else {"effort": parameters.effort}), **parameters.output}
    metadata = {**({} if parameters.user_id is None else {"user_id": parameters.user_id}), **parameters.metadata}
    given: dict[str, Any] = {
        "temperature": parameters.temperature,
        "top_p": parameters.top_p,
        "top_k": parameters.top_k,
        "stop_sequences": list(parameters.stop_sequences) or None,
        "thinking": None if parameters.thinking is None else _thinking(parameters.thinking),
        "output_config": output or None,
        "service_tier": parameters.service_tier,
        "metadata": metadata or None,
        "tool_choice": None if parameters.tool_choice is None else _tool_choice(parameters.tool_choice),
    }
    return {name: value for name, value in given.items() if value is not None}


def _thinking(thinking: Thinking) -> dict[str, Any]:
    fields: Wire = {"budget_tokens": thinking.budget_tokens, "display": thinking.display}
    return {
        "type": thinking.kind,
        **{name: each for name, each in fields.items() if each is not None},
        **thinking.extra,
    }


def _tool_choice(choice: ToolChoice) -> dict[str, Any]:
    fields: Wire = {
        "name": choice.name,
        "disable_parallel_tool_use": choice.disable_parallel_tool_use,
    }
    return {"type": choice.kind, **{name: each for name, each in fields.items() if each is not None}, **choice.extra}
