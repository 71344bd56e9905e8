"""The library: every conversation, what is written in it, and the drafts that are not written yet."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.conversation import Conversation, Draft, Message
from app.domain.library import Folder, Listing, SearchHit
from app.domain.request import Setup

TITLE_LENGTH = 40
"""Characters of the first prompt that make the first title."""
TITLES_FOUND = 10
"""So many at most stand before the messages that a search finds."""


class ConversationStore(Protocol):
    """What the library needs of a store. Every method is durable when it returns."""

    async def listing(self, limit: int, folders: Sequence[str] = ()) -> Listing: ...

    async def search(self, text: str, limit: int = 50) -> tuple[SearchHit, ...]: ...

    async def search_titles(self, text: str, limit: int = 50) -> tuple[SearchHit, ...]: ...

    async def pin(self, conversation_ids: Sequence[str], pinned: bool) -> None: ...

    async def mark_unread(self, conversation_ids: Sequence[str], unread: bool) -> None: ...

    async def put_folder(self, folder: Folder) -> None: ...

    async def put_into_folder(self, conversation_ids: Sequence[str], folder_id: str) -> None: ...

    async def remove_folder(self, folder_id: str) -> tuple[str, ...]: ...

    async def restore_folder(self, folder: Folder, conversation_ids: Sequence[str]) -> None: ...

    async def load(self, conversation_id: str) -> Conversation: ...

    async def add(self, conversation: Conversation, message: Message, folder: str = "") -> None: ...

    async def put_leaf(self, conversation_id: str, message: Message) -> None: ...

    async def set_leaf(self, conversation_id: str, leaf: str | None) -> None: ...

    async def remove(self, conversation_id: str, message_ids: Sequence[str], leaf: str | None) -> None: ...

    async def bring_back(self, conversation_id: str, message_ids: Sequence[str], leaf: str | None) -> None: ...

    async def save_setup(self, conversation_id: str, setup: Setup) -> None: ...

    async def leave_out(self, omitted: Mapping[str, tuple[int, ...]]) -> None: ...

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


class Library:
    """What is done to conversations, in the order that loses nothing: the disk first, then the window.

    Every method may raise StoreError; then nothing has changed.
    """

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    async def listing(self, limit: int, folders: Sequence[str] = ()) -> Listing:
        """Pins, folders, and so many of the other conversations, the one with the newest message first.

        Args:
            folders: ids of those whose conversations are wanted.
        """
        return await self._store.listing(limit, folders)

    async def search(self, text: str, limit: int = 50) -> tuple[SearchHit, ...]:
        """Conversations whose titles have all the words of `text`, then messages that have them, each newest first."""
        titles = await self._store.search_titles(text, TITLES_FOUND)
        return (*titles, *await self._store.search(text, limit))

    async def open(self, conversation_id: str) -> Conversation:
        return await self._store.load(conversation_id)

    async def add(self, conversation: Conversation, message: Message, folder: str = "") -> Conversation:
        """Store `message` as the new leaf. The first message also stores the conversation, under its first title.

        Args:
            folder: the id of the one that a new conversation is begun in.
        """
        if conversation.messages:
            await self._store.put_leaf(conversation.id, message)
        else:
            await self._store.add(conversation, message, folder)
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

    async def show_message(self, conversation: Conversation, message_id: str) -> Conversation:
        """Make the active path one that goes through a message; a message that is not there changes nothing."""
        if message_id not in conversation.messages or any(each.id == message_id for each in conversation.path):
            return conversation
        return await self.show_branch(conversation, conversation.newest_below(message_id))

    async def leave_out(self, conversation: Conversation, omitted: Mapping[str, tuple[int, ...]]) -> Conversation:
        """Send exactly these blocks of some messages no longer; an empty tuple sends all of a message again."""
        await self._store.leave_out(omitted)
        return conversation.with_omitted(omitted)

    async def save_setup(self, conversation_id: str, setup: Setup) -> None:
        await self._store.save_setup(conversation_id, setup)

    async def rename(self, conversation_id: str, title: str) -> None:
        """Give a title by hand; nothing overwrites it later."""
        await self._store.rename(conversation_id, title, manual=True)

    async def pin(self, conversation_ids: Sequence[str], pinned: bool) -> None:
        """Keep conversations at the top, or no more."""
        await self._store.pin(conversation_ids, pinned)

    async def mark_unread(self, conversation_ids: Sequence[str], unread: bool) -> None:
        await self._store.mark_unread(conversation_ids, unread)

    async def put_folder(self, folder: Folder) -> None:
        """Make a folder, or give the one with its id its name and setup."""
        await self._store.put_folder(folder)

    async def put_into_folder(self, conversation_ids: Sequence[str], folder_id: str) -> None:
        """The empty id takes conversations out of their folders."""
        await self._store.put_into_folder(conversation_ids, folder_id)

    async def remove_folder(self, folder_id: str) -> tuple[str, ...]:
        """What lay in it lies in none. Returns the ids of those conversations, for `restore_folder`."""
        return await self._store.remove_folder(folder_id)

    async def restore_folder(self, folder: Folder, conversation_ids: Sequence[str]) -> None:
        """Bring a removed folder back with what lay in it."""
        await self._store.restore_folder(folder, conversation_ids)

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
