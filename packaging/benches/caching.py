#!/usr/bin/env python3
"""What planning a request of 1,000 blocks costs, in processor time.

The floor is `json.dumps` of the same request, which sending it takes anyway; planning it for the first time must cost
no more than a few of those, and stay within a frame; after one block changed, within a millisecond. The limits of the
issue are in milliseconds, so they are shown beside the ratios and hold on any machine that draws 60 frames a second.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from app.dialects.anthropic.requests import request_to_wire
from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Entry, Section
from app.domain.planning.forecasting import entries_after, forecast
from app.domain.planning.prompt import PromptReader
from app.domain.planning.verdicts import first_change
from app.domain.request import Request, Turn

BLOCKS = 1000
FRAME_MS, CHANGE_MS = 16.0, 1.0


def request_of(blocks: int) -> Request:
    turns = tuple(
        Turn(("user", "assistant")[at % 2], (TextBlock(f"Turn {at}: " + "words " * 100),)) for at in range(blocks)
    )
    marks = frozenset(Breakpoint(Section.MESSAGES, at) for at in (blocks // 4, blocks // 2, blocks - 3, blocks - 1))
    return Request("claude-sonnet-5-5", 100, turns, cache_plan=CachePlan(marks))


def changed(request: Request, at: int, number: int) -> Request:
    turn = replace(request.turns[at], blocks=(TextBlock(f"Changed {number}: " + "words " * 100),))
    turns = (*request.turns[:at], turn, *request.turns[at + 1 :])
    return replace(request, turns=tuple(Turn(each.role, (*each.blocks,)) for each in turns))  # as the services do


def least_ms(work: Callable[[int], object], times: int) -> float:
    best = float("inf")
    for number in range(times):
        start = time.process_time_ns()
        work(number)
        best = min(best, (time.process_time_ns() - start) / 1e6)
    return best


def main() -> int:
    request = request_of(BLOCKS)
    body = request_to_wire(request, stream=False).body
    floor = least_ms(lambda _: json.dumps(body), 20)

    def plan(reader: PromptReader, asked: Request, entries: dict[bytes, Entry]) -> object:
        prompt = reader.read(asked, None)
        return prompt, forecast(prompt, entries, 512, 1000)

    first = least_ms(lambda _: plan(PromptReader(), request, {}), 20)
    reader = PromptReader()
    before = reader.read(request, None)
    entries = entries_after(before, forecast(before, {}, 512, 0), {}, 0)
    rows = {"first": first}
    for name, at in (("last changed", BLOCKS - 1), ("middle changed", BLOCKS // 2), ("first changed", 0)):
        made = [changed(request, at, number) for number in range(50)]
        rows[name] = least_ms(lambda number, made=made: plan(reader, made[number], entries), 50)  # type: ignore[misc]
    other = reader.read(changed(request, BLOCKS - 1, -1), None)
    rows["what changed"] = least_ms(lambda _: first_change(before, other), 50)

    print(f"{'1,000 blocks':16} {'ms':>8} {'x json':>8} {'limit ms':>9}")
    print(f"{'json.dumps':16} {floor:8.3f} {1:8.2f}")
    broken = False
    for name, spent in rows.items():
        limit = FRAME_MS if name == "first" else CHANGE_MS
        print(f"{name:16} {spent:8.3f} {spent / floor:8.2f} {limit:9.1f}")
        broken = broken or spent > limit
    print(json.dumps({"floor_ms": floor, **{f"{name}_ms": spent for name, spent in rows.items()}}))
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
