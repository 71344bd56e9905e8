"""Two runs side by side: what was asked and what came, and in what they differ."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal

from app.dialects.anthropic.requests import request_to_wire
from app.dialects.blocks import block_to_wire
from app.dialects.code.literals import json_text
from app.domain.aligning import Kind, aligned, pieces
from app.domain.conversation import Message
from app.domain.request import Request
from app.immutable import immutable
from app.wire.json_bytes import json_bytes

MOST_WORDS = 4000
"""Of two texts together: longer ones are compared line by line only."""
LONG_DATA = 200
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
SECTIONS = ("Parameters", "Headers", "System", "Tools", "Messages", "Reply", "Outcome")
_IN_ORDER = ("System", "Tools", "Messages", "Reply")
"""Sections whose parts follow each other; of the others every part has a name of its own."""

What = Literal["only_a", "only_b", "moved", "changed"]


@immutable
class Part:
    """One thing that was sent or came: a block, a parameter, a header."""

    section: str
    name: str
    kind: str
    """What may stand in its place: a changed text is a text still."""
    key: bytes
    """Of what it is; two parts with the same key are equal."""
    text: str


@immutable
class Run:
    parts: tuple[Part, ...]


@immutable
class Difference:
    what: What
    section: str
    name: str
    pieces: tuple[tuple[Kind, str], ...]
    """What it is, in pieces; of something that was changed, what is the same and what only one has."""


@immutable
class Comparison:
    differences: tuple[Difference, ...]
    same: int
    """How many parts are equal and where they were."""


def run_of(request: Request, answer: Message) -> Run:
    """A request and the answer to it, in parts. Raises TranslationError: the request cannot be spoken."""
    wire = request_to_wire(request, stream=True)
    body = wire.body
    rest = {name: each for name, each in body.items() if name not in {"messages", "system", "tools", "stream"}}
    return Run(
        (
            *(_part("Parameters", name, name, each) for name, each in _flat(rest)),
            *(_part("Headers", name, name, each) for name, each in wire.headers.items()),
            *(_part("System", f"{at}. block", "system", each) for at, each in enumerate(body.get("system", ()), 1)),
            *(_part("Tools", str(each.get("name", each.get("type"))), "tool", each) for each in body.get("tools", ())),
            *_messages(body["messages"]),
            *(
                _part("Reply", f"{at}. {raw['type']}", raw["type"], raw)
                for at, raw in enumerate(map(block_to_wire, answer.blocks), 1)
            ),
            *(_part("Outcome", name, name, each) for name, each in _outcome(answer)),
        )
    )


def compare(a: Run, b: Run) -> Comparison:
    """In what two runs differ, section by section."""
    differences: list[Difference] = []
    same = 0
    for section in SECTIONS:
        left, right = ([each for each in run.parts if each.section == section] for run in (a, b))
        found = list(_in_order(left, right) if section in _IN_ORDER else _by_name(left, right))
        differences += found
        same += len(left) - sum(each.what != "only_b" for each in found)
    return Comparison(tuple(differences), same)


def _by_name(left: Sequence[Part], right: Sequence[Part]) -> Iterator[Difference]:
    ours, theirs = ({each.name: each for each in side} for side in (left, right))
    for name in dict.fromkeys((*ours, *theirs)):
        if (a := ours.get(name)) is None or (b := theirs.get(name)) is None:
            yield from _alone([a] if a is not None else [], [theirs[name]] if name in theirs else [])
        elif a.key != b.key:
            yield _changed(a, b)


def _in_order(left: Sequence[Part], right: Sequence[Part]) -> Iterator[Difference]:
    """Of what is unequal, equal parts elsewhere have moved; of the rest, parts of one kind were changed."""
    unequal = [each for each in aligned([part.key for part in left], [part.key for part in right]) if not each.is_equal]
    gone = [part for each in unequal for part in left[each.a_from : each.a_to]]
    come = [part for each in unequal for part in right[each.b_from : each.b_to]]
    places: dict[bytes, list[Part]] = {}
    for part in reversed(come):
        places.setdefault(part.key, []).append(part)
    moved = {id(part): places[part.key].pop() for part in gone if places.get(part.key)}
    taken = {id(part) for part in moved.values()}
    for part in gone:
        if id(part) in moved:
            yield Difference("moved", part.section, _both(part, moved[id(part)]), (("same", part.text),))
    for each in unequal:
        a = [part for part in left[each.a_from : each.a_to] if id(part) not in moved]
        b = [part for part in right[each.b_from : each.b_to] if id(part) not in taken]
        yield from _paired(a, b)


def _paired(left: Sequence[Part], right: Sequence[Part]) -> Iterator[Difference]:
    for stretch in aligned([each.kind for each in left], [each.kind for each in right]):
        a, b = left[stretch.a_from : stretch.a_to], right[stretch.b_from : stretch.b_to]
        if stretch.is_equal:
            yield from (_changed(one, other) for one, other in zip(a, b, strict=True))
        else:
            yield from _alone(a, b)


def _alone(left: Sequence[Part], right: Sequence[Part]) -> Iterator[Difference]:
    for one, other in zip_longest(left, right):
        if one is not None:
            yield Difference("only_a", one.section, one.name, (("only_a", one.text),))
        if other is not None:
            yield Difference("only_b", other.section, other.name, (("only_b", other.text),))


def _changed(a: Part, b: Part) -> Difference:
    return Difference("changed", a.section, _both(a, b), tuple(_text_pieces(a.text, b.text)))


def _both(a: Part, b: Part) -> str:
    return a.name if a.name == b.name else f"{a.name} → {b.name}"


def _text_pieces(a: str, b: str) -> Iterator[tuple[Kind, str]]:
    """Line by line; what was rewritten of a line or two, word by word."""
    lines_a, lines_b = a.splitlines(keepends=True), b.splitlines(keepends=True)
    for each in aligned(lines_a, lines_b):
        old, new = "".join(lines_a[each.a_from : each.a_to]), "".join(lines_b[each.b_from : each.b_to])
        if each.is_equal:
            yield "same", old
            continue
        words = [_WORDS.findall(old), _WORDS.findall(new)] if len(old) + len(new) < MOST_WORDS * 8 else [[], []]
        if old and new and 0 < len(words[0]) + len(words[1]) <= MOST_WORDS:
            yield from pieces(*words)
        else:
            yield from ((kind, text) for kind, text in (("only_a", old), ("only_b", new)) if text)  # type: ignore[misc]


# ---- parts


def _messages(messages: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    for number, message in enumerate(messages, 1):
        role = message["role"]
        for block in message["content"]:
            kind = block.get("type", "unknown")
            yield _part("Messages", f"{number}. {role}, {kind}", f"{role} {kind}", block)


def _outcome(answer: Message) -> Iterator[tuple[str, Any]]:
    yield "state", answer.state.value
    facts = answer.facts
    if facts is None:
        return
    usage = facts.usage
    told = {
        "model": facts.model or None,
        "stop_reason": facts.stop_reason,
        "input_tokens": usage and usage.total_input,
        "cache_read_input_tokens": usage and usage.cache_read_input_tokens,
        "cache_creation_input_tokens": usage and usage.cache_creation_input_tokens,
        "output_tokens": usage and usage.output_tokens,
        "first_token_ms": facts.first_token_ms,
        "duration_ms": facts.duration_ms,
        "error": facts.error and facts.error.get("class"),
    }
    yield from ((name, value) for name, value in told.items() if value is not None)


def _flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, each in value.items():
        if isinstance(each, Mapping) and each:
            yield from _flat(each, f"{before}{name}.")
        else:
            yield f"{before}{name}", each


def _part(section: str, name: str, kind: str, value: Any) -> Part:
    return Part(section, name, kind, kind.encode() + json_bytes(value), _told(value))


def _told(value: Any) -> str:
    """A value to be read: the text of a text first, the rest as JSON; long data by its length."""
    text = value.get("text") if isinstance(value, Mapping) else None
    if isinstance(text, str):
        rest = {name: each for name, each in value.items() if name not in {"type", "text"}}
        return text + (f"\n{json_text(_short(rest))}" if rest else "")
    return value if isinstance(value, str) else json_text(_short(value))


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        data = value.get("data")
        if isinstance(data, str) and len(data) > LONG_DATA:
            value = {**value, "data": f"{data[:40]}… ({len(data):,} characters)"}
        return {name: _short(each) for name, each in value.items()}
    return [_short(each) for each in value] if isinstance(value, list | tuple) else value
