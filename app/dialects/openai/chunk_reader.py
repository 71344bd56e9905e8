"""`chat.completion.chunk` objects, read as a stream of the domain's events.

Source: OpenAI API reference, "The chat completion chunk object"; LiteLLM's extensions.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.dialects.blocks import block_from_wire
from app.dialects.openai.assistant import SERVER_ID
from app.dialects.openai.stops import stop_reason
from app.dialects.openai.usage import usage_from_wire
from app.dialects.openai.view import FIELDS, NEXT_TEXT, OWN, own_in
from app.domain.blocks import Block, RedactedThinkingBlock, ServerToolUseBlock, TextBlock, ThinkingBlock, ToolUseBlock
from app.domain.stream import (
    BlockStarted,
    BlockStopped,
    CitationsDelta,
    InputJsonDelta,
    MessageChanged,
    MessageStarted,
    MessageStopped,
    SignatureDelta,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
)
from app.domain.usage import TokenUsage
from app.errors import TranslationError

BESIDE = ("compaction_blocks", "web_search_results", "tool_results")
FREE_TEXT = ('{"input": "', '"}')
"""What a custom call's text stands between, to be the one string of an object."""
_CALL = frozenset({"index", "id", "type", "function", "custom"})


class ChunkReader:
    """Makes blocks of what arrives: the dialect has none, so a block ends where another kind of delta begins."""

    def __init__(self) -> None:
        self._started = False
        self._next = 0
        self._open: int | None = None
        self._kind: Any = None
        """Of the open block: `text`, `thinking`, or the index of a call."""
        self._id = ""
        """Of the call that was begun last."""
        self.custom_tools: set[str] = set()
        """Names of the tools that were called with a free text."""
        self._told: dict[str, int] = {}
        """How much of each list beside the answer has been read."""

    def read(self, chunk: Any) -> Sequence[StreamEvent]:
        """The events of one chunk.

        Raises:
            TranslationError: it is no chunk.
        """
        if not isinstance(chunk, Mapping):
            raise TranslationError("", "not an object")
        choices = chunk.get("choices")
        if not isinstance(choices, list | tuple):
            raise TranslationError("/choices", "missing or not a list")
        events: list[StreamEvent] = []
        if not self._started:
            self._started = True
            events.append(_message_started(chunk, choices))
        for at, choice in enumerate(choices[:1]):
            if not isinstance(choice, Mapping):
                raise TranslationError(f"/choices/{at}", "not an object")
            events += self._choice(choice)
        if isinstance(chunk.get("usage"), Mapping):
            events.append(_usage(chunk["usage"]))
        return events

    def finish(self) -> Sequence[StreamEvent]:
        """At `[DONE]`, which is the dialect's proof that the answer is complete."""
        return [*self._closed(), MessageStopped()]

    def _choice(self, choice: Mapping[str, Any]) -> list[StreamEvent]:
        delta = choice.get("delta")
        delta = delta if isinstance(delta, Mapping) else {}
        events: list[StreamEvent] = [*self._thought(delta), *self._beside(delta)]
        content = delta.get("content")
        if isinstance(content, str) and content:
            events += self._to("text", TextBlock(""))
            events.append(TextDelta(self._at, content))
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list | tuple) else ():
            events += self._call(call)
        if isinstance(choice.get("finish_reason"), str):
            events += [*self._closed(), _ended(choice["finish_reason"], delta)]
        return events

    def _thought(self, delta: Mapping[str, Any]) -> list[StreamEvent]:
        blocks = delta.get("thinking_blocks")
        if isinstance(blocks, list | tuple):
            return [event for each in blocks if isinstance(each, Mapping) for event in self._thinking_block(each)]
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        return self._thinking(thought) if isinstance(thought, str) and thought else []

    def _thinking_block(self, raw: Mapping[str, Any]) -> list[StreamEvent]:
        if raw.get("type") == "redacted_thinking":
            opened = self._to(None, RedactedThinkingBlock(str(raw.get("data") or "")))
            return [*opened, *self._closed()]
        events = self._thinking(str(raw.get("thinking") or ""))
        if raw.get("signature"):
            # a signature ends its block
            events += [SignatureDelta(self._at, str(raw["signature"])), *self._closed()]
        return events

    def _thinking(self, text: str) -> list[StreamEvent]:
        events = self._to("thinking", ThinkingBlock(""))
        return [*events, ThinkingDelta(self._at, text)] if text else events

    def _call(self, call: Any) -> list[StreamEvent]:
        kind = "custom" if isinstance(call, Mapping) and "custom" in call else "function"
        function = call.get(kind) if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping):
            raise TranslationError("/choices/0/delta/tool_calls", "not a call of a function")
        events: list[StreamEvent] = []
        number = (kind, call.get("index", 0))
        if self._begins(call, number):
            extra = {name: value for name, value in call.items() if name not in _CALL and value is not None}
            events += self._closed()
            events += self._to(number, _use(call["id"], str(function.get("name") or ""), extra))
            if kind == "custom":
                self.custom_tools.add(str(function.get("name") or ""))
                events.append(InputJsonDelta(self._at, FREE_TEXT[0]))
        elif self._kind != number:
            raise TranslationError("/choices/0/delta/tool_calls", "arguments of a call that was never begun")
        if kind == "custom":
            text = function.get("input")
            return [*events, InputJsonDelta(self._at, json.dumps(text)[1:-1])] if isinstance(text, str) else events
        arguments = function.get("arguments")
        return [*events, InputJsonDelta(self._at, arguments)] if isinstance(arguments, str) and arguments else events

    def _begins(self, call: Mapping[str, Any], number: Any) -> bool:
        """Whether a piece of a call is its first: some servers repeat the call's id with every piece."""
        begins = isinstance(call.get("id"), str) and bool(call["id"]) and (self._kind, self._id) != (number, call["id"])
        if begins:
            self._id = call["id"]
        return begins

    def _beside(self, delta: Mapping[str, Any]) -> list[StreamEvent]:
        """What the API's own tools answered: lists that grow, of which only the new is news."""
        fields = delta.get(FIELDS)
        if not isinstance(fields, Mapping):
            return []
        events: list[StreamEvent] = []
        own = own_in(delta)
        if own.get(NEXT_TEXT) is True:
            events += self._closed()
        if "block" in own:
            block = block_from_wire(own["block"], where=f"/choices/0/delta/{FIELDS}/{OWN}/block")
            events += [*self._to(None, block), *self._closed()]
        if isinstance(fields.get("citation"), Mapping):
            events += self._to("text", TextBlock(""))
            events.append(CitationsDelta(self._at, fields["citation"]))
        for name in BESIDE:
            listed = fields.get(name)
            if not isinstance(listed, list):
                continue
            for raw in listed[self._told.get(name, 0) :]:
                block = block_from_wire(raw, where=f"/choices/0/delta/{FIELDS}/{name}")
                events += [*self._to(None, block), *self._closed()]
            self._told[name] = len(listed)
        return events

    # ---- blocks

    @property
    def _at(self) -> int:
        return self._next - 1

    def _to(self, kind: Any, block: Block) -> list[StreamEvent]:
        """Open a block of this kind, unless one is open."""
        if kind is not None and self._kind == kind:
            return []
        events = self._closed()
        self._open, self._kind = self._next, kind
        self._next += 1
        return [*events, BlockStarted(self._at, block)]

    def _closed(self) -> list[StreamEvent]:
        if self._open is None:
            return []
        stopped: list[StreamEvent] = [BlockStopped(self._open)]
        if isinstance(self._kind, tuple) and self._kind[0] == "custom":
            stopped.insert(0, InputJsonDelta(self._open, FREE_TEXT[1]))
        self._open, self._kind = None, None
        return stopped


