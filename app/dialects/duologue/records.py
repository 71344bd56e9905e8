"""A conversation as it is exported: one JSON object with the whole tree, and back.

No ids of ours are in it: messages stand in the order in which they were made and name their parent by its place. So a
conversation that was imported, under ids of its own, is exported as the same bytes.

Reading takes what a person or another program may have written by hand: a message without `parent` follows the one
before, a missing setup is the default. A message that cannot be read stands there as an `unreadable` block.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from app.dialects.blocks import block_from_wire, block_to_wire, blocks_from_wire
from app.dialects.duologue.asked import digest_of
from app.dialects.duologue.shapes import fits
from app.dialects.duologue.values import (
    MALFORMED,
    facts_from_raw,
    facts_to_raw,
    places_from_raw,
    setup_from_raw,
    setup_to_raw,
)
from app.domain.attachments import attachments_of, message_blocks
from app.domain.blocks import UNREADABLE, Block, RawBlock, TextBlock, unreadable
from app.domain.conversation import Conversation, Draft, Message, MessageState, Role
from app.domain.library import Folder, Kept
from app.domain.request import Setup
from app.errors import TranslationError

FORMAT = "duologue-export"
VERSION = 1
LAST_MS = 253_402_300_799_999
"""The end of the year 9999, in milliseconds since 1970: no clock of ours shows a later time."""
UNKNOWN_MS = -1
"""The time of what was read from a file that does not tell it; see `dated`."""


def dumped(value: Any) -> bytes:
    """JSON on one line, as UTF-8; escaped where the text in it has half a character, which UTF-8 cannot hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def folder_to_raw(folder: Folder) -> dict[str, Any]:
    setup = {} if folder.setup is None else {"setup": setup_to_raw(folder.setup)}
    return {"name": folder.name, "created_ms": _shown(folder.created_ms), **setup}


