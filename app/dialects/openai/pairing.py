"""Every tool use has its result in the next turn, and no result is without its use: otherwise the API refuses all.

Source: Messages API reference, "Ordering rules".
"""

from app.dialects.openai.messages import Draft
from app.dialects.openai.reading import Marked
from app.domain.blocks import ToolResultBlock, ToolUseBlock
from app.errors import TranslationError

MISSING = "No result: this call was not carried out."
"""What a call gets whose result the caller does not have (`modify_params`)."""


def paired(drafts: list[Draft], *, mend: bool) -> list[Draft]:
    """The turns, with every use answered.

    Args:
        mend: give a missing result, leave out one that answers nothing, and of two for one call keep the later
            (`modify_params`); otherwise each of these is an error.

    Raises:
        TranslationError: a use without a result, a result without a use, or two results for one use.
    """
    kept: list[Draft] = []
    open_: list[str] = []
    asker = ""
    for draft in drafts:
        if open_ and draft.role != "user":
            kept.append(_answered(Draft("user"), open_, asker, mend))
            open_ = []
        if draft.role == "user" and (open_ or draft.results):
            draft = _answered(draft, open_, asker, mend)
            open_ = []
        elif draft.role == "assistant":
            open_ = [each.block.id for each in draft.blocks if isinstance(each.block, ToolUseBlock)]
            asker = draft.where
        if draft.blocks or draft.results:
            kept.append(draft)
    if open_:
        kept.append(_answered(Draft("user"), open_, asker, mend))
    return kept


def _answered(draft: Draft, open_: list[str], asker: str, mend: bool) -> Draft:
    """The turn that follows the calls in `open_`, with exactly their results, in the order in which they came."""
    found: dict[str, Marked] = {}
    for result, where in zip(draft.results, draft.places, strict=True):
        block = result.block
        assert isinstance(block, ToolResultBlock)
        if block.tool_use_id not in open_:
            if not mend:
                raise TranslationError(where, f"a result of {block.tool_use_id}, which the turn before did not call")
        elif block.tool_use_id in found and not mend:
            raise TranslationError(where, f"a second result of {block.tool_use_id}")
        else:
            found[block.tool_use_id] = result
    for call_id in (each for each in open_ if each not in found):
        if not mend:
            raise TranslationError(asker, f"no result follows the tool call {call_id}")
        found[call_id] = Marked(ToolResultBlock(call_id, MISSING, is_error=True))
    return Draft("user", draft.blocks, list(found.values()), where=draft.where)
