"""What the palette offers for what is typed: conversations and messages from the library, commands, models."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.domain.library import SearchHit
from app.services.library import Library
from ui.bridge.tasks import TaskScope
from ui.library.hit_rows import HitRow, hit_rows
from ui.shell.actions import COMMANDS
from ui.shell.fuzzy import fit
from ui.shell.palette import Entry, Palette

HITS = 20
MOST_OF_A_KIND = 8
SELF = "palette"


class PalettePresenter(QObject):
    """Answers each text with what fits it; an earlier question's late answer is never shown.

    Signals:
        open_requested: arg: a conversation's id.
        hit_requested: arg: a HitRow.
        command_given: arg: its name.
        model_picked: arg: its id.
        failed: arg: a DuologueError.
    """

    open_requested = Signal(str)
    hit_requested = Signal(object)
    command_given = Signal(str)
    model_picked = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        palette: Palette,
        library: Library,
        recent: Callable[[], Sequence[tuple[str, str]]],
        models: Callable[[], Sequence[tuple[str, str]]],
        now_ms: Callable[[], int],
    ) -> None:
        """
        Args:
            recent: gives the conversations that the sidebar knows, as (id, title), the newest first.
            models: gives the models to choose from, as (id, name).
        """
        super().__init__(palette)
        self._palette = palette
        self._library = library
        self._recent = recent
        self._models = models
        self._now_ms = now_ms
        self._tasks = TaskScope(self.failed.emit)
        palette.sought.connect(self._seek)

    async def close(self) -> None:
        await self._tasks.close()

    def _seek(self, text: str) -> None:
        self._palette.show_entries(self._known(text))
        if text.strip():
            self._tasks.start("seek", partial(self._find, text))
        else:
            self._tasks.cancel("seek")

    async def _find(self, text: str) -> None:
        hits = await self._library.search(text, HITS)
        if hits and self._palette.isVisible():
            at = self._palette.list.currentRow()
            known = self._known(text)
            shown = {entry.text for entry in known if entry.kind == "Conversation"}
            self._palette.show_entries([*known, *self._entries_of(hits, shown)])
            self._palette.list.setCurrentRow(max(at, 0))
        elif not self._palette.entries:
            self._palette.show_nothing()

    def _known(self, text: str) -> list[Entry]:
        """What needs no disk: conversations that the sidebar knows, commands and models."""
        conversations = [
            (title, Entry("Conversation", title, "", partial(self.open_requested.emit, id_)))
            for id_, title in self._recent()
        ]
        commands = [
            (each.text, Entry("Command", each.text, ", ".join(each.keys), partial(self.command_given.emit, each.name)))
            for each in COMMANDS
            if each.name != SELF
        ]
        models = [
            (f"{name} {id_}", Entry("Model", name, id_, partial(self.model_picked.emit, id_)))
            for id_, name in self._models()
        ]
        groups = [_best(text, each) for each in (conversations, commands, models)]
        # whose best fits best stands first; without a text, the order is as it is
        groups.sort(key=lambda group: -group[0][0] if group else 1)
        return [entry for group in groups for _, entry in group]

    def _entries_of(self, hits: Sequence[SearchHit], shown: set[str]) -> list[Entry]:
        entries = []
        for row in hit_rows(hits, self._now_ms()):
            if row.hit.message_id:
                entries.append(Entry("Message", _snippet(row), row.title, partial(self.hit_requested.emit, row)))
            elif row.title not in shown:
                act = partial(self.open_requested.emit, row.hit.conversation_id)
                entries.append(Entry("Conversation", row.title, row.told, act))
        return entries


def _best(text: str, named: Sequence[tuple[str, Entry]]) -> list[tuple[int, Entry]]:
    fits = [(score, entry) for name, entry in named if (score := fit(text, name)) is not None]
    return sorted(fits, key=lambda each: -each[0])[:MOST_OF_A_KIND]


def _snippet(row: HitRow) -> str:
    return "".join(text for text, _ in row.pieces)
