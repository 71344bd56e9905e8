"""A short title for a conversation, made by a model from what was said first: one small request, if it is allowed."""

import re
from collections.abc import Awaitable, Callable
from typing import Protocol

from app.domain.blocks import TextBlock, plain_text
from app.domain.capabilities import at_home
from app.domain.conversation import Conversation, MessageState, Role
from app.domain.models import Catalogue, ModelEntry
from app.domain.request import Request, Turn
from app.domain.stream import Reply
from app.errors import DuologueError
from app.services.accounts import SIMULATOR
from app.services.library import title_from

MOST_CHARACTERS = 1500
"""Of the question and of the answer each: a title needs no more, and it is paid for."""
MAX_TOKENS = 300
"""Room for a model that thinks before it speaks."""
LONGEST = 60
ASKED = (
    "Give this conversation a title of two to six words, in the language of its question. "
    "Answer with the title alone, without quotation marks."
)
_ADORNED = re.compile(r"^[\s#*_`\"'“”„«»‘’]+|[\s*_`\"'“”«»‘’.]+$")


class TitleClient(Protocol):
    async def send(self, request: Request) -> Reply: ...


class TitleStore(Protocol):
    async def rename(self, conversation_id: str, title: str, manual: bool) -> None: ...


def wants_title(conversation: Conversation, profile: str) -> bool:
    """Whether its title is still its first words, and the first whole answer has just come from a real service.

    Args:
        profile: who answered, for a conversation that names none.
    """
    path, asked_at = conversation.path, conversation.setup.profile or profile
    if conversation.title_is_manual or len(path) != 2 or asked_at == SIMULATOR.name:
        return False
    answers = [each for each in conversation.messages.values() if each.role is Role.ASSISTANT]
    asked, answer = path
    is_first = answers == [answer] and answer.state is MessageState.COMPLETE and bool(answer.text.strip())
    return is_first and conversation.title == title_from(plain_text(asked.blocks))


def cheapest(catalogue: Catalogue) -> ModelEntry:
    """What makes titles where no other model is chosen."""
    known = [each for each in catalogue.pickable if each.access == "general" and each.pricing.tiers]
    return min(known, key=lambda each: each.pricing.tiers[0].output, default=catalogue.default)


def title_request(conversation: Conversation, model: str, catalogue: Catalogue) -> Request:
    """What asks for a title: the beginnings of the first question and of its answer."""
    asked, answer = conversation.path[:2]
    said = "\n\n".join(
        f"<{name}>\n{text[:MOST_CHARACTERS]}\n</{name}>"
        for name, text in (("question", asked.text), ("answer", answer.text))
    )
    entry = catalogue.find(model) or cheapest(catalogue)
    request = Request(
        model=model or entry.id,
        max_tokens=MAX_TOKENS,
        turns=(Turn("user", (TextBlock(f"{said}\n\n{ASKED}"),)),),
    )
    return at_home(request, entry)


def title_in(reply: Reply) -> str:
    """The title that a model gave, as one line; empty where it gave none."""
    lines = [line for line in plain_text(reply.blocks).splitlines() if line.strip()]
    title = _ADORNED.sub("", " ".join(lines[0].split())) if lines else ""
    return title if len(title) <= LONGEST else title_from(title)


class Titles:
    """Asks for titles and stores them. A title that was given by hand stays."""

    def __init__(
        self,
        connect: Callable[[str], Awaitable[TitleClient]],
        store: TitleStore,
        catalogue: Callable[[], Catalogue],
    ) -> None:
        """`connect` gives the client of a profile, by name."""
        self._connect = connect
        self._store = store
        self._catalogue = catalogue

    async def give(self, conversation: Conversation, model: str) -> str:
        """Ask for a title and store it. Returns it; empty where none came: the first words are a title as well.

        Args:
            model: an id; empty: the cheapest.

        Raises:
            StoreError: it could not be stored.
        """
        try:
            client = await self._connect(conversation.setup.profile)
            title = title_in(await client.send(title_request(conversation, model, self._catalogue())))
        except DuologueError:
            return ""
        if title:
            await self._store.rename(conversation.id, title, manual=False)
        return title
