"""What arrives while an answer is made, and the accumulator that adds it up to a message.

A stream passes deltas, not growing messages: what arrives costs what it weighs, and a message is made once, at its end
(or when someone asks for a snapshot).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.blocks import (
    RECEIVED_JSON,
    Block,
    RawBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolUseBlock,
)
from app.domain.usage import TokenUsage
from app.errors import StreamBroken
from app.immutable import NOTHING, immutable

# ------------------------------------------------------------------ before the first byte of an answer


@immutable
class Retrying:
    """An attempt failed before anything was generated, and another follows."""

    attempt: int
    """The attempt that comes, from 2."""
    of: int
    wait_s: float
    reason: str
    """The class of the error, e.g. `Overloaded`."""
    status: int | None = None
    """Its HTTP status, where there was one."""


@immutable
class ResponseStarted:
    """Status and headers have arrived."""

    request_id: str | None
    headers: Mapping[str, str]


# ------------------------------------------------------------------ the API's own events


@immutable
class MessageStarted:
    api_id: str
    model: str
    usage: TokenUsage
    extra: Mapping[str, Any] = NOTHING


@immutable
class BlockStarted:
    index: int
    block: Block


@immutable
class TextDelta:
    index: int
    text: str


@immutable
class ThinkingDelta:
    index: int
    thinking: str
    estimated_tokens: int | None = None


@immutable
class SignatureDelta:
    index: int
    signature: str


@immutable
class InputJsonDelta:
    index: int
    partial_json: str


@immutable
class CitationsDelta:
    index: int
    citation: Mapping[str, Any]


@immutable
class RawDelta:
    """A delta of a kind that is not known here, or `compaction_delta`, whose fields replace the block's."""

    index: int
    raw: Mapping[str, Any]


@immutable
class BlockStopped:
    index: int


@immutable
class MessageChanged:
    """`message_delta`: values overwrite, they are never added; None leaves what was there."""

    stop_reason: str | None
    stop_sequence: str | None
    stop_details: Mapping[str, Any] | None
    usage: Mapping[str, Any]
    """Fields of `TokenUsage`, only those that the wire gave."""
    extra: Mapping[str, Any] = NOTHING


@immutable
class MessageStopped:
    """The only proof that an answer is complete."""


@immutable
class Ping:
    pass


@immutable
class UnknownEvent:
    kind: str
    raw: Mapping[str, Any]


Delta = TextDelta | ThinkingDelta | SignatureDelta | InputJsonDelta | CitationsDelta | RawDelta
StreamEvent = (
    MessageStarted | BlockStarted | Delta | BlockStopped | MessageChanged | MessageStopped | Ping | UnknownEvent
)
ClientEvent = Retrying | ResponseStarted | StreamEvent


@immutable
class Reply:
    """An answer, whole or as far as it came."""

    blocks: tuple[Block, ...]
    complete: bool
    """`message_stop` was seen."""
    api_id: str = ""
    model: str = ""
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: Mapping[str, Any] | None = None
    usage: TokenUsage = TokenUsage()
    extra: Mapping[str, Any] = NOTHING


@dataclass(slots=True)
class _OpenBlock:
    start: Block
    texts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    jsons: list[str] = field(default_factory=list)
    citations: list[Mapping[str, Any]] = field(default_factory=list)
    raws: list[Mapping[str, Any]] = field(default_factory=list)
    signature: str | None = None
    stopped: bool = False


