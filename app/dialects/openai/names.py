"""Names and ids that the Messages API takes: letters, digits, `_` and `-`.

Source: Messages API reference, "Tools"; the length is what it accepts in practice.
"""

import re
import zlib
from collections.abc import Iterable

NAME_LENGTH = 128
_FOREIGN = re.compile(r"[^a-zA-Z0-9_-]")


class Names:
    """The names of one request's tools, on the wire and back.

    A legal name stays; another one has its foreign characters replaced, and a number where that is taken.
    """

    def __init__(self, names: Iterable[str]) -> None:
        given = list(dict.fromkeys(names))
        self._wire = {name: name for name in given if _is_legal(name)}
        self._taken = set(self._wire)
        for name in given:
            self.wire(name)

    def wire(self, name: str) -> str:
        """What stands for `name` on the Messages API."""
        known = self._wire.get(name)
        return self._added(name) if known is None else known

    @property
    def back(self) -> dict[str, str]:
        """Wire name → the caller's own, where they differ."""
        return {wire: name for name, wire in self._wire.items() if wire != name}

    def _added(self, name: str) -> str:
        plain = _FOREIGN.sub("_", name)[:NAME_LENGTH] or "_"
        found, number = plain, 1
        while found in self._taken:
            number += 1
            suffix = f"_{number}"
            found = plain[: NAME_LENGTH - len(suffix)] + suffix
        self._taken.add(found)
        self._wire[name] = found
        return found


def wire_id(call_id: str) -> str:
    """A tool call's id as the API takes it.

    An id with foreign characters gets a checksum of the original, so that `a:b` and `a.b` stay two ids; the result
    does not depend on what else is in the request, so a prefix that is cached stays the same.
    """
    if _is_legal_id(call_id):
        return call_id
    return f"{_FOREIGN.sub('_', call_id)}-{zlib.crc32(call_id.encode('utf-8', 'surrogatepass')):08x}"


def _is_legal(name: str) -> bool:
    return 0 < len(name) <= NAME_LENGTH and _FOREIGN.search(name) is None


def _is_legal_id(call_id: str) -> bool:
    return bool(call_id) and _FOREIGN.search(call_id) is None
