"""Tools over the window: the loop, the tab and the lab, each made when it is first needed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.continuing import PAUSED
from app.domain.models import Catalogue
from app.domain.tool_turns import waiting_calls
from app.store.store import Store
from ui.bridge.tasks import TaskScope
from ui.conversation.presenter import ConversationPresenter
from ui.conversation.session import Session
from ui.shell.window import Window
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from ui.conversation.tool_loop import ToolLoop
    from ui.tools.calls import CallsPanel


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
    ) -> None:
        super().__init__(window.main)
        self._window = window
        self._theme = theme
        self._store = store
        self._conversation = conversation
        self._catalogue = catalogue
        self._tasks = TaskScope(self.failed.emit)
        self._loop: ToolLoop | None = None
        conversation.path_shown.connect(self._look)

    async def close(self) -> None:
        await self._tasks.close()

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
