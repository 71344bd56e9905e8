"""Rules of tools and of the choice among them.

Source: Messages API reference §9.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.simulator.prompt import tools_of
from app.simulator.rules.asked import EXTRA, Asked
from app.simulator.rules.parameters import closed_object_faults
from app.simulator.vocabulary import FINE_GRAINED, TOOLS

MOST_STRICT = 20
MOST_DEFERRED = 10_000
FAMILIES = {
    "computer_toolset": "computer_use",
    "computer": "computer_use",
    "browser_toolset": "browser_use",
    "text_editor": "text_editor",
    "bash": "bash",
    "memory": "memory",
    "web_search": "web_search",
    "web_fetch": "web_fetch",
    "code_execution": "code_execution",
    "tool_search_tool_regex": "tool_search",
    "tool_search_tool_bm25": "tool_search",
}
"""A dated type, its date left out → the catalogue's list of versions."""
FAMILY_WIDE = frozenset({"code_execution_20250522", "tool_search_tool_regex", "tool_search_tool_bm25"})
"""Legacy or undated: the catalogue does not list them, a model that has the family takes them (§9.4)."""
SINCE = {"response_inclusion": 20260318, "use_cache": 20260309}
"""Options of the web tools by the version that brought them (§9.4)."""
DYNAMIC = 20260209
"""Web tools from this version on run inside code (§9.4)."""


def tool_faults(asked: Asked) -> Iterator[str]:
    """Faults of each tool, then of all together."""
    tools = tools_of(asked.body)
    for at, tool in enumerate(tools):
        kind = tool.get("type") or "custom"
        where = f"tools.{at}.{kind}"
        if kind == "custom":
            yield from _custom_faults(tool, where)
        else:
            yield from _dated_faults(asked, tool, kind, where)
        yield from _offer_faults(asked, tool, where)
    names = [str(tool["name"]) for tool in tools if "name" in tool]
    if len(set(names)) != len(names):
        yield "tools: Tool names must be unique."
    if tools and all(tool.get("defer_loading") for tool in tools):
        yield "tools: At least one tool must have defer_loading=false"
    for name, most in (("strict", MOST_STRICT), ("defer_loading", MOST_DEFERRED)):
        if sum(bool(tool.get(name)) for tool in tools) > most:
            yield f"tools: at most {most} tools may be given with {name}"


def _custom_faults(tool: Mapping[str, Any], where: str) -> Iterator[str]:
    if tool.get("strict"):
        yield from closed_object_faults(tool["input_schema"], f"{where}.input_schema")


def _dated_faults(asked: Asked, tool: Mapping[str, Any], kind: str, where: str) -> Iterator[str]:
    """A version that is open and that this model has."""
    family, _, _ = kind.rpartition("_")
    if not asked.opens(TOOLS.get(kind)):
        yield f"{where}: needs the `anthropic-beta` header {TOOLS[kind][0]}"
    listed = FAMILIES.get(family) or FAMILIES.get(kind)
    if listed is not None:
        versions = asked.model.tools.get(listed) or ()
        if kind not in versions and not (versions and kind in FAMILY_WIDE):
            yield f"{where}: '{asked.model.id}' does not support tool types: {kind}"
    if family in {"web_search", "web_fetch"}:
        yield from _web_faults(asked, tool, int(kind.rpartition("_")[2]), where)
    if family.endswith("_toolset") and FINE_GRAINED in asked.betas:
        yield f"{where}: toolsets are not supported with the `anthropic-beta` header {FINE_GRAINED}"


def _web_faults(asked: Asked, tool: Mapping[str, Any], date: int, where: str) -> Iterator[str]:
    """Options that this version has (§9.4)."""
    for name, since in SINCE.items():
        if tool.get(name) is not None and date < since:
            yield f"{where}.{name}: {EXTRA}"
    direct = tool.get("allowed_callers") == ["direct"]
    if date >= DYNAMIC and not direct and not asked.model.has("programmatic_tool_calling"):
        yield f"{where}: {asked.model.id} has no programmatic tool calling: set allowed_callers=['direct']"
    if tool.get("allowed_domains") and tool.get("blocked_domains"):
        yield f"{where}: allowed_domains and blocked_domains cannot both be set"


def _offer_faults(asked: Asked, tool: Mapping[str, Any], where: str) -> Iterator[str]:
    """When it is loaded, and who may call it (§9.1, §9.7)."""
    if tool.get("defer_loading") and tool.get("cache_control"):
        yield f"{where}: defer_loading and cache_control cannot both be set"
    if not _programmatic(tool):
        return
    if not asked.model.has("programmatic_tool_calling"):
        yield f"{where}.allowed_callers: programmatic tool calling is not supported for {asked.model.id}"
    if tool.get("strict"):
        yield f"{where}: strict is not supported with programmatic callers"
    if (asked.body.get("tool_choice") or {}).get("disable_parallel_tool_use"):
        yield "tool_choice.disable_parallel_tool_use: not supported with tools that code may call"


def choice_faults(asked: Asked) -> Iterator[str]:
    """§9.2."""
    choice, tools = asked.body.get("tool_choice"), tools_of(asked.body)
    if choice is None:
        return
    kind = choice["type"]
    if not tools and kind != "none":
        yield "tool_choice: may only be specified while providing tools"
    if kind in {"any", "tool"}:
        yield from _forced_faults(asked, kind)
    if kind == "tool":
        named = [tool for tool in tools if tool.get("name") == choice["name"]]
        if not named:
            yield f"tool_choice.name: tool '{choice['name']}' not found in provided tools"
        elif _programmatic(named[0]):
            yield f"tool_choice.name: tool '{choice['name']}' is called by code and cannot be forced"


def _forced_faults(asked: Asked, kind: str) -> Iterator[str]:
    if not asked.model.has("forced_tool_choice"):
        yield f"tool_choice.type: `{kind}` is not supported for this model"
    if asked.thinking == "enabled":
        yield "Thinking may not be enabled when tool_choice forces tool use."


def _programmatic(tool: Mapping[str, Any]) -> bool:
    return any(each != "direct" for each in tool.get("allowed_callers") or ())
