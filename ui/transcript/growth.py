"""How an answer grows on screen: deltas are gathered for one frame, and what a frame takes in is bounded."""

import time
from collections import deque
from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from app.domain.conversation import Message
from app.domain.stream import StreamEvent
from ui.transcript.canvas import Canvas
from ui.transcript.items import Item

FLUSH_MS: Final = 16
"""Deltas are gathered for one frame."""
REST: Final = 3
"""So much longer than a flush took is the pause behind it: three quarters of the thread are for everything else."""
LONGEST_PAUSE_MS: Final = 200


class Growth(QObject):
    """Feeds the growing item of a canvas, and reads on in long texts that one frame could not take.

    Signals:
        took_in: the answer that streams has grown.
    """

    took_in = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._arrangement = canvas.arrangement
        self._events: deque[StreamEvent] = deque()
        self._pause_ms = FLUSH_MS
        self._since_flush = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)
        canvas.refreshed.connect(self._read_on)

    @property
    def item(self) -> Item | None:
        """The one that grows."""
        items = self._canvas.items
        return items[-1] if items and items[-1].is_growing else None

    def extend(self, events: Iterable[StreamEvent]) -> None:
        """Events of the growing message. They show with the next frame."""
        self._events.extend(events)
        if self._events and not self._timer.isActive():
            # what comes after a rest shows at once; what comes quickly waits for its frame
            passed = self._since_flush.elapsed() if self._since_flush.isValid() else self._pause_ms
            self._timer.start(max(0, self._pause_ms - passed))

    def finish(self, message: Message) -> None:
        """The growing message is complete, or has ended otherwise."""
        self._take_events()
        item = next((each for each in self._canvas.items if each.message.id == message.id), None)
        if item is not None:
            item.finish(message, self._arrangement.width, self._canvas.styling)
            self._canvas.changed(item)

    def flush(self) -> None:
        """Take in what has gathered, a bounded amount; what is left over comes with the next frame."""
        self._since_flush.start()
        started = time.thread_time()
        self._take_events()
        growing = self.item
        waiting = {**self._arrangement.behind, **({id(growing): growing} if growing else {})}
        for key, item in waiting.items():
            pixels = item.update(self._arrangement.width, self._canvas.styling)
            if pixels is not None:
                self._canvas.grew(item, pixels)
                if item is growing:
                    self.took_in.emit()
            if item.is_behind:
                self._arrangement.behind[key] = item
            else:
                self._arrangement.behind.pop(key, None)
        # of the processor: a machine that is busy with something else is no reason to show less
        spent_ms = round((time.thread_time() - started) * 1000)
        self._pause_ms = min(LONGEST_PAUSE_MS, max(FLUSH_MS, REST * spent_ms))
        if self._arrangement.behind:
            self._timer.start(self._pause_ms)

    def _take_events(self) -> None:
        item = self.item
        if item is not None and self._events:
            self._arrangement.prepare(item)
            for event in self._events:
                item.take(event)
        self._events.clear()

    def _read_on(self) -> None:
        if self._arrangement.behind and not self._timer.isActive():
            self._timer.start(FLUSH_MS)
