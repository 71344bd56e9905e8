"""Caching, joined to the window: the books when something is sent, the rail and the line when something is written."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.domain.models import Catalogue
from app.store.store import Store
from ui.conversation.presenter import ConversationPresenter, now_ms
from ui.shell.window import Window
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from app.services.planning import PlanningService
    from ui.conversation.caching import Caching
    from ui.usage.presenter import UsagePresenter


class Planning(QObject):
    """Makes all of it when it is first of use: a start with an empty page has none."""

    def __init__(
        self,
        window: Window,
        theme: Theme,
        store: Store,
        catalogue: Callable[[], Catalogue],
        connect: Callable[[str], Awaitable[Any]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._theme = theme
        self._store = store
        self._catalogue = catalogue
        self._connect = connect
        self._service: PlanningService | None = None
        self._shown: Caching | None = None
        self._usage: UsagePresenter | None = None

    def books(self) -> "PlanningService":
        """Who keeps books of what was sent."""
        if self._service is None:
            from app.services.planning import PlanningService

            self._service = PlanningService(self._store.ledger, self._catalogue, self._connect, now_ms)
        return self._service

    def join(self, conversation: ConversationPresenter, tell: Callable[[str], object]) -> None:
        """Show what the next request will do. `tell` shows a sentence of why a mark was not taken."""
        self._conversation = conversation
        self._tell = tell
        self._window.setup.refused.connect(tell)
        self._window.inspector.add_later("Cache", self._make_tab)
        self._window.inspector.add_later("Usage", self._make_usage)
        self._window.page.composer.text_edited.connect(self._begin)
        conversation.shown.connect(self._begin_with)

    def open_tab(self, name: str) -> None:
        """Show the Cache or the Usage tab."""
        self._window.main.panes.show_inspector()
        self._window.inspector.open_tab(name)
        if name == "Usage" and self._usage is not None:
            self._usage.refresh()

    async def close(self) -> None:
        for each in (self._shown, self._usage):
            if each is not None:
                await each.close()

    def _begin_with(self, conversation_id: str) -> None:
        """A conversation with messages has a rail; it comes after the messages."""
        if conversation_id and self._shown is None:
            QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        self.shown()

    def shown(self) -> "Caching":
        """What shows it."""
        if self._shown is None:
            from ui.conversation.caching import Caching

            self._shown = Caching(self._window.page, self._conversation, self.books(), self._catalogue, self)
            self._shown.refused.connect(self._tell)
        return self._shown

    def _make_tab(self) -> QWidget:
        from ui.caching.tab import CacheTab

        tab = CacheTab(self._theme)
        self.shown().take_tab(tab)
        return tab

    def _make_usage(self) -> QWidget:
        from ui.usage.presenter import UsagePresenter
        from ui.usage.view import UsageView

        view = UsageView(self._theme)
        self._usage = UsagePresenter(view, self._store.ledger.spent, self._catalogue, now_ms)
        self._usage.failed.connect(self._conversation.failed)
        self._conversation.rows_changed.connect(self._usage.note)
        self._usage.refresh()
        return view
