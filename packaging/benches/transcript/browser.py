"""Against a hand-tuned page in headless Chromium: the same server, the same answer."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from transcript.measuring import Figure, pss_mb
from transcript.network import fresh, served

RATE, COUNT, MANY = 200, 2000, 20_000
SIZE = "900,700"


@contextmanager
def browsing(address: str) -> Iterator[int]:
    """A browser at an address; gives the process id of its first process."""
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("chromium is not installed: packaging/system_packages.py says which package has it")
    with tempfile.TemporaryDirectory() as folder:
        command = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
            f"--user-data-dir={folder}", f"--window-size={SIZE}", address,
        ]  # fmt: skip
        environment = {**os.environ, "HOME": folder}
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(10)
            time.sleep(0.5)  # its children write their profile before the folder goes


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def cpu_s(pids: list[int]) -> float:
    """Processor seconds of processes so far."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def report_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """The next thing that the page reports."""
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def in_browser(rate: int, count: int) -> dict[str, Any]:
    """Memory with the page idle; then a stream in a new browser, whose start is not counted."""
    with served() as (url, server):
        with browsing(f"{url}/page") as pid:
            report_of(server)
            time.sleep(2)
            memory = sum(pss_mb(each) for each in family(pid))
            idle = cpu_s(family(pid))
        with browsing(f"{url}/page#/{rate}/{count}/v1/messages") as pid:
            found = report_of(server)
            spent = cpu_s(family(pid))
    return {**found, "cpu_s": spent - idle, "start_cpu_s": idle, "pss_mb": memory}


def browser() -> list[Figure]:
    """2,000 deltas at 200 a second, and 20,000 at full speed."""
    theirs, theirs_fast = in_browser(RATE, COUNT), in_browser(0, MANY)
    with served() as (url, _):
        ours, ours_fast = fresh(url, "ours", RATE, COUNT), fresh(url, "ours", 0, MANY)
    return [
        Figure("2,000 deltas at 200/s against Chromium", "CPU s", ours["cpu_s"], 1 / 4, theirs["cpu_s"]),
        Figure("memory against Chromium", "MB PSS", ours["pss_mb"], 1 / 3, theirs["pss_mb"]),
        Figure("last byte to last pixel against Chromium", "s wall", ours["late_s"], 1, theirs["late_s"]),
        Figure("20,000 deltas at full speed against Chromium", "s wall", ours_fast["wall_s"], 1, theirs_fast["wall_s"]),
    ]
