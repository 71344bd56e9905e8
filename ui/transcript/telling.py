"""What is known of a message, in words: who speaks, its numbers, how an answer ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from app.domain.continuing import can_go_on
from app.domain.conversation import Message, MessageState, ReplyFacts, Role
from app.domain.usage import TokenUsage
from ui.transcript.specs import Cell, Columns, HeadSpec, NoteKind, NoteSpec, Run, TableSpec

LONGEST_VALUE: Final = 2_000


class ErrorSentences(Protocol):
    """What is said about an error."""

    @property
    def headline(self) -> str: ...
    @property
    def kept(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def details(self) -> str: ...


ErrorText = Callable[[Mapping[str, object]], ErrorSentences]


def _unpriced(_facts: ReplyFacts) -> float | None:
    return None


@dataclass(slots=True)
class Telling:
    """How what is known is put into words; one for a whole transcript."""

    error_text: ErrorText
    name_of: Callable[[str], str] = str
    """What a model is called, by its id."""
    cost_of: Callable[[ReplyFacts], float | None] = _unpriced
    """What an answer cost, in USD; None where that is not known."""


# ------------------------------------------------------------------ who speaks


def head_of(message: Message, telling: Telling, model: str = "") -> HeadSpec:
    """Who speaks; `model` is what the start of a growing answer told."""
    at = " \u00b7 ".join(each for each in (_left_out(message), time_of(message.created_ms)) if each)
    if message.role is Role.USER:
        return HeadSpec("Y", "You", at, is_person=True)
    if message.role is Role.SYSTEM:
        return HeadSpec("S", "System", at)
    facts = message.facts
    named = model or (facts.model if facts is not None else "")
    return HeadSpec(
        "C", telling.name_of(named) or "Claude", " \u00b7 ".join(each for each in (at, *_brief(facts, telling)) if each)
    )


def _left_out(message: Message) -> str:
    """What of it is shown and not sent."""
    if not message.omitted:
        return ""
    if message.is_left_out:
        return "left out of the context"
    return "1 part left out" if len(message.omitted) == 1 else f"{len(message.omitted)} parts left out"


def _brief(facts: ReplyFacts | None, telling: Telling) -> Sequence[str]:
    """An answer's own numbers, the ones that one looks for."""
    if facts is None:
        return ()
    usage = facts.usage or TokenUsage()
    cost = telling.cost_of(facts) if _is_counted(facts) else None
    return (
        "" if facts.first_token_ms is None else f"{facts.first_token_ms / 1000:.1f} s to first token",
        _tokens(usage.output_tokens) if usage.output_tokens and _is_counted(facts) else "",
        f"{usage.cache_read_input_tokens:,} from cache" if usage.cache_read_input_tokens else "",
        "" if cost is None else money(cost),
        str(facts.stop_reason) if facts.stop_reason not in (None, "end_turn", "tool_use") else "",
        "edited" if facts.extra.get(EDITED) else "",
    )


EDITED: Final = "edited"
"""In an answer's extra facts: a person has changed its text."""


def _tokens(count: int) -> str:
    return "1 token" if count == 1 else f"{count:,} tokens"


def money(usd: float) -> str:
    """An amount that is small as a rule."""
    if 0 < usd < 0.0001:
        return "under $0.0001"
    return f"${usd:.4f}" if usd < 1 else f"${usd:.2f}"


def time_of(created_ms: int) -> str:
    """When it was made, as one says it today."""
    if created_ms <= 0:
        return ""
    made, now = datetime.fromtimestamp(created_ms / 1000).astimezone(), datetime.now().astimezone()
    if made.date() == now.date():
        return f"{made:%H:%M}"
    return f"{made.day} {made:%b, %H:%M}" if made.year == now.year else f"{made.day} {made:%b %Y, %H:%M}"


# ------------------------------------------------------------------ numbers


def numbers_of(message: Message, telling: Telling) -> TableSpec | None:
    """All that is known of a message besides its blocks; None if that is nothing."""
    rows: list[tuple[str, str]] = []
    if message.created_ms > 0:
        made = datetime.fromtimestamp(message.created_ms / 1000).astimezone()
        rows.append(("Time", f"{made:%Y-%m-%d %H:%M:%S}"))
    if message.facts is not None:
        rows += _numbers(message.facts, telling)
    return table_of(rows)


def _is_counted(facts: ReplyFacts) -> bool:
    """Whether the API told what the answer came to: it does so at the end, and until then says one token or so."""
    return facts.usage is not None and facts.stop_reason is not None


