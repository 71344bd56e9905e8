"""A stream of the domain's events, spoken as `chat.completion.chunk` objects.

What a delta costs here is a dict: most of an answer is text, and a stream must not be slower for being translated.

Source: OpenAI API reference, "The chat completion chunk object"; LiteLLM's extensions.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.dialects.blocks import block_to_wire
from app.dialects.openai.beside import SEARCHED, fields_of, own_of, results_of
from app.dialects.openai.responses import free_text, styled
from app.dialects.openai.stops import finish_reason
from app.dialects.openai.style import JSON_TOOL, ReplyStyle
from app.dialects.openai.usage import usage_to_wire
from app.dialects.openai.view import FIELDS, NEXT_TEXT, OWN
from app.domain.blocks import (
    Block,
    RawBlock,
    RedactedThinkingBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolUseBlock,
)
from app.domain.stream import (
    Accumulator,
    BlockStarted,
    BlockStopped,
    CitationsDelta,
    ClientEvent,
    InputJsonDelta,
    MessageStarted,
    MessageStopped,
    Reply,
    SignatureDelta,
    TextDelta,
    ThinkingDelta,
)

Chunk = dict[str, Any]
NOTHING: tuple[Chunk, ...] = ()
NO_FIELDS: Mapping[str, Any] = {}


class ChunkSpeaker:
    """Turns the events of one answer into chunks, and adds the answer up as it goes.

    The finish reason comes at `message_stop` and not before: a stream that breaks off never says that it is complete.
    """

    def __init__(self, *, id: str, created: int, model: str = "", style: ReplyStyle = ReplyStyle()) -> None:
        """
        Args:
            id: of every chunk.
            created: seconds since 1970.
            model: what the chunks say; empty: the model that answers.
        """
        self._id = id
        self._created = created
        self._model = model
        self._style = style
        self._sum = Accumulator()
        self._calls: dict[int, int] = {}
        """Index of a block → index of its call."""
        self._json_text: dict[int, list[str]] = {}
        """Blocks of the JSON tool, whose input is the caller's text."""
        self._custom: set[int] = set()
        """Calls with a free text, which stands in JSON and comes out of it whole."""
        self._after_text = False
        """The last block was text: where another follows, a client has to be told that it is another."""
        self._silent: set[int] = set()
        """Calls whose arguments have not begun."""
        self._beside: list[Block] = []
        """What the API's own tools asked and answered, and compactions, as far as they are whole."""

    def reply(self) -> Reply:
        """Everything so far, in the caller's style."""
        return styled(self._sum.reply(), self._style)

    def speak(self, event: ClientEvent) -> Sequence[Chunk]:
        """The chunks that an event comes to; mostly one or none.

        Raises:
            StreamBroken: an event for a block that was never started.
        """
        self._sum.add(event)
        if type(event) is TextDelta:
            return self._text(event.text)
        speaker = _SPEAKERS.get(type(event))
        return NOTHING if speaker is None else speaker(self, event)

    # ---- the parts of an answer

    def _started(self, event: MessageStarted) -> Sequence[Chunk]:
        self._model = self._model or event.model
        own = {FIELDS: {OWN: {"id": event.api_id}}} if event.api_id else {}
        return (self._chunk({"role": "assistant", "content": self._style.prefix, **own}),)

    def _block_started(self, event: BlockStarted) -> Sequence[Chunk]:
        after_text, self._after_text = self._after_text, isinstance(event.block, TextBlock)
        match event.block:
            case TextBlock(text, citations):
                return [
                    *((self._chunk({FIELDS: {OWN: {NEXT_TEXT: True}}}),) if after_text else ()),
                    *self._text(text),
                    *(self._cited(CitationsDelta(event.index, each))[0] for each in citations or ()),
                ]
            case ThinkingBlock(thinking, signature):
                return [*self._thought(thinking), *self._signed(signature)]
            case RedactedThinkingBlock():
                return self._thinking_block(block_to_wire(event.block))
            case ToolUseBlock() | ServerToolUseBlock():
                return self._call_started(event.index, event.block)
            case _:
                return NOTHING

    def _text(self, text: str) -> Sequence[Chunk]:
        return (self._chunk({"content": text}),) if text else NOTHING

    def _thought(self, thinking: str) -> Sequence[Chunk]:
        if not thinking:
            return NOTHING
        blocks = [{"type": "thinking", "thinking": thinking}]
        return (
            self._chunk(
                {"reasoning_content": thinking, "thinking_blocks": blocks, FIELDS: {"thinking_blocks": blocks}}
            ),
        )

    def _signed(self, signature: str) -> Sequence[Chunk]:
        if not signature:
            return NOTHING
        block = {"type": "thinking", "thinking": "", "signature": signature}
        return self._thinking_block(block, reasoning_content="")

    def _thinking_block(self, block: Mapping[str, Any], **more: str) -> Sequence[Chunk]:
        return (self._chunk({**more, "thinking_blocks": [block], FIELDS: {"thinking_blocks": [block]}}),)

    def _call_started(self, index: int, block: ToolUseBlock | ServerToolUseBlock) -> Sequence[Chunk]:
        if self._style.json_tool and block.name == JSON_TOOL:
            self._json_text[index] = []
            return NOTHING
        if isinstance(block, ServerToolUseBlock) and block.kind != "server_tool_use":
            return NOTHING
        at = self._calls[index] = len(self._calls)
        self._silent.add(index)
        name = self._style.tool_names.get(block.name, block.name)
        if isinstance(block, ToolUseBlock) and block.name in self._style.custom_tools:
            self._custom.add(index)
            custom = {"name": name, "input": ""}
            return (self._chunk({"tool_calls": [{"index": at, "id": block.id, "type": "custom", "custom": custom}]}),)
        function = {"name": name, "arguments": ""}
        call = {"index": at, "id": block.id, "type": "function", "function": function, **block.extra}
        return (self._chunk({"tool_calls": [call]}),)

    def _input(self, event: InputJsonDelta) -> Sequence[Chunk]:
        text = event.partial_json
        if event.index in self._json_text:
            return self._json_piece(event.index, text)
        if not text or event.index not in self._calls or event.index in self._custom:
            return NOTHING
        self._silent.discard(event.index)
        return self._arguments(event.index, text)

    def _json_piece(self, index: int, text: str) -> Sequence[Chunk]:
        """A wrapped answer is unwrapped when it is whole; another flows as it comes."""
        self._json_text[index].append(text)
        return NOTHING if self._style.json_wrapped else self._text(text)

    def _arguments(self, index: int, text: str) -> Sequence[Chunk]:
        call = {"index": self._calls[index], "function": {"arguments": text}}
        return (self._chunk({"tool_calls": [call]}),)

    def _block_stopped(self, event: BlockStopped) -> Sequence[Chunk]:
        """A call whose input came whole, or is empty, gets its arguments here: `""` would be no JSON."""
        index = event.index
        if index in self._silent:
            self._silent.discard(index)
            block = self._sum.block(index)
            if isinstance(block, ToolUseBlock) and index in self._custom:
                custom = {"index": self._calls[index], "custom": {"input": free_text(block)}}
                return (self._chunk({"tool_calls": [custom]}),)
            arguments = block.input if isinstance(block, ToolUseBlock | ServerToolUseBlock) else {}
            return [*self._arguments(index, json.dumps(arguments, ensure_ascii=False)), *self._told(index)]
        if index in self._json_text and (self._style.json_wrapped or not self._json_text[index]):
            return self._text(self._whole_json(index))
        return self._told(index)

    def _told(self, index: int) -> Sequence[Chunk]:
        """Results of the API's own tools: the whole list each time, so that the last one a client sees is right."""
        block = self._sum.block(index)
        if not isinstance(block, ServerToolUseBlock | ServerToolResultBlock | RawBlock):
            return NOTHING
        self._beside.append(block)
        if _has_no_place(block):
            return (self._chunk({FIELDS: {OWN: {"block": block_to_wire(block)}}}),)
        fields = NO_FIELDS if isinstance(block, ServerToolUseBlock) else results_of(self._beside)
        return (self._chunk({FIELDS: fields}),) if fields else NOTHING

    def _whole_json(self, index: int) -> str:
        block = self._sum.block(index)
        found = styled(
            Reply((block,), complete=True), ReplyStyle(json_tool=True, json_wrapped=self._style.json_wrapped)
        )
        return "".join(each.text for each in found.blocks if isinstance(each, TextBlock))

    def _cited(self, event: CitationsDelta) -> Sequence[Chunk]:
        return (self._chunk({FIELDS: {"citation": event.citation}}),)

    def _stopped(self, _event: MessageStopped) -> Sequence[Chunk]:
        reply = self.reply()
        told = {name: value for name, value in fields_of(reply).items() if name in {"container", "context_management"}}
        if "container" in told:
            told |= results_of(reply.blocks, told["container"])
        delta: dict[str, Any] = {FIELDS: {**told, OWN: own_of(reply)}}
        if reply.stop_reason == "refusal":
            delta["refusal"] = (reply.stop_details or {}).get("explanation") or "Claude refused to answer."
        end = self._chunk(delta, finish_reason(reply.stop_reason))
        if not self._style.include_usage:
            return (end,)
        return end, {**self._frame(), "choices": [], "usage": usage_to_wire(reply.usage)}

    # ---- chunks

    def _frame(self) -> Chunk:
        return {"id": self._id, "object": "chat.completion.chunk", "created": self._created, "model": self._model}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> Chunk:
        return {
            "id": self._id,
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self._model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }


def _has_no_place(block: ServerToolUseBlock | ServerToolResultBlock | RawBlock) -> bool:
    """Whether not even LiteLLM's extensions have a word for it; who speaks with us gets it in ours."""
    match block:
        case ServerToolUseBlock(kind):
            return kind != "server_tool_use"
        case ServerToolResultBlock(kind):
            return kind == SEARCHED
        case RawBlock():
            return block.kind != "compaction"


_SPEAKERS: Mapping[type, Callable[[ChunkSpeaker, Any], Sequence[Chunk]]] = {
    MessageStarted: ChunkSpeaker._started,
    BlockStarted: ChunkSpeaker._block_started,
    BlockStopped: ChunkSpeaker._block_stopped,
    ThinkingDelta: lambda speaker, event: speaker._thought(event.thinking),
    SignatureDelta: lambda speaker, event: speaker._signed(event.signature),
    InputJsonDelta: ChunkSpeaker._input,
    CitationsDelta: ChunkSpeaker._cited,
    MessageStopped: ChunkSpeaker._stopped,
}
