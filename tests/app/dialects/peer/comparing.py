"""Where two JSON values differ."""

from collections.abc import Iterator
from typing import Any


def differences(theirs: Any, ours: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """JSON pointer, theirs and ours; a list of another length is one difference."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted({*theirs, *ours}):
            yield from differences(theirs.get(name, ...), ours.get(name, ...), f"{where}/{name}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for at, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(one, other, f"{where}/{at}")
    elif theirs != ours:
        yield where, theirs, ours