def _numbers(facts: ReplyFacts, telling: Telling) -> list[tuple[str, str]]:
    cost = telling.cost_of(facts) if _is_counted(facts) else None
    found = (
        ("Model", facts.model),
        ("Time to first token", _seconds(facts.first_token_ms)),
        ("Duration", _seconds(facts.duration_ms)),
        *(_usage_rows(facts.usage, is_counted=_is_counted(facts)) if facts.usage is not None else ()),
        ("Cost", "" if cost is None else money(cost)),
        ("Stop reason", facts.stop_reason or ""),
        ("Stop sequence", facts.stop_sequence or ""),
        ("Request id", facts.request_id),
        ("Message id", facts.api_id),
    )
    return [(name, value) for name, value in found if value]


def _usage_rows(usage: TokenUsage, *, is_counted: bool) -> Sequence[tuple[str, str]]:
    thought = "" if usage.thinking_tokens is None else f", {usage.thinking_tokens:,} of them thinking"
    return (
        ("Tokens in", f"{usage.total_input:,}"),
        ("From cache", f"{usage.cache_read_input_tokens:,}" if usage.cache_read_input_tokens else ""),
        ("Written to cache", f"{usage.cache_creation_input_tokens:,}" if usage.cache_creation_input_tokens else ""),
        ("Tokens out", f"{usage.output_tokens:,}{thought}" if is_counted else "not told: the answer broke off"),
    )


def _seconds(milliseconds: int | None) -> str:
    return "" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def table_of(rows: Sequence[tuple[str, str]]) -> TableSpec | None:
    """Names and values, one pair a row, without a head."""
    if not rows:
        return None
    cells = tuple((Cell(name, (Run(0, len(name), "m"),)), Cell(value[:LONGEST_VALUE])) for name, value in rows)
    return TableSpec(cells, gap=3, columns=Columns(cells))


# ------------------------------------------------------------------ how it ended


ENDINGS: Final = {
    "max_tokens": ("The answer reached the limit of max tokens.", "Raise it under Setup and retry, or let it go on."),
    "model_context_window_exceeded": ("The answer filled the model's context window.", "Begin a new conversation."),
    "refusal": ("The model declined to go on.", "Put it in other words, or choose another model."),
    "pause_turn": ("The service paused this turn.", "Let it go on."),
}
"""Stop reasons with which an answer is whole for the API and not for its reader: what happened, and what to do."""


OF_KEYS: Final = frozenset({"KeyMissing", "InvalidKey", "AuthenticationFailed"})
"""Failures that another key mends."""


def note_of(message: Message, telling: Telling) -> NoteSpec | None:
    """How an answer stands that is not simply whole."""
    facts = message.facts
    go_on = ("continue",) if can_go_on(message) else ()
    match message.state:
        case MessageState.STOPPED:
            return NoteSpec(NoteKind.STOPPED, "Stopped. What had arrived is kept.", actions=(*go_on, "retry"))
        case MessageState.INTERRUPTED:
            return _failure(facts, telling, "The answer broke off. What had arrived is kept.", go_on)
        case MessageState.FAILED:
            return _failure(facts, telling, "No answer came.", go_on)
    if facts is None or facts.stop_reason not in ENDINGS:
        return None
    said, advice = ENDINGS[facts.stop_reason]
    explanation = (facts.stop_details or {}).get("explanation")
    more = (explanation, advice) if isinstance(explanation, str) and explanation else (advice,)
    return NoteSpec(NoteKind.STOPPED, said, more, actions=(*go_on, "retry"))


def beyond_of(count: int) -> NoteSpec | None:
    """That the conversation went on from here on another branch, by so many messages."""
    if not count:
        return None
    many = "1 message is" if count == 1 else f"{count:,} messages are"
    return NoteSpec(NoteKind.STOPPED, f"{many} not shown: what you send now begins a new branch.", actions=("follow",))


def _failure(facts: ReplyFacts | None, telling: Telling, otherwise: str, go_on: tuple[str, ...]) -> NoteSpec:
    if facts is None or facts.error is None:
        return NoteSpec(NoteKind.FAILED, otherwise, actions=(*go_on, "retry"))
    said = telling.error_text(facts.error)
    more = tuple(each for each in (said.kept, said.advice) if each)
    connect = ("connect",) if facts.error.get("class") in OF_KEYS else ()
    return NoteSpec(
        NoteKind.FAILED, said.headline, more, actions=(*connect, *go_on, "retry", "wire"), details=said.details
    )