def folder_from_raw(raw: Any, id_: str, where: str) -> Folder:
    """Raises TranslationError: it is no folder."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str):
        raise TranslationError(where, "not a folder with a name")
    setup = setup_from_raw(raw["setup"]) if raw.get("setup") is not None else None
    return Folder(id_, raw["name"], setup, _shown(_time(raw)))


def kept_to_raw(kept: Kept, folders: Sequence[Folder]) -> dict[str, Any]:
    """Speak a conversation.

    Args:
        folders: those of the export; the conversation names its own by the place in them.
    """
    conversation = kept.conversation
    places = {id_: place for place, id_ in enumerate(conversation.messages)}
    folder = next((at for at, each in enumerate(folders) if each.id == kept.folder), None)
    raw: dict[str, Any] = {
        "title": conversation.title,
        "title_is_manual": conversation.title_is_manual,
        "created_ms": _shown(conversation.created_ms),
        **({} if folder is None else {"folder": folder}),
        **{name: True for name in ("pinned", "unread") if getattr(kept, name)},
        **({"draft": _draft_to_raw(kept.draft)} if kept.draft.text or kept.draft.attachments else {}),
        "setup": setup_to_raw(conversation.setup),
        **({"setups": {name: setup_to_raw(each) for name, each in kept.setups.items()}} if kept.setups else {}),
        "leaf": places.get(conversation.leaf or ""),
        "messages": [_message_to_raw(each, places) for each in conversation.messages.values()],
    }
    return raw


def kept_from_raw(raw: Any, folders: Sequence[Folder], new_id: Callable[[], str], where: str) -> Kept:
    """Read a conversation. Its messages have new ids; its own is the file's, empty where there is none: see `dated`.

    Args:
        folders: what the places of folders in it mean.
        where: JSON pointer of it in the payload, for the error.

    Raises:
        TranslationError: it is no conversation, or its tree is none.
    """
    parents, at, folder = check_kept(raw, len(folders), where)
    setups = _setups(raw.get("setups"))
    messages = _asked_with(setups, _messages(raw["messages"], parents, new_id))
    ids = tuple(messages)
    conversation = Conversation(
        id=raw["id"] if isinstance(raw.get("id"), str) else "",
        title=raw["title"] if isinstance(raw.get("title"), str) else "",
        title_is_manual=raw.get("title_is_manual") is True,
        created_ms=_time(raw),
        setup=_setup(raw),
        messages=messages,
        leaf=None if at is None else ids[at],
    )
    return Kept(
        conversation,
        "" if folder is None else folders[folder].id,
        raw.get("pinned") is True,
        raw.get("unread") is True,
        _draft(raw.get("draft")),
        {digest_of(each): each for each in setups.values()},
    )


def check_kept(raw: Any, folders: int, where: str) -> tuple[list[int | None], int | None, int | None]:
    """Whether a conversation can be read: nothing below its messages can make it fail.

    Returns the places of the messages' parents, of the leaf, and of the folder.

    Raises:
        TranslationError: it cannot.
    """
    if not isinstance(raw, Mapping):
        raise TranslationError(where, "not an object")
    raws = raw.get("messages")
    if not isinstance(raws, list):
        raise TranslationError(f"{where}/messages", "not a list")
    parents = [
        _place(each["parent"], at, f"{where}/messages/{at}/parent")
        if isinstance(each, Mapping) and "parent" in each
        else (at - 1 if at else None)
        for at, each in enumerate(raws)
    ]
    leaf = raw["leaf"] if "leaf" in raw else len(raws) - 1 if raws else None
    folder = _place(raw.get("folder"), folders, f"{where}/folder")
    return parents, _place(leaf, len(raws), f"{where}/leaf"), folder


def fingerprints(conversation: Conversation) -> Mapping[str, str]:
    """For each message, by its id, a digest of what it says and of everything above it."""
    found: dict[str, str] = {}
    for message in conversation.messages.values():
        above = found.get(message.parent or "", "")
        raw = {**_message_to_raw(message, {}), "parent": above}
        found[message.id] = sha256(dumped(raw)).hexdigest()
    return found


def unread_parts(conversation: Conversation) -> int:
    """How many of its blocks stand for something that could not be read."""
    blocks = [block for message in conversation.messages.values() for block in message.blocks]
    return sum(isinstance(block, RawBlock) and block.kind == UNREADABLE for block in blocks)


def dated(kept: Kept, id_: str, now_ms: int) -> Kept:
    """As it can be stored: under an id of ours, and with `now_ms` wherever the file does not tell the time."""
    messages = {
        id_: replace(each, created_ms=now_ms) if each.created_ms == UNKNOWN_MS else each
        for id_, each in kept.conversation.messages.items()
    }
    created_ms = now_ms if kept.conversation.created_ms == UNKNOWN_MS else kept.conversation.created_ms
    return replace(kept, conversation=replace(kept.conversation, id=id_, created_ms=created_ms, messages=messages))


# ------------------------------------------------------------------ messages


def _message_to_raw(message: Message, places: Mapping[str, int]) -> dict[str, Any]:
    """A parent that comes later or not at all is a damaged tree's: the message is a root then."""
    parent = places.get(message.parent or "")
    if parent is not None and parent >= places[message.id]:
        parent = None
    under_way = message.state is MessageState.STREAMING
    return {
        "parent": parent,
        "role": message.role.value,
        "state": MessageState.INTERRUPTED.value if under_way else message.state.value,
        "created_ms": _shown(message.created_ms),
        "content": [block_to_wire(block) for block in message.blocks],
        **({} if message.facts is None else {"facts": facts_to_raw(message.facts)}),
        **({"omitted": list(message.omitted)} if message.omitted else {}),
    }


def _messages(raws: Sequence[Any], parents: Sequence[int | None], new_id: Callable[[], str]) -> dict[str, Message]:
    ids = [new_id() for _ in raws]
    return {
        id_: _message(raw, id_, None if parent is None else ids[parent])
        for raw, id_, parent in zip(raws, ids, parents, strict=True)
    }


