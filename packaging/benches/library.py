#!/usr/bin/env python3
"""What a large library costs: the window with 10,000 conversations and 1,000,000 messages, and with 100 and 10,000.

Both have 100 messages a conversation and words as uneven as a language's. A fresh process opens the window on each in
turn (offscreen, nothing is sent), then switches between conversations and searches as one types. All is processor time
of the whole process; the floor is the small library in the same run, medians of the rounds' ratios; search is what it
takes until its hits are there.

Promised: opening and switching ≤ 1.3 × the small library's, memory ≤ 1.2 ×, search p95 ≤ 50 ms.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.large_library import WORDS, kept, vocabulary

SMALL, LARGE = 100, 10_000
PROMISES = {"opening_ratio": 1.3, "switching_ratio": 1.3, "memory_ratio": 1.2, "search_p95_ms": 50.0}
SWITCHES, SEARCHES = 40, 150


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", type=int, default=LARGE, help="conversations in the large library")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        print(json.dumps(measured(given.child)), flush=True)
        return 0
    folders = {size: kept(size) for size in (SMALL, given.large)}
    rounds = [{size: in_own_process(folder) for size, folder in folders.items()} for _ in range(given.rounds + 1)]
    # the first round brings byte code and files into the system's cache
    return report([each[SMALL] for each in rounds[1:]], [each[given.large] for each in rounds[1:]], given.large)


def report(small: list[dict[str, float]], large: list[dict[str, float]], conversations: int) -> int:
    def ratio(name: str) -> float:
        return round(statistics.median(ours[name] / floor[name] for floor, ours in zip(small, large, strict=True)), 3)

    def middle(rows: list[dict[str, float]], name: str) -> float:
        return round(statistics.median(row[name] for row in rows), 4)

    figures = {
        "opening_ratio": ratio("opening_s"),
        "switching_ratio": ratio("switching_s"),
        "memory_ratio": ratio("memory_mb"),
        "search_p95_ms": middle(large, "search_p95_ms"),
        "rounds": len(small),
        "conversations": conversations,
    }
    names = ("opening_s", "switching_s", "memory_mb", "search_p50_ms", "search_p95_ms")
    figures |= {f"{name}_small": middle(small, name) for name in names}
    figures |= {f"{name}_large": middle(large, name) for name in names}
    print(f"{'':16}{f'{SMALL:,}':>12}{f'{conversations:,}':>12}")
    for name in names:
        print(f"{name:16}{figures[f'{name}_small']:>12}{figures[f'{name}_large']:>12}")
    for name, limit in PROMISES.items():
        print(f"{name:16}{figures[name]:>12} promised {limit}")
    print(json.dumps(figures))
    return int(any(figures[name] > limit for name, limit in PROMISES.items()))


def in_own_process(folder: Path) -> dict[str, float]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    command = [sys.executable, __file__, "--child", str(folder)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


# ---- the window, in a process of its own


def measured(folder: Path) -> dict[str, float]:
    from PySide6.QtWidgets import QApplication

    from ui.bridge import loop
    from ui.theme.theme import QT_ARGUMENTS

    figures: dict[str, float] = {}

    async def work() -> int:
        figures.update(await at_the_window(folder))
        return 0

    loop.run(QApplication(["duologue", *QT_ARGUMENTS]), work)
    return figures


async def at_the_window(folder: Path) -> dict[str, float]:
    from app.settings.declared import Settings
    from app.settings.keeper import SettingsKeeper
    from tests.support.waiting import until
    from ui.bootstrap.program import Program
    from ui.shell.window import Window
    from ui.theme.theme import Theme

    window = Window(Theme(), {})
    window.show()
    window.furnish()
    program = Program(window, Theme(), folder, SettingsKeeper(folder, Settings(default_profile="Simulator")), {})
    await program.start(simulator=True)
    model = window.library.list.model()
    await until(lambda: model.rowCount() > SMALL)
    opening = time.process_time()
    ids = list(program._rows.order)[:SWITCHES]
    before = time.process_time()
    for each in ids:
        program._conversation.open(each)
        await until(lambda id_=each: program._conversation.shown_id == id_ and bool(window.page.transcript.items))  # type: ignore[misc]
    switching = time.process_time() - before
    searched = sorted([await search_ms(program, text) for text in queries()])
    figures = {
        "opening_s": opening,
        "switching_s": switching / len(ids),
        "memory_mb": resident_mb(),
        "search_p50_ms": searched[len(searched) // 2],
        "search_p95_ms": searched[int(len(searched) * 0.95)],
    }
    window.main.close()
    await program.closed()
    return figures


async def search_ms(program: object, text: str) -> float:
    """Of the processor: what else this machine does is not what is measured."""
    began = time.process_time()
    await program._rows._library.search(text)  # type: ignore[attr-defined]
    return (time.process_time() - began) * 1000


def resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


# ---- what is searched for


def queries() -> Iterator[str]:
    """Common and rare words, one to three of them, half of them not typed to their end."""
    chance, words = random.Random(3), vocabulary()
    for _ in range(SEARCHES):
        chosen = [
            words[min(int(chance.paretovariate(0.35) * 3), WORDS - 1)] for _ in range(chance.choice((1, 1, 2, 3)))
        ]
        if chance.random() < 0.5:
            chosen[-1] = chosen[-1][: chance.randint(1, len(chosen[-1]))]
        yield " ".join(chosen)


if __name__ == "__main__":
    raise SystemExit(main())
