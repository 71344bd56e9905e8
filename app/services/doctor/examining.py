"""The whole examination, and its cure."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from app.domain.blocks import DocumentBlock, TextBlock, TextSource, ToolResultBlock
from app.domain.capabilities import Misfit, misfits
from app.domain.conversation import Conversation, Message, Role
from app.domain.findings import Finding
from app.domain.models import Catalogue, ModelEntry
from app.domain.request import Request, Setup
from app.services.doctor.finding import Group, found_in, groups_of
from app.services.doctor.marks import mark_findings
from app.services.doctor.media import media_findings
from app.services.doctor.order import order_findings
from app.services.requests import request_for

MOST_CHARACTERS_A_TOKEN = 10
"""More than any text has: what is too long by this is too long by any count."""
FEW_CHARACTERS_A_TOKEN = 2.5
"""Fewer than most texts have: what fits by this fits."""
FILLED = 0.8
"""So much of the context window is left full by the fix."""
ROUNDS = 8
"""A fix may uncover another fault: an answer without its call may be empty, and two messages are neighbours then."""


def examine(conversation: Conversation, catalogue: Catalogue, *, awaits_results: bool = False) -> tuple[Finding, ...]:
    """What the API would refuse if the person sent a message now; first what stands first in the conversation.

    Costs what the conversation weighs: not for the window's thread.

    Args:
        awaits_results: what comes next are the results of the last answer's tool uses.
    """
    entry = catalogue.find(conversation.setup.model or catalogue.default.id)
    groups = groups_of(conversation.path)
    found = [
        *order_findings(groups, entry, awaits_results=awaits_results),
        *media_findings(groups, entry),
        *_length(groups, entry),
    ]
    order = {message.id: at for at, message in enumerate(conversation.path)}
    found.sort(key=lambda each: order.get(each.message, -1))
    return (*_setup(conversation, catalogue, entry), *mark_findings(conversation, catalogue), *found)


def cured(conversation: Conversation, findings: Sequence[Finding]) -> Conversation:
    """A copy with the fixes of some findings of it."""
    before = conversation.setup
    omitted: dict[str, tuple[int, ...]] = {}
    for finding in findings:
        if finding.setup is not None:
            conversation = replace(conversation, setup=_merged(conversation.setup, finding.setup, before))
        for id_, places in finding.omits.items():
            earlier = omitted.get(id_, conversation.messages[id_].omitted)
            omitted[id_] = tuple(sorted({*earlier, *places}))
    return conversation.with_omitted(omitted)


def cured_wholly(conversation: Conversation, catalogue: Catalogue) -> Conversation:
    """A copy with every fix, until nothing is found any more."""
    for _ in range(ROUNDS):
        findings = examine(conversation, catalogue)
        if not findings:
            break
        conversation = cured(conversation, findings)
    return conversation


# ------------------------------------------------------------------ the setup


def _setup(conversation: Conversation, catalogue: Catalogue, entry: ModelEntry | None) -> Iterator[Finding]:
    """Parameters that the model refuses; what is wrong with messages is found there."""
    probe = Message("", conversation.leaf, Role.USER, (TextBlock("."),))
    asked = request_for(replace(conversation, messages={"": replace(probe, parent=None)}, leaf=""), catalogue)
    for misfit in misfits(asked, entry):
        changed = _changed(conversation.setup, asked, misfit)
        if changed != conversation.setup:
            yield Finding("", misfit.reason, "Do not send it so", setup=changed)


def _changed(setup: Setup, asked: Request, misfit: Misfit) -> Setup:
    """The setup that asks what the remedy makes of the request."""
    mended = misfit.remedy(asked)
    parameters = mended.parameters
    if mended.max_tokens != asked.max_tokens:
        parameters = replace(parameters, max_tokens=mended.max_tokens)
    return replace(
        setup,
        parameters=parameters,
        tools=mended.tools,
        extra_headers=mended.extra_headers,
        cache_plan=setup.cache_plan if mended.tools == asked.tools else mended.cache_plan,
    )


def _merged(setup: Setup, mended: Setup, before: Setup) -> Setup:
    """`setup` with what `mended` has otherwise than `before`, parameter by parameter."""
    changed = _differing(mended.parameters, before.parameters)
    whole = {name: each for name, each in _differing(mended, before).items() if name != "parameters"}
    return replace(setup, parameters=replace(setup.parameters, **changed), **whole)


def _differing(value: Any, other: Any) -> dict[str, Any]:
    """The fields in which two values of one class differ, as the first one has them."""
    names = [each.name for each in fields(value)]
    return {name: getattr(value, name) for name in names if getattr(value, name) != getattr(other, name)}


# ------------------------------------------------------------------ length


def _length(groups: Sequence[Group], entry: ModelEntry | None) -> Iterator[Finding]:
    """Too long by any count: the oldest messages go, up to a message of the person's."""
    if entry is None:
        return
    weights = [sum(_characters(each.block) for each in group.sent) for group in groups]
    left = sum(weights)
    if left <= entry.context_window * MOST_CHARACTERS_A_TOKEN:
        return
    gone = 0
    while gone < len(groups) and left > entry.context_window * FEW_CHARACTERS_A_TOKEN * FILLED:
        left -= weights[gone]
        gone += 1
    while gone < len(groups) and groups[gone].role != "user":
        gone += 1
    sent = [each for group in groups[:gone] for each in group.sent]
    reason = f"The conversation is far longer than the {entry.context_window:,} tokens that {entry.display_name} reads."
    yield from found_in(sent, reason, "Leave the oldest messages out")


def _characters(block: object) -> int:
    """Of what is read as text, in results and documents too."""
    match block:
        case TextBlock(text):
            return len(text)
        case ToolResultBlock(_, str(text)):
            return len(text)
        case ToolResultBlock(_, tuple(parts)):
            return sum(map(_characters, parts))
        case DocumentBlock(TextSource(text)):
            return len(text)
    return 0
