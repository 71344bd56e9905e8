"""The message that the simulator answers a request with, as the Messages API would say it."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.models import ModelEntry
from app.domain.pictures import picture_size
from app.simulator.answers import answer_to
from app.simulator.cache import Accounted
from app.simulator.faults import Script, without_script
from app.simulator.rules.signatures import signature_of
from app.simulator.tokens import text_tokens
from app.simulator.tool_calls import arguments_for

DEFAULT_FLOOR = 1024
"""Tokens that a cached prefix must have, where the catalogue does not know the model's."""
REFUSED = {"type": "refusal", "category": None, "explanation": None}
THOUGHT = "The simulator thinks nothing. This stands where a model’s own reasoning would be summarised."


def reply_to(
    body: Mapping[str, Any], script: Script, entry: ModelEntry, input_: Accounted, number: int
) -> dict[str, Any]:
    """The whole message to a sound request whose input is accounted for. `number` makes its ids its own."""
    digest = hashlib.sha256(f"{number} {json.dumps(body, sort_keys=True)}".encode()).hexdigest()
    content, stop_reason = _content(body, script, entry, digest)
    output = sum(text_tokens(json.dumps(block)) for block in content)
    if script.stop_reason is not None:
        stop_reason = script.stop_reason
    content, output, stop_reason, stop_sequence = _stopped(body, content, output, stop_reason)
    return {
        "id": f"msg_sim_{digest[:20]}",
        "type": "message",
        "role": "assistant",
        "model": str(body["model"]).split("+")[0],
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": stop_sequence,
        "stop_details": REFUSED if stop_reason == "refusal" else None,
        "container": None,
        "usage": {
            "input_tokens": input_.fresh,
            "cache_creation_input_tokens": input_.written_5m + input_.written_1h,
            "cache_read_input_tokens": input_.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": input_.written_5m,
                "ephemeral_1h_input_tokens": input_.written_1h,
            },
            "output_tokens": output,
            "output_tokens_details": {"thinking_tokens": min(output, _thought_tokens(content))},
            "service_tier": "standard",
            "inference_geo": body.get("inference_geo") or "global",
            **({"speed": body["speed"] if entry.has("fast_mode") else "standard"} if body.get("speed") else {}),
        },
    }


def _thought_tokens(content: Sequence[Mapping[str, Any]]) -> int:
    """Billed by the thinking, shown or not (§7.2)."""
    return sum(text_tokens(THOUGHT) for block in content if block["type"] == "thinking")


def prompt_of(body: Mapping[str, Any]) -> str:
    """The text of the newest user message."""
    for message in reversed(_list(body.get("messages"))):
        if isinstance(message, Mapping) and message.get("role") == "user":
            content = message.get("content")
            if isinstance(content, str):
                return content
            return "\n".join(str(part.get("text", "")) for part in _blocks(content) if part.get("type") == "text")
    return ""


def _content(
    body: Mapping[str, Any], script: Script, entry: ModelEntry, digest: str
) -> tuple[list[dict[str, Any]], str]:
    if body["max_tokens"] == 0:
        return [], "max_tokens"
    content: list[dict[str, Any]] = []
    if _thinks(body, script, entry):
        given = (body.get("thinking") or {}).get("display")
        shown = (given or (entry.thinking.default_display if entry.thinking else "")) != "omitted"
        content.append({"type": "thinking", "thinking": THOUGHT if shown else "", "signature": signature_of(body)})
    calls = _calls(body, digest)
    if calls:
        text = "The simulator calls what it was given." if len(calls) == 1 else "The simulator calls several at once."
        return [*content, {"type": "text", "text": text}, *calls], "tool_use"
    return [*content, {"type": "text", "text": _text(body, script)}], "end_turn"


def _thinks(body: Mapping[str, Any], script: Script, entry: ModelEntry) -> bool:
    """When it is told to, as far as the model can; a turn with a forced tool has no thinking (§7.2, §9.2).

    Where nothing is said and the model thinks adaptively, it decides not to.
    """
    forced = (body.get("tool_choice") or {}).get("type") in {"any", "tool"}
    kind = (body.get("thinking") or {}).get("type")
    if entry.thinking is None or forced:
        return False
    return kind in {"adaptive", "enabled"} or (script.think and kind is None)


