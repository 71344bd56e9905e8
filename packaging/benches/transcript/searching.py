"""Finding and copying in 14 MB."""

import time

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from transcript.material import conversation
from transcript.measuring import Figure, Stage, percentile, timed

REPEATS = 9
NEEDLE = "answer 5001."


def copying() -> list[Figure]:
    """Select all, copy, and give another program the bytes: they are made when it asks for them."""
    stage = Stage()
    stage.show(conversation(10_000))
    QTest.keyClick(stage.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    def copied() -> None:
        stage.view.copy()
        if QGuiApplication.clipboard().mimeData().data("text/plain").size() < 10_000_000:
            raise SystemExit("not all was copied")

    return [Figure("copy all of 10,000 messages", "ms", percentile((timed(copied) for _ in range(REPEATS)), 0.5), 300)]


def finding() -> list[Figure]:
    """From the last key in the find bar to the first hit in sight; wall time, for another thread does the work."""
    stage = Stage()
    stage.show(conversation(10_000))
    times, blocked = [], []
    for repeat in range(REPEATS):
        stage.view.find_text("")
        stage.settle()
        stage.view.jump_to_start()
        stage.settle()
        started, busy = time.perf_counter(), time.thread_time()
        stage.view.find_text(NEEDLE if repeat % 2 else NEEDLE.upper())
        while stage.view.found[1] == 0:
            stage.qt_app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        times.append((time.perf_counter() - started) * 1000)
        blocked.append((time.thread_time() - busy) * 1000)
    return [Figure("find in 14 MB, to the first hit", "ms wall", percentile(times, 0.5), 50)]