class Accumulator:
    """Adds stream events up to a `Reply`. Adding costs the weight of the delta; `reply()` costs the whole answer.

    Source of the rules: Messages API reference, "Streaming", accumulation.
    """

    def __init__(self) -> None:
        self._blocks: dict[int, _OpenBlock] = {}
        self._head = Reply((), complete=False)

    def add(self, event: ClientEvent) -> None:
        """Take one event.

        Raises:
            StreamBroken: a delta or a stop for a block that was never started.
        """
        if type(event) is TextDelta:  # most of an answer: a thousand a second must cost nothing
            self._at(event.index).texts.append(event.text)
            return
        match event:
            case MessageStarted(api_id, model, usage, extra):
                self._head = replace(self._head, api_id=api_id, model=model, usage=usage, extra=extra)
            case BlockStarted(index, block):
                self._blocks[index] = _OpenBlock(block)
            case BlockStopped(index):
                self._at(index).stopped = True
            case MessageChanged():
                self._change(event)
            case MessageStopped():
                self._head = replace(self._head, complete=True)
            case Retrying() | ResponseStarted() | Ping() | UnknownEvent():
                pass
            case _:
                self._extend(event)

    def reply(self) -> Reply:
        """Everything so far. Blocks come in the order of their index."""
        blocks = tuple(_closed(self._blocks[index]) for index in sorted(self._blocks))
        return replace(self._head, blocks=blocks)

    def block(self, index: int) -> Block:
        """One block as far as it came.

        Raises:
            StreamBroken: it was never started.
        """
        return _closed(self._at(index))

    def _at(self, index: int) -> _OpenBlock:
        try:
            return self._blocks[index]
        except KeyError:
            raise StreamBroken(f"block {index} was never started") from None

    def _extend(self, delta: Delta) -> None:
        block = self._at(delta.index)
        match delta:
            case TextDelta(_, text):
                block.texts.append(text)
            case ThinkingDelta(_, thinking):
                block.thoughts.append(thinking)
            case InputJsonDelta(_, partial_json):
                block.jsons.append(partial_json)
            case CitationsDelta(_, citation):
                block.citations.append(citation)
            case SignatureDelta(_, signature):
                block.signature = signature
            case RawDelta(_, raw):
                block.raws.append(raw)

    def _change(self, event: MessageChanged) -> None:
        head = self._head
        self._head = replace(
            head,
            stop_reason=event.stop_reason if event.stop_reason is not None else head.stop_reason,
            stop_sequence=event.stop_sequence if event.stop_sequence is not None else head.stop_sequence,
            stop_details=event.stop_details if event.stop_details is not None else head.stop_details,
            usage=head.usage.updated(**event.usage),
            extra={**head.extra, **event.extra},
        )


def _closed(block: _OpenBlock) -> Block:
    """The block that start and deltas make together."""
    start = block.start
    match start:
        case TextBlock():
            citations = (*(start.citations or ()), *block.citations) or start.citations
            return replace(start, text=start.text + "".join(block.texts), citations=citations)
        case ThinkingBlock():
            signature = start.signature if block.signature is None else block.signature
            return replace(start, thinking=start.thinking + "".join(block.thoughts), signature=signature)
        case ToolUseBlock() | ServerToolUseBlock():
            return _with_input(start, "".join(block.jsons))
        case RawBlock():
            return _raw_closed(start, block)
        case _:
            return start


def _with_input(start: ToolUseBlock | ServerToolUseBlock, text: str) -> ToolUseBlock | ServerToolUseBlock:
    """With its arguments. The start event's `{}` is a placeholder; cut JSON leaves it and is kept beside it."""
    if not text:
        return start
    parsed = _object(text)
    if parsed is None:
        return replace(start, extra={**start.extra, RECEIVED_JSON: text})
    return replace(start, input=parsed)


def _object(text: str) -> Mapping[str, Any] | None:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _raw_closed(start: RawBlock, block: _OpenBlock) -> RawBlock:
    raw = dict(start.raw)
    for delta in block.raws:
        raw.update({name: value for name, value in delta.items() if name != "type"})
    for name, pieces in (("text", block.texts), ("thinking", block.thoughts)):
        if pieces:
            raw[name] = str(raw.get(name) or "") + "".join(pieces)
    if block.citations:
        raw["citations"] = [*(raw.get("citations") or ()), *block.citations]
    if block.signature is not None:
        raw["signature"] = block.signature
    if block.jsons:
        text = "".join(block.jsons)
        parsed = _object(text)
        raw |= {RECEIVED_JSON: text} if parsed is None else {"input": parsed}
    return RawBlock(raw)


def events_of(reply: Reply) -> tuple[StreamEvent, ...]:
    """A whole answer as the events of a stream, for whoever can only take a stream."""
    events: list[StreamEvent] = [MessageStarted(reply.api_id, reply.model, reply.usage, reply.extra)]
    for index, block in enumerate(reply.blocks):
        events += (BlockStarted(index, block), BlockStopped(index))
    changed = MessageChanged(reply.stop_reason, reply.stop_sequence, reply.stop_details, usage={})
    return (*events, changed, MessageStopped())
