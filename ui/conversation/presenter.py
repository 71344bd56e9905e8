"""One page, many conversations: intents go up to services, state comes down to the widgets."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.conversation import Conversation, Draft, Message, MessageState, Role
from app.domain.library import Folder
from app.domain.models import Catalogue
from app.domain.request import Setup
from app.domain.stream import ClientEvent, ResponseStarted, Retrying
from app.errors import ConversationGone, DuologueError, StoreError
from app.services.accounts import SIMULATOR
from app.services.library import Library
from app.services.replies import ReplyService
from ui.bridge.tasks import TaskScope
from ui.conversation.branching import Branching
from ui.conversation.healing import Healing
from ui.conversation.page import ConversationPage
from ui.conversation.sending import Sending
from ui.conversation.session import Prompt, Session
from ui.conversation.sessions import Sessions

if TYPE_CHECKING:
    from ui.conversation.attaching import Attaching

DRAFT_AFTER_MS = 400
PHASE_TICK_MS = 1000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class ConversationPresenter(QObject):
    """Joins the page to the services; the only place where the page's state changes.

    Signals:
        rows_changed: a conversation was added, answered or renamed: the library's rows are out of date.
        shown: this conversation is on the page now; arg: its id, empty for one that is not stored yet.
        setup_shown: the setup of what is shown; arg: a Setup.
        ended_unseen: an answer has ended in a conversation that is not on the page; arg: its id.
        answered: an answer has ended, in whatever way; arg: its Conversation.
        failed: something expected went wrong outside any answer; arg: a DuologueError.
        confirm_wanted: ask before; args: the question, the word for yes, and a callable to call then.
        path_shown: the messages of a conversation are others; arg: its Session, which may not be on the page.
        retry_failed: a retry failed and the earlier answer stays; arg: the facts of the error.
    """

    rows_changed = Signal()
    shown = Signal(str)
    setup_shown = Signal(object)
    path_shown = Signal(object)
    ended_unseen = Signal(str)
    answered = Signal(object)
    failed = Signal(object)
    retry_failed = Signal(dict)
    confirm_wanted = Signal(str, str, object)

    def __init__(
        self,
        page: ConversationPage,
        library: Library,
        replies: ReplyService,
        default_setup: Callable[[], Setup],
        cost: Callable[[Conversation], float | None],
        make_attaching: "Callable[[ConversationPresenter, TaskScope], Attaching]",
        catalogue: Callable[[], Catalogue],
    ) -> None:
        """`default_setup` is what a new conversation begins with; `cost` tells what one has cost, in USD."""
        super().__init__()
        self._page = page
        self._library = library
        self._cost = cost
        self._tasks = TaskScope(self.failed.emit)
        self.sending = self._sending = Sending(library, replies, self._tasks, now_ms, self)
        self._sessions = Sessions(library, default_setup, now_ms, self)
        self._session = self._sessions.fresh
        self._was_sent_early = False
        self._draft_timer = QTimer(self, singleShot=True, interval=DRAFT_AFTER_MS)
        self._draft_timer.timeout.connect(self._save_draft)
        self._setup_timer = QTimer(self, singleShot=True, interval=DRAFT_AFTER_MS)
        self._setup_timer.timeout.connect(self._save_setups)
        self._phase_timer = QTimer(self, interval=PHASE_TICK_MS)
        self._phase_timer.timeout.connect(self._show_phase)
        page.composer.send_requested.connect(self._send)
        page.composer.stop_requested.connect(self.stop)
        page.composer.text_edited.connect(self._note_draft)
        page.composer.edit_last_requested.connect(self._edit_last)
        page.composer.edit_cancelled.connect(self._cancel_edit)
        page.composer.queued_edit_requested.connect(self._take_back)
        page.composer.queued_remove_requested.connect(self._drop_queued)
        page.composer.model_picked.connect(self._pick_model)
        self._make_attaching = make_attaching
        self._attaching: Attaching | None = None
        page.composer.given.connect(lambda source: self.attaching.take(source))
        page.composer.long_text_given.connect(lambda text: self.attaching.offer_text(text))
        page.composer.attachment_removed.connect(lambda id_: self.attaching.remove(id_))
        page.composer.attachment_moved.connect(lambda id_, place: self.attaching.move(id_, place))
        page.composer.citations_wanted.connect(lambda cited: self.attaching.cite(cited))
        page.transcript.retry_requested.connect(self.retry)
        page.transcript.edit_requested.connect(self._edit)
        self.branching = Branching(self, library, self._tasks, now_ms, self)
        page.transcript.branch_requested.connect(self.branching.step)
        page.transcript.branch_here_requested.connect(self.branching.begin_at)
        page.transcript.follow_requested.connect(self.branching.follow)
        page.transcript.delete_requested.connect(self.branching.delete)
        page.transcript.answer_edited.connect(self.branching.change_answer)
        self.healing = Healing(self, library, catalogue, self._tasks, self)
        self.healing.found.connect(page.show_findings)
        page.fix_requested.connect(self.healing.fix)
        page.transcript.leave_out_requested.connect(self.healing.leave_out)
        page.transcript.take_in_requested.connect(self.healing.take_in)
        page.transcript.continue_requested.connect(lambda id_: self._sending.go_on(self._session, id_))

    @property
    def attaching(self) -> "Attaching":
        """What takes files, made with the first one."""
        if self._attaching is None:
            self._attaching = self._make_attaching(self, self._tasks)
        return self._attaching

    # ---- what the shell asks for

    @property
    def shown_id(self) -> str:
        """The id of the conversation on the page; empty while it is not stored."""
        return "" if self._session.is_new else self._session.conversation.id

    @property
    def shown_name(self) -> tuple[str, str]:
        """Its id and its title; both empty while it is not stored."""
        return (self.shown_id, self._session.conversation.title) if self.shown_id else ("", "")

    @property
    def shown_setup(self) -> Setup:
        return self._session.conversation.setup

    @property
    def answering(self) -> frozenset[str]:
        """Ids of the conversations in which an answer is being made."""
        return self._sessions.answering

    @property
    def last_answer(self) -> str:
        """The text of the newest answer on the page; empty if there is none."""
        answers = [each for each in self._session.shown_path if each.role is Role.ASSISTANT]
        return answers[-1].text if answers else ""

    def begin_with(self, text: str) -> None:
        """Put a starting point into the composer, unless something stands there."""
        if not self._session.draft.text.strip():
            self._put_text(self._session, text)
        self._page.take_focus()

    async def start(self, conversation_id: str, *, send: bool = False) -> None:
        """Show what was open last, or a new conversation with its draft, and send what was typed if `send`."""
        try:
            await self._begin(conversation_id, send)
        except DuologueError as error:
            self.failed.emit(error)

    def open(self, conversation_id: str) -> None:
        """Show a conversation; an answer that is being made elsewhere goes on."""
        if conversation_id and conversation_id == self.shown_id:
            return
        sessions = self._sessions
        if not conversation_id and sessions.has_begun and self._session is sessions.fresh and self._session.is_new:
            # at once: whoever types on and sends must not be shown another empty page afterwards
            self._show(sessions.as_begun())
            return
        self._save_draft()
        self._tasks.start("open", partial(self._open, conversation_id))

    def new(self) -> None:
        """Show a conversation that exists once something is sent in it."""
        self._sessions.fresh.folder = ""
        self.open("")

    def begin_in(self, folder: Folder) -> None:
        """Show a new conversation that is to lie in a folder, with the setup that the folder gives it."""
        self._save_draft()
        self._tasks.start("open", partial(self._open_in, folder))

    def show_hit(self, conversation_id: str, message_id: str, words: str) -> None:
        """Show a message, on whatever branch it stands, with `words` of it marked."""
        self._save_draft()
        self._tasks.start("open", partial(self._open_at, conversation_id, message_id, words))

    def stop(self) -> None:
        """Stop the shown conversation's answer. What has arrived stays."""
        self._sending.stop(self._session)

    def retry(self, message_id: str = "") -> None:
        """Ask again for an answer (the last one if none is named); the earlier one stays beside it."""
        self._sending.retry(self._session, message_id)

    def change_setup(self, setup: Setup) -> None:
        """The person changed what is sent besides the messages."""
        session = self._session
        session.conversation = replace(session.conversation, setup=setup)
        session.has_new_setup = True
        self._setup_timer.start()
        self.healing.look()
        if session.slots:
            self.attaching.recheck(session)
        self.setup_shown.emit(setup)

    def use_profile(self, name: str) -> None:
        """A connection was chosen for what is shown."""
        self.change_setup(replace(self._session.conversation.setup, profile=name))

    def renamed(self, conversation_id: str, title: str, manual: bool = True) -> None:
        """A title was given, by hand or by a model; one by hand stays."""
        session = self._sessions.find(conversation_id)
        if session is not None and (manual or not session.conversation.title_is_manual):
            session.conversation = replace(session.conversation, title=title, title_is_manual=manual)
            if session is self._session:
                self._page.show_title(title)

    def forget(self, conversation_ids: Sequence[str]) -> None:
        """Conversations were put away: their answers stop, and a new conversation takes the page."""
        for conversation_id in conversation_ids:
            session = self._sessions.forget(conversation_id)
            if session is not None:
                self._sending.cancel(session)
                if session is self._session:
                    self.new()

    def forget_all(self) -> None:
        """What is stored is another library now: of the earlier one only what stands in the composer goes on."""
        self._show(self._sessions.begin_anew(self._session.draft_to_keep))
        self._draft_timer.start()

    async def close(self) -> None:
        """Stop every answer, store what has arrived and the draft."""
        self._draft_timer.stop()
        self._phase_timer.stop()
        self._setup_timer.stop()
        self.healing.stop()
        await self._tasks.close()
        await self._library.save_draft(self.shown_id, self._session.draft_to_keep)
        await self._sessions.keep_setups()

    # ---- opening

    async def _begin(self, conversation_id: str, send: bool) -> None:
        """Open at the start of the program: what was typed meanwhile goes on from the draft, and may be gone again."""
        try:
            session = await self._first_session(conversation_id)
            typed = self._page.composer.text
            self._show(session)
            if typed:
                self._put_text(session, session.draft.text + typed)
        finally:
            self._sessions.has_begun = True
        if (send or self._was_sent_early) and not session.draft.is_empty:
            self._send(session.draft.text.strip())

    async def _first_session(self, conversation_id: str) -> Session:
        """The conversation to begin with; a new one where it cannot be read, and an empty one where no draft can."""
        for wanted in (conversation_id, ""):
            try:
                return await self._sessions.get(wanted)
            except ConversationGone:
                continue  # it was put away in another way than through this window
            except StoreError as error:
                self.failed.emit(error)
        return self._sessions.begin_anew(Draft())

    async def _open(self, conversation_id: str) -> None:
        self._show(await self._sessions.get(conversation_id))

    async def _open_in(self, folder: Folder) -> None:
        self._show(await self._sessions.get_in(folder))

    async def _open_at(self, conversation_id: str, message_id: str, words: str) -> None:
        session = await self._sessions.get(conversation_id)
        if not session.is_busy:
            session.conversation = await self._library.show_message(session.conversation, message_id)
        self._show(session)
        path = [each.id for each in session.shown_path]
        if message_id in path:
            self._page.transcript.show_message(path.index(message_id))
            self._page.transcript.find_text(words)

    def _show(self, session: Session) -> None:
        self._session = session
        conversation = session.conversation
        self._page.show_title(conversation.title)
        streaming = conversation.leaf if session.is_answering else None
        self._show_path(session, streaming)
        self._page.show_empty(session.is_new)
        self._show_draft()
        self._page.composer.set_busy(session.is_answering)
        self._show_cost()
        self._show_phase()
        self._page.take_focus()
        self.shown.emit(self.shown_id)
        self.setup_shown.emit(conversation.setup)
        self.healing.forget()

    @property
    def session(self) -> Session:
        """What is on the page."""
        return self._session

    def _show_path(self, session: Session, streaming: str | None = None) -> None:
        self._page.transcript.show(
            session.shown_path, streaming=streaming, branches=session.conversation.branches, beyond=session.beyond
        )
        self.path_shown.emit(session)

    # ---- drafts

    def _note_draft(self, text: str, caret: int) -> None:
        session = self._session
        session.draft = replace(session.draft, text=text, caret=caret)
        if session.draft.is_empty and session.is_editing:
            # whoever empties the field does not want to send it in that message's place
            self._cancel_edit()
        self._draft_timer.start()

    def _save_draft(self) -> None:
        self._draft_timer.stop()
        self._keep_draft(self._session)

    def _keep_draft(self, session: Session) -> None:
        id_ = "" if session.is_new else session.conversation.id
        self._tasks.start(f"draft {id_}", partial(self._library.save_draft, id_, session.draft_to_keep))

    # ---- setups

    def _save_setups(self) -> None:
        self._tasks.start("setups", self._sessions.keep_setups)

    # ---- editing

    def _edit_last(self) -> None:
        prompt = self._session.last_prompt
        if prompt is not None:
            self._edit(prompt.id)

    def _edit(self, message_id: str) -> None:
        """Put a message back into the composer; what is sent next takes its place, and it stays as a branch."""
        session = self._session
        message = session.conversation.messages.get(message_id)
        if message is None or session.is_busy:
            return
        session.begin_edit(message)
        self._show_draft()
        self._draft_timer.start()
        self._page.take_focus()

    def _cancel_edit(self) -> None:
        self._session.end_edit()
        self._show_draft()
        self._draft_timer.start()

    def _show_draft(self) -> None:
        session = self._session
        self._page.composer.show_text(session.draft.text, session.draft.caret)
        self._page.composer.set_editing(session.is_editing)
        self._page.composer.show_queue([each.shown for each in session.queued])
        if session.slots or session.draft.attachments:
            self.attaching.follow_draft(session)
        self._page.composer.show_attachments(session.slots)

    def attachments_changed(self, session: Session) -> None:
        if session is self._session:
            self._page.composer.show_attachments(session.slots)
            self._draft_timer.start()
        else:
            self._keep_draft(session)

    def _put_text(self, session: Session, text: str) -> None:
        session.draft = replace(session.draft, text=text, caret=len(text))
        if session is self._session:
            self._page.composer.show_text(text, len(text))
            self._draft_timer.start()

    # ---- sending

    def _pick_model(self, model_id: str) -> None:
        self.change_setup(replace(self._session.conversation.setup, model=model_id))

    def _send(self, text: str) -> None:
        if self._sessions.has_begun:
            self._sending.send(self._session, Prompt(text, self._session.draft.attachments))
        else:
            self._was_sent_early = True

    def add(self, role: Role) -> None:
        """Put what is typed at the end of the path, as the person's message or as an answer, and ask for nothing."""
        session = self._session
        if self._sessions.has_begun and not session.is_busy and session.draft.text.strip():
            self._sending.add(session, Prompt(session.draft.text.strip(), session.draft.attachments), role)

    def _take_back(self, place: int) -> None:
        self._sending.take_back(self._session, place)
        self._page.take_focus()

    def _drop_queued(self, place: int) -> None:
        self._sending.drop(self._session, place)
        self._page.take_focus()

    # ---- SendingView

    def draft_changed(self, session: Session) -> None:
        if session is self._session:
            self._draft_timer.stop()
            self._show_draft()
        self._keep_draft(session)

    def message_sent(self, session: Session, was_new: bool) -> None:
        self._sessions.remember(session)
        if was_new:
            self._tasks.start("fresh setup", partial(self._library.save_fresh_setup, None))
        if session is self._session:
            self._draft_timer.stop()
            self._show_draft()
            self._page.show_title(session.conversation.title)
            self._page.show_empty(False)
            self._show_path(session)
            self._page.transcript.jump_to_end()
            if was_new:
                self.shown.emit(session.conversation.id)
        self.healing.look()
        self.rows_changed.emit()

    def path_changed(self, session: Session) -> None:
        if session is self._session:
            self._show_path(session)
            self.healing.look()

    def retry_fell_back(self, session: Session, known: Mapping[str, Any]) -> None:
        self.retry_failed.emit(dict(known))

    # ---- SessionView

    def answer_started(self, session: Session) -> None:
        session.is_sending = False
        if session.stop_wanted:
            session.stop_wanted = False
            self._sending.cancel(session)
        if session is self._session:
            self._page.composer.set_busy(True)
            self._show_path(session, session.conversation.leaf)
            self._phase_timer.start()
            self._show_phase()
        self.rows_changed.emit()

    def answer_arrived(self, session: Session, events: Sequence[ClientEvent]) -> None:
        if session is self._session:
            streamed = [each for each in events if not isinstance(each, Retrying | ResponseStarted)]
            self._page.transcript.extend(streamed)
            self._show_phase()

    def answer_not_saved(self, error: StoreError) -> None:
        self.failed.emit(error)

    def answer_ended(self, session: Session, message: Message) -> None:
        if message.state is MessageState.FAILED and session.fallback_leaf is None:
            self._sending.return_prompt(session, message)
        if session is self._session:
            self._page.transcript.phase(None)
            self._page.transcript.finish(message)
            self._page.composer.set_busy(False)
            self._show_cost()
            self.healing.look()
        elif message.state is not MessageState.STOPPED:
            self.ended_unseen.emit(session.conversation.id)
        self.path_shown.emit(session)
        self.rows_changed.emit()
        self.answered.emit(session.conversation)

    def _show_cost(self) -> None:
        conversation = self._session.conversation
        self._page.show_cost(self._cost(conversation), simulated=conversation.setup.profile == SIMULATOR.name)

    def _show_phase(self) -> None:
        phase = self._session.phase
        if phase is None:
            self._phase_timer.stop()
        self._page.transcript.phase(None if phase is None else phase.text(time.monotonic()))
