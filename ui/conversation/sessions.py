"""Every conversation in memory: those that were opened, and the one that is not stored yet."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from app.domain.conversation import Conversation, Draft
from app.domain.library import Folder
from app.domain.request import Setup
from app.errors import StoreError
from app.services.identity import new_id
from app.services.library import Library
from ui.conversation.session import Session, SessionView


class Sessions:
    """Opens them once, remembers them, and stores their setups."""

    def __init__(
        self, library: Library, default_setup: Callable[[], Setup], now_ms: Callable[[], int], view: SessionView
    ) -> None:
        """`default_setup` is what a new conversation begins with."""
        self._library = library
        self._default_setup = default_setup
        self._now_ms = now_ms
        self._view = view
        self._open: dict[str, Session] = {}
        self.fresh = self._blank(Draft())
        """The conversation that exists once something is sent in it."""
        self.has_begun = False
        """The first one is shown: from now on the fresh one's draft is what is on the page, not what is on the disk."""

    def __iter__(self) -> Iterator[Session]:
        """All of them, each once."""
        return iter({id(each): each for each in (*self._open.values(), self.fresh)}.values())

    def find(self, conversation_id: str) -> Session | None:
        return self._open.get(conversation_id)

    @property
    def answering(self) -> frozenset[str]:
        """Ids of the conversations in which an answer is being made."""
        return frozenset(id_ for id_, each in self._open.items() if each.is_answering)

    def remember(self, session: Session) -> None:
        """It is stored now."""
        self._open[session.conversation.id] = session

    def forget(self, conversation_id: str) -> Session | None:
        """Give up one that was put away, and return it if it was open."""
        return self._open.pop(conversation_id, None)

    def begin_anew(self, draft: Draft) -> Session:
        """Give up all of them. Returns the fresh one, with this draft."""
        self._open.clear()
        self.fresh = self._blank(draft)
        return self.fresh

    def _blank(self, draft: Draft) -> Session:
        """One with today's default setup."""
        self._fresh_setup = setup = self._default_setup()
        return Session(Conversation(id=new_id(), created_ms=self._now_ms(), setup=setup), draft, self._view)

    async def get(self, conversation_id: str) -> Session:
        """One as it is in memory, else from the disk; the empty id stands for the fresh one.

        Raises:
            ConversationGone, StoreError: it cannot be read.
        """
        session = self._open.get(conversation_id)
        if session is not None:
            return session
        if not conversation_id and self.has_begun and self.fresh.is_new:
            return self.as_begun()
        draft = await self._library.draft(conversation_id)
        if not conversation_id:
            self.fresh = self._blank(draft)
            chosen = await self._library.fresh_setup()
            if chosen is not None:
                connected = replace(chosen, profile=self._fresh_setup.profile)
                self.fresh.conversation = replace(self.fresh.conversation, setup=connected)
            return self.fresh
        session = Session(await self._library.open(conversation_id), draft, self._view)
        self.remember(session)
        return session

    async def get_in(self, folder: Folder) -> Session:
        """The fresh one, to lie in a folder, with the setup that the folder gives it. Raises as `get`."""
        session = await self.get("")
        session.folder = folder.id
        self._fresh_setup = setup = folder.setup or self._default_setup()
        session.conversation = replace(session.conversation, setup=setup)
        return session

    def as_begun(self) -> Session:
        """The fresh one, with what was entered there; else with today's default."""
        default = self._default_setup()
        if not self._is_chosen:
            self.fresh.conversation = replace(self.fresh.conversation, setup=default)
            self._fresh_setup = default
        return self.fresh

    async def keep_setups(self) -> None:
        """Store those that were changed; one write for a word that was typed, not one a letter.

        Raises:
            StoreError: what was not stored is stored with the next call.
        """
        for session in self:
            if not session.has_new_setup:
                continue
            session.has_new_setup = False
            try:
                await self._keep_setup(session)
            except StoreError:
                session.has_new_setup = True
                raise

    async def _keep_setup(self, session: Session) -> None:
        setup = session.conversation.setup
        if session.is_new:
            await self._library.save_fresh_setup(setup if self._is_chosen else None)
        else:
            await self._library.save_setup(session.conversation.id, setup)

    @property
    def _is_chosen(self) -> bool:
        """Whether the fresh one's setup is anything but the default; the connection is chosen elsewhere."""
        chosen = replace(self.fresh.conversation.setup, profile="")
        return chosen != replace(self._fresh_setup, profile="")
