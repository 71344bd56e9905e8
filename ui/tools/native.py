"""The tools of Anthropic's that a model knows, ready to be offered. No Qt."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_NAMES: Final = {
    "bash": "bash", "memory": "memory", "web_search": "web_search", "web_fetch": "web_fetch",
    "code_execution": "code_execution",
}  # fmt: skip
_SCREEN: Final = {"display_width_px": 1024, "display_height_px": 768, "display_number": 1}


def native_tools(known: Mapping[str, Sequence[str]]) -> list[tuple[str, dict[str, Any]]]:
    """(words, JSON) for every version that a model has.

    Args:
        known: the catalogue's `tools` of the model: kind → wire types.

    Source: Messages API reference, "Client tools defined by Anthropic" and "Server tools".
    """
    return [
        (f"{kind.replace('_', ' ')} · {wire}", _tool(kind, wire)) for kind, types in known.items() for wire in types
    ]


def _tool(kind: str, wire: str) -> dict[str, Any]:
    if "toolset" in wire:
        return {"type": wire}
    if kind == "computer_use":
        return {"type": wire, "name": "computer", **_SCREEN}
    if kind == "text_editor":
        is_old = wire in {"text_editor_20241022", "text_editor_20250124"}
        return {"type": wire, "name": "str_replace_editor" if is_old else "str_replace_based_edit_tool"}
    if kind == "tool_search":
        return {"type": wire, "name": wire.rpartition("_")[0]}
    return {"type": wire, "name": _NAMES.get(kind, kind)}
