"""Requests, from the Messages API's JSON: what a gateway and a simulator are asked.

Nothing is judged here that the API itself judges; what has no name in the domain is forwarded in `extra_body`.

Source: Messages API reference, "Request body".
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast, get_args

from app.dialects.blocks import MARK, blocks_from_wire, ttl_of
from app.dialects.json_values import check_json
from app.domain.blocks import Block, TextBlock
from app.domain.caching import MAX_BREAKPOINTS, Breakpoint, CachePlan, Section
from app.domain.request import Display, Parameters, Request, Thinking, Turn
from app.domain.tools import NativeTool, Tool, ToolChoice, ToolDefinition
from app.errors import TranslationError

Wire = Mapping[str, Any]
_ROLES = ("user", "assistant", "system")
_THINKING = ("adaptive", "enabled", "disabled", "between_tools")
_CHOICES = ("auto", "any", "tool", "none")
_NAMED = frozenset(
    {
        *("model", "max_tokens", "messages", "system", "tools", "tool_choice", "stream", "stop_sequences", "metadata"),
        *("temperature", "top_p", "top_k", "thinking", "output_config", "service_tier"),
    }
)
_NUMBERS = ("temperature", "top_p", "top_k")


def request_from_wire(body: Any, *, headers: Mapping[str, str] | None = None) -> tuple[Request, bool]:
    """Read a request with its cache plan, and whether its answer is to be streamed.

    Args:
        headers: of the request; of them the betas are read.

    Raises:
        TranslationError: a field that the domain has a name for is missing or of another type, or there are more
            breakpoints than the API takes.
    """
    if not isinstance(body, Mapping):
        raise TranslationError("", "not an object")
    check_json(body, "")
    stream = body.get("stream", False)
    if not isinstance(stream, bool):
        raise TranslationError("/stream", "neither true nor false")
    thinking, choice = _thinking(body.get("thinking")), _choice(body.get("tool_choice"))
    extra = {name: value for name, value in body.items() if name not in _NAMED}
    for name, read in (("thinking", thinking), ("tool_choice", choice)):
        if read is None and body.get(name) is not None:
            extra[name] = body[name]
    request = Request(
        model=_text(body, "model"),
        max_tokens=_count(body.get("max_tokens"), "/max_tokens"),
        turns=tuple(_turn(each, f"/messages/{at}") for at, each in enumerate(_list(body, "messages"))),
        system=_system(body.get("system")),
        parameters=_parameters(body, thinking, choice),
        tools=tuple(_tool(each, f"/tools/{at}") for at, each in enumerate(_list(body, "tools", ()))),
        cache_plan=_plan(body),
        betas=_betas(headers or {}),
        extra_body=extra,
    )
    return request, stream


def _parameters(body: Wire, thinking: Thinking | None, choice: ToolChoice | None) -> Parameters:
    output, metadata = _object(body, "output_config"), _object(body, "metadata")
    effort, user = output.get("effort"), metadata.get("user_id")
    stops = _list(body, "stop_sequences", ())
    if not all(isinstance(each, str) for each in stops):
        raise TranslationError("/stop_sequences", "not a list of strings")
    for name in _NUMBERS:
        value = body.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise TranslationError(f"/{name}", "not a number")
    return Parameters(
        temperature=body.get("temperature"),
        top_p=body.get("top_p"),
        top_k=body.get("top_k"),
        stop_sequences=tuple(stops),
        thinking=thinking,
        effort=effort if isinstance(effort, str) else None,
        output={name: value for name, value in output.items() if name != "effort" or not isinstance(value, str)},
        service_tier=_text(body, "service_tier") if body.get("service_tier") is not None else None,
        user_id=user if isinstance(user, str) else None,
        metadata={name: value for name, value in metadata.items() if name != "user_id" or not isinstance(value, str)},
        tool_choice=choice,
    )


def _thinking(raw: Any) -> Thinking | None:
    """None for one of a kind, or with a value, that has no name here."""
    if not isinstance(raw, Mapping) or raw.get("type") not in _THINKING:
        return None
    budget, display = raw.get("budget_tokens"), raw.get("display")
    if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int)):
        return None
    if display is not None and display not in get_args(Display):
        return None
    extra = {name: value for name, value in raw.items() if name not in {"type", "budget_tokens", "display"}}
    return Thinking(raw["type"], budget, cast("Display | None", display), extra)


def _choice(raw: Any) -> ToolChoice | None:
    if not isinstance(raw, Mapping) or raw.get("type") not in _CHOICES:
        return None
    name, single = raw.get("name"), raw.get("disable_parallel_tool_use")
    if not isinstance(name, str | None) or not isinstance(single, bool | None):
        return None
    extra = {key: value for key, value in raw.items() if key not in {"type", "name", "disable_parallel_tool_use"}}
    return ToolChoice(raw["type"], name, single, extra)


def _turn(raw: Any, where: str) -> Turn:
    if not isinstance(raw, Mapping):
        raise TranslationError(where, "not an object")
    role = raw.get("role")
    if role not in _ROLES:
        raise TranslationError(f"{where}/role", "missing or not a role")
    blocks = blocks_from_wire(raw.get("content"), where=f"{where}/content")
    return Turn(role, blocks, {name: value for name, value in raw.items() if name not in {"role", "content"}})


def _system(raw: Any) -> tuple[TextBlock, ...]:
    if raw is None:
        return ()
    return tuple(_system_block(each, f"/system/{at}") for at, each in enumerate(blocks_from_wire(raw, where="/system")))


def _system_block(block: Block, where: str) -> TextBlock:
    if not isinstance(block, TextBlock):
        raise TranslationError(where, "not a text block")
    return block


def _tool(raw: Any, where: str) -> Tool:
    if not isinstance(raw, Mapping):
        raise TranslationError(where, "not an object")
    marked = MARK in raw and (raw[MARK] is None or ttl_of(raw) is not None)
    plain = {name: value for name, value in raw.items() if name != MARK or not marked}
    schema, name, description = plain.get("input_schema"), plain.get("name"), plain.get("description")
    if not isinstance(schema, Mapping) or not isinstance(name, str) or not isinstance(description, str | None):
        return NativeTool(plain)
    extra = {key: value for key, value in plain.items() if key not in {"name", "description", "input_schema"}}
    return ToolDefinition(name, schema, description, extra)


def _betas(headers: Mapping[str, str]) -> tuple[str, ...]:
    joined = ",".join(value for name, value in headers.items() if name.lower() == "anthropic-beta")
    return tuple(each.strip() for each in joined.split(",") if each.strip())


# ------------------------------------------------------------------ the cache plan


def _plan(body: Wire) -> CachePlan:
    marks = [*_marks(body)]
    if len(marks) > MAX_BREAKPOINTS:
        last = marks[MAX_BREAKPOINTS]
        raise TranslationError(f"/{last.section.value}/{last.index}", f"a breakpoint too many: {len(marks)}")
    return CachePlan(frozenset(marks))


def _marks(body: Wire) -> Iterator[Breakpoint]:
    for section in (Section.TOOLS, Section.SYSTEM):
        for index, raw in _objects(body.get(section.value)):
            if (ttl := ttl_of(raw)) is not None:
                yield Breakpoint(section, index, ttl=ttl)
    for index, message in _objects(body.get("messages")):
        for at, block in _objects(message.get("content")):
            yield from _marks_of_block(block, index, at)


def _marks_of_block(block: Wire, index: int, at: int) -> Iterator[Breakpoint]:
    if (ttl := ttl_of(block)) is not None:
        yield Breakpoint(Section.MESSAGES, index, at, ttl)
    if block.get("type") == "tool_result":
        for part, inner in _objects(block.get("content")):
            if (ttl := ttl_of(inner)) is not None:
                yield Breakpoint(Section.MESSAGES, index, at, ttl, part)


def _objects(listed: Any) -> Iterator[tuple[int, Wire]]:
    if isinstance(listed, list):
        yield from ((at, each) for at, each in enumerate(listed) if isinstance(each, Mapping))


# ------------------------------------------------------------------ fields


def _text(body: Wire, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise TranslationError(f"/{name}", "missing or not a string")
    return value


def _count(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TranslationError(where, "missing or not a count")
    return value


def _list(body: Wire, name: str, default: Any = None) -> Any:
    value = body.get(name)
    value = default if value is None else value
    if not isinstance(value, list | tuple):
        raise TranslationError(f"/{name}", "missing or not a list")
    return value


def _object(body: Wire, name: str) -> Wire:
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TranslationError(f"/{name}", "not an object")
    return value
