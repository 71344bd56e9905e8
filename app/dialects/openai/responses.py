"""Whole answers, both ways.

Source: OpenAI API reference, "The chat completion object"; LiteLLM's extensions.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.dialects.blocks import blocks_from_wire
from app.dialects.openai.assistant import assistant_from_wire
from app.dialects.openai.beside import fields_of, thinking_of
from app.dialects.openai.names import Names
from app.dialects.openai.stops import finish_reason, stop_reason
from app.dialects.openai.style import JSON_TOOL, WRAPPED, ReplyStyle
from app.dialects.openai.usage import usage_from_wire, usage_to_wire
from app.dialects.openai.view import FIELDS, OWN, own_in, view_of
from app.domain.blocks import (
    RECEIVED_JSON,
    Block,
    RedactedThinkingBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolUseBlock,
)
from app.domain.stream import Reply
from app.errors import TranslationError


def reply_to_wire(reply: Reply, *, id: str, created: int, style: ReplyStyle = ReplyStyle()) -> dict[str, Any]:
    """Speak an answer as a `chat.completion`.

    Args:
        id: of the completion; the API's own stands with the blocks, in `provider_specific_fields`.
        created: seconds since 1970.
    """
    reply = styled(reply, style)
    return {
        "id": id,
        "object": "chat.completion",
        "created": created,
        "model": reply.model,
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason(reply.stop_reason),
                "message": message_to_wire(reply, style),
            }
        ],
        "usage": usage_to_wire(reply.usage),
    }


def message_to_wire(reply: Reply, style: ReplyStyle = ReplyStyle()) -> dict[str, Any]:
    """The assistant message of an answer that is in its style already; it can go into the next request as it is."""
    view = view_of(reply.blocks)
    message: dict[str, Any] = {"role": "assistant", "content": view.text or None}
    if view.calls:
        message["tool_calls"] = [call_to_wire(call, at, style) for at, call in enumerate(view.calls)]
    thoughts = thinking_of(reply.blocks)
    if thoughts is not None:
        message["thinking_blocks"] = thoughts
        message["reasoning_content"] = "".join(str(each.get("thinking") or "") for each in thoughts)
    if annotations := annotations_of(reply.blocks):
        message["annotations"] = annotations
    if reply.stop_reason == "refusal":
        message["refusal"] = (reply.stop_details or {}).get("explanation") or "Claude refused to answer."
    message[FIELDS] = fields_of(reply)
    return message


def call_to_wire(call: ToolUseBlock | ServerToolUseBlock, index: int, style: ReplyStyle) -> dict[str, Any]:
    """One entry of `tool_calls`; the fields that only the Messages API has stand beside those of the dialect."""
    name = style.tool_names.get(call.name, call.name)
    extra = {key: each for key, each in call.extra.items() if key != RECEIVED_JSON}
    if call.name in style.custom_tools:
        custom = {"name": name, "input": free_text(call)}
        return {"id": call.id, "type": "custom", "index": index, "custom": custom, **extra}
    function = {"name": name, "arguments": arguments_text(call)}
    return {"id": call.id, "type": "function", "index": index, "function": function, **extra}


def arguments_text(call: ToolUseBlock | ServerToolUseBlock) -> str:
    """A call's arguments as JSON text; of a call that was cut, the text as far as it came."""
    received = call.extra.get(RECEIVED_JSON)
    return received if isinstance(received, str) else json.dumps(call.input, ensure_ascii=False)


def free_text(call: ToolUseBlock | ServerToolUseBlock) -> str:
    """What a custom tool was called with; the API holds the model to an object with this one string."""
    said = call.input.get("input")
    return said if isinstance(said, str) else arguments_text(call)


