"""A chat-completions history, to the system prompt and the turns of the Messages API.

There, turns alternate, begin with the person's, and every tool use is answered at the beginning of the next turn.
Where the dialect is freer, what is between two assistant messages becomes one turn: tool results first, then the rest
in its order. What that makes of a history does not change when messages are appended, so what was cached stays.

Source: Messages API reference, "Ordering rules", "Mid-conversation system messages".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.dialects.openai.assistant import assistant_from_wire
from app.dialects.openai.names import Names, wire_id
from app.dialects.openai.parts import content_from_wire, plain_text_from_wire
from app.dialects.openai.reading import Marked, Wire, list_of, mark_on, text_of
from app.domain.blocks import ServerToolUseBlock, TextBlock, ToolResultBlock, ToolUseBlock
from app.errors import TranslationError
from app.immutable import immutable

CALLS = ToolUseBlock | ServerToolUseBlock
SYSTEM = frozenset({"system", "developer"})
OPENING = "Please begin."
"""The first turn has to be a user's; this one stands there when the history begins otherwise."""
NOTE = "A note from the operator of this conversation, not from the user:\n\n"
"""In front of a system message in mid-conversation, on models that take none there."""
TOOLSET = "toolset_name"
"""What a tool message can say beyond the dialect, beside `is_error`; both are the Messages API's own words."""

_BESIDE_SYSTEM = ("clear_at", "output_config")
"""What the Messages API's system messages can have besides, and several that become one here cannot."""


@dataclass(slots=True)
class Draft:
    """A turn that is being put together."""

    role: Literal["user", "assistant", "system"]
    blocks: list[Marked] = field(default_factory=list)
    results: list[Marked] = field(default_factory=list)
    """Of a user turn; they come first."""
    places: list[str] = field(default_factory=list)
    """JSON pointers of the messages that the results came from."""
    where: str = "/messages"
    """JSON pointer of the first message in it."""

    @property
    def content(self) -> list[Marked]:
        return [*self.results, *self.blocks] if self.results else self.blocks


@immutable
class History:
    system: list[Marked]
    drafts: list[Draft]


def history_from_wire(messages: Any, names: Names, *, mid_system: bool, mend: bool) -> History:
    """Read `messages`.

    Args:
        mid_system: the model takes system messages inside a conversation.
        mend: pass over a message that says nothing, and take a history without any turn (`modify_params`).

    Raises:
        TranslationError: a message that is none, or a history that holds nothing to answer.
    """
    reader = _Reader(names, mid_system, mend)
    for at, message in enumerate(list_of(messages, "/messages")):
        if not reader.add_plain(message, at):
            reader.add(message, f"/messages/{at}", at)
    reader.close_segment()
    drafts = reader.drafts
    if not drafts and not mend:
        where = reader.blank or "/messages"
        raise TranslationError(where, "empty" if reader.blank else "no message besides the system's")
    return History(reader.system, drafts)


def finished(drafts: list[Draft]) -> list[Draft]:
    """The turns as they can be sent: the person's first, and no white space at the end of an answer's beginning."""
    opening = [] if drafts and drafts[0].role == "user" else [Draft("user", [Marked(TextBlock(OPENING))])]
    if drafts:
        _trim(drafts[-1])
    return [*opening, *drafts]


