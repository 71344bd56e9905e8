"""What a model refuses, known before anything is sent: a sentence for each, and the request that it would take.

A model that is not in the catalogue is asked, not refused: nothing is known against it.

Source: Messages API reference, "Sampling parameters by model", "Thinking", "Effort", "tool_choice", "Version history".
"""

from collections.abc import Callable, Iterator
from dataclasses import field, replace

from app.domain.blocks import (
    Base64Source,
    Block,
    DocumentBlock,
    ImageBlock,
    RedactedThinkingBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
)
from app.domain.models import ModelEntry
from app.domain.request import (
    VERSION_WITH_SAMPLING,
    VERSION_WITHOUT_SAMPLING,
    Parameters,
    Request,
    Thinking,
    with_blocks,
    with_tools,
)
from app.domain.thoughts import without_thinking
from app.domain.tools import NativeTool, ToolChoice
from app.immutable import immutable

DEFAULT_TEMPERATURE = 1.0
FIXED_TOP_P = 0.99
_LONGER_OUTPUT = ("output-", "max-tokens-")
"""Betas that lift a model's maximum output begin so."""

Remedy = Callable[[Request], Request]


@immutable
class Misfit:
    """One thing in a request that its model refuses."""

    name: str
    """Of the parameter: `temperature`, `tool_choice`, `messages`, …"""
    where: str
    """JSON pointer into the Messages API's body."""
    reason: str
    """A sentence that names the model and says why."""
    remedy: Remedy = field(repr=False, compare=False)
    """Makes the request one that the model takes."""
    harmless: bool = False
    """The remedy changes nothing of what the request means: no need to ask anyone."""


def misfits(request: Request, entry: ModelEntry | None) -> tuple[Misfit, ...]:
    """Everything in a request that its model would answer with a 400."""
    if entry is None:
        return ()
    return tuple(found for rule in _RULES for found in rule(request, entry))


def fitted(request: Request, found: tuple[Misfit, ...]) -> Request:
    """A copy to which the remedies of all the misfits found were applied."""
    for misfit in found:
        request = misfit.remedy(request)
    return request


def at_home(request: Request, entry: ModelEntry | None) -> Request:
    """A copy in which whatever can be mended without changing what it means is mended."""
    return fitted(request, tuple(each for each in misfits(request, entry) if each.harmless))


def takes_prefill(entry: ModelEntry | None) -> bool:
    """Whether an assistant turn may end the request."""
    return entry is None or bool(entry.features.get("prefill"))


def goes_on(request: Request, entry: ModelEntry | None) -> bool:
    """Whether the model takes up the assistant turn that ends the request, and writes the rest of it."""
    return entry is None or not any(_prefill(request, entry))


# ------------------------------------------------------------------ sampling


