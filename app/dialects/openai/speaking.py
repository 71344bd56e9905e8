"""A request of the domain, spoken as chat completions.

What the dialect has words for is said in them; the rest in LiteLLM's extensions, and what even those lack in the
Messages API's own JSON, in the places where a reader of both dialects looks for it.

Source: OpenAI API reference, "Create chat completion"; LiteLLM's extensions.
"""

from collections.abc import Iterator
from typing import Any

from app.dialects.openai.requests import READ
from app.dialects.openai.spoken_messages import marked, messages_to_wire, part_to_wire
from app.dialects.openai.tool_schemas import answer_schema, tool_schema
from app.dialects.openai.tools import BESIDE
from app.domain.caching import Section
from app.domain.request import Parameters, Request, Thinking
from app.domain.tools import Tool, ToolChoice, ToolDefinition
from app.errors import TranslationError

_FORWARDED = frozenset({"mcp_servers", "context_management"})
"""Fields of `extra_body` that are read back into it although they have a meaning to the reader."""
_CHOICES = {"auto": "auto", "any": "required", "none": "none"}
_TIERS = {"auto": "auto", "standard_only": "default"}
_UNNAMED = "answer"


def request_to_wire(request: Request, *, stream: bool = False) -> dict[str, Any]:
    """Speak a request. Headers and betas travel apart from a body, and are not in it.

    Raises:
        TranslationError: a turn that the dialect cannot say.
    """
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "messages": [*_system(request), *messages_to_wire(request)],
        **dict(_parameters(request.parameters)),
        **dict(_output(request.parameters)),
    }
    if request.tools:
        body["tools"] = [_marked_tool(tool, at, request) for at, tool in enumerate(request.tools)]
    body |= _choice(request.parameters.tool_choice)
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return _with_extra(body, request)


def _with_extra(body: dict[str, Any], request: Request) -> dict[str, Any]:
    """`extra_body`: beside the rest, but for a field that a reader would take for the dialect's own."""
    parameters = request.parameters
    known = READ - _FORWARDED
    body |= {name: value for name, value in request.extra_body.items() if name not in known}
    apart = {name: value for name, value in request.extra_body.items() if name in known}
    if parameters.metadata:
        user = {} if parameters.user_id is None else {"user_id": parameters.user_id}
        apart = {"metadata": {**user, **parameters.metadata}, **apart}
    return {**body, **({"extra_body": apart} if apart else {})}


def _system(request: Request) -> Iterator[dict[str, Any]]:
    """One message for all blocks; a string where that says everything."""
    blocks = request.system
    if not blocks:
        return
    marks = [request.cache_plan.at(Section.SYSTEM, at) for at in range(len(blocks))]
    plain = len(blocks) == 1 and marks[0] is None and not blocks[0].extra and blocks[0].citations is None
    content = (
        blocks[0].text if plain else [marked(part_to_wire(each), ttl) for each, ttl in zip(blocks, marks, strict=True)]
    )
    yield {"role": "system", "content": content}


def _parameters(parameters: Parameters) -> Iterator[tuple[str, Any]]:
    given: dict[str, Any] = {
        "temperature": parameters.temperature,
        "top_p": parameters.top_p,
        "top_k": parameters.top_k,
        "stop": list(parameters.stop_sequences) or None,
        "thinking": None if parameters.thinking is None else _thinking(parameters.thinking),
        "user": None if parameters.metadata else parameters.user_id,
    }
    yield from ((name, value) for name, value in given.items() if value is not None)
    if parameters.service_tier is not None:
        tier = _TIERS.get(parameters.service_tier)
        if tier is None:
            raise TranslationError("/service_tier", f"the dialect has no {parameters.service_tier}")
        yield "service_tier", tier


def _thinking(thinking: Thinking) -> dict[str, Any]:
    fields = {"budget_tokens": thinking.budget_tokens, "display": thinking.display}
    return {
        "type": thinking.kind,
        **{name: each for name, each in fields.items() if each is not None},
        **thinking.extra,
    }


def _output(parameters: Parameters) -> Iterator[tuple[str, Any]]:
    """A schema in the dialect's own words, if it comes back from them unchanged."""
    output = {**({} if parameters.effort is None else {"effort": parameters.effort}), **parameters.output}
    match output.get("format"):
        case {"type": "json_schema", "schema": schema, **rest} if not rest and answer_schema(schema, "") == schema:
            del output["format"]
            named = {"name": _UNNAMED, "schema": schema, "strict": True}
            yield "response_format", {"type": "json_schema", "json_schema": named}
    if output:
        yield "output_config", output


def _marked_tool(tool: Tool, at: int, request: Request) -> dict[str, Any]:
    return marked(_tool(tool), request.cache_plan.at(Section.TOOLS, at))


def _tool(tool: Tool) -> dict[str, Any]:
    if not isinstance(tool, ToolDefinition):
        return dict(tool.raw)
    described = {} if tool.description is None else {"description": tool.description}
    if not tool.extra.keys() <= {"strict", *BESIDE} or tool_schema(tool.input_schema, "") != tool.input_schema:
        return {"name": tool.name, **described, "input_schema": dict(tool.input_schema), **tool.extra}
    function = {"name": tool.name, **described, "parameters": dict(tool.input_schema)}
    if "strict" in tool.extra:
        function["strict"] = tool.extra["strict"]
    beside = {name: value for name, value in tool.extra.items() if name != "strict"}
    return {"type": "function", "function": function, **beside}


def _choice(choice: ToolChoice | None) -> dict[str, Any]:
    if choice is None:
        return {}
    single = choice.disable_parallel_tool_use
    if choice.extra or (choice.kind == "none" and single is not None):
        fields = {"name": choice.name, "disable_parallel_tool_use": single}
        own = {"type": choice.kind, **{name: each for name, each in fields.items() if each is not None}, **choice.extra}
        return {"tool_choice": own}
    parallel = {} if single is None else {"parallel_tool_calls": not single}
    if choice.kind == "tool":
        return {"tool_choice": {"type": "function", "function": {"name": choice.name}}, **parallel}
    return {"tool_choice": _CHOICES[choice.kind], **parallel}
