"""What a rule looks at: a request whose shape is sound, and what it was sent with."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.domain.models import ModelEntry
from app.immutable import immutable


@immutable
class Asked:
    body: Mapping[str, Any]
    model: ModelEntry
    version: str
    """The `anthropic-version` header."""
    betas: frozenset[str]
    counting: bool = False
    """A token count is asked for, not a message."""

    def opens(self, needed: tuple[str, ...] | None) -> bool:
        """Whether one of the betas that are needed was sent; true when none is needed."""
        return not needed or not self.betas.isdisjoint(needed)

    @property
    def thinking(self) -> str:
        """The mode, the model's default where none is given (§7.2)."""
        given = self.body.get("thinking")
        if given:
            return str(given["type"])
        return "adaptive" if self.model.thinking and self.model.thinking.default == "adaptive" else "disabled"

    @property
    def choice(self) -> str:
        return str((self.body.get("tool_choice") or {"type": "auto"})["type"])

    def output(self, name: str) -> Any:
        """A field of `output_config`."""
        return (self.body.get("output_config") or {}).get(name)


Rule = Callable[[Asked], Iterator[str]]
"""Yields faults, `place: what is wrong`; the first one is answered."""

EXTRA = "Extra inputs are not permitted"
