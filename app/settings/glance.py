"""A first look at the settings: what the window needs to stand, read without the rest of this package.

A file that cannot be read is told of later, when it is read in earnest.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

FILE_NAME = "settings.json"
LARGEST = 4 * 1024 * 1024
"""Bytes. A larger file is none that we wrote."""


class Glance(NamedTuple):
    """Unchecked: whoever takes a value looks whether it makes sense."""

    theme: Any = "system"
    window: dict[str, Any] = {}  # noqa: RUF012 - never written


def glance(folder: Path) -> Glance:
    """Theme and window of a data folder's settings; the defaults where there are none. Never raises for a bad file."""
    path = folder / FILE_NAME
    try:
        if not path.is_file():
            return Glance()
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        parsed = json.loads(text) if len(text) <= LARGEST else None
    except (OSError, ValueError, RecursionError):
        return Glance()
    if not isinstance(parsed, dict):
        return Glance()
    window = parsed.get("window")
    return Glance(parsed.get("theme", "system"), window if isinstance(window, dict) else {})
