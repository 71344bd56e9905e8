"""Caching in words. No Qt."""

from collections.abc import Mapping
from typing import Any

from app.domain.blocks import DocumentBlock, ImageBlock, TextBlock, ToolResultBlock, ToolUseBlock
from app.domain.caching import Breakpoint, Section, Ttl
from app.domain.planning.forecasting import Effect, MarkForecast
from app.domain.planning.plan import Plan, Verdict
from app.domain.planning.verdicts import Cause, Caution, Change, Doubt, Outcome
from app.domain.tools import NativeTool, ToolDefinition
from ui.widgets.amounts import usd

TTL_WORDS = {Ttl.FIVE_MINUTES: "5 min", Ttl.ONE_HOUR: "1 hour"}
TITLE_CHARACTERS = 40


def title_of(plan: Plan, position: int) -> str:
    """What a block of the prompt is called: `Tool · weather`, `System · block 2`, `You · What is in it?`."""
    place = plan.prompt.place(position)
    block = plan.prompt.blocks[position].block
    match place.section:
        case Section.TOOLS:
            return f"Tool · {_tool_name(block)}"
        case Section.SYSTEM:
            return f"System · block {place.index + 1}"
        case Section.MESSAGES:
            who = {"user": "You", "assistant": "Claude"}.get(plan.request.turns[place.index].role, "System message")
            return f"{who} · {_said(block)}"


def _tool_name(block: object) -> str:
    if isinstance(block, NativeTool):
        return str(block.raw.get("name") or block.raw.get("type") or "unnamed")
    return block.name if isinstance(block, ToolDefinition) else "unnamed"


def _said(block: object) -> str:
    match block:
        case TextBlock(text):
            line = " ".join(text.split())
            return line if len(line) <= TITLE_CHARACTERS else f"{line[: TITLE_CHARACTERS - 1]}…"
        case ImageBlock():
            return "picture"
        case DocumentBlock():
            return block.title or "document"
        case ToolUseBlock():
            return f"call of {block.name}"
        case ToolResultBlock():
            return "tool result"
    return "block"


def clock(expires_ms: int, now_ms: int) -> str:
    """What is left of an entry's life: `4:07`, `58 min`."""
    left = max(0, (expires_ms - now_ms) // 1000)
    return f"{left // 60} min" if left >= 600 else f"{left // 60}:{left % 60:02}"


def mark_facts(mark: MarkForecast, now_ms: int) -> str:
    """What stands below a mark's title."""
    prefix = f"prefix {mark.tokens:,} tokens"
    if mark.effect is Effect.SHORT:
        return f"{prefix} · too short"
    if mark.expires_ms is not None and mark.expires_ms > now_ms:
        return f"{prefix} · held {clock(mark.expires_ms, now_ms)}"
    return f"{prefix} · {'read' if mark.effect is Effect.READ else 'to be written'}"


def caution_words(caution: Caution, plan: Plan) -> tuple[str, str]:
    """A heading and a sentence."""
    name = plan.entry.display_name if plan.entry is not None else plan.prompt.model
    match caution.doubt:
        case Doubt.BELOW_FLOOR:
            return (
                f"{title_of(plan, caution.position)} is too short to cache.",
                f"{caution.tokens:,} tokens are under the minimum of {name}, {plan.floor:,}: the mark has no effect.",
            )
        case Doubt.LOOK_BACK:
            return (
                "The cache may not be found again.",
                f"{caution.tokens} blocks were added since the last mark, and the API looks back 20. "
                "Mark a block between them.",
            )
        case Doubt.LATE_HOUR:
            return (
                "One hour comes after five minutes.",
                f"The API refuses that: give {title_of(plan, caution.position)} five minutes, "
                "or the marks before it one hour.",
            )
        case Doubt.TOO_MANY:
            return "Too many marks.", f"{caution.tokens} are set, the API takes 4."


def forecast_line(plan: Plan) -> str:
    """The composer's line: what the next request weighs and costs; a range where that is an estimate."""
    total = plan.forecast.total
    if plan.forecast.is_counted:
        tokens = f"{total:,} tokens"
    else:
        tokens = f"{_round(total * (1 - plan.spread)):,}–{_round(total * (1 + plan.spread)):,} tokens"
    parts = [f"next {tokens}"]
    if plan.cost is not None:
        low, high = plan.cost * (1 - plan.spread), plan.cost * (1 + plan.spread)
        parts.append(usd(plan.cost) if usd(low) == usd(high) else f"{usd(low)}–{usd(high)}")
    if plan.forecast.read:
        parts.append(f"{share(plan.forecast.read, total)} from cache")
    return " · ".join(parts)


def _round(tokens: float) -> int:
    return round(tokens) if tokens < 1000 else round(tokens / 10) * 10


def share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "0 %"


def verdict_words(verdict: Verdict) -> str:
    """How it went, in a sentence."""
    match verdict.outcome:
        case Outcome.AS_FORETOLD:
            return "As foretold."
        case Outcome.MISS:
            return "Expected a hit, got a miss: the API held nothing of it any more."
        case Outcome.HIT:
            return "Expected a miss, got a hit: something else has sent the same beginning."
        case Outcome.OTHER:
            return "Not as foretold."


def change_words(change: Change) -> str:
    """What keeps the next request from reading what the last one left."""
    match change.cause:
        case Cause.MODEL:
            return "Another model: each has a cache of its own."
        case Cause.SPEED:
            return "Speed, or whether documents are cited, was changed: system and messages are read anew."
        case Cause.SETTINGS:
            return "Tool choice, thinking, effort or pictures were changed: the messages are read anew."
        case Cause.BLOCK:
            return f"{place_words(change.place)} is the first block that changed."


def place_words(place: Breakpoint | None) -> str:
    if place is None:
        return "A block"
    match place.section:
        case Section.TOOLS:
            return f"Tool {place.index + 1}"
        case Section.SYSTEM:
            return f"System block {place.index + 1}"
        case Section.MESSAGES:
            return f"Message {place.index + 1}, block {place.block + 1},"


_REASONS = {
    "model_changed": "another model or speed",
    "system_changed": "the system prompt differs",
    "tools_changed": "the tools differ",
    "messages_changed": "an earlier message differs",
    "previous_message_not_found": "it knows no earlier request to compare with",
    "unavailable": "it could not compare",
}


def diagnosis_words(extra: Mapping[str, Any]) -> str:
    """The API's own word on a miss, from an answer's further facts; empty where it was not asked or has nothing to say.

    Source: Messages API reference §12.6.
    """
    told = extra.get("diagnostics")
    if not isinstance(told, Mapping):
        return ""
    reason = told.get("cache_miss_reason")
    if reason is None:
        return "The API is still comparing."
    kind = str(reason.get("type")) if isinstance(reason, Mapping) else str(reason)
    missed = reason.get("cache_missed_input_tokens") if isinstance(reason, Mapping) else None
    lost = f"; {missed:,} tokens missed" if isinstance(missed, int) else ""
    return f"The API says ({kind}): {_REASONS.get(kind, 'a reason that is not known here')}{lost}."
