#!/usr/bin/env python3
"""What a start costs, against the least that a Qt window can cost on this machine, in the same run.

The floor is a bare QApplication with an empty QMainWindow shown, on the same interpreter. Ours is the program with
2,000 conversations, until its composer can be typed in. Times are processor time of the whole process, told by
itself; medians of several alternating runs, each from a fresh process, and of the ratios of neighbours.

Promised: start ≤ 1.6 × the floor; idle resident memory ≤ 1.7 × the floor's; idle processor use < 1 %.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.domain.blocks import TextBlock
from app.domain.conversation import Conversation, Message, Role
from app.services.identity import new_id
from app.store.store import Store
from tests.support.screen import VirtualScreen

ROOT = Path(__file__).resolve().parents[2]
PROMISES = {"start_ratio": 1.6, "memory_ratio": 1.7, "idle_percent": 1.0}
CONVERSATIONS = 2000
SETTLE_S = 3.0
FLOOR = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.resize(1280, 820)
window.show()
app.processEvents()
print(f"ready {time.process_time():.4f}", flush=True)
app.exec()
"""


@dataclass(frozen=True, slots=True)
class Measured:
    cpu_s: float
    """Processor time until ready."""
    wall_s: float
    rss_mb: float
    """Resident memory once it has settled."""
    idle_percent: float
    """Processor use while nobody does anything."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--idle", type=float, default=10.0, help="seconds of idleness that are measured")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, VirtualScreen() as screen:
        data = Path(folder) / "data"
        asyncio.run(fill(data))
        (data / "settings.json").write_text(json.dumps({"version": 1, "default_profile": "Simulator"}))
        environment = {**os.environ, "DISPLAY": screen.name, "DUOLOGUE_DATA_DIR": str(data), "DUOLOGUE_ANNOUNCE": "1"}
        environment.pop("QT_QPA_PLATFORM", None)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        floor_command, own_command = [sys.executable, "-c", FLOOR], [sys.executable, "-m", "ui"]
        for command in (floor_command, own_command):  # byte code, disk cache and fonts, once
            measure(command, environment, 0)
        floors, owns = [], []
        for _ in range(given.runs):
            floors.append(measure(floor_command, environment, 0))
            owns.append(measure(own_command, environment, 0))
        idle = measure(own_command, environment, given.idle)
    return report(floors, owns, idle)


async def fill(folder: Path) -> None:
    """A library of 2,000 conversations with a turn in each."""
    store = (await Store.open(folder)).store
    for number in range(CONVERSATIONS):
        conversation = Conversation(id=new_id(), title=f"Conversation {number}", created_ms=number * 3_600_000)
        await store.create(conversation)
        prompt = Message(new_id(), None, Role.USER, (TextBlock(f"Question {number}"),), created_ms=number * 3_600_000)
        await store.put_message(conversation.id, prompt)
        answer = Message(new_id(), prompt.id, Role.ASSISTANT, (TextBlock("An answer. " * 50),), created_ms=number)
        await store.put_message(conversation.id, answer)
        await store.set_leaf(conversation.id, answer.id)
    await store.close()


def measure(command: list[str], environment: dict[str, str], idle_s: float) -> Measured:
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        word, _, told = process.stdout.readline().partition(" ")
        if word != "ready":
            raise SystemExit(f"{command} did not start")
        cpu, wall = float(told), time.monotonic() - started
        time.sleep(SETTLE_S)
        rss = rss_of(process.pid)
        before, since = cpu_of(process.pid), time.monotonic()
        time.sleep(idle_s)
        passed = time.monotonic() - since
        percent = 100 * (cpu_of(process.pid) - before) / passed if idle_s else 0.0
        return Measured(cpu, wall, rss, percent)
    finally:
        process.kill()
        process.communicate()


def cpu_of(pid: int) -> float:
    """Processor seconds of a process and its threads so far."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def rss_of(pid: int) -> float:
    """Resident megabytes of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(each for each in status.splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def report(floors: list[Measured], owns: list[Measured], idle: Measured) -> int:
    floor_cpu = statistics.median(each.cpu_s for each in floors)
    own_cpu = statistics.median(each.cpu_s for each in owns)
    floor_rss = statistics.median(each.rss_mb for each in floors)
    own_rss = statistics.median(each.rss_mb for each in owns)
    figures = {
        "floor_cpu_s": round(floor_cpu, 3),
        "own_cpu_s": round(own_cpu, 3),
        "own_wall_s": round(statistics.median(each.wall_s for each in owns), 3),
        "floor_rss_mb": round(floor_rss, 1),
        "own_rss_mb": round(own_rss, 1),
        "start_ratio": round(statistics.median(b.cpu_s / a.cpu_s for a, b in zip(floors, owns, strict=True)), 3),
        "memory_ratio": round(own_rss / floor_rss, 3),
        "idle_percent": round(idle.idle_percent, 3),
    }
    print(f"{'':18}{'floor':>10}{'ours':>10}{'ratio':>10}{'promised':>10}")
    rows = (
        ("start, CPU s", "floor_cpu_s", "own_cpu_s", "start_ratio"),
        ("memory, MB", "floor_rss_mb", "own_rss_mb", "memory_ratio"),
    )
    for name, floor, own, ratio in rows:
        print(f"{name:18}{figures[floor]:>10}{figures[own]:>10}{figures[ratio]:>10}{PROMISES[ratio]:>10}")
    print(f"{'idle, CPU %':18}{'':>10}{figures['idle_percent']:>10}{'':>10}{PROMISES['idle_percent']:>10}")
    print(json.dumps(figures))
    return int(any(figures[name] > most for name, most in PROMISES.items()))


if __name__ == "__main__":
    raise SystemExit(main())
