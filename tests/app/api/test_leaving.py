"""Answers that nobody reads to their end, in programs that end."""

import asyncio
import gc
import subprocess
import sys
from typing import Any

import pytest

from app import acompletion
from tests.app.api.test_completing import HELLO, MODEL
from tests.support.recorder import Recorder, events

PROGRAM = """
import asyncio
from app import acompletion

async def program():
    stream = await acompletion("claude-sonnet-5-5", [{"role": "user", "content": "hello"}], stream=True)
    %s

asyncio.run(program())
"""
WAYS = {
    "never read": "pass",
    "let go": "del stream",
    "left by break": "async for chunk in stream: break",
    "one chunk taken": "await anext(stream)",
    "held elsewhere": "globals()['kept'] = stream; await anext(stream)",
    "a reader cancelled": "task = asyncio.create_task(anext(stream)); await asyncio.sleep(0); task.cancel()",
    "closed twice": "await stream.aclose(); await stream.aclose()",
    "read and closed": "[chunk async for chunk in stream]; await stream.aclose()",
    "a context": "\n    async with stream:\n        async for chunk in stream: break",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_program_may_end_in_the_middle_of_an_answer(api: Recorder, way: str) -> None:
    api.says(events(*["word "] * 200))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM % WAYS[way]],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def answers() -> list[asyncio.Task[Any]]:
    return [each for each in asyncio.all_tasks() if each.get_name() == "answer"]


async def test_a_stream_that_is_let_go_stops(api: Recorder) -> None:
    api.says(events(*["word "] * 20_000))
    stream = await acompletion(MODEL, HELLO, stream=True)
    (task,) = answers()
    del stream
    gc.collect()
    await asyncio.wait((task,), timeout=30)
    assert task.done()


async def test_a_slow_reader_gets_every_word(api: Recorder) -> None:
    api.says(events(*["word "] * 2_000))
    said = ""
    async for chunk in await acompletion(MODEL, HELLO, stream=True):
        said += chunk.choices[0].delta.content or ""
        await asyncio.sleep(0)
    assert said == "word " * 2_000
    assert answers() == []
