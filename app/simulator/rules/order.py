"""Rules of turns: who speaks when, and every tool use with its one result.

Neighbouring messages of one role are one turn here, as the API merges them first.

Source: Messages API reference §6.1, §6.3, §7.2.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.simulator.prompt import Merged, turns_of
from app.simulator.rules.asked import Asked

_NOBODY = Merged("nobody", 0, ())


def order_faults(asked: Asked) -> Iterator[str]:
    """Faults of the turns, first to last."""
    turns = turns_of(asked.body)
    if not turns:
        yield "messages: at least one message is required"
        return
    if turns[0].role != "user":
        yield "messages: first message must use the `user` role"
    for before, turn, after in zip([_NOBODY, *turns], turns, [*turns[1:], _NOBODY], strict=False):
        if turn.role == "system":
            yield from _placement_faults(before, turn, after)
    for turn, after in pairwise([_NOBODY, *turns, _NOBODY]):
        yield from _pairing_faults(turn, after)
    yield from _content_faults(turns)
    yield from _prefill_faults(asked, turns[-1])


def _content_faults(turns: Sequence[Merged]) -> Iterator[str]:
    """Only the last assistant message may be empty."""
    for turn in turns[:-1]:
        if turn.role == "assistant" and not turn.blocks:
            yield f"messages.{turn.first}: only the final assistant message may have empty content"


def _placement_faults(before: Merged, turn: Merged, after: Merged) -> Iterator[str]:
    """§6.3: after a user's turn or a server tool's result; last, or before an assistant's turn."""
    served = before.role == "assistant" and before.blocks and _is_served(before.blocks[-1].block["type"])
    if before.role != "user" and not served:
        yield f"messages.{turn.first}: a system message must follow a user turn or a server tool result"
    if after.role == "user":
        yield f"messages.{turn.first}: a system message must be the last or be followed by an assistant turn"


def _is_served(kind: str) -> bool:
    """A result that the API's own servers wrote."""
    return kind != "tool_result" and kind.endswith("tool_result")


def _pairing_faults(turn: Merged, after: Merged) -> Iterator[str]:
    """Every tool use is answered once, in the very next user turn, before anything else there."""
    asked = [placed.block["id"] for placed in turn.blocks if placed.block["type"] == "tool_use"]
    results = [placed for placed in after.blocks if placed.block["type"] == "tool_result"]
    answered = [placed.block["tool_use_id"] for placed in results]
    if len(set(asked)) != len(asked):
        yield f"messages.{turn.first}.content: `tool_use` ids must be unique"
    for placed in results:
        identifier = placed.block["tool_use_id"]
        if identifier not in asked:
            yield (
                f"{placed.where.rpartition('.')[0]}: unexpected `tool_use_id` found in `tool_result` blocks: "
                f"{identifier}. Each `tool_result` block must have a corresponding `tool_use` block in the previous "
                "message."
            )
        if answered.count(identifier) > 1:
            yield (
                f"{placed.where}: each tool_use must have a single result. Found multiple `tool_result` blocks with "
                f"id: {identifier}"
            )
    missing = [each for each in asked if each not in answered]
    if missing:
        yield (
            f"messages.{turn.first}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
            "next message."
        )
    yield from _first_faults(turn, after)


def _first_faults(turn: Merged, after: Merged) -> Iterator[str]:
    """Results stand first; alone, while a server's tool still owes its own (§6.1)."""
    kinds = [placed.block["type"] for placed in after.blocks]
    count = kinds.count("tool_result")
    if "tool_result" in kinds[count:]:
        yield f"messages.{after.first}: `tool_result` blocks must come first in the message that answers"
    done = {placed.block.get("tool_use_id") for placed in turn.blocks}
    owed = any(p.block["type"] == "server_tool_use" and p.block["id"] not in done for p in turn.blocks)
    if count and owed and count != len(kinds):
        yield f"messages.{after.first}: only `tool_result` blocks may answer while a server tool use has no result"


def _prefill_faults(asked: Asked, last: Merged) -> Iterator[str]:
    """An answer begun for the model (§6.1). A paused turn, sent back to go on, is none (§11)."""
    if last.role != "assistant":
        return
    block = last.blocks[-1].block if last.blocks else {"type": "text", "text": ""}
    kind = block["type"]
    if _is_served(kind) or kind in {"server_tool_use", "mcp_tool_use", "compaction"}:
        return
    if not asked.model.has("prefill"):
        yield "This model does not support assistant message prefill. The conversation must end with a user message."
    if asked.thinking in {"enabled", "adaptive"}:
        yield "messages: prefill is not supported while thinking is enabled"
    if asked.output("format") is not None:
        yield "messages: prefill is not supported with output_config.format"
    text = block.get("text", "")
    if text != text.rstrip():
        yield "messages: final assistant content cannot end with trailing whitespace"
