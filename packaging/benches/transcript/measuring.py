"""Clocks, percentiles, and a transcript that paints where nobody looks."""

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.blocks import TextBlock
from app.domain.conversation import Message, MessageState, Role
from app.domain.stream import BlockStarted, StreamEvent, TextDelta
from ui.bridge.garbage import Collector
from ui.theme.theme import Theme
from ui.transcript.view import TranscriptView
from ui.widgets.error_text import from_facts

SIZE: Final = (900, 700)
FRAME_DELTAS: Final = 16
"""What arrives in a frame at 1,000 deltas a second."""
STREAMED_ID: Final = "streamed"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. Less is better."""

    name: str
    unit: str
    ours: float
    promised: float
    against: float | None = None
    """What ours is divided by before it is held to the promise."""

    @property
    def held(self) -> float:
        return self.ours if self.against is None else self.ours / self.against

    @property
    def holds(self) -> bool:
        return self.held <= self.promised

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "held": round(self.held, 4), "holds": self.holds}


def cpu_ms() -> float:
    """Processor time of this thread so far."""
    return time.thread_time() * 1000


def percentile(values: Iterable[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of this thread's processor time that `work` takes."""
    started = cpu_ms()
    work()
    return cpu_ms() - started


def pss_mb(pid: int | str = "self") -> float:
    """Proportional memory of one process, in megabytes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"no memory figures of {pid}")


def private_mb() -> float:
    """This process's own memory, in megabytes."""
    found = 0
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith(("Private_Clean:", "Private_Dirty:")):
            found += int(line.split()[1])
    return found / 1024


class Painted(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


class Stage:
    """A transcript in a window of its own, as the program makes it."""

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        running = QApplication.instance()
        self.qt_app = running if isinstance(running, QApplication) else QApplication([])
        self._theme = Theme()
        self._theme.apply(self.qt_app)
        self._garbage = Collector()
        self.view = TranscriptView(from_facts, self._theme.palette)
        self.painted = Painted(self.view.viewport())
        self.view.resize(*size)
        self.view.show()
        self.settle()

    def settle(self) -> None:
        """Let everything that is due happen."""
        for _ in range(3):
            self.qt_app.processEvents()

    def until_painted(self) -> None:
        """Wait, without using the processor, until the viewport was painted once more."""
        before = self.painted.count
        while self.painted.count == before:
            self.qt_app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def show(self, messages: Sequence[Message], *, streaming: str | None = None) -> None:
        self.view.show(messages, streaming=streaming)
        self.settle()

    def begin(self, above: Sequence[Message], text: str) -> None:
        """Show messages and below them an answer that has grown to `text`."""
        growing = Message(STREAMED_ID, above[-1].id if above else None, Role.ASSISTANT, (), MessageState.STREAMING)
        self.show([*above, growing], streaming=STREAMED_ID)
        self.view.extend([BlockStarted(0, TextBlock(""))])
        for at in range(0, len(text), 2000):
            self.view.extend([TextDelta(0, text[at : at + 2000])])
            self.until_painted()
        self.settle()

    def frame(self, pieces: Sequence[str]) -> float:
        """Take in deltas and paint; milliseconds of processor time."""
        events: list[StreamEvent] = [TextDelta(0, piece) for piece in pieces]
        started = cpu_ms()
        self.view.extend(events)
        self.until_painted()
        return cpu_ms() - started


def without_rubbish() -> None:
    """Collect now, so that no measured stretch pays for an earlier one."""
    gc.collect()
