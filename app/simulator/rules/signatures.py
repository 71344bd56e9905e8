"""Signed thinking: what was thought is bound to everything that was said before it.

The simulator's signature holds a hash of that prefix, so that it can be checked without remembering anything. Thinking
itself is no part of the hash: leaving it out, from the front or altogether, keeps the rest valid. A signature that
is not the simulator's own cannot be checked and passes.

Source: Messages API reference §8. The simulator's account is a new one: it enforces what new accounts enforce.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.simulator.prompt import blocks_of, tools_of, turns_of
from app.simulator.rules.asked import Asked

_MARK = b"simulated "
_THOUGHTS = frozenset({"thinking", "redacted_thinking"})
_UNSAID = frozenset({"cache_control"})


def signature_of(body: Mapping[str, Any]) -> str:
    """The signature of a thought that comes after this request's whole prompt."""
    *_, (_, _, prefix) = _prefixes(body)
    return base64.b64encode(_MARK + prefix.encode()).decode()


def signature_faults(asked: Asked) -> Iterator[str]:
    """A thought of the simulator's own that stands after another prefix now, on a model that minds."""
    support = asked.model.thinking
    if support is None or support.prefix_check == "none":
        return
    for where, block, prefix in _prefixes(asked.body):
        if block.get("type") == "thinking" and _signed(block["signature"]) not in {None, prefix}:
            yield f"{where}: Invalid `signature` in `thinking` block: what stands before it has changed"


def _prefixes(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Place, block, and the hash of all before it; at the end an empty block after everything."""
    tools = [_said(tool) for tool in tools_of(body) if not tool.get("defer_loading")]
    running = hashlib.sha256(_json([tools, [_said(block) for block in blocks_of(body.get("system"))]]))
    for turn in turns_of(body):
        for placed in turn.blocks:
            yield placed.where, placed.block, running.hexdigest()
            if placed.block["type"] not in _THOUGHTS:
                running.update(_json([turn.role, _said(placed.block)]))
    yield "", {}, running.hexdigest()


def _said(value: Any) -> Any:
    """The value without marks and without fields that say nothing."""
    if isinstance(value, Mapping):
        return {name: _said(each) for name, each in value.items() if each is not None and name not in _UNSAID}
    return [_said(each) for each in value] if isinstance(value, list) else value


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _signed(signature: str) -> str | None:
    """The prefix in a signature; None in one that is not ours."""
    try:
        plain = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    return plain.removeprefix(_MARK).decode("ascii", "replace") if plain.startswith(_MARK) else None
