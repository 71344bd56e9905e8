"""A request's prompt as the API hashes it: tools, system, messages; block after block.

Source: Messages API reference §12.1 to §12.4.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

from app.domain.caching import Breakpoint, Section, Ttl
from app.domain.models import ModelEntry
from app.domain.planning.weighing import DIGEST_BYTES, PER_MESSAGE, Weighed, weighed
from app.domain.request import Request
from app.immutable import immutable

CITES, PICTURED = attrgetter("cites"), attrgetter("pictured")
BEFORE_TURNS = 2
"""Groups of blocks that stand before the turns: tools and system."""


@immutable
class Prompt:
    """Sequences are parallel, one item for each block."""

    model: str
    beside: tuple[str, str]
    """What else is hashed before the system blocks, and before the messages."""
    blocks: Sequence[Weighed]
    hashed: Sequence[bytes]
    """What each block adds to the hash."""
    said: Sequence[int]
    """Tokens of text up to and with each block, before the model's factor."""
    drawn: Sequence[int]
    """Tokens of pictures and pages likewise."""
    starts: Sequence[int]
    """The position of the first block of the tools, of the system blocks, and of each turn."""
    marks: Mapping[int, Ttl]
    """By position, ascending."""
    salt: bytes
    """Begins every hash: whose cache it is, and which model's."""

    def place(self, position: int) -> Breakpoint:
        """Where a block stands in the request."""
        group = bisect_right(self.starts, position) - 1
        within = position - self.starts[group]
        if group < BEFORE_TURNS:
            return Breakpoint((Section.TOOLS, Section.SYSTEM)[group], within)
        return Breakpoint(Section.MESSAGES, group - BEFORE_TURNS, within)

    def prefixes(self, positions: Iterable[int]) -> dict[int, bytes]:
        """The hash of everything up to and with each of those blocks. Hashes no block twice."""
        running, done, found = blake2b(self.salt, digest_size=DIGEST_BYTES), 0, {}
        for position in sorted(set(positions)):
            running.update(b"".join(self.hashed[done : position + 1]))
            done = position + 1
            found[position] = running.copy().digest()
        return found


@immutable
class _Group:
    """Tools, system blocks or one turn, read."""

    given: Sequence[Any]
    begins: str
    """The role of the message that begins here; empty where a turn goes on with the one before."""
    blocks: Sequence[Weighed]
    hashed: Sequence[bytes]
    said: Sequence[int]
    drawn: Sequence[int]


class PromptReader:
    """Reads requests, and remembers what each turn weighs: a request that changed a little costs little."""

    def __init__(self, weigh: Callable[[Any], Weighed] = weighed) -> None:
        self._weigh = weigh
        self._known: dict[int, _Group] = {}
        """By the first block's identity, which holds while its block is held here."""

    def read(self, request: Request, entry: ModelEntry | None, scope: str = "") -> Prompt:
        """The prompt of a request; `scope` says whose cache it is: entries are kept for each workspace."""
        groups = self._groups(request)
        blocks = [*chain.from_iterable([each.blocks for each in groups])]
        hashed = [*chain.from_iterable([each.hashed for each in groups])]
        starts = [0, *accumulate([len(each.blocks) for each in groups])][:-1]
        beside = _beside_system(request, blocks), _beside_messages(request, entry, blocks)
        for group, salt in ((2, f"messages {beside[1]} "), (1, f"system {beside[0]} ")):
            if len(starts) > group and starts[group] < len(hashed):
                hashed[starts[group]] = salt.encode() + hashed[starts[group]]
        model = entry.id if entry is not None else request.model
        return Prompt(
            model=model,
            beside=beside,
            blocks=blocks,
            hashed=hashed,
            said=[*accumulate(chain.from_iterable([each.said for each in groups]))],
            drawn=[*accumulate(chain.from_iterable([each.drawn for each in groups]))],
            starts=starts,
            marks=_marks(request, starts, blocks),
            salt=f"{scope}\0{model}\0tools ".encode(),
        )

    def _groups(self, request: Request) -> list[_Group]:
        found = [self._group(request.tools, ""), self._group(request.system, "")]
        role = ""
        for turn in request.turns:
            found.append(self._group(turn.blocks, "" if turn.role == role else turn.role))
            role = turn.role if turn.blocks else role
        if len(self._known) > 2 * len(found) + ENOUGH_KNOWN:
            self._known = {id(each.given[0]): each for each in found if each.given}
        return found

    def _group(self, given: Sequence[Any], begins: str) -> _Group:
        if not given:
            return NO_BLOCKS
        known = self._known.get(id(given[0]))
        if known is not None and known.given == given and known.begins == begins:
            return known
        before = {id(each.block): each for each in known.blocks} if known is not None else {}
        blocks = [before.get(id(each)) or self._weigh(each) for each in given]
        said, hashed = [each.weight.said for each in blocks], [each.digest for each in blocks]
        if begins:
            said[0] += PER_MESSAGE
            hashed[0] = begins.encode() + hashed[0]
        made = _Group(given, begins, blocks, hashed, said, [each.weight.drawn for each in blocks])
        self._known[id(given[0])] = made
        return made


