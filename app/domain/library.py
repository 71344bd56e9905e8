"""What the library shows: conversations as rows, the folders they lie in, what a search finds; and what it keeps."""

from collections.abc import Mapping

from app.domain.conversation import Conversation, Draft
from app.domain.request import Setup
from app.immutable import NOTHING, immutable

HIT_BEGINS, HIT_ENDS = "\x02", "\x03"
"""What stands around a hit in a snippet."""


@immutable
class ConversationRow:
    id: str
    title: str
    title_is_manual: bool
    last_ms: int
    """When its newest message was made, milliseconds since 1970."""
    pinned: bool
    state: str
    """Of the newest message, as `MessageState`."""
    folder: str = ""
    """The id of the folder that it lies in; empty: none."""
    unread: bool = False


@immutable
class Folder:
    id: str
    name: str
    setup: Setup | None = None
    """What a conversation that is begun in it starts with; None: the program's default."""
    created_ms: int = 0
    count: int = 0
    """How many conversations lie in it."""


@immutable
class Listing:
    """The library as far as it was asked for. Each part has the conversation with the newest message first."""

    pinned: tuple[ConversationRow, ...] = ()
    """Wherever they lie."""
    folders: tuple[Folder, ...] = ()
    """By name."""
    filed: tuple[ConversationRow, ...] = ()
    """What lies in the folders that were asked for and is not pinned."""
    loose: tuple[ConversationRow, ...] = ()
    """What lies in no folder and is not pinned."""
    has_more: bool = False
    """There are more loose ones than were asked for."""

    @property
    def rows(self) -> tuple[ConversationRow, ...]:
        return (*self.pinned, *self.filed, *self.loose)


@immutable
class SearchHit:
    conversation_id: str
    message_id: str
    """Empty: the conversation's title is what was found."""
    snippet: str
    """The words around the hit; the hit itself between `HIT_BEGINS` and `HIT_ENDS`."""
    title: str = ""
    """Of the conversation."""
    role: str = ""
    created_ms: int = 0
    """When the message was made, milliseconds since 1970; for a title, the conversation's newest message."""


@immutable
class Backup:
    """A dated copy of the whole library."""

    name: str
    """Of its file; they sort as they were made."""
    made_ms: int
    """Milliseconds since 1970."""
    size: int
    """Bytes."""


@immutable
class Kept:
    """A conversation with everything that is kept of it: what is exported, and what comes back."""

    conversation: Conversation
    folder: str = ""
    """The id of the folder that it lies in; empty: none."""
    pinned: bool = False
    unread: bool = False
    draft: Draft = Draft()
    setups: Mapping[str, Setup] = NOTHING
    """What its answers were asked with, under the digests that they name."""