def _sampling(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    given = request.parameters
    if not entry.takes_sampling:
        yield from _fixed_sampling(given, entry)
        return
    if given.temperature is not None and not 0 <= given.temperature <= 1:
        nearest = min(1.0, max(0.0, given.temperature))
        reason = f"{entry.display_name} takes a temperature from 0 to 1, not {given.temperature:g}."
        yield Misfit("temperature", "/temperature", reason, _with(temperature=nearest))
    if entry.sampling == "temperature_or_top_p" and given.temperature is not None and given.top_p is not None:
        reason = f"{entry.display_name} takes a temperature or top_p, not both."
        yield Misfit("top_p", "/top_p", reason, _with(top_p=None))
    yield from _sampling_beside_thinking(given, entry)


def _fixed_sampling(given: Parameters, entry: ModelEntry) -> Iterator[Misfit]:
    """The default may be said, and is left out all the same: the newest version of the API refuses even that."""
    fixed_top_p = FIXED_TOP_P if entry.sampling.startswith("fixed") else None
    defaults: dict[str, float | None] = {"temperature": DEFAULT_TEMPERATURE, "top_p": fixed_top_p, "top_k": None}
    for name, default in defaults.items():
        value = getattr(given, name)
        if value is not None:
            reason = f"{entry.display_name} chooses its own sampling: it takes no {name}."
            yield Misfit(name, f"/{name}", reason, _with(**{name: None}), harmless=value == default)


def _sampling_beside_thinking(given: Parameters, entry: ModelEntry) -> Iterator[Misfit]:
    if given.thinking is None or given.thinking.kind != "enabled":
        return
    beside = f"{entry.display_name} takes no {{}} while it thinks with a budget."
    if given.temperature is not None:
        is_default = given.temperature == DEFAULT_TEMPERATURE
        yield Misfit("temperature", "/temperature", beside.format("temperature"), _with(temperature=None), is_default)
    if given.top_k is not None:
        yield Misfit("top_k", "/top_k", beside.format("top_k"), _with(top_k=None))
    if given.top_p is not None and not 0.95 <= given.top_p <= 1:
        yield Misfit("top_p", "/top_p", beside.format("top_p below 0.95"), _with(top_p=None))


def _version(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    """What the version that the caller pinned refuses on every model, or the one that we would send."""
    pinned = _header(request, "anthropic-version")
    given = request.parameters
    if pinned == VERSION_WITHOUT_SAMPLING and entry.takes_sampling:
        for name in ("temperature", "top_p", "top_k"):
            if getattr(given, name) is not None:
                reason = f"Version {pinned} of the API takes no {name}, on {entry.display_name} or any other model."
                yield Misfit(name, f"/{name}", reason, _with(**{name: None}))
    documents = any(
        isinstance(block, DocumentBlock) for turn in request.turns if turn.role == "assistant" for block in turn.blocks
    )
    if documents and pinned in {"", VERSION_WITHOUT_SAMPLING}:
        reason = f"Version {VERSION_WITHOUT_SAMPLING} of the API takes no documents in an assistant's message."
        older = {**request.extra_headers, "anthropic-version": VERSION_WITH_SAMPLING}
        remedy: Remedy = lambda it: replace(it, extra_headers=older)  # noqa: E731
        yield Misfit("messages", "/messages", reason, remedy, harmless=not pinned)


# ------------------------------------------------------------------ thinking and effort


def _thinking(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    thinking = request.parameters.thinking
    if thinking is None:
        return
    support = entry.thinking
    if support is None:
        reason = f"{entry.display_name} does not think."
        yield Misfit("thinking", "/thinking", reason, _with(thinking=None), harmless=thinking.kind == "disabled")
    elif thinking.kind not in support.modes:
        usable = " or ".join(support.modes)
        reason = f"{entry.display_name} takes no thinking of the type {thinking.kind}, only {usable}."
        yield Misfit("thinking", "/thinking/type", reason, _with(thinking=_nearest(thinking, support.modes)))
    elif thinking.kind == "enabled":
        yield from _budget(request, thinking, entry)
    elif thinking.kind in {"disabled", "between_tools"} and support.off_max_effort:
        effort = request.parameters.effort
        if effort in {"xhigh", "max"}:
            reason = (
                f"{entry.display_name} must think at the effort {effort}: without, {support.off_max_effort} at most."
            )
            yield Misfit("reasoning_effort", "/output_config/effort", reason, _with(effort=support.off_max_effort))


def _nearest(thinking: Thinking, modes: tuple[str, ...]) -> Thinking | None:
    if thinking.kind == "enabled" and "adaptive" in modes:
        return replace(thinking, kind="adaptive", budget_tokens=None)
    if thinking.kind == "disabled" and "between_tools" in modes:
        return Thinking("between_tools")
    return None


def _budget(request: Request, thinking: Thinking, entry: ModelEntry) -> Iterator[Misfit]:
    budget = thinking.budget_tokens
    assert entry.thinking is not None
    least = entry.thinking.min_budget_tokens or 0
    interleaved = any(beta.startswith("interleaved-thinking") for beta in _betas(request))
    if budget is None or budget < least:
        reason = f"{entry.display_name} needs a thinking budget of at least {least} tokens."
        yield Misfit(
            "thinking", "/thinking/budget_tokens", reason, _with(thinking=replace(thinking, budget_tokens=least))
        )
    elif budget >= request.max_tokens and not interleaved:
        reason = f"A thinking budget of {budget} tokens leaves {entry.display_name} none of {request.max_tokens}."
        room = request.max_tokens - 1
        smaller = replace(thinking, budget_tokens=room) if room >= least else None
        yield Misfit("thinking", "/thinking/budget_tokens", reason, _with(thinking=smaller))


def _effort(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    effort = request.parameters.effort
    if effort is None:
        return
    if entry.effort is None:
        reason = f"{entry.display_name} takes no effort."
        yield Misfit("reasoning_effort", "/output_config/effort", reason, _with(effort=None))
    elif effort not in entry.effort.levels:
        levels = ", ".join(entry.effort.levels)
        reason = f"{entry.display_name} knows the efforts {levels}, not {effort}."
        nearest = entry.effort.levels[-1] if effort in {"xhigh", "max"} else None
        yield Misfit("reasoning_effort", "/output_config/effort", reason, _with(effort=nearest))


def _thoughts(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    if entry.thinking is not None:
        return
    thoughts = any(
        isinstance(block, ThinkingBlock | RedactedThinkingBlock) for turn in request.turns for block in turn.blocks
    )
    if thoughts:
        reason = f"{entry.display_name} does not think, and takes no other model's thinking."
        yield Misfit("messages", "/messages", reason, without_thinking, harmless=True)


# ------------------------------------------------------------------ tools, prefill, content


def _choice(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    choice = request.parameters.tool_choice
    if choice is None or choice.kind not in {"any", "tool"}:
        return
    thinking = request.parameters.thinking
    free = replace(choice, kind="auto", name=None)
    if entry.features.get("forced_tool_choice") is False:
        reason = (
            f"{entry.display_name} cannot be forced to use a tool; ask for it in the prompt, with tool_choice auto."
        )
        yield Misfit("tool_choice", "/tool_choice", reason, _with(tool_choice=free))
    elif thinking is not None and thinking.kind == "enabled":
        reason = f"{entry.display_name} cannot be forced to use a tool while it thinks with a budget."
        yield Misfit("tool_choice", "/tool_choice", reason, _with(tool_choice=free))


def _tools(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    if request.tools and entry.features.get("tools") is False:
        reason = f"{entry.display_name} knows no tools."
        yield Misfit("tools", "/tools", reason, _without_tools)
        return
    known = entry.tools.get("computer_use", ())
    for index, tool in enumerate(request.tools):
        kind = str(tool.raw.get("type", "")) if isinstance(tool, NativeTool) else ""
        if known and kind.startswith("computer_") and kind not in known:
            reason = f"{entry.display_name} knows the computer tool as {' or '.join(known)}, not as {kind}."
            yield Misfit("tools", f"/tools/{index}/type", reason, _without_kind(kind))


def _prefill(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    """An assistant turn at the end whose last block is text; one that ends in a server's tool is continued by all."""
    last = request.turns[-1] if request.turns else None
    if last is None or last.role != "assistant" or not last.blocks or not isinstance(last.blocks[-1], TextBlock):
        return
    thinking = request.parameters.thinking
    where = f"/messages/{len(request.turns) - 1}"
    if not takes_prefill(entry):
        reason = f"{entry.display_name} begins its answers itself: the last message must not be the assistant's."
        yield Misfit("messages", where, reason, _without_last)
    elif thinking is not None and thinking.kind == "enabled":
        reason = f"{entry.display_name} thinks before it answers: the last message must not be the assistant's."
        yield Misfit("thinking", where, reason, _with(thinking=None))


def _media(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    if entry.vision.get("supported") is not False and entry.pdf.get("supported") is not False:
        return
    for at, turn in enumerate(request.turns):
        for block in _deep(turn.blocks):
            if isinstance(block, ImageBlock) and entry.vision.get("supported") is False:
                reason = f"{entry.display_name} does not see pictures."
                yield Misfit("messages", f"/messages/{at}", reason, _without(ImageBlock))
                return
            if _is_pdf(block) and entry.pdf.get("supported") is False:
                reason = f"{entry.display_name} does not read PDFs."
                yield Misfit("messages", f"/messages/{at}", reason, _without(DocumentBlock))
                return


def _output(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    if "format" in request.parameters.output and entry.features.get("structured_outputs") is False:
        reason = f"{entry.display_name} has no structured outputs."
        rest = {name: value for name, value in request.parameters.output.items() if name != "format"}
        yield Misfit("response_format", "/output_config/format", reason, _with(output=rest))


def _length(request: Request, entry: ModelEntry) -> Iterator[Misfit]:
    lifted = any(beta.startswith(_LONGER_OUTPUT) for beta in _betas(request))
    if request.max_tokens > entry.max_output_tokens and not lifted:
        most = entry.max_output_tokens
        reason = f"{entry.display_name} writes at most {most} tokens, not {request.max_tokens}."
        yield Misfit("max_tokens", "/max_tokens", reason, lambda it: replace(it, max_tokens=most))


_RULES: tuple[Callable[[Request, ModelEntry], Iterator[Misfit]], ...] = (
    _sampling,
    _version,
    _thinking,
    _effort,
    _thoughts,
    _tools,
    _choice,
    _prefill,
    _media,
    _output,
    _length,
)


# ------------------------------------------------------------------ remedies


def _with(
    **changes: float | int | str | Thinking | ToolChoice | dict[str, object] | None,
) -> Remedy:
    return lambda it: replace(it, parameters=replace(it.parameters, **changes))  # type: ignore[arg-type]


def _without_tools(request: Request) -> Request:
    bare = with_tools(request, lambda _at, _tool: False)
    return replace(bare, parameters=replace(bare.parameters, tool_choice=None))


def _without_kind(kind: str) -> Remedy:
    return lambda it: with_tools(it, lambda _, tool: not isinstance(tool, NativeTool) or tool.raw.get("type") != kind)


def _without_last(request: Request) -> Request:
    last = len(request.turns) - 1
    return with_blocks(request, lambda index, _at, _block: index != last)


def _without(kind: type[Block]) -> Remedy:
    return lambda it: with_blocks(it, lambda _index, _at, block: not isinstance(block, kind))


def _deep(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, ToolResultBlock) and isinstance(block.content, tuple):
            yield from block.content


def _is_pdf(block: Block) -> bool:
    return (
        isinstance(block, DocumentBlock)
        and isinstance(block.source, Base64Source)
        and block.source.media_type == "application/pdf"
    )


def _header(request: Request, name: str) -> str:
    return next((value for key, value in request.extra_headers.items() if key.lower() == name), "")


def _betas(request: Request) -> tuple[str, ...]:
    given = (part.strip() for part in _header(request, "anthropic-beta").split(","))
    return (*request.betas, *(each for each in given if each))
