"""Rules of the fields beside the prompt: limits, sampling, effort, formats, and what a model does not have.

Source: Messages API reference §3.5, §4, §4.1, §7.3, §9.6, §12.5.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.simulator.prompt import every_block, tools_of
from app.simulator.rules.asked import EXTRA, Asked
from app.simulator.vocabulary import EDITS, FIELDS

SAMPLING = ("temperature", "top_p", "top_k")
SILENTLY_STANDARD = frozenset({"claude-opus-4-6"})
"""Models that take `speed: fast` and do not hurry (§4)."""


def beta_faults(asked: Asked) -> Iterator[str]:
    """A field whose beta was not asked for is not there (§3.5)."""
    for path, needed in FIELDS.items():
        outer, _, inner = path.partition(".")
        value = asked.body.get(outer)
        if inner and isinstance(value, Mapping):
            value = value.get(inner)
        elif inner:
            continue
        if value is not None and not asked.opens(needed):
            yield f"{path}: {EXTRA}"
    for at, edit in enumerate((asked.body.get("context_management") or {}).get("edits") or ()):
        kind = edit.get("type")
        if not isinstance(kind, str) or not asked.opens(EDITS.get(kind, ("",))):
            yield f"context_management.edits.{at}.type: Input tag '{kind}' does not match any of the expected tags"


def limit_faults(asked: Asked) -> Iterator[str]:
    """`max_tokens` and stop sequences."""
    if asked.counting:
        return
    most, model = asked.body["max_tokens"], asked.model
    if most > model.max_output_tokens:
        yield (
            f"max_tokens: {most} > {model.max_output_tokens}, which is the maximum allowed number of output tokens for "
            f"{model.id}"
        )
    if most == 0:
        yield from _warming_faults(asked)
    for at, each in enumerate(asked.body.get("stop_sequences") or ()):
        if not each.strip():
            yield f"stop_sequences.{at}: each stop sequence must contain non-whitespace"


def _warming_faults(asked: Asked) -> Iterator[str]:
    """What `max_tokens: 0` does not go with (§12.5)."""
    for name, conflicts in (
        ("stream", bool(asked.body.get("stream"))),
        ("thinking.enabled", asked.thinking == "enabled"),
        ("output_config.format", asked.output("format") is not None),
        ("tool_choice", asked.choice in {"any", "tool"}),
    ):
        if conflicts:
            yield f"max_tokens: 0 is not supported together with `{name}`"


def model_faults(asked: Asked) -> Iterator[str]:
    """Fields that this model does not have."""
    body, model = asked.body, asked.model
    if body.get("inference_geo") is not None and not model.has("inference_geo"):
        yield f"inference_geo: not supported for {model.id}"
    if body.get("speed") == "fast" and not model.has("fast_mode") and model.id not in SILENTLY_STANDARD:
        yield f"speed: `fast` is not supported for {model.id}"
    for name, feature, value in (
        ("output_config.format", "structured_outputs", asked.output("format")),
        ("output_config.task_budget", "task_budgets", asked.output("task_budget")),
        ("context_management", "context_editing", body.get("context_management")),
        ("compaction", "compaction_on_demand", body.get("compaction")),
        ("thread", "message_threads", body.get("thread")),
        ("fallbacks", "server_side_fallback", body.get("fallbacks")),
    ):
        # None in the catalogue: not known, so not refused
        if value is not None and model.features.get(feature) is False:
            yield f"{name}: not supported for {model.id}"
    for at, edit in enumerate((body.get("context_management") or {}).get("edits") or ()):
        if edit.get("type") == "compact_20260112" and model.features.get("compaction") is False:
            yield f"context_management.edits.{at}: compaction is not supported for {model.id}"


def effort_faults(asked: Asked) -> Iterator[str]:
    """§7.3."""
    effort = asked.output("effort")
    if effort is None:
        return
    if asked.model.effort is None:
        yield "output_config.effort: this model does not support the effort parameter"
    elif effort not in asked.model.effort.levels:
        yield f"output_config.effort: Input should be one of {', '.join(asked.model.effort.levels)}"


def format_faults(asked: Asked) -> Iterator[str]:
    """JSON output goes with neither citations nor prefill (§9.6); its objects are closed."""
    format_ = asked.output("format")
    if format_ is None:
        return
    yield from closed_object_faults(format_["schema"], "output_config.format.schema")
    for placed in every_block(asked.body):
        if placed.block["type"] in {"document", "search_result"} and (placed.block.get("citations") or {}).get(
            "enabled"
        ):
            yield f"{placed.where}.citations: citations are not supported with output_config.format"


def closed_object_faults(schema: Any, where: str) -> Iterator[str]:
    """Every object of a schema that is compiled says `additionalProperties: false` (§9.6)."""
    waiting: list[tuple[str, Any]] = [(where, schema)]
    while waiting:
        place, each = waiting.pop()
        if isinstance(each, list):
            waiting += [(f"{place}.{at}", part) for at, part in enumerate(each)]
        elif isinstance(each, Mapping):
            if each.get("type") == "object" and each.get("additionalProperties") is not False:
                yield f"{place}: For 'object' type, 'additionalProperties' must be explicitly set to false"
            waiting += [(f"{place}.{name}", part) for name, part in each.items() if name not in {"enum", "const"}]


def sampling_faults(asked: Asked) -> Iterator[str]:
    """§4.1; version 2026-10-21 has no such fields at all."""
    given = {name: asked.body[name] for name in SAMPLING if asked.body.get(name) is not None}
    model = asked.model
    match model.sampling:
        case "defaults_only" if any(value != 1 for name, value in given.items() if name != "top_k") or "top_k" in given:
            yield f"{next(iter(given))}: this parameter is not supported for {model.id}"
        case "temperature_or_top_p" if "temperature" in given and "top_p" in given:
            yield f"`temperature` and `top_p` cannot both be specified for {model.id}. Please use only one."
        case "fixed_temperature_1_top_p_0_99" if given not in ({}, {"temperature": 1}, {"top_p": 0.99}):
            yield f"{next(iter(given))}: this value is not supported for {model.id}"
    if asked.thinking != "enabled":
        return
    if given.get("temperature", 1) != 1 or "top_k" in given:
        yield "`temperature` may only be set to 1 when thinking is enabled"
    if given.get("top_p", 1) < 0.95:
        yield "`top_p` must be greater than or equal to 0.95 when thinking is enabled"


def server_faults(asked: Asked) -> Iterator[str]:
    """Every MCP server has its one toolset, and every toolset its server (§9.9)."""
    if "mcp-client-2025-04-04" in asked.betas:
        return
    names = [each["name"] for each in asked.body.get("mcp_servers") or ()]
    used = [each["mcp_server_name"] for each in tools_of(asked.body) if each.get("type") == "mcp_toolset"]
    for name in names:
        if used.count(name) != 1:
            yield f"mcp_servers: server '{name}' must be named by exactly one mcp_toolset in tools"
    for name in used:
        if name not in names:
            yield f"tools: mcp_toolset names the server '{name}', which is not in mcp_servers"
