#!/usr/bin/env python3
"""How long a stopped answer's connection lives on: from the task's cancelling until the server sees it close.

The server is the simulator, on a thread of its own; 50 answers are stopped, each in the middle of its stream.

Promised: at most 300 ms, every time.
"""

import asyncio
import json
import statistics
import time

from app.client.messages import MessagesClient
from app.domain.blocks import TextBlock
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.request import Request, Turn
from app.simulator.server import LocalSimulator, own_catalogue
from app.simulator.service import Simulator

PROMISED_MS = 300.0
REPEATS = 50
PROMPT = "A long story [[sim: long rate=100]]"


async def stopped_after_ms(client: MessagesClient, simulator: Simulator) -> float:
    request = Request("claude-sonnet-5-5", 1000, (Turn("user", (TextBlock(PROMPT),)),))
    begun = asyncio.Event()

    async def read() -> None:
        async with client.stream(request) as batches:
            async for _ in batches:
                if simulator.journal.entries[-1].sent_events > 5:
                    begun.set()

    task = asyncio.ensure_future(read())  # noqa: TID251 - a bench owns its one task
    await begun.wait()
    entry = simulator.journal.entries[-1]
    started = time.perf_counter()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    while not entry.disconnected:  # noqa: ASYNC110 - it happens on the server’s thread
        await asyncio.sleep(0.001)
    return (time.perf_counter() - started) * 1000


async def measure(simulator: LocalSimulator) -> list[float]:
    client = MessagesClient(Endpoint(Profile("Simulator", base_url=simulator.url), Secret("sk-ant-test")))
    try:
        return [await stopped_after_ms(client, simulator.simulator) for _ in range(REPEATS)]
    finally:
        await client.aclose()


def main() -> int:
    simulator = LocalSimulator(Simulator(own_catalogue()))
    simulator.start()
    try:
        times = asyncio.run(measure(simulator))
    finally:
        simulator.stop()
    figures = {
        "median_ms": round(statistics.median(times), 1),
        "worst_ms": round(max(times), 1),
        "promised_ms": PROMISED_MS,
        "repeats": REPEATS,
    }
    print(f"{'':10}{'median':>10}{'worst':>10}{'promised':>10}")
    print(f"{'stop, ms':10}{figures['median_ms']:>10}{figures['worst_ms']:>10}{PROMISED_MS:>10}")
    print(json.dumps(figures))
    return int(max(times) > PROMISED_MS)


if __name__ == "__main__":
    raise SystemExit(main())