def _message(raw: Any, id_: str, parent: str | None) -> Message:
    """A message in whatever state it is."""
    role = _ROLES.get(str(raw.get("role"))) if isinstance(raw, Mapping) else None
    if role is None:
        return Message(id_, parent, Role.USER, (_unreadable(raw),), created_ms=UNKNOWN_MS)
    state = raw.get("state", MessageState.COMPLETE.value)
    is_known = isinstance(state, str) and state in _ENDED
    return Message(
        id=id_,
        parent=parent,
        role=role,
        blocks=_content(raw.get("content")),
        state=MessageState(state) if is_known else MessageState.INTERRUPTED,
        created_ms=_time(raw),
        facts=facts_from_raw(raw["facts"]) if raw.get("facts") is not None else None,
        omitted=places_from_raw(raw.get("omitted")),
    )


_ENDED = set(MessageState) - {MessageState.STREAMING}
_ROLES = {**{role.value: role for role in Role}, "developer": Role.SYSTEM}


def _content(raw: Any) -> tuple[Block, ...]:
    if isinstance(raw, str):
        return (TextBlock(raw),)
    return tuple(_block(each) for each in raw) if isinstance(raw, list) else (_unreadable(raw),)


def _block(raw: Any) -> Block:
    try:
        block = block_from_wire(raw)
    except MALFORMED:
        return _unreadable(raw)
    return block if fits(block, Block) else _unreadable(raw)


def _unreadable(raw: Any) -> Block:
    return unreadable(json.dumps(raw, ensure_ascii=True))


# ------------------------------------------------------------------ small readers


def _place(raw: Any, below: int, where: str) -> int | None:
    if raw is None:
        return None
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw < below:
        raise TranslationError(where, "not the place of anything that stands before it")
    return raw


def _shown(ms: int) -> int:
    return min(max(ms, 0), LAST_MS)


def _time(raw: Mapping[str, Any]) -> int:
    """`created_ms`, else `created_at` in words; `UNKNOWN_MS` where neither tells a time that a clock can show."""
    found = raw.get("created_ms")
    if found is None:
        found = _moment(raw.get("created_at"))
    is_time = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= LAST_MS
    return found if is_time else UNKNOWN_MS


def _moment(raw: Any) -> int:
    if not isinstance(raw, str):
        return UNKNOWN_MS
    try:
        moment = datetime.fromisoformat(raw)
        return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return UNKNOWN_MS


def _setup(raw: Mapping[str, Any]) -> Setup:
    setup = setup_from_raw(raw.get("setup"))
    model = raw.get("model")
    return replace(setup, model=model) if isinstance(model, str) and not setup.model else setup


def _draft_to_raw(draft: Draft) -> dict[str, Any]:
    attached = [block_to_wire(each) for each in message_blocks(draft.attachments, "")]
    return {"text": draft.text, "caret": draft.caret, **({"attached": attached} if attached else {})}


def _setups(raw: Any) -> dict[str, Setup]:
    return {str(name): setup_from_raw(each) for name, each in raw.items()} if isinstance(raw, Mapping) else {}


def _asked_with(setups: Mapping[str, Setup], messages: dict[str, Message]) -> dict[str, Message]:
    """The messages with the digests of the setups that the file has under the names that they give."""
    digests = {name: digest_of(each) for name, each in setups.items()}
    return {
        id_: replace(each, facts=replace(each.facts, asked=digests.get(each.facts.asked, "")))
        if each.facts is not None and each.facts.asked
        else each
        for id_, each in messages.items()
    }


def _draft(raw: Any) -> Draft:
    if not isinstance(raw, Mapping) or not isinstance(text := raw.get("text"), str):
        return Draft()
    caret, attached = raw.get("caret"), raw.get("attached")
    blocks = blocks_from_wire(attached, where="/draft/attached") if isinstance(attached, list) else ()
    found = attachments_of("draft", blocks)
    return Draft(text, caret if isinstance(caret, int) and 0 <= caret <= len(text) else len(text), found)
