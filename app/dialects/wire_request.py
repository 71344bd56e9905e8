"""What every dialect makes of a request: a body and the headers that go with it."""

from typing import Any

from app.immutable import immutable


@immutable
class WireRequest:
    body: dict[str, Any]
    headers: dict[str, str]
    """Without credentials; names in lower case."""
