"""Objects among the arguments, as the JSON that they stand for.

Messages and calls come back as the objects in which they were given, ours or those of another library: with what a
pydantic model has, `model_dump` and `model_json_schema`, and without pydantic.
"""

from typing import Any

from app.dialects.json_values import MAX_DEPTH
from app.errors import TranslationError


def plain(value: Any, *, depth: int = MAX_DEPTH) -> Any:
    """The value with every object in it as a dict; itself where there is none.

    Raises:
        TranslationError: it is nested too deeply, or an object cannot say what it is.
    """
    if depth < 0:
        raise TranslationError("", f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        made = {name: plain(each, depth=depth - 1) for name, each in value.items()}
        return made if any(made[name] is not each for name, each in value.items()) else value
    if isinstance(value, list | tuple):
        items = [plain(each, depth=depth - 1) for each in value]
        return items if any(one is not other for one, other in zip(items, value, strict=True)) else value
    dump = None if isinstance(value, type) else getattr(value, "model_dump", None)
    return plain(_dumped(dump), depth=depth - 1) if callable(dump) else value


def _dumped(dump: Any) -> Any:
    try:
        return dump()
    except (TypeError, ValueError) as error:
        raise TranslationError("", f"an object that cannot be dumped: {error}") from error


def response_format(given: Any) -> Any:
    """A pydantic class as the format that asks for its schema; everything else as it is."""
    describe = getattr(given, "model_json_schema", None) if isinstance(given, type) else None
    if not callable(describe):
        return given
    return {"type": "json_schema", "json_schema": {"name": given.__name__, "schema": describe(), "strict": True}}
