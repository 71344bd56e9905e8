"""What the Messages API refuses, refused likewise: status, error type and a message that names the place.

Source: Messages API reference, "Request body", "Headers", "Thinking", "Tool choice", "Errors".
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.domain.models import Catalogue, ModelEntry
from app.simulator.message_rules import message_faults
from app.simulator.refusals import Refusal, invalid
from app.simulator.tool_rules import tool_faults
from app.simulator.vocabulary import BETA_PREFIXES, COUNT_FIELDS, FIELDS

__all__ = ["BODY_LIMIT", "Refusal", "refusal_of", "refusal_of_count"]

BODY_LIMIT = 32 * 1024 * 1024
WRONG_KEY = "sk-wrong"
"""The one key that is refused; every other one is taken."""
VERSIONS = frozenset({"2023-06-01", "2026-10-21"})
SAMPLING = ("temperature", "top_p", "top_k")
Rule = Callable[[Mapping[str, Any], ModelEntry, str], Iterator[str]]


def refusal_of(headers: Mapping[str, str], body: Any, catalogue: Catalogue) -> Refusal | None:
    """Why a request for a message is refused; None for a sound one."""
    return _refusal(headers, body, catalogue, FIELDS)


def refusal_of_count(headers: Mapping[str, str], body: Any, catalogue: Catalogue) -> Refusal | None:
    """Why a request for a token count is refused. Without a body: only the headers are looked at."""
    return _refusal_of_headers(headers) if body is None else _refusal(headers, body, catalogue, COUNT_FIELDS)


def _refusal(headers: Mapping[str, str], body: Any, catalogue: Catalogue, fields: frozenset[str]) -> Refusal | None:
    if (refused := _refusal_of_headers(headers)) is not None:
        return refused
    if not isinstance(body, Mapping):
        return invalid("Input should be a valid dictionary")
    if not isinstance(body.get("model"), str):
        return invalid("model: Field required")
    name = str(body["model"]).split("+")[0]
    entry = catalogue.find(name)
    if entry is None or entry.status == "retired" or entry.api != "messages":
        return Refusal(404, "not_found_error", f"model: {name}")
    version = headers.get("anthropic-version", "")
    for rule in (_field_faults(fields), _shape_faults, _sampling_faults, _thinking_faults, _choice_faults):
        if (fault := next(rule(body, entry, version), None)) is not None:
            return invalid(fault)
    fault = next(tool_faults(body, entry), None) or next(message_faults(body, entry, version), None)
    return None if fault is None else invalid(fault)


def _refusal_of_headers(headers: Mapping[str, str]) -> Refusal | None:
    key = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not key:
        return Refusal(401, "authentication_error", "x-api-key header is required")
    if key == WRONG_KEY:
        return Refusal(401, "authentication_error", "invalid x-api-key")
    version = headers.get("anthropic-version")
    if version is None:
        return invalid("anthropic-version: header is required")
    if version not in VERSIONS:
        return invalid(f'anthropic-version: "{version}" is not a valid version')
    unknown = [
        beta
        for each in headers.get("anthropic-beta", "").split(",")
        if (beta := each.strip()) and not beta.startswith(BETA_PREFIXES)
    ]
    if unknown:
        return invalid(f"Unexpected value(s) `{', '.join(unknown)}` for the `anthropic-beta` header")
    return None


def _field_faults(fields: frozenset[str]) -> Rule:
    def faults(body: Mapping[str, Any], entry: ModelEntry, version: str) -> Iterator[str]:
        known = fields | (frozenset(SAMPLING) if version == "2023-06-01" else frozenset())
        for name in body:
            if name not in known:
                yield f"{name}: Extra inputs are not permitted"
        if "max_tokens" in fields:
            yield from _max_tokens_faults(body, entry)

    return faults


def _max_tokens_faults(body: Mapping[str, Any], entry: ModelEntry) -> Iterator[str]:
    most = body.get("max_tokens")
    if most is None:
        yield "max_tokens: Field required"
    elif not isinstance(most, int) or isinstance(most, bool):
        yield "max_tokens: Input should be a valid integer"
    elif most < 0:
        yield "max_tokens: Input should be greater than or equal to 0"
    elif most > entry.max_output_tokens:
        yield (
            f"max_tokens: {most} > {entry.max_output_tokens}, which is the maximum allowed number of output tokens for "
            f"{entry.id}"
        )


def _shape_faults(body: Mapping[str, Any], entry: ModelEntry, version: str) -> Iterator[str]:
    for name, kind, words in (
        ("stream", bool, "boolean"), ("stop_sequences", list, "list"), ("metadata", Mapping, "dictionary"),
        ("tools", list, "list"), ("tool_choice", Mapping, "dictionary"), ("thinking", Mapping, "dictionary"),
        ("output_config", Mapping, "dictionary"), ("cache_control", Mapping, "dictionary"),
    ):  # fmt: skip
        if name in body and not isinstance(body[name], kind):
            yield f"{name}: Input should be a valid {words}"
    for at, each in enumerate(body.get("stop_sequences") or ()):
        if not isinstance(each, str) or not each.strip():
            yield f"stop_sequences.{at}: each stop sequence must contain non-whitespace"
    tier = body.get("service_tier", "auto")
    if tier not in {"auto", "standard_only"}:
        yield "service_tier: Input should be 'auto' or 'standard_only'"
    yield from _effort_faults(body, entry)


def _effort_faults(body: Mapping[str, Any], entry: ModelEntry) -> Iterator[str]:
    effort = (body.get("output_config") or {}).get("effort")
    if effort is None:
        return
    if entry.effort is None:
        yield "output_config.effort: this model does not support the effort parameter"
    elif effort not in entry.effort.levels:
        yield f"output_config.effort: Input should be one of {', '.join(entry.effort.levels)}"


def _sampling_faults(body: Mapping[str, Any], entry: ModelEntry, version: str) -> Iterator[str]:
    given = {name: body[name] for name in SAMPLING if body.get(name) is not None}
    for name, value in given.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield f"{name}: Input should be a valid number"
        elif name != "top_k" and not 0 <= value <= 1:
            yield f"{name}: Input should be less than or equal to 1"
    match entry.sampling:
        case "defaults_only" if any(value != 1 for name, value in given.items() if name != "top_k") or "top_k" in given:
            yield f"{next(iter(given))}: this parameter is not supported for {entry.id}"
        case "temperature_or_top_p" if "temperature" in given and "top_p" in given:
            yield f"`temperature` and `top_p` cannot both be specified for {entry.id}. Please use only one."
        case "fixed_temperature_1_top_p_0_99" if given not in ({}, {"temperature": 1}, {"top_p": 0.99}):
            yield f"{next(iter(given))}: this value is not supported for {entry.id}"
    manual = (body.get("thinking") or {}).get("type") == "enabled"
    if manual and (("temperature" in given and given["temperature"] != 1) or "top_k" in given):
        yield "`temperature` may only be set to 1 when thinking is enabled"


def _thinking_faults(body: Mapping[str, Any], entry: ModelEntry, version: str) -> Iterator[str]:
    thinking = body.get("thinking")
    if thinking is None:
        return
    kind = thinking.get("type")
    modes = entry.thinking.modes if entry.thinking else ()
    if kind not in {"adaptive", "enabled", "disabled", "between_tools"}:
        yield "thinking.type: Input should be 'adaptive', 'enabled', 'disabled' or 'between_tools'"
    elif kind not in modes:
        yield f"thinking.type: `{kind}` is not supported for {entry.id}"
    elif kind == "enabled":
        yield from _budget_faults(body, thinking)
    elif "budget_tokens" in thinking:
        yield f"thinking.{kind}.budget_tokens: Extra inputs are not permitted"
    if kind == "between_tools" and set(thinking) != {"type"}:
        yield "thinking.between_tools: Extra inputs are not permitted"


def _budget_faults(body: Mapping[str, Any], thinking: Mapping[str, Any]) -> Iterator[str]:
    budget = thinking.get("budget_tokens")
    if not isinstance(budget, int) or budget < 1024:
        yield "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
    elif isinstance(body.get("max_tokens"), int) and budget >= body["max_tokens"]:
        yield "`max_tokens` must be greater than `thinking.budget_tokens`"


def _choice_faults(body: Mapping[str, Any], entry: ModelEntry, version: str) -> Iterator[str]:
    choice = body.get("tool_choice")
    if choice is None:
        return
    kind = choice.get("type")
    if kind not in {"auto", "any", "tool", "none"}:
        yield "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'"
    if not body.get("tools") and kind != "none":
        yield "tool_choice: may only be specified while providing tools"
    if kind in {"any", "tool"}:
        if not entry.has("forced_tool_choice"):
            yield f"tool_choice.type: `{kind}` is not supported for this model"
        if (body.get("thinking") or {}).get("type") == "enabled":
            yield "Thinking may not be enabled when tool_choice forces tool use."
    if kind == "tool" and choice.get("name") not in [each.get("name") for each in body.get("tools") or ()]:
        yield f"tool_choice.name: tool '{choice.get('name')}' not found in provided tools"
