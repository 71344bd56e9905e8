"""Rules of `thinking`.

Source: Messages API reference §7.
"""

from collections.abc import Iterator

from app.simulator.rules.asked import Asked
from app.simulator.vocabulary import DISPLAY_UPDATES, INTERLEAVED

EFFORTS = ("low", "medium", "high", "xhigh", "max")


def thinking_faults(asked: Asked) -> Iterator[str]:
    """A mode that this model has, a budget that fits, a display that is open."""
    thinking = asked.body.get("thinking")
    if thinking is None:
        return
    kind = thinking["type"]
    modes = asked.model.thinking.modes if asked.model.thinking else ()
    if kind not in modes and (modes or kind != "disabled"):
        yield f"thinking.type: `{kind}` is not supported for {asked.model.id}"
    if thinking.get("display") == "updates" and not asked.opens(DISPLAY_UPDATES):
        yield f"thinking.{kind}.display: Input should be 'summarized' or 'omitted'"
    if kind == "enabled":
        yield from _budget_faults(asked, thinking["budget_tokens"])
    else:
        yield from _effort_faults(asked, kind)


def _budget_faults(asked: Asked, budget: int) -> Iterator[str]:
    """Below `max_tokens`, unless thinking is interleaved with tool calls (§7.2)."""
    if not asked.counting and budget >= asked.body["max_tokens"] and INTERLEAVED not in asked.betas:
        yield "`max_tokens` must be greater than `thinking.budget_tokens`"


def _effort_faults(asked: Asked, kind: str) -> Iterator[str]:
    """Less thinking than adaptive goes only up to some effort on some models (§7.2)."""
    support, effort = asked.model.thinking, asked.output("effort")
    most = support.off_max_effort if support else None
    if kind not in {"disabled", "between_tools"} or most is None or effort is None:
        return
    if EFFORTS.index(effort) > EFFORTS.index(most):
        yield f"thinking.type: `{kind}` is not supported with effort `{effort}` for {asked.model.id}"
