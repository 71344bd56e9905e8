"""Extra headers as lines of text."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x20-\x7e\t]*")
_CREDENTIALS = frozenset({"x-api-key", "authorization", "proxy-authorization", "cookie"})
"""A key belongs into the keyring; as a header it would be stored with the conversation."""


def headers_from_text(text: str) -> dict[str, str]:
    """The headers of `name: value` lines. A line that is none yet is left out until it is one."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        sound = colon and _NAME.fullmatch(name) and _VALUE.fullmatch(value) and value
        if sound and name.lower() not in _CREDENTIALS:
            found[name] = value
    return found


def headers_to_text(headers: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers.items())
