"""What a person does with the tree of a conversation: step to a branch, begin one, change an answer, delete.

Nothing that was there is changed: what is new stands beside it, and what is deleted can be brought back.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.blocks import Block, TextBlock
from app.domain.conversation import Conversation, Message, ReplyFacts, Role
from app.services.identity import new_id
from app.services.library import Library
from ui.bridge.tasks import TaskScope
from ui.conversation.session import Session

WAIT: Final = "Wait until the answer has come, or stop it with Esc."


class BranchingView(Protocol):
    """Whoever shows sessions."""

    @property
    def session(self) -> Session:
        """What is on the page."""

    def path_changed(self, session: Session) -> None: ...


class Branching(QObject):
    """Carries out what the transcript asks for.

    Signals:
        undo_offered: something was done that can be undone; args: what, as a sentence, and a callable that undoes it.
        confirm_wanted: ask before; args: the question, the word for yes, and a callable to call then.
        refused: it cannot be done now; arg: why, as a sentence.
        conversation_emptied: the first message is to go with all others; arg: the conversation's id.
    """

    undo_offered = Signal(str, object)
    confirm_wanted = Signal(str, str, object)
    refused = Signal(str)
    conversation_emptied = Signal(str)

    def __init__(
        self,
        view: BranchingView,
        library: Library,
        tasks: TaskScope,
        now_ms: Callable[[], int],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._library = library
        self._tasks = tasks
        self._now_ms = now_ms

    # ---- branches

    def step(self, message_id: str, by: int) -> None:
        """Show a sibling of a message, with the newest of what follows it."""
        session = self._view.session
        siblings = [each.id for each in session.conversation.siblings(message_id)]
        at = siblings.index(message_id) + by
        if 0 <= at < len(siblings):
            self._show(session, session.conversation.newest_below(siblings[at]))

    def begin_at(self, message_id: str) -> None:
        """Let the path end at a message: what is sent next begins another branch there."""
        session = self._view.session
        before = session.conversation.leaf
        if message_id in session.conversation.messages and self._show(session, message_id) and before != message_id:
            self.undo_offered.emit("What you send next begins a new branch", partial(self._show, session, before))

    def follow(self, message_id: str) -> None:
        """Show what comes after a message that the path ends at."""
        session = self._view.session
        self._show(session, session.conversation.newest_below(message_id))

    def _show(self, session: Session, leaf: str | None) -> bool:
        """Make `leaf` the end of the path. Not while an answer is made, which hangs below the present one."""
        if self._is_busy(session) or (leaf is not None and leaf not in session.conversation.messages):
            return False
        self._do(session, lambda: self._library.show_branch(session.conversation, leaf))
        return True

    def _is_busy(self, session: Session) -> bool:
        """Whether an answer is being made, which hangs below the present path; that is told."""
        if session.is_busy:
            self.refused.emit(WAIT)
        return session.is_busy

    def _do(self, session: Session, change: Callable[[], Awaitable[Conversation]]) -> None:
        """Change the conversation on the disk, then on the page."""

        async def done() -> None:
            session.conversation = await change()
            self._view.path_changed(session)

        self._tasks.start(f"branch {session.conversation.id}", done)

    # ---- deleting

    def delete(self, message_id: str) -> None:
        """Delete a message with all that follows it; asked before if that is more than the message."""
        session = self._view.session
        if message_id not in session.conversation.messages or self._is_busy(session):
            return
        count = len(session.conversation.following(message_id))
        go_on = partial(self._delete, session, message_id, count)
        if count > 1:
            question = (
                f"Delete this message and the {count - 1:,} that {'follows' if count == 2 else 'follow'} from it?"
            )
            self.confirm_wanted.emit(question, f"Delete {count:,} messages", go_on)
        else:
            go_on()

    def _delete(self, session: Session, message_id: str, count: int) -> None:
        before = session.conversation
        if count == len(before.messages):
            self.conversation_emptied.emit(before.id)
            return
        self._do(session, lambda: self._library.remove(session.conversation, message_id))
        said = "Message deleted" if count == 1 else f"{count:,} messages deleted"
        self.undo_offered.emit(said, partial(self._bring_back, session, before))

    def _bring_back(self, session: Session, before: Conversation) -> None:
        self._do(session, lambda: self._library.bring_back(before, session.conversation))

    # ---- answers

    def change_answer(self, message_id: str, key: int, text: str) -> None:
        """Put an answer beside another one that says `text` from its content block `key` on, as far as that is text."""
        session = self._view.session
        old = session.conversation.messages.get(message_id)
        if old is None or old.role is not Role.ASSISTANT:
            return
        made = Message(
            new_id(), old.parent, old.role, _changed(old.blocks, key, text), old.state, self._now_ms(), _facts_of(old)
        )
        self._do(session, lambda: self._library.add(session.conversation, made))


def _changed(blocks: Sequence[Block], key: int, text: str) -> tuple[Block, ...]:
    """The blocks with other text in place of the texts from `key` on that are read as one."""
    end = key
    while end < len(blocks) and isinstance(blocks[end], TextBlock):
        end += 1
    new = (TextBlock(text),) if text.strip() else ()
    return (*blocks[:key], *new, *blocks[end:])


def _facts_of(old: Message) -> ReplyFacts:
    """What still holds of a changed answer: nobody was paid for it."""
    facts = old.facts or ReplyFacts()
    return ReplyFacts(
        model=facts.model, stop_reason=facts.stop_reason, thought_ms=facts.thought_ms, extra={"edited": True}
    )
