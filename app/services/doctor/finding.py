"""What is sent of a conversation, as the API sees it, and the words in which something is found in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.domain.blocks import Block
from app.domain.conversation import Message
from app.domain.findings import Finding
from app.immutable import immutable
from app.services.requests import sent_places

NAMED_BY = 40
"""So many characters of a message's first line name it."""


@immutable
class Sent:
    """A block that is sent, and where it is kept."""

    message: Message
    place: int
    block: Block


@immutable
class Group:
    """Messages of one role that follow each other: the API takes them for one turn."""

    role: str
    sent: tuple[Sent, ...]


def groups_of(path: Sequence[Message]) -> list[Group]:
    """What is sent of the messages, in turns as the API sees them."""
    found: list[Group] = []
    for message in path:
        sent = tuple(Sent(message, place, message.blocks[place]) for place in sent_places(message))
        if not sent:
            continue
        if found and found[-1].role == message.role.value:
            found[-1] = Group(found[-1].role, (*found[-1].sent, *sent))
        else:
            found.append(Group(message.role.value, sent))
    return found


def omitting(sent: Iterable[Sent]) -> Mapping[str, tuple[int, ...]]:
    """Blocks by message and place, as a fix names them."""
    found: dict[str, tuple[int, ...]] = {}
    for each in sent:
        found[each.message.id] = (*found.get(each.message.id, ()), each.place)
    return found


def found_in(sent: Sequence[Sent], reason: str, fix: str) -> Iterator[Finding]:
    """A finding whose fix keeps these blocks, of one message first of all, out of the context; none for no blocks."""
    if sent:
        yield Finding(sent[0].message.id, reason, fix, omits=omitting(sent))


def named(message: Message) -> str:
    """A message as a sentence names it: whose it is, and how it begins."""
    whose = {"user": "Your message", "assistant": "The answer"}.get(message.role.value, "The system message")
    line = " ".join(message.text.split())
    if not line:
        return whose
    return f"{whose} “{line if len(line) <= NAMED_BY else line[:NAMED_BY].rstrip() + '…'}”"
