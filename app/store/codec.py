"""Messages and setups as the JSON that the database holds.

JSON text is pure ASCII: lone surrogates, U+0000 and integers of any size survive, which SQLite's own text would not.
Large base64 data is taken out and stored once, under its hash.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from app.dialects.blocks import block_from_wire, block_to_wire
from app.domain.blocks import Block, TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.conversation import ReplyFacts
from app.domain.request import Parameters, Setup, Thinking
from app.domain.tools import NativeTool, Tool, ToolChoice, ToolDefinition
from app.domain.usage import TokenUsage

BLOB_FROM = 1024
"""Characters of base64 from which data is stored apart."""
_REFERENCE = "duologue:blob"


def blocks_to_json(blocks: tuple[Block, ...], blobs: dict[str, str]) -> str:
    """The blocks as JSON text; large data goes into `blobs`, by hash."""
    return _text([_taken_out(block_to_wire(block), blobs) for block in blocks])


def blocks_from_json(text: str, blob: Callable[[str], str]) -> tuple[Block, ...]:
    """The blocks again; `blob` gives the data of a hash."""
    return tuple(block_from_wire(_put_back(raw, blob)) for raw in json.loads(text))


def facts_to_json(facts: ReplyFacts | None) -> str | None:
    return None if facts is None else _text(dataclasses.asdict(facts))


def facts_from_json(text: str | None) -> ReplyFacts | None:
    if text is None:
        return None
    raw = _known(ReplyFacts, json.loads(text))
    usage = raw.get("usage")
    raw["usage"] = None if usage is None else TokenUsage(**_known(TokenUsage, usage))
    return ReplyFacts(**raw)


def setup_to_json(setup: Setup) -> str:
    raw = {field.name: getattr(setup, field.name) for field in dataclasses.fields(setup)}
    raw["system"] = [block_to_wire(block) for block in setup.system]
    raw["parameters"] = dataclasses.asdict(setup.parameters)
    raw["tools"] = [_tool_to_json(tool) for tool in setup.tools]
    raw["cache_plan"] = [dataclasses.asdict(mark) for mark in sorted(setup.cache_plan.breakpoints, key=repr)]
    raw["extra_headers"] = dict(setup.extra_headers)
    return _text(raw)


def setup_from_json(text: str) -> Setup:
    raw = _known(Setup, json.loads(text))
    parameters = _known(Parameters, raw.get("parameters", {}))
    for name, kind in (("thinking", Thinking), ("tool_choice", ToolChoice)):
        if parameters.get(name) is not None:
            parameters[name] = kind(**_known(kind, parameters[name]))
    parameters["stop_sequences"] = tuple(parameters.get("stop_sequences", ()))
    system = (block_from_wire(each) for each in raw.get("system", ()))
    marks = (
        Breakpoint(Section(each["section"]), each["index"], each["block"], Ttl(each["ttl"]), each.get("part"))
        for each in raw.get("cache_plan", ())
    )
    return Setup(
        **raw
        | {
            "system": tuple(block for block in system if isinstance(block, TextBlock)),
            "parameters": Parameters(**parameters),
            "tools": tuple(_tool_from_json(each) for each in raw.get("tools", ())),
            "cache_plan": CachePlan(frozenset(marks)),
            "betas": tuple(raw.get("betas", ())),
        }
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _known(kind: type, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Only fields that the class has: an older program meets a newer one's rows."""
    names = {field.name for field in dataclasses.fields(kind)}
    return {name: value for name, value in raw.items() if name in names}


def _tool_to_json(tool: Tool) -> dict[str, Any]:
    return {"native": dict(tool.raw)} if isinstance(tool, NativeTool) else {"own": dataclasses.asdict(tool)}


def _tool_from_json(raw: Mapping[str, Any]) -> Tool:
    return NativeTool(raw["native"]) if "native" in raw else ToolDefinition(**_known(ToolDefinition, raw["own"]))


def _taken_out(value: Any, blobs: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_taken_out(each, blobs) for each in value]
    if not isinstance(value, Mapping):
        return value
    data = value.get("data")
    if value.get("type") == "base64" and isinstance(data, str) and len(data) >= BLOB_FROM:
        # with it comes OpenSSL: 5 MB that a library without pictures has no use for
        import hashlib

        hash_ = hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()
        blobs[hash_] = data
        return {**value, "data": {_REFERENCE: hash_}}
    return {name: _taken_out(each, blobs) for name, each in value.items()}


def _put_back(value: Any, blob: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_put_back(each, blob) for each in value]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == {_REFERENCE}:
        return blob(value[_REFERENCE])
    return {name: _put_back(each, blob) for name, each in value.items()}