NO_BLOCKS = _Group((), "", (), (), (), ())
ENOUGH_KNOWN = 64


def _marks(request: Request, starts: Sequence[int], blocks: Sequence[Weighed]) -> dict[int, Ttl]:
    """Where the marks stand. One on a part of a tool result is on the result; an automatic one on the last block."""
    found: dict[int, Ttl] = {}
    for mark in request.cache_plan.breakpoints:
        if mark.section is Section.MESSAGES:
            group, within = BEFORE_TURNS + mark.index, mark.block
        else:
            group, within = int(mark.section is Section.SYSTEM), mark.index
        if group < len(starts) and starts[group] + within < len(blocks):
            found[starts[group] + within] = mark.ttl
    automatic = _automatic(request)
    last = next((at for at in range(len(blocks) - 1, -1, -1) if blocks[at].markable), None)
    if automatic is not None and last is not None:
        found.setdefault(last, automatic)
    return dict(sorted(found.items()))


def _automatic(request: Request) -> Ttl | None:
    given = request.extra_body.get("cache_control")
    if isinstance(given, Mapping):
        return Ttl.ONE_HOUR if given.get("ttl") == Ttl.ONE_HOUR else Ttl.FIVE_MINUTES
    return request.cache_plan.automatic


def _beside_system(request: Request, blocks: Sequence[Weighed]) -> str:
    return json.dumps([request.extra_body.get("speed") or "standard", any(map(CITES, blocks))])


def _beside_messages(request: Request, entry: ModelEntry | None, blocks: Sequence[Weighed]) -> str:
    """A value that equals the default is as good as none."""
    parameters = request.parameters
    choice: dict[str, Any] = {"type": "auto"}
    if (given := parameters.tool_choice) is not None:
        choice = {"type": given.kind, **given.extra}
        choice |= {"name": given.name} if given.name is not None else {}
        choice |= {"disable_parallel_tool_use": True} if given.disable_parallel_tool_use else {}
    effort = parameters.effort or (entry.effort.default if entry is not None and entry.effort else None)
    pictured = any(map(PICTURED, blocks))
    return json.dumps([choice, _thinking(request, entry), effort, pictured], sort_keys=True)


def _thinking(request: Request, entry: ModelEntry | None) -> dict[str, Any]:
    support, given = entry.thinking if entry is not None else None, request.parameters.thinking
    kind = "adaptive" if support and support.default == "adaptive" else "disabled"
    if given is None:
        thinking: dict[str, Any] = {"type": kind}
    else:
        thinking = {"type": given.kind, **given.extra}
        thinking |= {"budget_tokens": given.budget_tokens} if given.budget_tokens is not None else {}
        thinking |= {"display": given.display} if given.display is not None else {}
    if support and thinking["type"] in {"adaptive", "enabled"}:
        thinking.setdefault("display", support.default_display)
    return thinking
