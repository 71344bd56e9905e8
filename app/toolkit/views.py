"""One tool as other programs write it."""

import json
from collections.abc import Mapping
from typing import Any

from app.toolkit.python_source import python_of

VIEWS = ("Anthropic", "OpenAI", "Python")


def view_of(tool: Mapping[str, Any], view: str) -> str:
    """A tool's text in one of `VIEWS`. A tool that Anthropic defines has no other shape than its own."""
    if view == "Python":
        return python_of(tool)
    return pretty(openai_of(tool) if view == "OpenAI" and "input_schema" in tool else tool)


def openai_of(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool as an entry of chat completions' `tools`; fields that only Claude knows stand beside the function.

    Source: OpenAI API reference, "Create chat completion", `tools`.
    """
    names = {"description": "description", "input_schema": "parameters", "strict": "strict"}
    function = {"name": tool.get("name"), **{ours: tool[name] for name, ours in names.items() if name in tool}}
    beside = {name: each for name, each in tool.items() if name not in {"name", "type", *names}}
    return {"type": "function", "function": function, **beside}


def pretty(value: Any) -> str:
    """JSON to be read, in the order in which it was written."""
    return json.dumps(value, indent=2, ensure_ascii=False)
