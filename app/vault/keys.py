"""What can be an API key at all."""

import re

from app.domain.connection import Secret
from app.errors import InvalidKey

_KEY = re.compile(r"[\x21-\x7e]+")
LONGEST = 1024


def parse_key(text: str) -> Secret:
    """A key as it was typed or pasted, spaces around it taken away.

    Raises:
        InvalidKey: empty, too long, or with a character that a header cannot carry.
    """
    trimmed = text.strip()
    if not trimmed:
        raise InvalidKey("it is empty")
    if len(trimmed) > LONGEST:
        raise InvalidKey(f"it is longer than {LONGEST:,} characters")
    if not _KEY.fullmatch(trimmed):
        raise InvalidKey("it has a space, a line break or a character that is not ASCII")
    return Secret(trimmed)
