"""Messages and setups as the JSON that the database holds.

JSON text is pure ASCII: lone surrogates, U+0000 and integers of any size survive, which SQLite's own text would not.
Large base64 data is taken out and stored once, under its hash. Reading never raises: a disk may hold anything, and one
row that is damaged must not take the others with it.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from app.dialects.blocks import block_from_wire, block_to_wire
from app.domain.blocks import Block, TextBlock, unreadable
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.conversation import ReplyFacts
from app.domain.request import Parameters, Setup, Thinking
from app.domain.tools import NativeTool, Tool, ToolChoice, ToolDefinition
from app.domain.usage import TokenUsage
from app.errors import TranslationError
from app.store.shapes import fits

BLOB_FROM = 1024
"""Characters of base64 from which data is stored apart."""
_REFERENCE = "duologue:blob"
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, RecursionError, TranslationError)
"""What reading raises of JSON that is not ours or no longer whole."""


def blocks_to_json(blocks: tuple[Block, ...], blobs: dict[str, str]) -> str:
    """The blocks as JSON text; large data goes into `blobs`, by hash."""
    return _text([_taken_out(block_to_wire(block), blobs) for block in blocks])


def blocks_from_json(text: str, blob: Callable[[str], str]) -> tuple[Block, ...]:
    """The blocks again; `blob` gives the data of a hash. What cannot be read stands there as an `unreadable` block."""
    try:
        raws = json.loads(text)
    except _MALFORMED:
        return (unreadable(text),)
    return tuple(_block(raw, blob) for raw in raws) if isinstance(raws, list) else (unreadable(text),)


def facts_to_json(facts: ReplyFacts | None) -> str | None:
    return None if facts is None else _text(dataclasses.asdict(facts))


def facts_from_json(text: str | None) -> ReplyFacts | None:
    """The facts again, or None where none can be read: the answer itself needs them not."""
    if text is None:
        return None
    try:
        raw = _known(ReplyFacts, json.loads(text))
        usage = raw.get("usage")
        raw["usage"] = None if usage is None else TokenUsage(**_known(TokenUsage, usage))
        facts = ReplyFacts(**raw)
    except _MALFORMED:
        return None
    return facts if fits(facts, ReplyFacts) else None


def setup_to_json(setup: Setup) -> str:
    raw = {field.name: getattr(setup, field.name) for field in dataclasses.fields(setup)}
    raw["system"] = [block_to_wire(block) for block in setup.system]
    raw["parameters"] = dataclasses.asdict(setup.parameters)
    raw["tools"] = [_tool_to_json(tool) for tool in setup.tools]
    raw["cache_plan"] = [dataclasses.asdict(mark) for mark in sorted(setup.cache_plan.breakpoints, key=repr)]
    raw["extra_headers"] = dict(setup.extra_headers)
    return _text(raw)


def setup_from_json(text: str) -> Setup:
    """The setup again. A part of it that cannot be read falls back to its default, by itself."""
    try:
        raws = _known(Setup, json.loads(text))
    except _MALFORMED:
        return Setup()
    shapes = get_type_hints(Setup)
    found: dict[str, Any] = {}
    for name, raw in raws.items():
        try:
            value = _PARTS[name](raw) if name in _PARTS else raw
        except _MALFORMED:
            continue
        if fits(value, shapes[name]):
            found[name] = value
    return Setup(**found)


def _block(raw: Any, blob: Callable[[str], str]) -> Block:
    try:
        block = block_from_wire(_put_back(raw, blob))
    except _MALFORMED:
        return unreadable(_text(raw))
    return block if fits(block, Block) else unreadable(_text(raw))


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


def _cache_plan(raw: Any) -> CachePlan:
    marks = (
        Breakpoint(Section(each["section"]), each["index"], each["block"], Ttl(each["ttl"]), each.get("part"))
        for each in raw
    )
    return CachePlan(frozenset(marks))


_PARTS: Mapping[str, Callable[[Any], Any]] = {
    "system": _system,
    "parameters": _parameters,
    "tools": _tools,
    "cache_plan": _cache_plan,
    "betas": tuple,
}
"""How the parts of a setup are read that are not the JSON value itself."""


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
