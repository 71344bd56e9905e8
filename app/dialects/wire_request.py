"""What every dialect makes of a request: a body and the headers that go with it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WireRequest:
    body: dict[str, Any]
    headers: dict[str, str]
    """Without credentials; names in lower case."""
