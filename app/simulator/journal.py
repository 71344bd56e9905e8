"""What the simulator was asked, for tests and for the curious. Keys are not kept; bodies only where someone asked."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KEPT = 500
KEPT_BYTES = 32 * 1024 * 1024
"""Of bodies, as they came. A conversation of n turns sends n²/2 of them."""
_SECRET_HEADERS = frozenset({"x-api-key", "authorization", "proxy-authorization", "cookie"})


@dataclass(slots=True)
class Entry:
    """One request, and how it went."""

    number: int
    """1 for a simulator's first request."""
    method: str
    path: str
    headers: Mapping[str, str]
    """Lower-case names; secrets replaced by their last four characters."""
    body: Any = None
    """None where no bodies are kept."""
    size: int = 0
    """Bytes of the body that is kept."""
    status: int = 0
    sent_events: int = 0
    disconnected: bool = False
    """The other side left before the answer was whole."""

    @property
    def request_id(self) -> str:
        return f"req_sim_{self.number:012d}"


@dataclass(slots=True)
class Journal:
    """The newest requests, oldest first."""

    keeps_bodies: bool = False
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    count: int = 0
    """Requests so far, those forgotten included."""

    def note(self, method: str, path: str, headers: Mapping[str, str]) -> Entry:
        self.count += 1
        plain = {name.lower(): _redacted(name, value) for name, value in headers.items()}
        entry = Entry(self.count, method, path, plain)
        self.entries.append(entry)
        return entry

    def keep(self, entry: Entry, body: Any, size: int) -> None:
        """Keep a body of `size` bytes, if bodies are kept, and forget the oldest entries that are too much now."""
        if not self.keeps_bodies:
            return
        entry.body, entry.size = body, size
        total = sum(each.size for each in self.entries)
        while total > KEPT_BYTES and len(self.entries) > 1:
            total -= self.entries.popleft().size


def _redacted(name: str, value: str) -> str:
    return f"…{value[-4:]}" if name.lower() in _SECRET_HEADERS else value
