"""The Models API's rows and pages.

Source: Messages API reference, "Models API".
"""

from collections.abc import Mapping
from typing import Any

from app.domain.models import Catalogue, ModelEntry

LIFECYCLES = {"current": "active", "deprecated": "deprecated", "retired": "retired"}


def model_row(entry: ModelEntry) -> dict[str, Any]:
    """One ModelInfo."""
    modes = entry.thinking.modes if entry.thinking else ()
    levels = entry.effort.levels if entry.effort else ()
    return {
        "type": "model",
        "id": entry.id,
        "display_name": entry.display_name,
        "created_at": f"{entry.released or '2024-01-01'}T00:00:00Z",
        "lifecycle": LIFECYCLES.get(entry.status, "active"),
        "deprecated_at": None,
        "retires_at": f"{entry.retires_on}T00:00:00Z" if entry.retires_on else None,
        "line": entry.family if entry.family in {"haiku", "sonnet", "opus", "fable", "mythos"} else None,
        "max_input_tokens": entry.context_window,
        "max_tokens": entry.max_output_tokens,
        "capabilities": {
            "image_input": {"supported": entry.has("vision")},
            "pdf_input": {"supported": entry.has("pdf")},
            "thinking": {
                "supported": bool(modes),
                "types": {
                    name: {"supported": name in modes} for name in ("adaptive", "between_tools", "disabled", "enabled")
                },
            },
            "effort": {
                "supported": bool(levels),
                **{name: {"supported": name in levels} for name in ("low", "medium", "high", "xhigh", "max")},
            },
        },
    }


def model_page(catalogue: Catalogue, query: Mapping[str, str]) -> dict[str, Any]:
    """One page of the list; retired models are left out."""
    models = [each for each in catalogue.models if each.status != "retired" and each.api == "messages"]
    ids = [each.id for each in models]
    first, last = 0, len(models)
    if query.get("after_id") in ids:
        first = ids.index(query["after_id"]) + 1
    if query.get("before_id") in ids:
        last = ids.index(query["before_id"])
    try:
        limit = min(1000, max(1, int(query.get("limit", "20"))))
    except ValueError:
        limit = 20
    page = models[first:last][:limit]
    return {
        "data": [model_row(each) for each in page],
        "has_more": first + len(page) < last,
        "first_id": page[0].id if page else None,
        "last_id": page[-1].id if page else None,
    }
