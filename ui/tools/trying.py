"""Runs of a try: begun, shown as they end, kept, and stopped."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.models import Catalogue
from app.domain.request import Setup
from app.domain.toolbox import KeptTool, TryRun
from app.services.trying import Try, request_of_try
from ui.bridge.tasks import TaskScope
from ui.tools.try_panel import TryPanel

SHOW_EVERY_MS: Final = 100
"""Runs that end meanwhile are shown, and kept, together."""


class TryStore(Protocol):
    async def add_tries(self, runs: Sequence[TryRun]) -> None: ...

    async def tries(self, tool_id: str, limit: int = 1000) -> tuple[TryRun, ...]: ...


class Trying(QObject):
    """Signals:
    failed: arg: a DuologueError that belongs to no run.
    """

    failed = Signal(object)

    def __init__(
        self,
        panel: TryPanel,
        store: TryStore,
        connect: Callable[[str], Awaitable[Any]],
        setup: Callable[[], Setup],
        catalogue: Callable[[], Catalogue],
        now_ms: Callable[[], int],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._store = store
        self._connect = connect
        self._setup = setup
        self._catalogue = catalogue
        self._now_ms = now_ms
        self._tasks = TaskScope(self.failed.emit)
        self._tool: KeptTool | None = None
        self._running: Try | None = None
        self._ended: list[TryRun] = []
        self._owed: list[TryRun] = []
        """Shown, and not stored yet."""
        self._count = self._wanted = 0
        self._timer = QTimer(self, interval=SHOW_EVERY_MS)
        self._timer.timeout.connect(self._flush)
        panel.run_requested.connect(self.run)
        panel.stop_requested.connect(self.stop)

    def show_tool(self, tool: KeptTool | None) -> None:
        """Show the runs of a tool; those that are under way go on."""
        self._tool = tool
        self._tasks.start("tries", self._read)

    def run(self, prompt: str, runs: int) -> None:
        """Try the tool that is shown, so many times."""
        if self._tool is not None and self._running is None:
            self._tasks.start("try", partial(self._run, self._tool, prompt, runs))

    def stop(self) -> None:
        """Begin no more runs."""
        if self._running is not None:
            self._running.stop()

    async def close(self) -> None:
        """End the runs; what has ended is kept."""
        self.stop()
        self._timer.stop()
        await self._tasks.close()
        self._owed += self._ended
        self._ended = []
        await self._keep()

    async def _read(self) -> None:
        tool = self._tool
        self._panel.show_runs(await self._store.tries(tool.id) if tool is not None else ())

    async def _run(self, tool: KeptTool, prompt: str, runs: int) -> None:
        setup, catalogue = self._setup(), self._catalogue()
        request = request_of_try(setup, tool, prompt, catalogue)
        self._running = series = Try(tool, prompt, request, catalogue.find(request.model), now_ms=self._now_ms)
        self._count, self._wanted = 0, runs
        self._panel.show_running((0, runs))
        self._timer.start()
        try:
            await series.run(await self._connect(setup.profile), runs, self._take)
        finally:
            self._running = None
            self._timer.stop()
            self._panel.show_running(None)
            self._flush()

    def _take(self, run: TryRun) -> None:
        self._ended.append(run)

    def _flush(self) -> None:
        """Show what has ended since the last time, and keep it."""
        ended, self._ended = self._ended, []
        self._count += len(ended)
        self._owed += ended
        tool_id = self._tool.id if self._tool is not None else ""
        self._panel.add_runs([each for each in ended if each.tool_id == tool_id])
        if self._running is not None:
            self._panel.show_running((self._count, self._wanted))
        if self._owed and not self._tasks.is_running("keep tries"):
            self._tasks.start("keep tries", self._keep)

    async def _keep(self) -> None:
        while self._owed:
            owed, self._owed = self._owed, []
            try:
                await self._store.add_tries(owed)
            except BaseException:
                self._owed = owed + self._owed
                raise
