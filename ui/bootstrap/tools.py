"""Tools over the window: the loop, the tab and the lab, each made when it is first needed."""

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

import resources
from app.domain.continuing import PAUSED
from app.domain.models import Catalogue, ModelEntry
from app.domain.request import Setup
from app.domain.tool_turns import waiting_calls
from app.store.store import Store
from ui.bridge.tasks import TaskScope
from ui.conversation.presenter import ConversationPresenter, now_ms
from ui.conversation.session import Session
from ui.shell.window import Window
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.conversation.tool_loop import ToolLoop
    from ui.tools.calls import CallsPanel
    from ui.tools.lab import LabView
    from ui.tools.lab_presenter import LabPresenter
    from ui.tools.tab_presenter import TabPresenter
    from ui.tools.trying import Trying


class ToolDesk(QObject):
    """Joins what is done with tools to the conversation.

    Signals:
        failed: arg: a DuologueError.
    """

    failed = Signal(object)

    def __init__(
        self,
        window: Window,
        theme: Theme,
        store: Store,
        conversation: ConversationPresenter,
        catalogue: Callable[[], Catalogue],
        connect: Callable[[str], Any],
    ) -> None:
        """`connect` gives the client of a profile, by name."""
        super().__init__(window.main)
        self._window = window
        self._theme = theme
        self._store = store
        self._conversation = conversation
        self._catalogue = catalogue
        self._tasks = TaskScope(self.failed.emit)
        self._connect = connect
        self._loop: ToolLoop | None = None
        self._tab: TabPresenter | None = None
        self._lab: tuple[LabView, LabPresenter, Trying] | None = None
        window.inspector.add_later("Tools", self._make_tab)
        conversation.setup_shown.connect(self._show_setup)
        conversation.shown.connect(lambda _id: self.close_lab())
        conversation.path_shown.connect(self._look)

    async def close(self) -> None:
        """Keep what is edited, and end all work."""
        if self._lab is not None:
            await self._lab[1].close()
            await self._lab[2].close()
        await self._tasks.close()

    def open_lab(self, name: str = "") -> None:
        """Show the lab in the place of the conversation, with the tool of this name."""
        view, presenter, _ = self._made_lab()
        self._window.main.panes.cover(view)
        view.setFocus()
        self._tasks.start("lab", partial(presenter.open, name))

    def close_lab(self) -> None:
        """The conversation is seen again."""
        if self._lab is not None and self._lab[0].isVisible():
            self._window.main.panes.cover(None)
            self._window.page.take_focus()

    # ---- the tab

    def _make_tab(self) -> QWidget:
        from ui.tools.tab import ToolsTab
        from ui.tools.tab_presenter import TabPresenter

        tab = ToolsTab(self._theme)
        self._tab = TabPresenter(tab, self._store.toolbox, self._tasks, _examples, now_ms, self)
        self._tab.setup_changed.connect(self._conversation.change_setup)
        tab.edit_requested.connect(self.open_lab)
        tab.new_requested.connect(self._begin_tool)
        self._show_setup(self._conversation.shown_setup)
        return tab

    def _show_setup(self, setup: Setup) -> None:
        if self._tab is not None:
            self._tab.show_setup(setup, self._entry(setup))
        if self._lab is not None:
            self._show_native(setup)

    def _entry(self, setup: Setup) -> ModelEntry | None:
        return self._catalogue().find(setup.model or self._catalogue().default.id)

    # ---- the lab

    def _begin_tool(self) -> None:
        self.open_lab()
        self._made_lab()[1].begin({"name": "new_tool", "input_schema": {"type": "object", "properties": {}}})

    def _made_lab(self) -> "tuple[LabView, LabPresenter, Trying]":
        if self._lab is None:
            from ui.tools.lab import LabView
            from ui.tools.lab_presenter import LabPresenter
            from ui.tools.trying import Trying

            view = LabView(self._theme)
            presenter = LabPresenter(view, self._store.toolbox, self._tasks, now_ms, self)
            setup = partial(getattr, self._conversation, "shown_setup")
            trying = Trying(view.tries, self._store.toolbox, self._connect, setup, self._catalogue, now_ms, self)
            trying.failed.connect(self.failed)
            view.tool_chosen.connect(lambda _id: trying.show_tool(presenter.tool))
            presenter.shown.connect(lambda: trying.show_tool(presenter.tool))
            view.done_requested.connect(self.close_lab)
            presenter.saved.connect(self._take_saved)
            presenter.tools_changed.connect(lambda: self._tab.refresh() if self._tab is not None else None)
            self._lab = view, presenter, trying
            self._show_native(self._conversation.shown_setup)
        return self._lab

    def _show_native(self, setup: Setup) -> None:
        from ui.tools.native import native_tools

        entry = self._entry(setup)
        if self._lab is not None:
            self._lab[0].show_native(native_tools(entry.tools) if entry is not None else [])

    def _take_saved(self, before: str, kept: object) -> None:
        if self._tab is not None:
            self._tab.take(before, kept)  # type: ignore[arg-type]

    # ---- the loop

    def _look(self, session: Session) -> None:
        if self._loop is None and not _concerns_tools(session):
            return
        if self._loop is None:
            from ui.conversation.tool_loop import ToolLoop

            view, box = self._conversation, self._store.toolbox
            self._loop = ToolLoop(view, view.sending, self._tasks, box, self._make_panel, self)
        self._loop.look(session)

    def _make_panel(self) -> "CallsPanel":
        from ui.tools.calls import CallsPanel

        panel = CallsPanel(self._theme)
        self._window.page.place_above_composer(panel)
        return panel


def _concerns_tools(session: Session) -> bool:
    path = session.conversation.path
    facts = path[-1].facts if path else None
    return bool(waiting_calls(session.conversation)) or (facts is not None and facts.stop_reason == PAUSED)


def _examples() -> list[dict[str, Any]]:
    """The example tools that come with the program."""
    return list(json.loads(resources.read_bytes("tools", "examples.json")))
