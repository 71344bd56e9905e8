"""The library: every conversation, what is written in it, and the drafts that are not written yet."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from app.domain.conversation import Conversation, Draft, Message
from app.domain.request import Setup

TITLE_LENGTH = 40
"""Characters of the first prompt that make the first title."""

R = TypeVar("R", covariant=True)


class ConversationStore(Protocol[R]):
    """What the library needs of a store. Every method is durable when it returns."""

    async def conversations(self) -> Sequence[R]: ...

    async def load(self, conversation_id: str) -> Conversation: ...

    async def add(self, conversation: Conversation, message: Message) -> None: ...

    async def put_leaf(self, conversation_id: str, message: Message) -> None: ...

    async def set_leaf(self, conversation_id: str, leaf: str | None) -> None: ...

    async def remove(self, conversation_id: str, message_ids: Sequence[str], leaf: str | None) -> None: ...

    async def bring_back(self, conversation_id: str, message_ids: Sequence[str], leaf: str | None) -> None: ...

    async def save_setup(self, conversation_id: str, setup: Setup) -> None: ...

    async def rename(self, conversation_id: str, title: str, manual: bool) -> None: ...

    async def delete(self, conversation_ids: Sequence[str]) -> None: ...

    async def restore(self, conversation_ids: Sequence[str]) -> None: ...

    async def draft(self, conversation_id: str) -> Draft | None: ...

    async def save_draft(self, conversation_id: str, draft: Draft) -> None: ...

    async def fresh_setup(self) -> Setup | None: ...

    async def save_fresh_setup(self, setup: Setup | None) -> None: ...


def title_from(text: str) -> str:
    """A title at once, from the first words of the first prompt; empty for an empty prompt."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[:TITLE_LENGTH]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > TITLE_LENGTH // 2 else cut).rstrip(" ,;:.") + "…"


class Library(Generic[R]):
    """What is done to conversations, in the order that loses nothing: the disk first, then the window.

    Every method may raise StoreError; then nothing has changed.
    """

    def __init__(self, store: ConversationStore[R]) -> None:
        self._store = store

    async def rows(self) -> Sequence[R]:
        """One row a conversation, the one with the newest message first."""
        return await self._store.conversations()

    async def open(self, conversation_id: str) -> Conversation:
        return await self._store.load(conversation_id)

    async def add(self, conversation: Conversation, message: Message) -> Conversation:
        """Store `message` as the new leaf. The first message also stores the conversation, under its first title."""
        if conversation.messages:
            await self._store.put_leaf(conversation.id, message)
        else:
            await self._store.add(conversation, message)
        return conversation.with_message(message).at_leaf(message.id)

    async def show_branch(self, conversation: Conversation, leaf: str | None) -> Conversation:
        """Make `leaf` the end of the active path."""
        await self._store.set_leaf(conversation.id, leaf)
        return conversation.at_leaf(leaf)

    async def remove(self, conversation: Conversation, message_id: str) -> Conversation:
        """Put away a message and everything that follows it. What is shown then is its newest sibling, else its parent.

        `bring_back` with the conversation as it was brings it back.
        """
        gone = conversation.following(message_id)
        left = conversation.without(gone)
        await self._store.remove(conversation.id, gone, left.leaf)
        return left

    async def bring_back(self, before: Conversation, now: Conversation) -> Conversation:
        """Undo `remove`: the messages of `before` that are missing in `now` are there again, and its path is shown."""
        gone = [each for each in before.messages if each not in now.messages]
        await self._store.bring_back(now.id, gone, before.leaf)
        return now.with_all(before).at_leaf(before.leaf)

    async def save_setup(self, conversation_id: str, setup: Setup) -> None:
        await self._store.save_setup(conversation_id, setup)

    async def rename(self, conversation_id: str, title: str) -> None:
        """Give a title by hand; nothing overwrites it later."""
        await self._store.rename(conversation_id, title, manual=True)

    async def delete(self, conversation_ids: Sequence[str]) -> None:
        """Put conversations away. `restore` brings them back."""
        await self._store.delete(conversation_ids)

    async def restore(self, conversation_ids: Sequence[str]) -> None:
        await self._store.restore(conversation_ids)

    async def draft(self, conversation_id: str) -> Draft:
        """What was typed there and not sent. The empty id stands for the conversation that does not exist yet."""
        return await self._store.draft(conversation_id) or Draft()

    async def save_draft(self, conversation_id: str, draft: Draft) -> None:
        await self._store.save_draft(conversation_id, draft)

    async def fresh_setup(self) -> Setup | None:
        """The setup that was chosen for the conversation that does not exist yet, None where nothing was."""
        return await self._store.fresh_setup()

    async def save_fresh_setup(self, setup: Setup | None) -> None:
        """Keep that setup; None: it is nobody's choice any more."""
        await self._store.save_fresh_setup(setup)
