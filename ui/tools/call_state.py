"""What the panel of waiting calls shows, as values. No Qt."""

import json
from collections.abc import Mapping
from typing import Any

from app.domain.blocks import RECEIVED_JSON, ToolResultBlock, ToolUseBlock
from app.immutable import immutable
from app.toolkit.schema_tree import shown
from app.toolkit.verdicts import Checker

MOST_ROWS = 60
LONGEST_VALUE = 400
"""Characters of a value that its row shows."""


@immutable
class ArgumentRow:
    name: str
    value: str
    fault: str
    """Empty: the schema has nothing against it."""


@immutable
class CallState:
    call: ToolUseBlock
    rows: tuple[ArgumentRow, ...]
    unchecked: str = ""
    """Why the schema says nothing."""
    result: ToolResultBlock | None = None
    consent: tuple[str, ...] = ()
    """The program that would run, and its arguments: the person is asked."""
    is_working: bool = False
    """Something answers it by itself."""
    result_schema: Mapping[str, Any] | None = None

    @property
    def is_valid(self) -> bool:
        return not self.unchecked and not any(each.fault for each in self.rows)


@immutable
class CallsState:
    calls: tuple[CallState, ...] = ()
    note: str = ""
    """What became of answering by itself, as a sentence."""
    can_go_on: bool = False
    """It stopped at its limit, and can be let go on."""


def rows_of(call: ToolUseBlock, schema: Any) -> tuple[tuple[ArgumentRow, ...], str]:
    """(a call's arguments with what the schema says to each, why it says nothing)."""
    cut = call.extra.get(RECEIVED_JSON)
    if cut is not None:
        return (ArgumentRow("", str(cut)[:LONGEST_VALUE], "was cut before its end, or is no JSON object"),), ""
    if schema is None:
        return tuple(ArgumentRow(name, _line(value), "") for name, value in list(call.input.items())[:MOST_ROWS]), ""
    verdict = Checker(schema).verdict(dict(call.input))
    faults: dict[str, list[str]] = {}
    for fault in verdict.faults:
        name = str(fault.path[0]) if fault.path else ""
        deeper = shown(fault.path[1:])
        faults.setdefault(name, []).append(f"{deeper}: {fault.words}" if deeper else fault.words)
    names = [*call.input, *(name for name in faults if name not in call.input)][:MOST_ROWS]
    rows = (ArgumentRow(name, _line(call.input.get(name, "")), "; ".join(faults.get(name, ()))) for name in names)
    return tuple(rows), verdict.unchecked


def _line(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
