"""Fills the Usage tab, and saves what it shows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.domain.models import Catalogue
from app.domain.spending import as_csv, day_of, sums
from app.domain.usage import Spent
from app.errors import FileFailed
from ui.bridge.tasks import TaskScope
from ui.usage.view import UsageView

MOST = 20_000
"""Answers that are read: the newest."""
DAY_MS = 86_400_000
Load = Callable[[int, int], Awaitable[Sequence[Spent]]]


class UsagePresenter(QObject):
    """Signals: `failed`, args: a DuologueError."""

    failed = Signal(object)

    def __init__(
        self, view: UsageView, load: Load, catalogue: Callable[[], Catalogue], now_ms: Callable[[], int]
    ) -> None:
        """`load` gives the answers since a time, so many at most, the newest first."""
        super().__init__(view)
        self._view = view
        self._load = load
        self._catalogue = catalogue
        self._now_ms = now_ms
        self._tasks = TaskScope(self.failed.emit)
        self._rows: Sequence[Spent] = ()
        view.choice_changed.connect(self.refresh)
        view.csv_wanted.connect(self._ask_where)

    def refresh(self) -> None:
        """Read what was answered until now."""
        self._tasks.start("usage", self._refresh)

    def note(self) -> None:
        """Something was answered: read anew, if anyone is looking."""
        if self._view.isVisible():
            self.refresh()

    async def close(self) -> None:
        await self._tasks.close()

    async def _refresh(self) -> None:
        self._rows = rows = await self._load(self._now_ms() - self._view.days * DAY_MS, MOST)
        catalogue, group = self._catalogue(), self._view.grouping
        naming: Mapping[str, Callable[[Spent], str]] = {
            "day": day_of,
            "model": lambda each: _model_name(catalogue, each.model),
            "conversation": lambda each: each.title or "Untitled",
        }
        found, whole = await asyncio.to_thread(
            lambda: (sums(rows, naming[group], catalogue), sums(rows, lambda _: "", catalogue))
        )
        if group != "day":
            found = tuple(sorted(found, key=lambda each: -(each.cost or 0.0)))
        note = f"Only the newest {MOST:,} are counted." if len(rows) == MOST else ""
        self._view.show_sums(found, whole[0] if whole else None, note)

    def _ask_where(self) -> None:
        dialog = QFileDialog(self._view, "Save as CSV", "", "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("duologue-usage.csv")
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, path: Path) -> None:
        """Write what is shown to a file."""
        self._tasks.start("csv", partial(self._save, path))

    async def _save(self, path: Path) -> None:
        text = as_csv(self._rows, self._catalogue())
        try:
            await asyncio.to_thread(path.write_text, text, encoding="utf-8", newline="")
        except OSError as error:
            raise FileFailed(str(path), error.strerror or str(error)) from error


def _model_name(catalogue: Catalogue, model: str) -> str:
    entry = catalogue.find(model)
    return entry.display_name if entry is not None else model or "Unknown"
