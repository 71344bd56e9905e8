"""Which model a name means, and what is known of it."""

from functools import cache
from typing import Any

from app.domain.models import Catalogue, ModelEntry
from app.domain.usage import TokenUsage
from app.errors import TranslationError

PREFIXES = ("anthropic/", "anthropic_text/")


@cache
def catalogue() -> Catalogue:
    """The program's own catalogue."""
    import json

    import resources
    from app.domain.models import catalogue_from_json

    return catalogue_from_json(json.loads(resources.read_bytes("models.json")))


@cache
def entry_of(name: str) -> ModelEntry | None:
    """What is known of a model, by id or alias; None for one that is not in the catalogue."""
    return catalogue().find(name)


def model_name(given: Any, provider: Any = None) -> str:
    """The name as the API takes it.

    Any name goes with `anthropic/` in front or with `custom_llm_provider="anthropic"`, and bare every one that begins
    with `claude` or stands in the catalogue.

    Raises:
        TranslationError: it is no name, or belongs to another provider.
    """
    if not isinstance(given, str) or not given.strip():
        raise TranslationError("/model", "missing or not a string")
    for prefix in PREFIXES:
        if given.startswith(prefix) and given != prefix:
            return given.removeprefix(prefix)
    if provider in ("anthropic", "anthropic_text") or given.startswith("claude") or entry_of(given) is not None:
        return given
    raise TranslationError("/model", f"{given} is no Claude model; write anthropic/{given} if it is one all the same")


def cost_of(model: str, usage: TokenUsage) -> float | None:
    """USD; None where the model or a price is not known."""
    entry = entry_of(model)
    return None if entry is None else entry.cost(usage)
