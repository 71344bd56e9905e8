"""pyromark with the extensions that answers use, loaded with the first text: a start has no use for its megabyte."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any


def events(source: str) -> Iterable[tuple[Any, Any]]:
    """Each event, and the bytes of the source that it is about: `{"start": int, "end": int}`."""
    import pyromark

    return pyromark.events_with_range(source, options=_extensions())


def definitions(source: str) -> Mapping[str, Any]:
    """What each label of a reference link stands for."""
    import pyromark

    return pyromark.reference_definitions(source, options=_extensions())


@cache
def _extensions() -> Any:
    from pyromark import Options

    return (
        Options.ENABLE_TABLES
        | Options.ENABLE_STRIKETHROUGH
        | Options.ENABLE_TASKLISTS
        | Options.ENABLE_MATH
        | Options.ENABLE_FOOTNOTES
    )
