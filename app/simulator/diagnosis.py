"""Why a cache was missed, as the API tells it: the earliest difference from the request of an earlier answer.

Source: Messages API reference §12.6.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from app.immutable import immutable
from app.simulator.prompt import blocks_of, tools_of, turns_of

KEPT = 200
Diagnosis = dict[str, Any] | None


@immutable
class _Print:
    """Digests of what is compared, in the order in which it is."""

    model: str
    """And the speed."""
    tools: str
    system: str
    messages: Sequence[str]


class Fingerprints:
    """Those of the newest answers whose requests asked for a comparison. One for each simulator."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Print] = OrderedDict()

    def compare(self, body: Mapping[str, Any], missed: int) -> Diagnosis:
        """What `diagnostics` in the answer says; None on a first turn, and where nothing differs.

        Args:
            missed: input tokens that were not read from the cache.
        """
        previous = (body.get("diagnostics") or {}).get("previous_message_id")
        if previous is None:
            return None
        before, now = self._known.get(previous), _print_of(body)
        if before is None:
            return {"cache_miss_reason": {"type": "previous_message_not_found"}}
        kind = _difference(before, now)
        return None if kind is None else {"cache_miss_reason": {"type": kind, "cache_missed_input_tokens": missed}}

    def keep(self, message_id: str, body: Mapping[str, Any]) -> None:
        """Remember the request that this message is the answer to."""
        self._known[message_id] = _print_of(body)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)


def _difference(before: _Print, now: _Print) -> str | None:
    for name in ("model", "tools", "system"):
        if getattr(before, name) != getattr(now, name):
            return f"{name}_changed"
    if list(now.messages[: len(before.messages)]) != list(before.messages):
        return "messages_changed"
    return None


def _print_of(body: Mapping[str, Any]) -> _Print:
    return _Print(
        _digest([body["model"], body.get("speed") or "standard"]),
        _digest(tools_of(body)),
        _digest(blocks_of(body.get("system"))),
        [_digest([turn.role, placed.block]) for turn in turns_of(body) for placed in turn.blocks],
    )


def _digest(value: Any) -> str:
    return sha256(json.dumps(_unmarked(value), sort_keys=True).encode()).hexdigest()


def _unmarked(value: Any) -> Any:
    """A mark is no part of what is said."""
    if isinstance(value, Mapping):
        return {name: _unmarked(each) for name, each in value.items() if name != "cache_control"}
    return [_unmarked(each) for each in value] if isinstance(value, list | tuple) else value
