#!/usr/bin/env python3
"""What it costs to compare two runs with bodies of 200 kB, beside what it costs to speak and read both bodies as JSON.

Three pairs: long histories of which a few messages differ, one long text with a word changed in every tenth line, and
two texts of the same words in another order, which is the worst that a comparison can meet. Processor time, medians.

Promised: no pair takes more than 300 ms.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable

from app.dialects.anthropic.requests import request_to_wire
from app.domain.blocks import TextBlock
from app.domain.conversation import Message, Role
from app.domain.request import Request, Turn
from app.services.comparing import compare, run_of

BYTES = 200_000
PROMISED_MS = 300.0
ANSWER = Message("a", None, Role.ASSISTANT, (TextBlock("An answer."),))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    figures: dict[str, float] = {"rounds": given.rounds}
    print(f"{'':12}{'compare ms':>12}{'JSON ms':>12}")
    for name, (a, b) in {"history": history(), "lines": lines(), "shuffled": shuffled()}.items():
        ours = median_ms(lambda a=a, b=b: compare(run_of(a, ANSWER), run_of(b, ANSWER)), given.rounds)  # type: ignore[misc]
        floor = median_ms(lambda a=a, b=b: [spoken(a), spoken(b)], given.rounds)  # type: ignore[misc]
        print(f"{name:12}{ours:>12.1f}{floor:>12.1f}")
        figures |= {
            f"{name}_ms": round(ours, 2),
            f"{name}_json_ms": round(floor, 2),
            f"{name}_ratio": round(ours / floor, 1),
        }
    figures["worst_ms"] = max(value for name, value in figures.items() if name.endswith("_ms") and "json" not in name)
    print(f"worst {figures['worst_ms']} ms, promised {PROMISED_MS}")
    print(json.dumps(figures))
    return int(figures["worst_ms"] > PROMISED_MS)


def median_ms(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1000)
    return statistics.median(found)


def spoken(request: Request) -> object:
    return json.loads(json.dumps(request_to_wire(request, stream=True).body))


def asked(*texts: str) -> Request:
    turns = tuple(Turn("assistant" if at % 2 else "user", (TextBlock(text),)) for at, text in enumerate(texts))
    return Request("claude-sonnet-5-5", 1000, turns)


def words(chance: random.Random, count: int) -> str:
    return " ".join(
        chance.choice(("ka", "ro", "min", "tel", "sa", "ve")) + str(chance.randrange(900)) for _ in range(count)
    )


def history() -> tuple[Request, Request]:
    chance = random.Random(1)
    texts = [words(chance, 65) for _ in range(BYTES // 400)]
    other = [text if at % 50 else words(chance, 65) for at, text in enumerate(texts)]
    return asked(*texts), asked(*other[:100], *other[102:])


def lines() -> tuple[Request, Request]:
    chance = random.Random(2)
    every = [words(chance, 12) for _ in range(BYTES // 80)]
    other = [line if at % 10 else line.replace(" ", " new ", 1) for at, line in enumerate(every)]
    return asked("\n".join(every)), asked("\n".join(other))


def shuffled() -> tuple[Request, Request]:
    chance = random.Random(3)
    every = [chance.choice("abcdefgh") * 3 for _ in range(BYTES // 4)]
    return asked("\n".join(every)), asked("\n".join(chance.sample(every, len(every))))


if __name__ == "__main__":
    raise SystemExit(main())