class _Reader:
    """Gathers what is between two assistant messages (a segment) and closes it to turns."""

    def __init__(self, names: Names, mid_system: bool, mend: bool) -> None:
        self.system: list[Marked] = []
        self.drafts: list[Draft] = []
        self.blank = ""
        """Pointer of a user message that says nothing, until the segment has something else to say."""
        self._names = names
        self._mid_system = mid_system
        self._mend = mend
        self._leading = True
        self._user = Draft("user")
        self._notes: list[Marked] = []
        self._call_id = ""

    def add_plain(self, message: Any, at: int) -> bool:
        """Take a message of a role and text, as most are, in a quarter of the time; False: it is something else."""
        if type(message) is not dict or len(message) != 2:
            return False
        content = message.get("content")
        if type(content) is str and content.strip():
            found = [Marked(TextBlock(content))]
        elif not (found := plain_text_from_wire(content)):
            return False
        role = message.get("role")
        if role == "user":
            self._user.blocks += found
        elif role == "assistant":
            self._answer(found, f"/messages/{at}")
        else:
            return False
        self._leading = False
        return True

    def add(self, message: Any, where: str, at: int) -> None:
        if type(message) is not dict and not isinstance(message, Mapping):
            raise TranslationError(where, "not an object")
        role = message.get("role")
        if not isinstance(role, str):
            raise TranslationError(f"{where}/role", "missing or not a role")
        if role in SYSTEM:
            self._add_system(message, where)
            return
        self._leading = False
        if role == "assistant":
            self._add_assistant(message, where, f"call_{at}")
        elif role == "user":
            self._add_user(message, where)
        elif role in {"tool", "function"}:
            self._user.results.append(result_from_wire(message, where, "" if role == "tool" else self._call_id))
            self._user.places.append(where)
        else:
            raise TranslationError(f"{where}/role", "missing or not a role")

    def close_segment(self) -> None:
        """What came since the last assistant message, as turns: the person's, and after it the operator's."""
        user, notes = self._user, self._notes
        self._user, self._notes = Draft("user"), []
        if not user.blocks and not user.results:
            if self.blank and self.drafts and not self._mend:
                raise TranslationError(self.blank, "empty")
            # with no turn of the person's to stand behind, the note becomes one
            user.blocks, notes = [_noted(each) for each in notes], []
        if user.blocks or user.results:
            self.blank = ""
            self.drafts.append(user)
        if notes:
            self.drafts.append(Draft("system", notes))

    def _add_user(self, message: Wire, where: str) -> None:
        found = _said(message, where)
        if not found:
            self.blank = f"{where}/content"
        for each in found:
            if isinstance(each.block, ToolResultBlock):
                self._user.results.append(each)
                self._user.places.append(where)
            else:
                self._user.blocks.append(each)

    def _add_system(self, message: Wire, where: str) -> None:
        for name in _BESIDE_SYSTEM:
            if message.get(name) is not None:
                raise TranslationError(f"{where}/{name}", "chat completions have no place for it")
        found = _said(message, where)
        if (self._leading or not self._mid_system) and not all(isinstance(each.block, TextBlock) for each in found):
            raise TranslationError(f"{where}/content", "what the operator says here is text alone")
        if self._leading:
            self.system += found
        elif self._mid_system:
            self._notes += found
        else:
            self._user.blocks += [_noted(each) for each in found]

    def _add_assistant(self, message: Wire, where: str, call_id: str) -> None:
        if message.get("function_call") is not None:
            self._call_id = call_id
        found = assistant_from_wire(message, self._names, where, old_id=call_id)
        if found:
            self._answer(_unique(found), where)

    def _answer(self, found: list[Marked], where: str) -> None:
        user = self._user
        if user.blocks or user.results or self._notes or self.blank:
            self.close_segment()
        if self.drafts and self.drafts[-1].role == "assistant":
            self.drafts[-1].blocks = _unique([*self.drafts[-1].blocks, *found])
        else:
            self.drafts.append(Draft("assistant", found, where=where))


def _said(message: Wire, where: str) -> list[Marked]:
    """The blocks of a user's or a system's message; the message's own mark goes to the last."""
    content = message.get("content")
    if content is None:
        raise TranslationError(f"{where}/content", "missing")
    found = content_from_wire(content, f"{where}/content")
    ttl = mark_on(message, where)
    if found and ttl is not None:
        found[-1] = found[-1]._replace(ttl=found[-1].ttl or ttl)
    return found


def result_from_wire(message: Wire, where: str, call_id: str) -> Marked:
    """Read a tool's or an old function's message.

    Args:
        call_id: of the call that it answers; empty: the message says it.

    Raises:
        TranslationError: it does not say which call it answers, or a part of it cannot be said.
    """
    if not call_id and message.get("role") == "function":
        raise TranslationError(where, "no call stands before this result")
    answered = wire_id(call_id or text_of(message, "tool_call_id", where))
    is_error = message.get("is_error")
    if is_error is not None and not isinstance(is_error, bool):
        raise TranslationError(f"{where}/is_error", "neither true nor false")
    toolset = message.get(TOOLSET)
    extra = {} if toolset is None else {TOOLSET: toolset}
    content = message.get("content")
    if content is None or isinstance(content, str):
        return Marked(ToolResultBlock(answered, content or "", is_error, extra), mark_on(message, where))
    found = content_from_wire(content, f"{where}/content")
    marks = tuple((at, each.ttl) for at, each in enumerate(found) if each.ttl is not None)
    block = ToolResultBlock(answered, tuple(each.block for each in found), is_error, extra)
    return Marked(block, mark_on(message, where), marks)


def _noted(note: Marked) -> Marked:
    text = note.block.text if isinstance(note.block, TextBlock) else ""
    return note._replace(block=TextBlock(NOTE + text))


def _unique(blocks: list[Marked]) -> list[Marked]:
    """Without calls whose id stands in the turn already: a client that merges histories sends some twice."""
    if len(blocks) == 1:
        return blocks
    ids = [each.block.id if isinstance(each.block, CALLS) else None for each in blocks]
    if len({*ids, None}) == len(ids) + 1 - ids.count(None):
        return blocks
    return [each for at, each in enumerate(blocks) if ids[at] is None or ids[at] not in ids[:at]]


def _trim(last: Draft) -> None:
    if last.role != "assistant" or not last.blocks or not isinstance(last.blocks[-1].block, TextBlock):
        return
    block = last.blocks[-1].block
    last.blocks[-1] = last.blocks[-1]._replace(block=TextBlock(block.text.rstrip(), block.citations, block.extra))
