"""What the simulator was asked, for tests and for the curious. Keys are not kept."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KEPT = 500
_SECRET_HEADERS = frozenset({"x-api-key", "authorization", "proxy-authorization", "cookie"})


@dataclass(slots=True)
class Entry:
    """One request, and how it went."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Lower-case names; secrets replaced by their last four characters."""
    body: Any
    status: int = 0
    sent_events: int = 0
    disconnected: bool = False
    """The other side left before the answer was whole."""


@dataclass(slots=True)
class Journal:
    """The newest requests, oldest first."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))

    def note(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Entry:
        entry = Entry(method, path, {name.lower(): _redacted(name, value) for name, value in headers.items()}, body)
        self.entries.append(entry)
        return entry


def _redacted(name: str, value: str) -> str:
    return f"…{value[-4:]}" if name.lower() in _SECRET_HEADERS else value
