"""Answers of the Text Completions API, both ways, whole and streamed.

The models answer with a space in front, for the prompt ends with a colon; it is taken off, unless the caller began the
answer. There is no usage: this API did not count.

Source: Messages API reference, "Legacy models and Text Completions".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.dialects.prompt.template import HUMAN
from app.domain.blocks import Block, TextBlock
from app.domain.stream import (
    BlockStarted,
    BlockStopped,
    ClientEvent,
    MessageChanged,
    MessageStarted,
    MessageStopped,
    Ping,
    Reply,
    StreamEvent,
    TextDelta,
    UnknownEvent,
)
from app.domain.usage import TokenUsage
from app.errors import TranslationError


def reply_from_wire(body: Any, *, prefilled: bool = False) -> Reply:
    """Read a whole answer.

    Args:
        prefilled: the prompt held the beginning of the answer.

    Raises:
        TranslationError: it is no completion.
    """
    if not isinstance(body, Mapping) or not isinstance(body.get("completion"), str):
        raise TranslationError("/completion", "missing or not a string")
    text = body["completion"] if prefilled else body["completion"].removeprefix(" ")
    reason, sequence = _stop(body)
    return Reply(
        blocks=(TextBlock(text),),
        complete=True,
        api_id=str(body.get("id") or ""),
        model=str(body.get("model") or ""),
        stop_reason=reason,
        stop_sequence=sequence,
    )


def reply_to_wire(reply: Reply) -> dict[str, Any]:
    """Speak a whole answer.

    Raises:
        TranslationError: it holds something besides text.
    """
    text = "".join(_text(block, f"/content/{at}") for at, block in enumerate(reply.blocks))
    return _completion(text, reply.api_id, reply.model, reply.stop_reason, reply.stop_sequence)


def _completion(text: str, api_id: str, model: str, reason: str | None, sequence: str | None) -> dict[str, Any]:
    ended = {"end_turn": "stop_sequence", "refusal": "stop_sequence"}.get(reason or "", reason)
    stop = sequence if reason == "stop_sequence" else HUMAN if ended == "stop_sequence" else None
    return {
        "type": "completion",
        "id": api_id,
        "completion": text,
        "stop_reason": ended,
        "stop": stop,
        "model": model,
    }


def _stop(body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Reason and sequence as the Messages API has them; there, an answer that ends by itself has no sequence."""
    reason, sequence = body.get("stop_reason"), body.get("stop")
    if reason != "stop_sequence":
        return reason if isinstance(reason, str) else None, None
    if not isinstance(sequence, str) or sequence == HUMAN:
        return "end_turn", None
    return "stop_sequence", sequence


def _text(block: Block, where: str) -> str:
    if not isinstance(block, TextBlock):
        raise TranslationError(where, "this API answers with text alone")
    return block.text


class CompletionReader:
    """Reads the data objects of a stream."""

    def __init__(self, *, prefilled: bool = False) -> None:
        self._begun = prefilled
        self._started = False

    def read(self, raw: Any) -> Sequence[StreamEvent]:
        """The events of one object; the one with a stop reason is the last.

        An `error` object is not read here.

        Raises:
            TranslationError: it is no event.
        """
        if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
            raise TranslationError("", "not an event: an object with a type")
        if raw["type"] == "ping":
            return (Ping(),)
        if raw["type"] != "completion":
            return (UnknownEvent(raw["type"], raw),)
        text = raw.get("completion")
        if not isinstance(text, str):
            raise TranslationError("/completion", "missing or not a string")
        return [*self._opening(raw), *self._said(text), *_ending(raw)]

    def _opening(self, raw: Mapping[str, Any]) -> list[StreamEvent]:
        if self._started:
            return []
        self._started = True
        begun = MessageStarted(str(raw.get("id") or ""), str(raw.get("model") or ""), TokenUsage())
        return [begun, BlockStarted(0, TextBlock(""))]

    def _said(self, text: str) -> list[StreamEvent]:
        if not self._begun and text:
            self._begun = True
            text = text.removeprefix(" ")
        return [TextDelta(0, text)] if text else []


def _ending(raw: Mapping[str, Any]) -> list[StreamEvent]:
    if raw.get("stop_reason") is None:
        return []
    reason, sequence = _stop(raw)
    return [BlockStopped(0), MessageChanged(reason, sequence, None, usage={}), MessageStopped()]


class CompletionSpeaker:
    """Speaks the events of an answer as the data objects of such a stream."""

    def __init__(self) -> None:
        self._start = MessageStarted("", "", TokenUsage())
        self._end = MessageChanged(None, None, None, usage={})

    def speak(self, event: ClientEvent) -> Sequence[dict[str, Any]]:
        """The objects that an event comes to: one or none.

        Raises:
            TranslationError: the answer holds something besides text.
        """
        match event:
            case MessageStarted():
                self._start = event
            case BlockStarted(index, block):
                return self._said(_text(block, f"/content/{index}"))
            case TextDelta(_, text):
                return self._said(text)
            case Ping():
                return ({"type": "ping"},)
            case MessageChanged():
                self._end = event
            case MessageStopped():
                return (self._completion("", self._end.stop_reason or "end_turn", self._end.stop_sequence),)
            case _:
                pass
        return ()

    def _said(self, text: str) -> Sequence[dict[str, Any]]:
        return (self._completion(text, None, None),) if text else ()

    def _completion(self, text: str, reason: str | None, sequence: str | None) -> dict[str, Any]:
        return _completion(text, self._start.api_id, self._start.model, reason, sequence)