def annotations_of(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Citations of the web in the dialect's own form, with the place in the text that each supports."""
    found: list[dict[str, Any]] = []
    at = 0
    for block in blocks:
        if not isinstance(block, TextBlock):
            continue
        end = at + len(block.text)
        for citation in block.citations or ():
            if citation.get("type") == "web_search_result_location" and citation.get("url"):
                place = {"url": citation["url"], "title": citation.get("title") or ""}
                found.append({"type": "url_citation", "url_citation": {**place, "start_index": at, "end_index": end}})
        at = end
    return found


# ------------------------------------------------------------------ the caller's style


def styled(reply: Reply, style: ReplyStyle) -> Reply:
    """The answer as the caller asked for it: JSON as text instead of a tool's input, its own beginning in front."""
    blocks = reply.blocks
    if style.json_tool:
        blocks = tuple(_json_as_text(each, style) for each in blocks)
        if blocks != reply.blocks and not any(isinstance(each, ToolUseBlock) for each in blocks):
            reply = replace(reply, stop_reason="end_turn" if reply.stop_reason == "tool_use" else reply.stop_reason)
    if style.prefix:
        blocks = _prefixed(blocks, style.prefix)
    return replace(reply, blocks=blocks)


def _json_as_text(block: Block, style: ReplyStyle) -> Block:
    if not isinstance(block, ToolUseBlock) or block.name != JSON_TOOL:
        return block
    if RECEIVED_JSON in block.extra:
        return TextBlock(arguments_text(block))
    answer = block.input.get(WRAPPED, block.input) if style.json_wrapped else block.input
    return TextBlock(json.dumps(answer, ensure_ascii=False))


def _prefixed(blocks: tuple[Block, ...], prefix: str) -> tuple[Block, ...]:
    if view_of(blocks).text.startswith(prefix):
        return blocks
    for at, block in enumerate(blocks):
        if isinstance(block, TextBlock):
            return (*blocks[:at], replace(block, text=prefix + block.text), *blocks[at + 1 :])
    return (TextBlock(prefix), *blocks)


# ------------------------------------------------------------------ reading


def reply_from_wire(body: Any) -> Reply:
    """Read a `chat.completion`: ours and LiteLLM's with all that they keep beside it, another's as it is.

    Raises:
        TranslationError: it is no completion, or has more or less than one choice.
    """
    if not isinstance(body, Mapping):
        raise TranslationError("", "not an object")
    choices = body.get("choices")
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], Mapping):
        raise TranslationError("/choices", "not a list of one choice")
    choice = choices[0]
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise TranslationError("/choices/0/message", "missing or not an object")
    own = own_in(message)
    kept = own.get("content")
    where = "/choices/0/message"
    blocks = (
        blocks_from_wire(kept, where=f"{where}/{FIELDS}/{OWN}/content")
        if isinstance(kept, list)
        else _blocks(message, where)
    )
    details = own.get("stop_details")
    extra = own.get("extra")
    return Reply(
        blocks=blocks,
        complete=True,
        api_id=_text(own, "id") or str(body.get("id") or ""),
        model=str(body.get("model") or ""),
        stop_reason=_text(own, "stop_reason") or stop_reason(choice.get("finish_reason")),
        stop_sequence=_text(own, "stop_sequence"),
        stop_details=details if isinstance(details, Mapping) else _refusal(message),
        usage=usage_from_wire(body.get("usage")),
        extra=extra if isinstance(extra, Mapping) else {},
    )


def _text(own: Mapping[str, Any], name: str) -> str | None:
    value = own.get(name)
    return value if isinstance(value, str) else None


def _blocks(message: Mapping[str, Any], where: str) -> tuple[Block, ...]:
    found = [each.block for each in assistant_from_wire(message, Names(()), where, old_id="call_0")]
    thought = message.get("reasoning_content")
    if isinstance(thought, str) and thought and not any(isinstance(each, _THOUGHTS) for each in found):
        # other models' thinking comes without a signature: to be shown, never to be sent back
        found.insert(0, ThinkingBlock(thought))
    return tuple(found)


_THOUGHTS = ThinkingBlock | RedactedThinkingBlock


def _refusal(message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    said = message.get("refusal")
    return {"type": "refusal", "explanation": said} if isinstance(said, str) and said else None
