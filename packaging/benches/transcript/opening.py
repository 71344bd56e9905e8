"""Opening a conversation, moving in it, making the window wider."""

import random
import time
from functools import partial

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.domain.blocks import TextBlock
from app.domain.conversation import Message, Role
from transcript.material import FOREIGN, FORMULAE, conversation
from transcript.measuring import Figure, Stage, percentile, private_mb, timed, without_rubbish

LONG = 10_000
REPEATS = 7
JUMPS = 400
WHEEL_STEPS = 300
WIDTHS = (700, 1000, 760, 940, 820, 880, 640)


def opening() -> list[Figure]:
    """10,000 messages against 10, each opened several times in turn."""
    stage = Stage()
    short, long = conversation(10), conversation(LONG)
    times: dict[int, list[float]] = {len(short): [], len(long): []}
    grown = 0.0
    stage.show(short)
    for repeat in range(REPEATS):
        for messages in (short, long):
            stage.show([])
            without_rubbish()
            before = private_mb()
            times[len(messages)].append(timed(partial(stage.show, messages)))
            if messages is long and not repeat:
                grown = private_mb() - before
    more = percentile(times[LONG], 0.5) - percentile(times[10], 0.5)
    return [
        Figure("open 10,000 messages, more than 10", "ms", more, 50),
        Figure("memory for 10,000 messages", "MB", grown, 20),
    ]


def moving() -> list[Figure]:
    """By the scroll bar, by the wheel."""
    stage = Stage()
    _see_every_script(stage)
    stage.show(conversation(LONG))
    bar = stage.view.verticalScrollBar()
    chance = random.Random(4)
    jumps = []
    for _ in range(JUMPS):
        to = chance.randrange(bar.maximum())
        jumps.append(timed(partial(_jump, stage, to)))
    wheel = []
    bar.setValue(bar.maximum() // 2)
    stage.settle()
    for step in range(WHEEL_STEPS):
        notch = _notch(stage, 120 if step < WHEEL_STEPS // 2 else -120)
        wheel.append(timed(partial(_turn, stage, notch)))
    return [
        Figure("jump by the scroll bar, p99", "ms", percentile(jumps, 0.99), 16),
        Figure("wheel step, p99", "ms", percentile(wheel, 0.99), 10),
    ]


def _see_every_script(stage: Stage) -> None:
    """Fonts for other scripts are found once in the life of a program, and not by whoever scrolls first."""
    stage.show([Message("scripts", None, Role.ASSISTANT, (TextBlock(" ".join((*FOREIGN, *FORMULAE))),))])


def _jump(stage: Stage, to: int) -> None:
    stage.view.verticalScrollBar().setValue(to)
    stage.settle()


def _turn(stage: Stage, notch: QWheelEvent) -> None:
    QApplication.sendEvent(stage.view.viewport(), notch)
    stage.settle()


def _notch(stage: Stage, angle: int) -> QWheelEvent:
    middle = QPointF(stage.view.viewport().rect().center())
    return QWheelEvent(
        middle,
        stage.view.viewport().mapToGlobal(middle),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def resizing() -> list[Figure]:
    """10,000 messages against 100, both seen from the same end."""
    stage = Stage()
    everything = conversation(LONG)
    costs = {}
    for messages in (everything[-100:], everything):
        stage.show(messages)
        costs[len(messages)] = percentile((timed(partial(_widen, stage, w)) for w in WIDTHS for _ in (0, 1)), 0.5)
    return [Figure("resize with 10,000 messages against 100", "ms", costs[LONG], 2, costs[100])]


def _widen(stage: Stage, width: int) -> None:
    stage.view.resize(width, stage.view.height())
    stage.settle()


def first_paint() -> list[Figure]:
    """Row D8: 5,000 messages in a fresh process; wall time, as a person waits."""
    stage = Stage()
    messages = conversation(5000)
    started = time.perf_counter()
    stage.view.show(messages)
    stage.until_painted()
    first = (time.perf_counter() - started) * 1000
    gaps = []
    bar = stage.view.verticalScrollBar()
    for part in range(401):
        before = time.perf_counter()
        bar.setValue(bar.maximum() * part // 400)
        stage.settle()
        gaps.append((time.perf_counter() - before) * 1000)
    return [
        Figure("D8: first paint of 5,000 messages", "ms wall", first, 300),
        Figure("D8: gap while scrolling end to end, p99", "ms wall", percentile(gaps, 0.99), 50),
    ]
