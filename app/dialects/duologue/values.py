"""Setups and the facts of an answer as JSON values: the form in which Duologue itself keeps and exports them.

Reading never raises: a disk or a file may hold anything, and a part that cannot be read falls back by itself.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from app.dialects.blocks import block_from_wire, block_to_wire
from app.dialects.duologue.shapes import fits, hints_of
from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.conversation import ReplyFacts
from app.domain.request import Parameters, Setup, Thinking
from app.domain.tools import NativeTool, Tool, ToolChoice, ToolDefinition
from app.domain.usage import TokenUsage
from app.errors import TranslationError

MALFORMED = (ValueError, TypeError, KeyError, AttributeError, RecursionError, TranslationError)
"""What reading raises of JSON that is not ours or no longer whole."""


def facts_to_raw(facts: ReplyFacts) -> dict[str, Any]:
    return _fields_of(facts)


def facts_from_raw(raw: Any) -> ReplyFacts | None:
    """The facts again, or None where none can be read: the answer itself needs them not."""
    try:
        known = _known(ReplyFacts, raw)
        usage = known.get("usage")
        known["usage"] = None if usage is None else TokenUsage(**_known(TokenUsage, usage))
        facts = ReplyFacts(**known)
    except MALFORMED:
        return None
    return facts if fits(facts, ReplyFacts) else None


def setup_to_raw(setup: Setup) -> dict[str, Any]:
    raw = {field.name: getattr(setup, field.name) for field in dataclasses.fields(setup)}
    raw["system"] = [block_to_wire(block) for block in setup.system]
    raw["parameters"] = _fields_of(setup.parameters)
    raw["tools"] = [_tool_to_json(tool) for tool in setup.tools]
    raw["cache_plan"] = _cache_plan_to_raw(setup.cache_plan)
    raw["extra_headers"] = dict(setup.extra_headers)
    return raw


def setup_from_raw(raw: Any) -> Setup:
    """The setup again. A part of it that cannot be read falls back to its default, by itself."""
    try:
        raws = _known(Setup, raw)
    except MALFORMED:
        return Setup()
    shapes = hints_of(Setup)
    found: dict[str, Any] = {}
    for name, part in raws.items():
        try:
            value = _PARTS[name](part) if name in _PARTS else part
        except MALFORMED:
            continue
        if fits(value, shapes[name]):
            found[name] = value
    return Setup(**found)


def _system(raw: Any) -> tuple[TextBlock, ...]:
    blocks = (block_from_wire(each) for each in raw)
    return tuple(block for block in blocks if isinstance(block, TextBlock))


def _parameters(raw: Any) -> Parameters:
    known = _known(Parameters, raw)
    for name, kind in (("thinking", Thinking), ("tool_choice", ToolChoice)):
        if known.get(name) is not None:
            known[name] = kind(**_known(kind, known[name]))
    known["stop_sequences"] = tuple(known.get("stop_sequences", ()))
    return Parameters(**known)


def _tools(raw: Any) -> tuple[Tool, ...]:
    return tuple(_tool_from_json(each) for each in raw)


def places_from_raw(raw: Any) -> tuple[int, ...]:
    """Places of blocks; what is none of a place is none."""
    given = raw if isinstance(raw, list) else []
    return tuple(sorted({each for each in given if isinstance(each, int) and not isinstance(each, bool) and each >= 0}))


def _cache_plan_to_raw(plan: CachePlan) -> Any:
    """The marks alone where there is nothing else: so it was before there was anything else."""
    marks = [_fields_of(mark) for mark in sorted(plan.breakpoints, key=repr)]
    if plan == CachePlan(plan.breakpoints):
        return marks
    beside = {"automatic": plan.automatic, "rolling": plan.rolling, "asks_why": plan.asks_why}
    return {"breakpoints": marks, **{name: each for name, each in beside.items() if each}}


def _cache_plan(raw: Any) -> CachePlan:
    given = raw if isinstance(raw, Mapping) else {"breakpoints": raw}
    marks = (
        Breakpoint(Section(each["section"]), each["index"], each["block"], Ttl(each["ttl"]), each.get("part"))
        for each in given["breakpoints"]
    )
    automatic, rolling = (None if given.get(name) is None else Ttl(given[name]) for name in ("automatic", "rolling"))
    return CachePlan(frozenset(marks), automatic, rolling, given.get("asks_why") is True)


_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "system": _system,
    "parameters": _parameters,
    "tools": _tools,
    "cache_plan": _cache_plan,
    "betas": tuple,
}
"""How the parts of a setup are read that are not the JSON value itself."""


def _fields_of(value: Any) -> dict[str, Any]:
    """A dataclass's fields, and those of the dataclasses in them; `dataclasses.asdict` would copy everything below."""
    kind: type = type(value)
    held = {name: getattr(value, name) for name in _names(kind)}
    return {name: _fields_of(each) if dataclasses.is_dataclass(each) else each for name, each in held.items()}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _known(kind: type, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Only fields that the class has: an older program meets a newer one's rows."""
    names = _names(kind)
    return {name: value for name, value in raw.items() if name in names}


def _tool_to_json(tool: Tool) -> dict[str, Any]:
    return {"native": dict(tool.raw)} if isinstance(tool, NativeTool) else {"own": _fields_of(tool)}


def _tool_from_json(raw: Mapping[str, Any]) -> Tool:
    return NativeTool(raw["native"]) if "native" in raw else ToolDefinition(**_known(ToolDefinition, raw["own"]))
