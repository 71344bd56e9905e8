"""What the Messages API refuses, refused likewise: status, error type and a message that names the place.

First the headers, then the body's shape, then the model, then the rules one by one; the first fault is answered.

Source: Messages API reference §2, §3, §17.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.domain.models import Catalogue, ModelEntry
from app.simulator.cache import Position
from app.simulator.refusals import Refusal, invalid
from app.simulator.rules.asked import Asked, Rule
from app.simulator.rules.caching import breakpoint_faults
from app.simulator.rules.messages import block_faults, count_faults, message_faults
from app.simulator.rules.order import order_faults
from app.simulator.rules.parameters import (
    beta_faults,
    effort_faults,
    format_faults,
    limit_faults,
    model_faults,
    sampling_faults,
    server_faults,
)
from app.simulator.rules.signatures import signature_faults
from app.simulator.rules.thinking import thinking_faults
from app.simulator.rules.tools import choice_faults, tool_faults
from app.simulator.vocabulary import BETAS

if TYPE_CHECKING:
    from starlette.datastructures import Headers

WRONG_KEY = "sk-wrong"
"""The one key that is refused; every other one is taken."""
VERSIONS = frozenset({"2023-06-01", "2026-10-21"})
RULES: tuple[Rule, ...] = (
    beta_faults, limit_faults, model_faults, effort_faults, sampling_faults, thinking_faults, tool_faults,
    choice_faults, server_faults, message_faults, block_faults, order_faults, count_faults, breakpoint_faults,
    format_faults, signature_faults,
)  # fmt: skip


def refusal_of(headers: "Headers", body: Any, catalogue: Catalogue, *, counting: bool = False) -> Refusal | None:
    """Why a request for a message or for a token count is refused; None for a sound one."""
    # here, for pydantic takes long to import and is needed with the first request only
    from app.simulator.shapes.check import shape_fault

    if (refused := refusal_of_headers(headers)) is not None:
        return refused
    version = headers["anthropic-version"]
    if (fault := shape_fault(body, version, counting=counting)) is not None:
        return invalid(fault)
    entry = model_of(body, catalogue)
    if entry is None or entry.status == "retired" or entry.api != "messages":
        return Refusal(404, "not_found_error", f"model: {name_of(body)}")
    asked = Asked(body, entry, version, betas_of(headers), counting)
    fault = next((fault for rule in RULES for fault in rule(asked)), None)
    return None if fault is None else invalid(fault)


def refusal_of_length(positions: Sequence[Position], model: ModelEntry) -> Refusal | None:
    """Input alone must fit the window; what `max_tokens` adds need not (§4.2)."""
    total = positions[-1].tokens
    if total <= model.context_window:
        return None
    return invalid(f"prompt is too long: {total} tokens > {model.context_window} maximum")


def name_of(body: Mapping[str, Any]) -> str:
    """The model's name without the script that may follow it."""
    return str(body["model"]).split("+")[0]


def model_of(body: Mapping[str, Any], catalogue: Catalogue) -> ModelEntry | None:
    """The model that is asked for. Only its own names count: `anthropic/…` is what LiteLLM calls it."""
    name = name_of(body)
    return None if "/" in name else catalogue.find(name)


def betas_of(headers: "Headers") -> frozenset[str]:
    """The header may be repeated, and each may hold several (§3.1)."""
    given = ",".join(headers.getlist("anthropic-beta"))
    return frozenset(each.strip() for each in given.split(",") if each.strip())


def refusal_of_headers(headers: "Headers") -> Refusal | None:
    """Why a request is refused whatever it asks; None for one with a key, a version and betas that exist."""
    key = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not key:
        return Refusal(401, "authentication_error", "x-api-key header is required")
    if key == WRONG_KEY:
        return Refusal(401, "authentication_error", "invalid x-api-key")
    version = headers.get("anthropic-version")
    if not version:
        return invalid("anthropic-version: header is required")
    if version not in VERSIONS:
        return invalid(f'anthropic-version: "{version}" is not a valid version')
    if unknown := sorted(betas_of(headers) - BETAS):
        return invalid(f"Unexpected value(s) `{', '.join(unknown)}` for the `anthropic-beta` header")
    return None
