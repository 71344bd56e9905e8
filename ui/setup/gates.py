"""What a model lets a person set, in words for the controls. No Qt."""

from app.domain.models import ModelEntry
from app.immutable import immutable

_THINKING = {
    "adaptive": "Adaptive",
    "between_tools": "Between tool calls",
    "enabled": "With a budget",
    "disabled": "Off",
}
_EFFORT = {"low": "Low", "medium": "Medium", "high": "High", "xhigh": "Extra high", "max": "Maximum"}


@immutable
class Gates:
    """One model's limits. A reason is empty where a control may be used."""

    facts: str
    max_tokens: int
    default_max_tokens: int
    sampling_reason: str
    prefill_reason: str
    thinking: tuple[tuple[str, str], ...]
    """(wire value, words) of what may be chosen besides sending nothing."""
    thinking_default: str
    min_budget_tokens: int
    effort: tuple[tuple[str, str], ...]
    effort_default: str


def gates_of(entry: ModelEntry | None, default_max_tokens: int) -> Gates:
    """The gates of a model; a model that is not in the catalogue is not gated."""
    if entry is None:
        return Gates(
            facts="Not in the catalogue: nothing is known of its limits and prices.",
            max_tokens=1_000_000,
            default_max_tokens=default_max_tokens,
            sampling_reason="",
            prefill_reason="",
            thinking=tuple(_THINKING.items()),
            thinking_default="the model's own",
            min_budget_tokens=1024,
            effort=tuple(_EFFORT.items()),
            effort_default="the model's own",
        )
    thinking, effort = entry.thinking, entry.effort
    return Gates(
        facts=_facts(entry),
        max_tokens=entry.max_output_tokens,
        default_max_tokens=entry.default_max_tokens,
        sampling_reason="" if entry.takes_sampling else f"{entry.display_name} takes no sampling parameters.",
        prefill_reason="" if entry.has("prefill") else f"{entry.display_name} takes no prefill.",
        thinking=tuple((mode, _THINKING.get(mode, mode)) for mode in thinking.modes) if thinking else (),
        thinking_default=_THINKING.get(thinking.default, thinking.default).lower() if thinking else "none",
        min_budget_tokens=(thinking.min_budget_tokens if thinking else None) or 1024,
        effort=tuple((level, _EFFORT.get(level, level)) for level in effort.levels) if effort else (),
        effort_default=_EFFORT.get(effort.default, effort.default).lower() if effort else "none",
    )


def _facts(entry: ModelEntry) -> str:
    parts = [f"{_short(entry.context_window)} context", f"{_short(entry.max_output_tokens)} out"]
    if entry.pricing.tiers:
        tier = entry.pricing.tiers[0]
        parts.append(f"${tier.input:g} in, ${tier.output:g} out per million")
    if entry.status == "deprecated":
        parts.append(f"retires {entry.retires_on}" if entry.retires_on else "deprecated")
    return " · ".join(parts)


def _short(tokens: int) -> str:
    if tokens >= 1_000_000:
        return f"{tokens / 1_000_000:g}M"
    return f"{tokens / 1000:g}K" if tokens >= 1000 else str(tokens)
