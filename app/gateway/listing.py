"""What there is to ask, and how it has been.

Source: OpenAI API reference, "List models"; Messages API reference, "Models API"; LiteLLM's documentation, "Health".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.models import ModelEntry
from app.gateway.routes import Route

CREATED = 1_677_610_602
"""LiteLLM's own number for models whose age nobody knows; the dialect wants one."""
Find = Callable[[str], ModelEntry | None]


def models(names: Sequence[str], find: Find) -> dict[str, Any]:
    """The list of models, with the fields of both dialects."""
    rows = [model_row(name, find(name)) for name in names]
    ends = {"first_id": names[0], "last_id": names[-1]} if names else {"first_id": None, "last_id": None}
    return {"object": "list", "data": rows, "has_more": False, **ends}


def model_row(name: str, entry: ModelEntry | None) -> dict[str, Any]:
    shown = entry.display_name if entry is not None else name
    chat = {"id": name, "object": "model", "created": CREATED, "owned_by": "duologue"}
    return {**chat, "type": "model", "display_name": shown, "created_at": "2023-02-28T18:56:42Z"}


def health(routes: Sequence[Route]) -> dict[str, Any]:
    """How each deployment's last request went. Nobody is asked for it: a health check costs nothing."""
    well = [_seen(each) for each in routes if not each.trouble and each.has_key]
    ill = [_seen(each) for each in routes if each.trouble or not each.has_key]
    return {
        "healthy_endpoints": well,
        "unhealthy_endpoints": ill,
        "healthy_count": len(well),
        "unhealthy_count": len(ill),
    }


def _seen(route: Route) -> Mapping[str, Any]:
    deployment = route.deployment
    trouble = route.trouble or ("" if route.has_key else "KeyMissing")
    named = {"model": deployment.model, "model_name": deployment.name, "api_base": route.target.exchange.address}
    return {**named, **({"error": trouble} if trouble else {})}
