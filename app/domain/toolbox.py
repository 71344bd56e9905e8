"""What is kept of the person's tools: every version of each, who answers its calls, and what tries of it came to."""

from collections.abc import Mapping
from typing import Any

from app.immutable import NOTHING, immutable


@immutable
class ToolVersion:
    number: int
    """From 1, one more with every change."""
    created_ms: int
    """Milliseconds since 1970."""
    definition: Mapping[str, Any]
    """The tool in the Messages API's JSON."""


@immutable
class KeptTool:
    id: str
    newest: ToolVersion
    answered_by: Mapping[str, Any] = NOTHING
    """An answerer in its JSON, see `app.toolkit.answering`; empty: the person answers."""

    @property
    def name(self) -> str:
        """As the model calls it; a toolset, which has none, is called by its type."""
        given = self.newest.definition.get("name") or self.newest.definition.get("type")
        return given if isinstance(given, str) else ""


@immutable
class TryRun:
    """One request of a try, with what came of it."""

    tool_id: str
    version: int
    prompt: str
    model: str
    at_ms: int
    outcome: Mapping[str, Any]
    """`called`, `arguments`, `faults`, `ms`, `input_tokens`, `output_tokens`, `cost`, `error`, `stop_reason`."""
