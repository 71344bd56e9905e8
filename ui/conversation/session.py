"""One open conversation, shown or not: its value, and the answer that is being made in it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from app.domain.blocks import Block, ToolResultBlock
from app.domain.conversation import Conversation, Draft, Message, MessageState, Role
from app.domain.stream import ClientEvent
from app.domain.tool_turns import waiting_calls
from app.errors import StoreError
from app.immutable import immutable
from ui.conversation.phase import Phase

if TYPE_CHECKING:
    from app.domain.attachments import Attachment
    from ui.composer.slots import Slot


@immutable
class Prompt:
    """What a person sends."""

    text: str
    """Stripped."""
    attachments: "tuple[Attachment, ...]" = ()

    @classmethod
    def of(cls, draft: Draft) -> "Prompt":
        """What a draft would be as it stands."""
        return cls(draft.text, draft.attachments)

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.attachments

    @property
    def shown(self) -> str:
        """In words, for where there is no room for more."""
        names = ", ".join(each.name or "picture" for each in self.attachments)
        return f"{self.text} ({names})" if self.text and names else self.text or names


def joined(prompts: Iterable[Prompt]) -> Prompt:
    """Several as one."""
    some = list(prompts)
    attached = {each.id: each for prompt in some for each in prompt.attachments}
    return Prompt("\n\n".join(each.text for each in some if each.text.strip()), tuple(attached.values()))


class SessionView(Protocol):
    """Whoever shows sessions; it looks for itself whether the one that changed is on screen."""

    def answer_started(self, session: "Session") -> None: ...

    def answer_arrived(self, session: "Session", events: Sequence[ClientEvent]) -> None: ...

    def answer_not_saved(self, error: StoreError) -> None: ...

    def answer_ended(self, session: "Session", message: Message) -> None: ...


class Session:
    """Outlives its being shown, so that an answer goes on while another conversation is read."""

    def __init__(self, conversation: Conversation, draft: Draft, view: SessionView) -> None:
        self.conversation = conversation
        self.draft = draft
        self.folder = ""
        """The id of the folder that it is to lie in, while it is not stored."""
        self.phase: Phase | None = None
        self.fallback_leaf: str | None = None
        """While a retry runs: the answer that stays if the retry fails."""
        self.resend_of: str | None = None
        """The person's message that the next sent text takes the place of."""
        self.displaced: Draft | None = None
        """While an earlier message is edited: what stood in the composer before."""
        self.queued: tuple[Prompt, ...] = ()
        """What was sent while an answer was made, and is sent when it has ended."""
        self.slots: tuple[Slot, ...] = ()
        """The draft's attachments, and what is on its way to being one."""
        self.fitted_for: dict[str, object] = {}
        """For each attachment, by its id, the model and the crowd that it was made fit for."""
        self.asking = Prompt("")
        """What is on its way to the disk; it stands in the composer until it is there."""
        self.turn: object | None = None
        """Whose turn it is to send: of two tasks, the one that was started last."""
        self.is_sending = False
        """A message is on its way to the disk and its answer has not begun."""
        self.stop_wanted = False
        """Stop was asked for before there was an answer to stop."""
        self.pauses = 0
        """How often it went on by itself after the service had paused, since the person last said something."""
        self.has_new_setup = False
        """Its setup is not stored as it stands."""
        self._snapshot: Callable[[], Message] | None = None
        self._view = view

    @property
    def is_new(self) -> bool:
        return not self.conversation.messages

    @property
    def is_answering(self) -> bool:
        return self._snapshot is not None

    @property
    def is_busy(self) -> bool:
        """Whether a message is being stored or answered: a second one must not take the first one's place."""
        return self.is_answering or self.is_sending or bool(self.queued)

    @property
    def has_answered(self) -> bool:
        """The path ends with a whole answer, and no call in it waits: what waits for it may go."""
        path = self.conversation.path
        is_whole = bool(path) and path[-1].role is Role.ASSISTANT and path[-1].state is MessageState.COMPLETE
        return is_whole and not self.has_waiting_calls

    @property
    def has_waiting_calls(self) -> bool:
        """The answer's calls have no results: nothing else may be said before they do."""
        return bool(waiting_calls(self.conversation))

    @property
    def is_editing(self) -> bool:
        """An earlier message stands in the composer, by the person's wish."""
        return self.displaced is not None

    @property
    def draft_to_keep(self) -> Draft:
        """What is kept for the next start: everything that was typed, also what waits, or was displaced."""
        displaced, waiting = self.displaced or Draft(), joined(self.queued)
        parts = [Prompt.of(displaced), waiting, Prompt.of(self.draft)]
        texts = [each.text for each in parts if each.text.strip()]
        if texts in ([], [self.draft.text]) and not parts[0].attachments and not waiting.attachments:
            return self.draft
        whole = joined(parts)
        return Draft(whole.text, len(texts[0]) if texts else 0, whole.attachments)

    def enqueue(self, prompt: Prompt) -> None:
        """Let what stands in the composer wait for the answer; what is on its way already waits for nothing."""
        going = {each.id for each in self.asking.attachments}
        waiting = Prompt(
            prompt.text.removeprefix(self.asking.text).strip(),
            tuple(each for each in prompt.attachments if each.id not in going),
        )
        if not waiting.is_empty:
            self.queued = (*self.queued, waiting)
            self.draft = Draft(self.asking.text, len(self.asking.text), self.asking.attachments)

    def sent(self, prompt: Prompt) -> None:
        """A message is on the disk: clear the composer, or the queue, of it, but of nothing that came since."""
        if prompt == self.asking:
            self.asking = Prompt("")
            self.clear_of(prompt)
        elif self.queued[:1] == (prompt,):
            self.dequeue(0)
        if self.draft.is_empty and self.displaced is not None:
            self.draft = self.displaced
        self.displaced = None

    def clear_of(self, prompt: Prompt) -> None:
        """Take a text out of the draft, where that begins with it, and what was attached to it."""
        gone = {each.id for each in prompt.attachments}
        left = tuple(each for each in self.draft.attachments if each.id not in gone)
        typed = self.draft.text.lstrip()
        if typed.startswith(prompt.text):
            rest = typed[len(prompt.text) :].lstrip()
            self.draft = Draft(rest, len(rest), left)
        elif gone:
            self.draft = replace(self.draft, attachments=left)

    def dequeue(self, place: int | None = None) -> Prompt:
        """Take a message, or all of them, out of the queue, as one."""
        taken = self.queued if place is None else self.queued[place : place + 1]
        self.queued = () if place is None else (*self.queued[:place], *self.queued[place + 1 :])
        return joined(taken)

    @property
    def queued_blocks(self) -> tuple[Block, ...]:
        """What waits, as the content of one message."""
        from app.domain.attachments import message_blocks  # with the first message that may have any

        return tuple(block for each in self.queued for block in message_blocks(each.attachments, each.text))

    def put_before(self, prompt: Prompt) -> None:
        """Put a message into the draft, before what is there."""
        if not prompt.is_empty:
            whole = joined([prompt, Prompt.of(self.draft)])
            self.draft = Draft(whole.text, len(prompt.text), whole.attachments)

    def begin_edit(self, message: Message) -> None:
        """Put a message of the person's into the draft; what is sent next takes its place."""
        if self.displaced is None:
            self.displaced = self.draft
        from app.domain.attachments import attachments_of  # with the first message that may have any

        self.resend_of = message.id
        self.draft = Draft(message.text, len(message.text), attachments_of(message.id, message.blocks))

    def end_edit(self) -> None:
        """Leave the message as it is: what it displaced comes back."""
        if self.displaced is not None:
            self.draft, self.displaced, self.resend_of = self.displaced, None, None

    @property
    def shown_path(self) -> tuple[Message, ...]:
        """The active path with the growing answer as far as it has come."""
        path = self.conversation.path
        return (*path[:-1], self._snapshot()) if self._snapshot is not None and path else path

    @property
    def beyond(self) -> int:
        """How many messages come after the end of the active path, on its newest branch."""
        leaf = self.conversation.leaf
        if leaf is None or self.is_answering:
            return 0
        end = self.conversation.newest_below(leaf)
        return 0 if end == leaf else len(self.conversation.at_leaf(end).path) - len(self.conversation.path)

    @property
    def parent_of_next(self) -> str | None:
        """Where the next message of the person hangs: below the path, or beside the message that it replaces."""
        if self.resend_of is not None and self.resend_of in self.conversation.messages:
            return self.conversation.messages[self.resend_of].parent
        return self.conversation.leaf

    @property
    def last_prompt(self) -> Message | None:
        """The person's newest message on the path."""
        return next((each for each in reversed(self.conversation.path) if each.role is Role.USER), None)

    # ---- services.replies.ReplyWatch

    def started(self, snapshot: Callable[[], Message]) -> None:
        self._snapshot = snapshot
        self.phase = Phase(time.monotonic())
        self.conversation = self.conversation.with_message(snapshot())
        self._view.answer_started(self)

    def arrived(self, events: Sequence[ClientEvent]) -> None:
        if self.phase is not None:
            self.phase.take(events, time.monotonic())
        self._view.answer_arrived(self, events)

    def not_saved(self, error: StoreError) -> None:
        self._view.answer_not_saved(error)

    def ended(self, message: Message) -> None:
        self._snapshot = None
        self.phase = None
        self.conversation = self.conversation.with_message(message)
        prompt = self.conversation.messages.get(message.parent or "")
        is_said = prompt is not None and not any(isinstance(each, ToolResultBlock) for each in prompt.blocks)
        if message.state is MessageState.FAILED and message.parent is not None and is_said:
            self.resend_of = message.parent
        self._view.answer_ended(self, message)
