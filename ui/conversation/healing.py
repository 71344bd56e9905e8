"""What the API would refuse in the shown conversation, said before anything is sent; and its fixes."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.conversation import Conversation
from app.domain.models import Catalogue
from app.domain.request import Setup
from app.domain.tool_turns import waiting_calls
from app.services.library import Library
from ui.bridge.tasks import TaskScope
from ui.conversation.branching import WAIT
from ui.conversation.session import Session

if TYPE_CHECKING:
    from app.domain.findings import Finding

LOOK_AFTER_S: Final = 0.25
"""Changes come in bursts: a number that is typed, a conversation that is opened and set up."""


class HealingView(Protocol):
    """Whoever shows sessions."""

    @property
    def session(self) -> Session:
        """What is on the page."""

    def change_setup(self, setup: Setup) -> None: ...

    def path_changed(self, session: Session) -> None: ...


class Healing(QObject):
    """Looks whenever something has changed, off the window's thread.

    Signals:
        found: what would be refused in what is shown; arg: a tuple of Finding.
        undo_offered: something was done that can be undone; args: what, as a sentence, and a callable that undoes it.
        refused: it cannot be done now; arg: why, as a sentence.
    """

    found = Signal(object)
    undo_offered = Signal(str, object)
    refused = Signal(str)

    def __init__(
        self,
        view: HealingView,
        library: Library,
        catalogue: Callable[[], Catalogue],
        tasks: TaskScope,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._library = library
        self._catalogue = catalogue
        self._tasks = tasks
        self._is_over = False

    def look(self) -> None:
        """Something has changed: examine it in a moment."""
        if not self._is_over:
            self._tasks.start("look", self._look)

    def forget(self) -> None:
        """Another conversation is on the page."""
        self.found.emit(())
        self.look()

    def stop(self) -> None:
        """The window closes: look no more."""
        self._is_over = True
        self._tasks.cancel("look")

    def fix(self, findings: "Sequence[Finding]") -> None:
        """Mend these findings of what is shown."""
        from app.services.doctor import cured

        self._apply(
            partial(cured, findings=findings), "Fixed" if len(findings) == 1 else f"{len(findings)} things fixed"
        )

    def leave_out(self, message_id: str) -> None:
        """Send a message no longer. It stays where it is."""
        session = self._view.session
        if message := session.conversation.messages.get(message_id):
            omitted = {message_id: tuple(range(len(message.blocks)))}
            self._apply(lambda it: it.with_omitted(omitted), "Left out of the context")

    def take_in(self, message_id: str) -> None:
        """Send all of a message again."""
        self._apply(lambda it: it.with_omitted({message_id: ()}), "In the context again")

    def _apply(self, change: Callable[[Conversation], Conversation], said: str) -> None:
        session = self._view.session
        if session.is_busy:
            self.refused.emit(WAIT)
            return
        before, after = session.conversation, change(session.conversation)
        self._put(session, before, after)
        self.undo_offered.emit(said, partial(self._put, session, after, before))

    def _put(self, session: Session, before: Conversation, after: Conversation) -> None:
        """Let what differs between two states of a conversation be as it is in the second."""
        omitted = {
            id_: each.omitted
            for id_, each in after.messages.items()
            if id_ in before.messages and each.omitted != before.messages[id_].omitted
        }
        if after.setup != before.setup and session is self._view.session:
            self._view.change_setup(after.setup)
        if omitted:
            self._tasks.start(f"heal {session.conversation.id}", partial(self._keep, session, omitted))
        else:
            self.look()

    async def _keep(self, session: Session, omitted: dict[str, tuple[int, ...]]) -> None:
        session.conversation = await self._library.leave_out(session.conversation, omitted)
        self._view.path_changed(session)
        self.look()

    async def _look(self) -> None:
        await asyncio.sleep(LOOK_AFTER_S)
        session = self._view.session
        conversation = session.conversation
        if session.is_new or session.is_busy:
            self.found.emit(())
            return
        findings = await asyncio.to_thread(_examined, conversation, self._catalogue())
        if session is self._view.session and conversation is session.conversation:
            self.found.emit(findings)


def _examined(conversation: Conversation, catalogue: Catalogue) -> "tuple[Finding, ...]":
    from app.services.doctor import examine  # of no use before there is a conversation

    return examine(conversation, catalogue, awaits_results=bool(waiting_calls(conversation)))
