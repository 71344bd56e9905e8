"""Setups of conversations, stored a moment after they were changed: one write for a word that was typed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer

from app.domain.request import Setup
from app.errors import StoreError
from app.services.library import Library
from ui.bridge.tasks import TaskScope
from ui.conversation.session import Session

STORED_AFTER_MS: Final = 400


class Setups(QObject):
    """Stores what was changed; a store that refuses is asked again with the next change."""

    def __init__(
        self, library: Library, tasks: TaskScope, sessions: Callable[[], Iterable[Session]], parent: QObject
    ) -> None:
        """`sessions` are all that may have a changed setup, the one on the page included."""
        super().__init__(parent)
        self._library = library
        self._sessions = sessions
        self.default = Setup()
        """What the new conversation began with: a setup like it is nobody's choice."""
        self._timer = QTimer(self, singleShot=True, interval=STORED_AFTER_MS)
        self._timer.timeout.connect(lambda: tasks.start("setups", self.keep))

    def note(self, session: Session) -> None:
        """Its setup is another: store it in a moment."""
        session.has_new_setup = True
        self._timer.start()

    def is_chosen(self, setup: Setup) -> bool:
        """Whether a new conversation's setup is anything but the default; the connection is chosen elsewhere."""
        return replace(setup, profile="") != replace(self.default, profile="")

    async def keep(self) -> None:
        """Store what was changed. Raises StoreError: it still is to be stored."""
        self._timer.stop()
        for session in {id(each): each for each in self._sessions()}.values():
            if not session.has_new_setup:
                continue
            session.has_new_setup = False
            try:
                await self._keep(session)
            except StoreError:
                session.has_new_setup = True
                raise

    async def _keep(self, session: Session) -> None:
        setup = session.conversation.setup
        if session.is_new:
            await self._library.save_fresh_setup(setup if self.is_chosen(setup) else None)
        else:
            await self._library.save_setup(session.conversation.id, setup)
