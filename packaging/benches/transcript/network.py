"""From the network to the pixels, and httpx read event by event beside it."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import qasync
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from app.client.messages import MessagesClient
from app.domain.blocks import TextBlock
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.conversation import Message, MessageState, Role
from app.domain.request import Request, Turn
from app.domain.stream import ClientEvent, ResponseStarted, Retrying, TextDelta
from app.wire.sse import SseDecoder
from transcript.measuring import STREAMED_ID, Figure, Stage, percentile, pss_mb
from ui.bridge.loop import make_loop

RATE, COUNT = 1000, 6000
BENCHES = Path(__file__).resolve().parents[1]


@contextmanager
def served() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The server's address, and its process, whose output are the reports."""
    environment = {**os.environ, "PYTHONPATH": f"{BENCHES}{os.pathsep}{BENCHES.parents[1]}"}
    command = [sys.executable, "-m", "transcript.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}", process
        finally:
            process.kill()


class Watch(QObject):
    """When what was sent came to be seen."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._view = stage.view
        self._arrived = 0
        self._taken = 0
        self.seen: list[float] = []
        """For each delta, the time at which it was painted."""
        stage.view.refreshed.connect(self._take)
        stage.view.viewport().installEventFilter(self)

    def arrive(self, count: int) -> None:
        self._arrived += count

    def _take(self) -> None:
        self._taken = self._arrived

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._taken > len(self.seen):
            self.seen += [time.monotonic()] * (self._taken - len(self.seen))
        return False


async def stream_ours(stage: Stage, url: str, rate: int, count: int) -> dict[str, Any]:
    """One answer, by the program's own client, into the transcript."""
    watch = Watch(stage)
    growing = Message(STREAMED_ID, None, Role.ASSISTANT, (), MessageState.STREAMING)
    stage.view.show([growing], streaming=STREAMED_ID)
    client = MessagesClient(Endpoint(Profile("Bench", base_url=f"{url}/{rate}/{count}"), Secret("sk-ant-bench")))
    request = Request("claude-sonnet-5-5", 1000, (Turn("user", (TextBlock("?"),)),))
    cpu, first, started = time.process_time(), 0.0, 0.0
    async with client.stream(request) as batches:
        async for batch in batches:
            started = started or _started(batch)
            events = [each for each in batch if not isinstance(each, Retrying | ResponseStarted)]
            pieces = sum(isinstance(each, TextDelta) for each in events)
            first = first or (time.monotonic() if pieces else 0.0)
            watch.arrive(pieces)
            stage.view.extend(events)
    last_byte = time.monotonic()
    while len(watch.seen) < count:  # noqa: ASYNC110 - Qt paints between the turns of this loop
        await asyncio.sleep(0.002)
    cpu = time.process_time() - cpu
    await client.aclose()
    return {
        "cpu_s": cpu,
        "wall_s": watch.seen[-1] - first,
        "late_s": watch.seen[-1] - last_byte,
        "latency_p99_ms": percentile(_latencies(watch.seen, rate, started), 0.99) * 1000,
        "pss_mb": pss_mb(),
    }


def _started(batch: Iterable[ClientEvent]) -> float:
    """When the server began to send."""
    heads = (each.headers for each in batch if isinstance(each, ResponseStarted))
    return next((float(head["bench-started"]) for head in heads), 0.0)


def _latencies(seen: list[float], rate: int, started: float) -> list[float]:
    """Seconds from the moment at which each delta was due to be sent to its being painted."""
    return [at - started - number / rate for number, at in enumerate(seen)] if rate else [0.0]


async def read_by_event(url: str, rate: int, count: int) -> dict[str, Any]:
    """The plain way: httpx, each event read, parsed and handed on by itself; nothing is painted."""
    taken: list[str] = []
    cpu = time.process_time()
    async with httpx.AsyncClient() as client:
        request = client.stream("POST", f"{url}/{rate}/{count}/v1/messages", json={}, timeout=90)
        async with request as response:
            decoder = SseDecoder()
            async for data in response.aiter_bytes():
                for event in decoder.feed(data):
                    member = json.loads(event.data)
                    if member["type"] == "content_block_delta":
                        taken.append(member["delta"]["text"])
    assert len(taken) == count
    return {"cpu_s": time.process_time() - cpu}


def run(url: str, kind: str, rate: int, count: int) -> dict[str, Any]:
    """In this process, on Qt's own loop; the plain way has it as qasync makes it."""
    if kind == "peer":
        plain = QApplication([])
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(plain)) as runner:
            return runner.run(read_by_event(url, rate, count))
    stage = Stage()
    with asyncio.Runner(loop_factory=lambda: make_loop(stage.qt_app)) as runner:
        if rate:
            runner.run(stream_ours(stage, url, 0, 200))  # imports, fonts, connections: once in the life of a program
        return runner.run(stream_ours(stage, url, rate, count))


def fresh(url: str, kind: str, rate: int, count: int) -> dict[str, Any]:
    """`run` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"from transcript.network import run; import json; "
         f"print(json.dumps(run({url!r}, {kind!r}, {rate}, {count})))"],
        env={**os.environ, "PYTHONPATH": f"{BENCHES}{os.pathsep}{BENCHES.parents[1]}"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def network() -> list[Figure]:
    """1,000 events a second; ours paints, the peer only reads."""
    with served() as (url, _):
        ours = fresh(url, "ours", RATE, COUNT)
        peer = fresh(url, "peer", RATE, COUNT)
    return [
        Figure("network to paint at 1,000/s against reading by event", "CPU s", ours["cpu_s"], 1 / 3, peer["cpu_s"]),
        Figure("latency from send to paint at 1,000/s, p99", "ms wall", ours["latency_p99_ms"], 33),
    ]
