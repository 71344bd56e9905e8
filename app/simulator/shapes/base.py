"""What all shapes share. The Messages API is built on pydantic as well: errors have its places and its words."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

TOOL_ID = r"^[a-zA-Z0-9_-]+$"
"""Source: Messages API reference §6.1."""

Identifier = Annotated[str, StringConstraints(pattern=TOOL_ID)]
Object = dict[str, Any]


def _fitting_text(text: str) -> str:
    if not text:
        raise PydanticCustomError("empty", "text content blocks must be non-empty")
    if not text.strip():
        raise PydanticCustomError("blank", "text content blocks must contain non-whitespace text")
    return text


Text = Annotated[str, AfterValidator(_fitting_text)]
"""Empty and blank text is rejected (§6.1)."""


class Shape(BaseModel):
    """An object with these fields and no others, their types not bent to fit."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CacheControl(Shape):
    """§4, §12."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None


class Markable(Shape):
    cache_control: CacheControl | None = None


class Toggle(Shape):
    """Citations on documents, search results and web fetches."""

    enabled: bool | None = None


class Effort(Shape):
    """§7.3."""

    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None


def text_or_list(value: Any) -> str:
    """Which of two alternatives is meant; the name does not appear in errors."""
    return TEXT if isinstance(value, str) else LIST


def kind_of(value: Any, default: str = "") -> Any:
    """The discriminator of an object or of a shape already made."""
    found = value.get("type") if isinstance(value, Mapping) else getattr(value, "type", None)
    return default if found is None else found


TEXT, LIST = "~text", "~list"
"""Tags of alternatives without a name on the wire; `~` keeps them apart from fields."""

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
