"""How messages leave: stored first, then asked for, one after the other; and how what fails comes back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

from app.domain.blocks import Block, TextBlock, ToolResultBlock
from app.domain.continuing import can_go_on
from app.domain.conversation import Draft, Message, MessageState, Role
from app.errors import StoreError
from app.services.identity import new_id
from app.services.library import Library, title_from
from app.services.replies import ReplyService
from ui.bridge.tasks import TaskScope
from ui.conversation.session import Prompt, Session

GO_ON: Final = "Go on."
"""What is said to a model that does not take up its own answer."""


class SendingView(Protocol):
    """Whoever shows sessions; it looks for itself whether the one that changed is on screen."""

    def draft_changed(self, session: Session) -> None:
        """What the composer holds, or what waits above it, is another: to be shown, and kept."""

    def message_sent(self, session: Session, was_new: bool) -> None:
        """The message is on the disk and at the end of the path. `was_new`: it is the conversation's first."""

    def path_changed(self, session: Session) -> None: ...

    def retry_fell_back(self, session: Session, known: Mapping[str, Any]) -> None:
        """A retry failed and the earlier answer stands again; `known` are the facts of the error."""


class Sending:
    """One task a conversation: it sends, then sends what was queued meanwhile."""

    def __init__(
        self,
        library: Library,
        replies: ReplyService,
        tasks: TaskScope,
        now_ms: Callable[[], int],
        view: SendingView,
    ) -> None:
        self._library = library
        self._replies = replies
        self._tasks = tasks
        self._now_ms = now_ms
        self._view = view

    # ---- what the person wants

    def send(self, session: Session, prompt: Prompt) -> None:
        """Send a message; while another one is being answered, it waits."""
        session.pauses = 0
        if session.has_waiting_calls and not session.is_editing:
            session.enqueue(prompt)  # it goes with the results, after them
            self._view.draft_changed(session)
        elif not session.is_busy:
            session.asking = prompt
            self._start(session, partial(self._ask, session, prompt))
        elif not session.is_editing:
            session.enqueue(prompt)
            self._view.draft_changed(session)

    def add(self, session: Session, prompt: Prompt, role: Role) -> None:
        """Put a message at the end of the path, and ask for no answer. Not while one is being made."""
        if not session.is_busy:
            session.asking = prompt
            self._start(session, partial(self._put, session, prompt, role))

    def answer(self, session: Session, blocks: tuple[Block, ...]) -> None:
        """Send the results of all calls that wait, with what was queued meanwhile, as one message."""
        if not session.is_answering and not session.is_sending:
            self._start(session, partial(self._answer, session, blocks))

    def retry(self, session: Session, message_id: str) -> None:
        """Ask again for an answer (the last one if none is named); the earlier one stays beside it."""
        messages, path = session.conversation.messages, session.conversation.path
        message = messages.get(message_id) or (path[-1] if path else None)
        if message is None or session.is_busy:
            return
        prompt = message.id if message.role is Role.USER else message.parent
        answered = path[-1].role is Role.ASSISTANT and path[-1].state is not MessageState.FAILED
        session.fallback_leaf = path[-1].id if answered else None
        self._start(session, partial(self._retry, session, prompt))

    def go_on(self, session: Session, message_id: str) -> None:
        """Let an answer that stopped early go on: the model takes it up, or is asked to. It stays as it was."""
        message = session.conversation.messages.get(message_id)
        if message is None or not can_go_on(message) or session.is_busy:
            return
        if self._replies.can_take_up(session.conversation, message):
            session.fallback_leaf = session.conversation.leaf
            self._start(session, partial(self._take_up, session, message))
        else:
            self._start(session, partial(self._ask_to_go_on, session, message))

    def stop(self, session: Session) -> None:
        """Stop the answer. What has arrived stays."""
        if session.is_answering:
            self.cancel(session)
        elif session.is_sending:
            session.stop_wanted = True

    def cancel(self, session: Session) -> None:
        """End all work on a conversation."""
        self._tasks.cancel(_name(session))

    def take_back(self, session: Session, place: int | None = None) -> None:
        """Put what waits, one message or all, back into the composer before what is typed there."""
        session.put_before(session.dequeue(place))
        self._view.draft_changed(session)

    def drop(self, session: Session, place: int) -> None:
        """Do not send a message that waits."""
        session.dequeue(place)
        self._view.draft_changed(session)

    def return_prompt(self, session: Session, failed: Message) -> None:
        """Nothing was generated: the message goes back to the composer, unless something newer stands there."""
        prompt = session.conversation.messages.get(failed.parent or "")
        if prompt is None or prompt.role is not Role.USER or not session.draft.is_empty:
            return
        if any(isinstance(each, ToolResultBlock) for each in prompt.blocks):
            return  # results of calls: they are asked for again where they stand
        from app.domain.attachments import attachments_of  # with the first message that may have any

        attached = attachments_of(prompt.id, prompt.blocks)
        if session.queued:
            session.queued = (Prompt(prompt.text, attached), *session.queued)  # all of it goes back, in its order
        else:
            session.draft = Draft(prompt.text, len(prompt.text), attached)
            self._view.draft_changed(session)

    # ---- doing it

    def _start(self, session: Session, work: Callable[[], Awaitable[None]]) -> None:
        session.turn = turn = object()
        session.is_sending = True
        self._tasks.start(_name(session), partial(self._work, session, turn, work))

    async def _work(self, session: Session, turn: object, work: Callable[[], Awaitable[None]]) -> None:
        """Send, then what was queued meanwhile. What a stop or a failure leaves of that goes back to the composer."""
        try:
            await work()
            while session.queued and session.has_answered:
                session.is_sending = True
                await self._ask(session, session.queued[0])
        finally:
            # an answer that was stopped may end after the next one was asked for
            if session.turn is turn:
                session.is_sending, session.stop_wanted, session.asking = False, False, Prompt("")
                if session.queued and not session.has_waiting_calls:
                    self.take_back(session)

    async def _ask(self, session: Session, prompt: Prompt) -> None:
        """Store the prompt, then ask for its answer: what was typed is on the disk before it leaves the machine."""
        await self._put(session, prompt, Role.USER)
        await self._replies.reply(session.conversation, session)

    async def _put(self, session: Session, prompt: Prompt, role: Role) -> None:
        was_new = session.is_new
        conversation = session.conversation
        if was_new:
            conversation = replace(conversation, title=title_from(prompt.shown), created_ms=self._now_ms())
        from app.domain.attachments import message_blocks

        blocks = message_blocks(prompt.attachments, prompt.text)
        message = Message(new_id(), session.parent_of_next, role, blocks, created_ms=self._now_ms())
        session.conversation = await self._library.add(conversation, message, session.folder)
        session.resend_of = None
        session.fallback_leaf = None
        session.sent(prompt)
        self._view.message_sent(session, was_new)
        if was_new:
            await self._library.save_draft("", Draft())
        await self._library.save_draft(conversation.id, session.draft_to_keep)

    async def _answer(self, session: Session, blocks: tuple[Block, ...]) -> None:
        message = Message(new_id(), session.conversation.leaf, Role.USER, blocks, created_ms=self._now_ms())
        try:
            session.conversation = await self._library.add(session.conversation, message)
        except StoreError:
            session.is_sending = False
            self._view.path_changed(session)  # the calls wait again, with what was answered
            raise
        session.fallback_leaf = None
        session.queued = ()
        self._view.draft_changed(session)
        self._view.message_sent(session, was_new=False)
        await self._replies.reply(session.conversation, session)

    async def _retry(self, session: Session, prompt: str | None) -> None:
        session.conversation = await self._library.show_branch(session.conversation, prompt)
        if session.resend_of is not None and session.resend_of == prompt:
            # the failed text went back to the composer; if it still stands there, it is what is being sent again
            from app.domain.attachments import attachments_of

            again = session.conversation.messages[session.resend_of]
            session.clear_of(Prompt(again.text, attachments_of(again.id, again.blocks)))
            session.resend_of = None
            self._view.draft_changed(session)
        await self._replies.reply(session.conversation, session)
        await self._fall_back(session)

    async def _take_up(self, session: Session, begun: Message) -> None:
        session.conversation = await self._library.show_branch(session.conversation, begun.parent)
        await self._replies.reply(session.conversation, session, begun=begun)
        await self._fall_back(session)

    async def _ask_to_go_on(self, session: Session, answer: Message) -> None:
        asked = Message(new_id(), answer.id, Role.USER, (TextBlock(GO_ON),), created_ms=self._now_ms())
        session.conversation = await self._library.add(session.conversation, asked)
        session.fallback_leaf = None
        self._view.message_sent(session, was_new=False)
        await self._replies.reply(session.conversation, session)

    async def _fall_back(self, session: Session) -> None:
        """After a retry that failed, the answer that was there stays the active one; the failure becomes a notice."""
        fallback, session.fallback_leaf = session.fallback_leaf, None
        failed = session.conversation.path[-1]
        if failed.state is not MessageState.FAILED or fallback is None:
            return
        session.conversation = await self._library.show_branch(session.conversation, fallback)
        session.resend_of = None
        self._view.path_changed(session)
        self._view.retry_fell_back(session, dict(failed.facts.error or {}) if failed.facts else {})


def _name(session: Session) -> str:
    return f"reply {session.conversation.id}"
