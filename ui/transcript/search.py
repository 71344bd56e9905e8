"""Find in this conversation: the bar, the finder, and the hit that is shown."""

from PySide6.QtCore import QObject

from ui.transcript.canvas import Canvas
from ui.transcript.find_bar import FindBar
from ui.transcript.finding import Finder, Hits, found_in
from ui.transcript.style import Style


class Search(QObject):
    """Shows one hit after another, each selected and in sight."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._hits = Hits("")
        self._number = 0
        """Of the search that runs or ran."""
        self._searching = False
        self._shown: tuple[int, int] | None = None
        """The hit in sight: the message's index, and which of its hits."""
        self.bar = FindBar(canvas.viewport())
        self.bar.edited.connect(self.search)
        self.bar.step_requested.connect(self.step)
        self.bar.closed.connect(self._close)
        self._finder = Finder(self)
        self._finder.found.connect(self._take)
        self._finder.finished.connect(self._finish)

    @property
    def place(self) -> tuple[int, int]:
        """The number of the hit that is shown, from 1, and how many were found; zeros for none."""
        return (self._hits.number_of(*self._shown) if self._shown else 0), self._hits.total

    def search(self, text: str) -> None:
        """Look for `text` from what is in sight on. The first hit is shown when it is found."""
        self._hits = Hits(text)
        self._shown = None
        self._searching = bool(text)
        self._mark(text)
        if text:
            visible = self._canvas.arrangement.visible
            sources = [item.source if item.is_growing else item.message for item in self._canvas.items]
            self._number = self._finder.search(text, sources, visible[0].item if visible else 0)
        else:
            self._finder.stop()
        self._show_count()

    def step(self, by: int) -> None:
        """To the next hit, or the one before; round at the ends."""
        if self._hits.total:
            number, total = self.place
            self._show(*self._hits.at((number - 1 + by) % total + 1))
            self._show_count()

    def forget(self) -> None:
        """The messages are others now: look again, if one is looking."""
        if self.bar.isVisible() and self._hits.text:
            self.search(self._hits.text)
        else:
            self._hits, self._shown = Hits(""), None
            self._canvas.marks.look_for("")

    def wait(self) -> None:
        """Until no thread looks any more."""
        self._finder.wait()

    def dress(self, style: Style) -> None:
        self.bar.dress(style)

    def _take(self, number: int, hits: list[tuple[int, int]]) -> None:
        if number != self._number or not self._searching:
            return
        for item, count in hits:
            self._hits.add(item, count)
        if self._shown is None:
            self._show(hits[0][0], 0)
        self._show_count()

    def _finish(self, number: int) -> None:
        if number == self._number:
            self._searching = False
            self._show_count()

    def _show_count(self) -> None:
        self.bar.show_count(*self.place, searching=self._searching)

    def _show(self, index: int, nth: int) -> None:
        self._shown = (index, nth)
        canvas = self._canvas
        if index >= len(canvas.items):
            return
        item = canvas.items[index]
        canvas.arrangement.prepare(item)
        width, style = canvas.arrangement.width, canvas.styling
        found = found_in(item, index, self._hits.text, nth, width, style)
        if found.is_changed:
            canvas.changed(item)
        canvas.selecting.select(found.start, found.end)
        canvas.bring_into_sight(found.start)
        canvas.repaint_all()

    def _mark(self, text: str) -> None:
        self._canvas.marks.look_for(text)
        self._canvas.repaint_all()

    def _close(self) -> None:
        self._finder.stop()
        self._searching = False
        self._mark("")
        self._canvas.setFocus()
