"""asyncio on Qt's loop: what runs when."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ui.bridge.loop import make_loop
from ui.bridge.turns import Turns

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run(qapp: QApplication) -> Run:
    """Runs a coroutine on a loop of its own."""

    def go(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=lambda: make_loop(qapp)) as runner:
            return runner.run(coroutine)

    return go


def test_callbacks_run_in_the_order_in_which_they_were_given(run: Run) -> None:
    async def story() -> Any:
        ran: list[object] = []
        loop = asyncio.get_running_loop()
        for number in range(3):
            loop.call_soon(ran.append, number)
        loop.call_soon(loop.call_soon, ran.append, "later")
        loop.call_soon(ran.append, 3)
        while len(ran) < 5:  # noqa: ASYNC110 - it is the loop's turns that are looked at
            await asyncio.sleep(0)
        return ran

    assert run(story()) == [0, 1, 2, 3, "later"]


def test_a_task_that_never_rests_leaves_qt_its_turns(run: Run) -> None:
    async def story() -> Any:
        fired: list[str] = []
        QTimer.singleShot(0, lambda: fired.append("qt"))
        while not fired:  # noqa: ASYNC110 - a busy task is what this is about
            await asyncio.sleep(0)
        return fired

    assert run(asyncio.wait_for(story(), 10)) == ["qt"]


def test_a_callback_that_is_cancelled_never_runs(run: Run) -> None:
    async def story() -> Any:
        ran: list[object] = []
        loop = asyncio.get_running_loop()
        loop.call_soon(ran.append, "soon").cancel()
        loop.call_later(0.001, ran.append, "later").cancel()
        await asyncio.sleep(0.01)
        return ran

    assert run(story()) == []


def test_no_callback_comes_too_early(run: Run) -> None:
    async def story() -> Any:
        loop = asyncio.get_running_loop()
        started = loop.time()
        for delay in (0.0004, 0.003, 0.02):
            await asyncio.sleep(delay)
        return loop.time() - started

    assert run(story()) >= 0.0234


def test_what_is_over_leaves_no_timer(run: Run) -> None:
    async def story() -> Any:
        for _ in range(50):
            async with asyncio.timeout(90):
                await asyncio.sleep(0)
        gc.collect()
        return [len(each._later) for each in gc.get_objects() if isinstance(each, Turns)]

    assert max(run(story())) <= 1


def test_a_bug_in_one_callback_keeps_none_of_the_others_from_running(run: Run) -> None:
    async def story() -> Any:
        told: list[type] = []
        ran: list[str] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: told.append(type(context["exception"])))
        loop.call_soon(lambda: 1 / 0)
        loop.call_soon(ran.append, "next")
        await asyncio.sleep(0.01)
        return told, ran

    assert run(story()) == ([ZeroDivisionError], ["next"])


def test_what_is_due_while_the_loop_rests_waits_for_it(qapp: QApplication) -> None:
    loop = make_loop(qapp)
    found: list[object] = []

    def look() -> None:
        found.append(asyncio.get_running_loop())

    async def until_looked() -> None:
        while len(found) < 2:  # noqa: ASYNC110 - it is the loop's turns that are looked at
            await asyncio.sleep(0)

    loop.call_soon(look)
    loop.call_later(0, look)
    for _ in range(3):
        qapp.processEvents()
    assert not found
    loop.run_until_complete(until_looked())
    loop.close()
    assert found == [loop, loop]
