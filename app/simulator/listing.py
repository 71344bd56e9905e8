"""The Models API's rows and pages.

Source: Messages API reference §2.1.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.domain.models import Catalogue, ModelEntry
from app.simulator.refusals import Refusal, invalid

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

LIFECYCLES = {"current": "active", "deprecated": "deprecated", "retired": "retired"}
LINES = frozenset({"haiku", "sonnet", "opus", "fable", "mythos"})
MODES = ("adaptive", "between_tools", "disabled", "enabled")
EFFORTS = ("low", "medium", "high", "xhigh", "max")
DEFAULT_LIMIT, MOST = 20, 1000
FIRST_DAY = "2024-01-01"
"""For a model whose release nobody wrote down."""


def model_row(entry: ModelEntry) -> dict[str, Any]:
    """One ModelInfo."""
    return {
        "type": "model",
        "id": entry.id,
        "display_name": entry.display_name,
        "created_at": _instant(entry.released or FIRST_DAY),
        "lifecycle": LIFECYCLES[entry.status],
        # the catalogue knows that a model is deprecated, not since when
        "deprecated_at": None,
        "retires_at": _instant(entry.retires_on) if entry.retires_on else None,
        "line": entry.family if entry.family in LINES else None,
        "max_input_tokens": entry.context_window,
        "max_tokens": entry.max_output_tokens,
        "capabilities": _capabilities(entry),
    }


def _instant(day: str) -> str:
    """RFC 3339; of a month, its first day."""
    return f"{day if day.count('-') == 2 else f'{day}-01'}T00:00:00Z"


def _capabilities(entry: ModelEntry) -> dict[str, Any]:
    modes = entry.thinking.modes if entry.thinking else ()
    levels = entry.effort.levels if entry.effort else ()
    editing = entry.has("context_editing")
    search, code = bool(entry.tools.get("web_search")), bool(entry.tools.get("code_execution"))
    return {
        "batch": _supported(entry.has("batch")),
        "citations": _supported(entry.has("citations")),
        "code_execution": _supported(entry.has("programmatic_tool_calling")),
        "context_management": _tree(
            clear_thinking_20251015=editing and bool(modes),
            clear_tool_uses_20250919=editing,
            compact_20260112=entry.has("compaction"),
        ),
        "effort": _tree(**{name: name in levels for name in EFFORTS}),
        "image_input": _supported(bool(entry.vision.get("supported"))),
        "pdf_input": _supported(bool(entry.pdf.get("supported"))),
        "server_tools": _tree(web_search=search, code_execution=code),
        "structured_outputs": _supported(entry.has("structured_outputs")),
        "thinking": {
            "supported": bool(modes),
            "types": {name: _supported(name in modes) for name in MODES},
        },
    }


def _supported(value: bool) -> dict[str, bool]:
    return {"supported": value}


def _tree(**parts: bool) -> dict[str, Any]:
    return {"supported": any(parts.values()), **{name: _supported(value) for name, value in parts.items()}}


def model_named(catalogue: Catalogue, name: str) -> dict[str, Any] | Refusal:
    """One model by id or alias."""
    found = None if "/" in name else catalogue.find(name)
    if found is None or found.api != "messages":
        return Refusal(404, "not_found_error", f"model: {name}")
    return model_row(found)


def model_page(catalogue: Catalogue, query: "QueryParams") -> dict[str, Any] | Refusal:
    """One page of the list; retired models appear only when asked for."""
    wanted = [*query.getlist("lifecycle[]"), *query.getlist("lifecycle")] or ["active", "deprecated"]
    if unknown := set(wanted) - set(LIFECYCLES.values()):
        return invalid(f"lifecycle: Input should be 'active', 'deprecated' or 'retired', not {sorted(unknown)}")
    limit = query.get("limit", str(DEFAULT_LIMIT))
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit[:9]) <= MOST:
        return invalid(f"limit: Input should be an integer from 1 to {MOST}")
    models = [each for each in catalogue.models if each.api == "messages" and LIFECYCLES[each.status] in wanted]
    models.sort(key=lambda each: _instant(each.released or FIRST_DAY), reverse=True)
    return _page(models, query.get("after_id", ""), query.get("before_id", ""), int(limit))


def _page(models: Sequence[ModelEntry], after: str, before: str, limit: int) -> dict[str, Any] | Refusal:
    """A page forwards from `after`, or the one that ends before `before`."""
    ids = [each.id for each in models]
    for name, given in (("after_id", after), ("before_id", before)):
        if given and given not in ids:
            return invalid(f"{name}: no model has the id '{given}'")
    first = ids.index(after) + 1 if after else 0
    last = ids.index(before) if before else len(models)
    window = models[first:last]
    page = window[-limit:] if before else window[:limit]
    return {
        "data": [model_row(each) for each in page],
        "has_more": len(page) < len(window),
        "first_id": page[0].id if page else None,
        "last_id": page[-1].id if page else None,
    }
