"""Messages and the tree they form. The active path, from the root to the active leaf, is what is sent."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from app.domain.blocks import Block, plain_text
from app.domain.request import Setup
from app.domain.usage import TokenUsage
from app.immutable import NOTHING, immutable

if TYPE_CHECKING:
    from app.domain.attachments import Attachment


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class MessageState(StrEnum):
    COMPLETE = "complete"
    STREAMING = "streaming"
    STOPPED = "stopped"
    """By the person; what had arrived is kept."""
    INTERRUPTED = "interrupted"
    """The program or the connection ended first; what had arrived is kept."""
    FAILED = "failed"
    """Nothing usable came; `ReplyFacts.error` says why."""


@immutable
class ReplyFacts:
    """What is known of an answer besides its blocks. Times in milliseconds, from the moment of sending."""

    model: str = ""
    api_id: str = ""
    """The API's id of the message, `msg_…`."""
    request_id: str = ""
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: Mapping[str, Any] | None = None
    usage: TokenUsage | None = None
    first_token_ms: int | None = None
    duration_ms: int | None = None
    thought_ms: Mapping[str, int] = NOTHING
    """How long the thinking blocks took, by their index in decimal digits; measured here, the API does not tell."""
    error: Mapping[str, Any] | None = None
    """`{"class": str, …fields of the error}`: enough for the window's sentence after a restart."""
    asked: str = ""
    """Digest of the setup that it was asked with, under which the store keeps that. Empty: not known."""
    prefix: str = ""
    """Digest of what was asked: thinking in this answer is taken back only after the same. Empty: not known."""
    thinking_refused: bool = False
    """The API took the question only without the thinking that stood before it."""
    extra: Mapping[str, Any] = NOTHING
    """Container, diagnostics and what else the API told."""


@immutable
class Message:
    id: str
    parent: str | None
    role: Role
    blocks: tuple[Block, ...]
    state: MessageState = MessageState.COMPLETE
    created_ms: int = 0
    """Milliseconds since 1970, UTC. For showing; order comes from the tree, for clocks jump."""
    facts: ReplyFacts | None = None
    """For answers."""
    omitted: tuple[int, ...] = ()
    """Places of the blocks that are shown and not sent, ascending."""

    @property
    def is_left_out(self) -> bool:
        """Nothing of it is sent: the person, or a mend, keeps it out of the context."""
        return len(self.omitted) >= len(self.blocks) > 0

    @property
    def text(self) -> str:
        return plain_text(self.blocks)


@immutable
class Draft:
    """What is typed in the composer and not sent."""

    text: str = ""
    caret: int = 0
    """In characters from the start."""
    attachments: "tuple[Attachment, ...]" = ()
    """In the order in which they are sent, before the text."""

    @property
    def is_empty(self) -> bool:
        """Nothing of it could be sent."""
        return not self.text.strip() and not self.attachments


@immutable
class Conversation:
    """A tree of messages and the path through it that is shown and sent.

    `messages` holds every message of the tree, in the order in which they were made; `leaf` is the last message of the
    active path, None while there is none.
    """

    id: str
    title: str = ""
    title_is_manual: bool = False
    created_ms: int = 0
    setup: Setup = Setup()
    messages: Mapping[str, Message] = NOTHING
    leaf: str | None = None

    @property
    def path(self) -> tuple[Message, ...]:
        """The active path, first message first. In a damaged tree it begins where the way to the root is lost."""
        found: dict[str, Message] = {}
        at = self.leaf
        while at is not None and at in self.messages and at not in found:
            found[at] = self.messages[at]
            at = found[at].parent
        return tuple(reversed(found.values()))

    def siblings(self, message_id: str) -> tuple[Message, ...]:
        """All messages with the same parent, oldest first, the message itself included."""
        parent = self.messages[message_id].parent
        return tuple(each for each in self.messages.values() if each.parent == parent)

    @property
    def branches(self) -> Mapping[str, tuple[int, int]]:
        """For each message that has siblings: which one it is, oldest first and from 1, and how many they are."""
        families: dict[str | None, list[str]] = {}
        for each in self.messages.values():
            families.setdefault(each.parent, []).append(each.id)
        return {
            id_: (number, len(family))
            for family in families.values()
            if len(family) > 1
            for number, id_ in enumerate(family, 1)
        }

    def newest_below(self, message_id: str) -> str:
        """The end of the path that goes on from a message by the newest answer each time."""
        newest = {each.parent: each.id for each in self.messages.values()}
        while message_id in newest:
            message_id = newest[message_id]
        return message_id

    def following(self, message_id: str) -> tuple[str, ...]:
        """The ids of a message and of all that hangs below it, on every branch."""
        found = {message_id: None}
        for each in self.messages.values():  # a parent is made before its children
            if each.parent in found:
                found[each.id] = None
        return tuple(found)

    def without(self, message_ids: Collection[str]) -> Self:
        """A copy without some messages, of which none has a child that stays.

        Where the active path would break off, it goes on with the newest sibling, or ends at the parent.
        """
        messages = {id_: each for id_, each in self.messages.items() if id_ not in message_ids}
        left = replace(self, messages=messages, leaf=None)
        first = next((each for each in self.path if each.id in message_ids), None)
        if first is None:
            return replace(left, leaf=self.leaf)
        siblings = [each.id for each in messages.values() if each.parent == first.parent]
        return replace(left, leaf=left.newest_below(siblings[-1]) if siblings else first.parent)

    def with_all(self, other: "Conversation") -> Self:
        """A copy with the messages of another state of the same conversation as well, in the order of both."""
        added = {id_: each for id_, each in self.messages.items() if id_ not in other.messages}
        known = {id_: self.messages.get(id_, each) for id_, each in other.messages.items()}
        return replace(self, messages={**known, **added})

    def with_message(self, message: Message) -> Self:
        """A copy in which `message` is added, or takes the place of the one with its id; it becomes the leaf if new."""
        is_new = message.id not in self.messages
        messages = {**self.messages, message.id: message}
        return replace(self, messages=messages, leaf=message.id if is_new else self.leaf)

    def with_omitted(self, omitted: Mapping[str, tuple[int, ...]]) -> Self:
        """A copy in which of some messages, by their ids, exactly these blocks are not sent."""
        changed = {id_: replace(self.messages[id_], omitted=omitted[id_]) for id_ in omitted if id_ in self.messages}
        return replace(self, messages={id_: changed.get(id_, each) for id_, each in self.messages.items()})

    def at_leaf(self, leaf: str | None) -> Self:
        """A copy whose active path ends at `leaf`."""
        if leaf is not None and leaf not in self.messages:
            raise ValueError(f"no message {leaf}")
        return replace(self, leaf=leaf)