def _text(body: Mapping[str, Any], script: Script) -> str:
    prompt = without_script(prompt_of(body))
    last = _list(body.get("messages"))[-1]
    blocks = _blocks(last.get("content")) if isinstance(last, Mapping) else []
    results = [each for each in blocks if each.get("type") == "tool_result"]
    if results:
        return "The tools answered:\n\n" + "\n".join(f"- `{_result_text(each)[:200]}`" for each in results)
    seen = [_seen(each) for each in blocks if each.get("type") in {"image", "document"}]
    answer = answer_to(prompt, long=script.long)
    return "\n\n".join((*seen, answer))


def _seen(block: Mapping[str, Any]) -> str:
    if block.get("type") == "document":
        return f"A document came with it: *{block.get('title') or 'untitled'}*."
    source = block.get("source")
    data = b""
    if isinstance(source, Mapping) and source.get("type") == "base64":
        try:
            data = base64.b64decode(str(source.get("data", "")))
        except (binascii.Error, ValueError):
            data = b""
    size = picture_size(data)
    if size is None:
        return "A picture came with it; its bytes are not here to be measured."
    kind = size.media_type.removeprefix("image/").upper()
    return f"A picture came with it: {kind}, {size.width} × {size.height} pixels, {len(data):,} bytes."


def _calls(body: Mapping[str, Any], digest: str) -> list[dict[str, Any]]:
    """Tool uses: when tools are given, a choice does not forbid them, and no result has just come."""
    tools = [each for each in _list(body.get("tools")) if isinstance(each, Mapping) and "input_schema" in each]
    choice = body.get("tool_choice")
    choice = choice if isinstance(choice, Mapping) else {"type": "auto"}
    last = _list(body.get("messages"))[-1]
    answered = isinstance(last, Mapping) and any(
        part.get("type") == "tool_result" for part in _blocks(last.get("content"))
    )
    if not tools or choice.get("type") == "none" or (answered and choice.get("type") == "auto"):
        return []
    if choice.get("type") == "tool":
        wanted = [each for each in tools if each.get("name") == choice.get("name")]
    else:
        wanted = _named_in(prompt_of(body), tools) or tools[:1]
    twice = any(word in prompt_of(body).lower() for word in ("parallel", "both", " two ", "twice"))
    if choice.get("disable_parallel_tool_use"):
        wanted, twice = wanted[:1], False
    if twice and len(wanted) == 1:
        wanted = [wanted[0], wanted[0]]
    return [
        {
            "type": "tool_use",
            "id": f"toolu_sim_{digest[:16]}{at}",
            "name": str(each.get("name")),
            "input": arguments_for(each.get("input_schema"), variant=at),
        }
        for at, each in enumerate(wanted)
    ]


def _named_in(prompt: str, tools: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    lower = prompt.lower()
    return [each for each in tools if str(each.get("name", "")).lower() in lower]


def _stopped(
    body: Mapping[str, Any], content: list[dict[str, Any]], output: int, stop_reason: str
) -> tuple[list[dict[str, Any]], int, str, str | None]:
    """Cut the answer at a stop sequence or at max_tokens, whichever comes first."""
    limit = body.get("max_tokens")
    texts = [block for block in content if block["type"] == "text"]
    if not texts:
        return content, output, stop_reason, None
    block = texts[-1]
    found = [(at, each) for each in _list(body.get("stop_sequences")) if (at := block["text"].find(str(each))) >= 0]
    if found and stop_reason == "end_turn":
        at, sequence = min(found)
        block["text"] = block["text"][:at]
        return content, text_tokens(json.dumps(content)), "stop_sequence", str(sequence)
    if isinstance(limit, int) and output > limit and stop_reason == "end_turn":
        block["text"] = block["text"][: max(1, limit * 4 - 60)]
        return content, limit, "max_tokens", None
    return content, output, stop_reason, None


def _result_text(block: Mapping[str, Any]) -> str:
    content = block.get("content")
    if isinstance(content, str):
        return content
    return " ".join(str(part.get("text", part.get("type", ""))) for part in _blocks(content))


def _blocks(content: Any) -> list[Mapping[str, Any]]:
    return [part for part in _list(content) if isinstance(part, Mapping)]


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
