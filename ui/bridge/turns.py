"""When the loop's callbacks run: those of the next turn all in one, later ones each by a timer of Qt's.

qasync gives each callback a timer, and leaves it running when the callback is cancelled: a read with a time limit of a
minute and a half, sixty times a second, leaves five thousand of them.

Qt's events may also be handled while the loop does not run: before it starts, between two of its runs, by somebody's
own `processEvents`. A callback that ran then would find no running loop, so what is due waits for the loop.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimerEvent

LONGEST_MS = 2**31 - 1
"""That Qt can count to: 24 days."""


class Later(asyncio.TimerHandle):
    """A callback of a later time."""

    __slots__ = ("timer", "turns")

    timer: int
    turns: "Turns"

    def cancel(self) -> None:
        super().cancel()
        self.turns.forget(self)


class Turns(QObject):
    """Runs callbacks on the thread that it was made on."""

    def __init__(self, is_running: Callable[[], bool]) -> None:
        """`is_running` says whether the loop is."""
        super().__init__()
        self._is_running = is_running
        self._soon: deque[asyncio.Handle] = deque()
        self._turn = 0
        """The timer of the next turn, if there will be one."""
        self._later: dict[int, Later] = {}

    def soon(self, handle: asyncio.Handle) -> None:
        """Run it in the next turn, after those that were given before."""
        self._soon.append(handle)
        if not self._turn:
            self._turn = self.startTimer(0)

    def wake(self) -> None:
        """The loop is about to run: what became due meanwhile is next."""
        if self._soon and not self._turn:
            self._turn = self.startTimer(0)

    def later(self, handle: Later, delay_s: float) -> None:
        """Run it when so much time has passed, never earlier."""
        delay_ms = min(LONGEST_MS, math.ceil(max(0.0, delay_s) * 1000))
        handle.turns, handle.timer = self, self.startTimer(delay_ms, Qt.TimerType.PreciseTimer)
        self._later[handle.timer] = handle

    def forget(self, handle: Later) -> None:
        """A cancelled one: its timer ends. One that has run has none, and Qt may have given its number to another."""
        if self._later.get(handle.timer) is handle:
            self.killTimer(handle.timer)
            del self._later[handle.timer]

    def stop(self) -> None:
        """Run nothing more."""
        for timer in (self._turn, *self._later):
            if timer:
                self.killTimer(timer)
        self._turn = 0
        self._soon.clear()
        self._later.clear()

    def timerEvent(self, event: QTimerEvent) -> None:
        timer = event.timerId()
        self.killTimer(timer)
        if timer == self._turn:
            self._turn = 0
            if self._is_running():
                self._run_turn()
        elif (handle := self._later.pop(timer, None)) is not None:
            if self._is_running():
                handle._run()
            else:
                self._soon.append(handle)

    def _run_turn(self) -> None:
        """What is given meanwhile waits for another turn, so that Qt has its own in between."""
        try:
            for _ in range(len(self._soon)):
                # a loop inside of a callback may have run what was left
                if self._soon and not (handle := self._soon.popleft()).cancelled():
                    handle._run()
        finally:
            if self._soon and not self._turn:
                self._turn = self.startTimer(0)
