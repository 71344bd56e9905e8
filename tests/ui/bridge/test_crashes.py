"""A bug in a slot or a task is noted and shown, and the window lives on."""

import asyncio
import threading
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from app.errors import KeyMissing
from ui.bridge.crashes import CrashHandler
from ui.bridge.loop import run
from ui.bridge.tasks import TaskScope


class Notes:
    def __init__(self) -> None:
        self.kinds: list[str] = []

    def note(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        self.kinds.append(f"{kind.__name__}: {error}")


def test_a_bug_in_a_slot_is_noted_and_told(qtbot: QtBot) -> None:
    notes = Notes()
    handler = CrashHandler(notes.note)
    told: list[str] = []
    handler.crashed.connect(told.append)
    button = QPushButton("Break")
    qtbot.addWidget(button)

    def slot() -> None:
        raise KeyError("slot")

    button.clicked.connect(slot)
    with capture_exceptions() as seen, handler.installed():
        button.click()
    assert notes.kinds == ["KeyError: 'slot'"]
    assert told == ["KeyError"]
    assert seen == []


def test_a_bug_on_another_thread_is_noted_and_told(qtbot: QtBot) -> None:
    notes = Notes()
    handler = CrashHandler(notes.note)
    told: list[str] = []
    handler.crashed.connect(told.append)

    def work() -> None:
        raise KeyError("thread")

    with handler.installed():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: told == ["KeyError"])
    assert notes.kinds == ["KeyError: 'thread'"]


def test_what_the_loop_tells_in_words_is_noted_too(qtbot: QtBot) -> None:
    notes = Notes()
    handler = CrashHandler(notes.note)

    async def main() -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(handler.loop_handler)
        loop.call_exception_handler({"message": "Task was destroyed but it is pending!"})
        return 0

    qt_app = QApplication.instance()
    assert isinstance(qt_app, QApplication)
    run(qt_app, main)
    assert notes.kinds == ["RuntimeError: Task was destroyed but it is pending!"]


def test_a_bug_in_a_task_reaches_the_handler_and_others_go_on(qtbot: QtBot) -> None:
    notes = Notes()
    handler = CrashHandler(notes.note)
    expected: list[str] = []
    ticks: list[int] = []

    async def bug() -> None:
        raise ZeroDivisionError("task")

    async def refusal() -> None:
        raise KeyMissing("Work")

    async def tick() -> None:
        for number in range(3):
            ticks.append(number)
            await asyncio.sleep(0)

    async def main() -> int:
        asyncio.get_running_loop().set_exception_handler(handler.loop_handler)
        tasks = TaskScope(lambda error: expected.append(type(error).__name__))
        tasks.start("bug", bug)
        tasks.start("refusal", refusal)
        tasks.start("tick", tick)
        done = asyncio.Event()
        QTimer.singleShot(0, done.set)
        await done.wait()
        while tasks.is_running("tick"):  # noqa: ASYNC110 - a scope tells nobody when a task ends
            await asyncio.sleep(0)
        await tasks.close()
        return 7

    qt_app = QApplication.instance()
    assert isinstance(qt_app, QApplication)
    assert run(qt_app, main) == 7
    assert notes.kinds == ["ZeroDivisionError: task"]
    assert expected == ["KeyMissing"]
    assert ticks == [0, 1, 2]