def _use(call_id: str, name: str, extra: Mapping[str, Any]) -> Block:
    if call_id.startswith(SERVER_ID):
        return ServerToolUseBlock("server_tool_use", call_id, name, {}, extra)
    return ToolUseBlock(call_id, name, {}, extra)


def _message_started(chunk: Mapping[str, Any], choices: Sequence[Any]) -> MessageStarted:
    first = choices[0] if choices and isinstance(choices[0], Mapping) else {}
    api_id = _text(own_in(first.get("delta")), "id") or str(chunk.get("id") or "")
    return MessageStarted(api_id, str(chunk.get("model") or ""), TokenUsage())


def _ended(finish: str, delta: Mapping[str, Any]) -> MessageChanged:
    """The end: what our own finish chunk tells besides wins over the dialect's word for it."""
    own = own_in(delta)
    details, extra = own.get("stop_details"), own.get("extra")
    return MessageChanged(
        _text(own, "stop_reason") or stop_reason(finish),
        _text(own, "stop_sequence"),
        details if isinstance(details, Mapping) else None,
        usage={},
        extra=extra if isinstance(extra, Mapping) else {},
    )


def _text(own: Mapping[str, Any], name: str) -> str | None:
    value = own.get(name)
    return value if isinstance(value, str) else None


def _usage(raw: Mapping[str, Any]) -> MessageChanged:
    read = usage_from_wire(raw)
    fields = {name: getattr(read, name) for name in TokenUsage.__dataclass_fields__ if getattr(read, name) is not None}
    return MessageChanged(None, None, None, usage=fields)
