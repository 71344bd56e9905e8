"""`reasoning_effort` and `thinking`, as the model at hand takes them.

Newer models decide themselves how long they think, and take an effort; older ones take a budget of tokens; others do
not think. What was asked for is said in the model's own way, and what it cannot be told is reported as dropped.

Source: Messages API reference, "Thinking and effort"; the budgets are LiteLLM's.
"""

from collections.abc import Mapping
from typing import Any, cast, get_args

from app.dialects.json_values import check_json
from app.domain.models import ModelEntry
from app.domain.request import Display, Thinking
from app.errors import TranslationError, UnsupportedParameter
from app.immutable import immutable

MIN_BUDGET = 1024
DEFAULT_BUDGET = 2048
ANSWER_ROOM = 4096
"""Tokens for the answer itself, where only a budget was given."""
_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 2048, "high": 4096, "xhigh": 8192, "max": 16384}
_EFFORT_FROM = ((8192, "xhigh"), (4096, "high"), (2048, "medium"))
_LEVELS = ("low", "medium", "high", "xhigh", "max")
_KINDS = frozenset({"adaptive", "enabled", "disabled", "between_tools"})


@immutable
class Thought:
    """What a request says about thinking."""

    thinking: Thinking | None = None
    effort: str | None = None
    raw: Mapping[str, Any] | None = None
    """A `thinking` of a kind that has no name here: forwarded."""
    dropped: tuple[str, ...] = ()


def modes_of(entry: ModelEntry | None) -> tuple[str, ...]:
    """How a model can think; one that is not known is taken to be like the newest."""
    if entry is None:
        return ("adaptive", "enabled", "disabled", "between_tools")
    return () if entry.thinking is None else entry.thinking.modes


def from_effort(value: Any, entry: ModelEntry | None, *, drop: bool) -> Thought:
    """Read `reasoning_effort`: a level, or an object with `effort`.

    Raises:
        TranslationError: it is no level.
        UnsupportedParameter: the model does not think.
    """
    level = value.get("effort") if isinstance(value, Mapping) else value
    if level is None or level == "none":
        return Thought()
    if not isinstance(level, str) or level not in _BUDGETS:
        raise TranslationError("/reasoning_effort", f"none of: none, {', '.join(_BUDGETS)}")
    modes = modes_of(entry)
    if not modes:
        if drop:
            return Thought(dropped=("reasoning_effort",))
        raise UnsupportedParameter("/reasoning_effort", f"{entry.id if entry else 'the model'} does not think")
    if "adaptive" in modes:
        wanted = "low" if level == "minimal" else level
        return Thought(Thinking("adaptive", display="summarized"), _nearest(wanted, entry))
    return Thought(Thinking("enabled", _BUDGETS[level]))


def _nearest(level: str, entry: ModelEntry | None) -> str:
    """The level itself, or the highest below it that the model knows."""
    known = _LEVELS if entry is None or entry.effort is None else entry.effort.levels
    below = [each for each in _LEVELS[: _LEVELS.index(level) + 1] if each in known]
    return below[-1] if below else known[0]


def from_thinking(value: Any, entry: ModelEntry | None, effort: str | None, *, drop: bool) -> Thought:
    """Read `thinking`, the Messages API's own object (`true`: with a default budget).

    Args:
        effort: the one that was given beside it; it wins over one that is made of a budget.

    Raises:
        TranslationError: it is no such object.
        UnsupportedParameter: the model does not think.
    """
    if value is True:
        value = {"type": "enabled", "budget_tokens": DEFAULT_BUDGET}
    if not isinstance(value, Mapping):
        raise TranslationError("/thinking", "not an object")
    check_json(value, "/thinking")
    if not isinstance(value.get("type"), str) or value["type"] not in _KINDS:
        return Thought(effort=effort, raw=value)
    return _fitted(_thinking(value), entry, effort, drop)


def _thinking(value: Mapping[str, Any]) -> Thinking:
    budget = value.get("budget_tokens", value.get("budgetTokens"))
    if budget is not None and (not isinstance(budget, int) or isinstance(budget, bool)):
        raise TranslationError("/thinking/budget_tokens", "not a whole number")
    named = {"type", "budget_tokens", "budgetTokens", "display"}
    extra = {name: each for name, each in value.items() if name not in named}
    display = value.get("display")
    if display is not None and display not in get_args(Display):
        extra["display"], display = display, None
    return Thinking(value["type"], budget, cast("Display | None", display), extra)


def _fitted(asked: Thinking, entry: ModelEntry | None, effort: str | None, drop: bool) -> Thought:
    if entry is None:
        return Thought(asked, effort)
    modes = modes_of(entry)
    if asked.kind in modes:
        return Thought(asked, effort)
    if asked.kind == "enabled" and "adaptive" in modes:
        levels = (level for least, level in _EFFORT_FROM if (asked.budget_tokens or 0) >= least)
        display = asked.display or "summarized"
        made = effort or _nearest(next(levels, "low"), entry)
        return Thought(Thinking("adaptive", None, display, asked.extra), made)
    if asked.kind == "adaptive" and "enabled" in modes:
        return Thought(Thinking("enabled", DEFAULT_BUDGET, asked.display, asked.extra), effort)
    if not modes and asked.kind != "disabled" and not drop:
        raise UnsupportedParameter("/thinking", f"{entry.id} does not think")
    return Thought(None, effort, dropped=("thinking",))


def with_room(thinking: Thinking | None, max_tokens: int | None, default: int) -> tuple[Thinking | None, int]:
    """Thinking and `max_tokens` that go together: a budget has to be smaller, and has a least size.

    Where no `max_tokens` was given, it grows with the budget; where one was, the budget shrinks, down to nothing.
    """
    budget = thinking.budget_tokens if thinking is not None else None
    if thinking is None or budget is None:
        return thinking, default if max_tokens is None else max_tokens
    if max_tokens is None:
        return thinking, budget + ANSWER_ROOM
    if budget < max_tokens:
        return thinking, max_tokens
    if max_tokens <= MIN_BUDGET:
        return None, max_tokens
    return Thinking(thinking.kind, max_tokens - 1, thinking.display, thinking.extra), max_tokens
