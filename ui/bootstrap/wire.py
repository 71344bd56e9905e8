"""The record of the wire and the tab that shows it, each made when it is first needed."""

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ui.conversation.presenter import ConversationPresenter
from ui.shell.window import Window

if TYPE_CHECKING:
    from app.domain.exchanges import Noted
    from app.store.exchanges import ExchangeStore
    from ui.wire.presenter import WirePresenter

TAB = "Wire"


class WireDesk(QObject):
    """Owns the record of what went over the wire.

    Signals:
        failed: arg: a DuologueError.
    """

    failed = Signal(object)
    _kept = Signal()
    """On the record's thread: Qt carries it over to the window's."""

    def __init__(self, window: Window, folder: Path | None) -> None:
        """`folder` is where it is kept; None: in memory."""
        super().__init__(window.main)
        self._window = window
        self._folder = folder
        self._store: ExchangeStore | None = None
        self._making = threading.Lock()
        self._presenter: WirePresenter | None = None
        window.inspector.add_later(TAB, self._make_tab)

    def keep(self, noted: "Noted") -> None:
        """Keep an exchange, some time soon. May be called on any thread."""
        self._record().keep(noted)

    def open_tab(self) -> None:
        """Show the Wire tab."""
        self._window.main.panes.show_inspector()
        self._window.inspector.open_tab(TAB)

    def show_message(self, conversation: ConversationPresenter, message_id: str) -> None:
        """Show the exchange that an answer came from; where it has none, the newest ones."""
        self.open_tab()
        found = next((each for each in conversation.session.shown_path if each.id == message_id), None)
        facts = None if found is None else found.facts
        if facts is None or self._presenter is None:
            return
        request_id = facts.request_id or str((facts.error or {}).get("request_id") or "")
        if request_id:
            self._presenter.find(request_id)

    async def close(self) -> None:
        """End what the tab does."""
        if self._presenter is not None:
            await self._presenter.close()

    async def shut(self) -> None:
        """Write what waits. After this nothing is kept."""
        if self._store is not None:
            await asyncio.to_thread(self._store.close)

    def _record(self) -> "ExchangeStore":
        """The record, made when it is first asked for: a start has no use for it."""
        with self._making:
            if self._store is None:
                from app.store.exchanges import FILE_NAME, ExchangeStore

                path = None if self._folder is None else self._folder / FILE_NAME
                self._store = ExchangeStore(path, self._kept.emit)
            return self._store

    def _make_tab(self) -> QWidget:
        from app.dialects.code.programs import FORMS
        from ui.wire.presenter import WirePresenter
        from ui.wire.view import WireView

        # a request is repeated as it was: the other dialect would be another request
        view = WireView({name: words for name, words in FORMS.items() if name != "openai"})
        self._presenter = presenter = WirePresenter(view, self._record())
        presenter.failed.connect(self.failed)
        self._kept.connect(presenter.refresh)
        presenter.refresh()
        return view
