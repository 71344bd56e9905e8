"""What the Messages API demands of tools and of the cache's breakpoints.

Source: Messages API reference, "Tools" and "Prompt caching".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.models import ModelEntry

MOST_BREAKPOINTS = 4
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_LONG, _SHORT = "1h", "5m"


def tool_faults(body: Mapping[str, Any], entry: ModelEntry) -> Iterator[str]:
    """Faults of the tools, then of the breakpoints of the whole request, in the order of the prompt."""
    seen: set[str] = set()
    for at, tool in enumerate(body.get("tools") or ()):
        if not isinstance(tool, Mapping):
            yield f"tools.{at}: Input should be a valid dictionary"
            continue
        yield from _faults_of(tool, at)
        name = str(tool.get("name"))
        if name in seen and "name" in tool:
            yield "tools: Tool names must be unique."
        seen.add(name)
    yield from breakpoint_faults(body)


def _faults_of(tool: Mapping[str, Any], at: int) -> Iterator[str]:
    if (tool.get("type") or "custom") != "custom":
        return
    where, name = f"tools.{at}.custom", tool.get("name")
    if not isinstance(name, str):
        yield f"{where}.name: Field required"
    elif not _NAME.fullmatch(name):
        yield f"{where}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
    yield from _schema_faults(tool.get("input_schema"), f"{where}.input_schema")
    if tool.get("defer_loading") and tool.get("cache_control"):
        yield f"{where}: defer_loading and cache_control cannot both be set"


def _schema_faults(schema: Any, where: str) -> Iterator[str]:
    if schema is None:
        yield f"{where}: Field required"
    elif not isinstance(schema, Mapping):
        yield f"{where}: Input should be a valid dictionary"
    elif "type" not in schema:
        yield f"{where}.type: Field required"
    elif schema["type"] != "object":
        yield f"{where}.type: Input should be 'object'"
    else:
        for name, kind, words in (("properties", Mapping, "an object"), ("required", list, "an array")):
            if name in schema and not isinstance(schema[name], kind):
                yield f"{where}: JSON schema is invalid: {name} must be {words}"


def breakpoint_faults(body: Mapping[str, Any]) -> Iterator[str]:
    """At most four breakpoints, and none of an hour after one of five minutes."""
    found = list(_marks(body))
    top = body.get("cache_control")
    if isinstance(top, Mapping):
        found.append(("cache_control", top))
    if len(found) > MOST_BREAKPOINTS:
        yield f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {len(found)}."
    shorter = False
    for where, mark in found:
        if mark.get("type") != "ephemeral":
            yield f"{where}.type: Input should be 'ephemeral'"
        ttl = mark.get("ttl") or _SHORT
        if ttl not in {_SHORT, _LONG}:
            yield f"{where}.ttl: Input should be '5m' or '1h'"
        if ttl == _LONG and shorter:
            yield (
                f"{where}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
                "Note that blocks are processed in the following order: `tools`, `system`, `messages`."
            )
        shorter = shorter or ttl == _SHORT


def _marks(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from _marks_of("tools", body.get("tools"))
    yield from _marks_of("system", body.get("system"))
    messages = body.get("messages")
    for at, message in enumerate(messages if isinstance(messages, list) else ()):
        if isinstance(message, Mapping):
            yield from _marks_of(f"messages.{at}.content", message.get("content"))


def _marks_of(where: str, blocks: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for at, block in enumerate(blocks if isinstance(blocks, list) else ()):
        if isinstance(block, Mapping):
            yield from _marks_of(f"{where}.{at}.content", block.get("content"))
            mark = block.get("cache_control")
            if isinstance(mark, Mapping):
                yield f"{where}.{at}.cache_control", mark
