#!/usr/bin/env python3
"""A thousand tries of a tool in the window, against a bare client that asks the same of the same simulator.

The bare client is httpx alone on asyncio: it posts the same body as many times at once and throws away what it reads.
Ours is the lab in an open window: answers are read, checked against the schema, shown and stored. Both are told in
requests a second of wall time, alternating in one run, for the simulator (a process of its own) is what both wait for.

A gap is what the window's thread works, in processor time, between two turns of its loop; what it waits for the
processor on a busy machine is told beside it.

Promised: ours ≥ 80 % of the bare client's; 99 of 100 gaps ≤ 16 ms.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import httpx
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

import resources
from app.domain.connection import Profile
from app.services.trying import AT_ONCE
from app.settings.declared import Settings
from app.settings.keeper import SettingsKeeper
from ui.bootstrap.program import Program
from ui.bridge import loop
from ui.shell.window import Window
from ui.theme.theme import QT_ARGUMENTS, Theme

PROMISES = {"throughput_ratio": 0.8, "gap_ms_p99": 16.0}
MODEL = "claude-sonnet-5-5"
PROMPT = "get_current_weather in Boston"
PORT = 4179
WEATHER = json.loads(resources.read_bytes("tools", "examples.json"))[0]
SLICES = 4
"""Both sides take turns so often: what else runs on the machine disturbs both alike."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--bare", metavar="URL", help="only the bare client: what the bench starts")
    given = parser.parse_args()
    if given.bare:
        print(asyncio.run(bare_of(given.bare, given.runs)))
        return 0
    url = f"http://127.0.0.1:{PORT}"
    server = subprocess.Popen([sys.executable, "-m", "app", "simulate", "--port", str(PORT), "--rate", "0"])
    try:
        wait_for(url)
        figures = measure(url, given.runs)
    finally:
        server.terminate()
        server.wait()
    kept = {
        "throughput_ratio": figures["throughput_ratio"] >= PROMISES["throughput_ratio"],
        "gap_ms_p99": figures["gap_ms_p99"] <= PROMISES["gap_ms_p99"],
    }
    print(f"{'':24}{'measured':>12}{'promised':>12}")
    for name, value in figures.items():
        promised = f"{PROMISES[name]:.2f}" if name in PROMISES else ""
        print(f"{name:24}{value:>12.2f}{promised:>12}{'' if kept.get(name, True) else '  broken'}")
    print(json.dumps(figures))
    return int(not all(kept.values()))


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{url}/v1/models", trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise SystemExit("the simulator did not start")


def measure(url: str, runs: int) -> dict[str, float]:
    qt_app = QApplication(["duologue", *QT_ARGUMENTS])
    found: dict[str, float] = {}

    async def work() -> int:
        with tempfile.TemporaryDirectory() as folder:
            found.update(await measured(qt_app, url, Path(folder), runs))
        return 0

    loop.run(qt_app, work)
    return found


async def measured(qt_app: QApplication, url: str, folder: Path, runs: int) -> dict[str, float]:
    theme = Theme()
    theme.apply(qt_app)
    window = Window(theme, {})
    window.show()
    window.furnish()
    settings = Settings(default_profile="Personal", profiles=(Profile("Personal"),), default_model=MODEL)
    environ = {"ANTHROPIC_API_KEY": "sk-ant-CANARY-bench", "ANTHROPIC_BASE_URL": url}
    program = Program(window, theme, folder, SettingsKeeper(folder, settings), environ)
    await program.start(simulator=False)
    await program._store.toolbox.put("t", WEATHER, 1)
    program._tools.open_lab(WEATHER["name"])
    lab, _, trying = program._tools._made_lab()
    await until(lambda: trying._tool is not None)
    gaps: list[tuple[float, float]] = []
    ours: list[float] = []
    bare: list[float] = []
    await ours_of(lab, trying, 50, [])
    for _ in range(SLICES):
        bare.append(await asyncio.to_thread(bare_apart, url, runs // SLICES))
        ours.append(await ours_of(lab, trying, runs // SLICES, gaps))
    window.main.close()
    await program.closed()
    worked, waited = sorted(each for each, _ in gaps), sorted(each for _, each in gaps)
    return {
        "throughput_ratio": round(statistics.median(a / b for a, b in zip(ours, bare, strict=True)), 3),
        "gap_ms_p99": round(worked[int(len(gaps) * 0.99)], 2),
        "gap_ms_max": round(worked[-1], 2),
        "wall_gap_ms_p99": round(waited[int(len(gaps) * 0.99)], 2),
        "ours_per_s": round(statistics.median(ours), 1),
        "bare_per_s": round(statistics.median(bare), 1),
        "runs": float(runs),
    }


async def ours_of(lab: Any, trying: Any, runs: int, gaps: list[tuple[float, float]]) -> float:
    """Requests a second; `gaps` takes the milliseconds between turns of the loop: worked, and by the clock."""
    before = [(time.thread_time(), time.perf_counter())]

    def tick() -> None:
        now = (time.thread_time(), time.perf_counter())
        gaps.append(((now[0] - before[0][0]) * 1000, (now[1] - before[0][1]) * 1000))
        before[0] = now

    timer = QTimer(interval=1)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    began = time.perf_counter()
    lab.tries.run_requested.emit(PROMPT, runs)
    await until(lambda: trying._running is not None)
    await until(lambda: trying._running is None)
    spent = time.perf_counter() - began
    timer.stop()
    return runs / spent


def bare_apart(url: str, runs: int) -> float:
    """`bare_of` in a process of its own, as the window is one."""
    command = [sys.executable, __file__, "--bare", url, "--runs", str(runs)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


async def bare_of(url: str, runs: int) -> float:
    """The same requests by httpx alone."""
    asked = {"role": "user", "content": [{"type": "text", "text": PROMPT}]}
    body = {"model": MODEL, "max_tokens": 8192, "messages": [asked], "tools": [WEATHER]}
    headers = {"x-api-key": "sk-ant-CANARY-bench", "anthropic-version": "2026-10-21"}
    left = iter(range(runs))
    async with httpx.AsyncClient(trust_env=False) as client:

        async def work() -> None:
            for _ in left:
                answer = await client.post(f"{url}/v1/messages", json=body, headers=headers)
                answer.raise_for_status()

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
        return runs / (time.perf_counter() - began)


async def until(holds: Callable[[], bool]) -> None:
    """As long as it takes: a busy machine is slow, and not wrong."""
    while not holds():  # noqa: ASYNC110 - what is waited for happens in another process
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    raise SystemExit(main())
