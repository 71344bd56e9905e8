"""`cache_control_injection_points`: breakpoints that a caller asks for by place instead of writing them into messages.

Source: LiteLLM's documentation, "Prompt caching", injection points.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.dialects.blocks import MARK
from app.dialects.openai.reading import Wire, list_of
from app.domain.caching import MAX_BREAKPOINTS
from app.errors import TranslationError

_WHERE = "/cache_control_injection_points"


def with_injected(body: Wire) -> Wire:
    """A copy of the body with the marks that its points ask for, as long as there is room for them.

    Raises:
        TranslationError: a point that names no place.
    """
    points = body.get("cache_control_injection_points")
    if points is None:
        return body
    found = {name: value for name, value in body.items() if name != "cache_control_injection_points"}
    room = MAX_BREAKPOINTS - sum(1 for _ in _marks(body.get("messages"))) - sum(1 for _ in _marks(body.get("tools")))
    for number, point in enumerate(list_of(points, _WHERE)):
        if not isinstance(point, Mapping):
            raise TranslationError(f"{_WHERE}/{number}", "not an object")
        name, places = _places(point, found, f"{_WHERE}/{number}")
        items = list(found.get(name) or ())
        for place in places:
            marked = _marked(items[place], point.get("control") or {"type": "ephemeral"})
            if room > 0 and marked is not items[place]:
                items[place] = marked
                room -= 1
        found[name] = items
    return found


def _places(point: Wire, body: Wire, where: str) -> tuple[str, list[int]]:
    """The list in the body, and the places in it."""
    location = point.get("location")
    if location == "tool_config":
        tools = list_of(body.get("tools") or (), "/tools")
        return "tools", [len(tools) - 1] if tools else []
    if location != "message":
        raise TranslationError(f"{where}/location", "neither message nor tool_config")
    messages = list_of(body.get("messages") or (), "/messages")
    index = point.get("index")
    if index is not None:
        return "messages", _at(index, messages, f"{where}/index")
    role = point.get("role")
    return "messages", [
        at for at, each in enumerate(messages) if isinstance(each, Mapping) and each.get("role") == role
    ]


def _at(index: Any, messages: Sequence[Any], where: str) -> list[int]:
    try:
        number = int(index)
    except (TypeError, ValueError, OverflowError) as error:
        raise TranslationError(where, "not a whole number") from error
    at = number + len(messages) if number < 0 else number
    return [at] if 0 <= at < len(messages) else []


def _marked(item: Any, control: Any) -> Any:
    """The item with the mark on its last part; itself where there is one already."""
    if not isinstance(item, Mapping) or MARK in item:
        return item
    content = item.get("content")
    if not isinstance(content, list):
        return {**item, MARK: control}
    if not content or not isinstance(content[-1], Mapping) or MARK in content[-1]:
        return item
    return {**item, "content": [*content[:-1], {**content[-1], MARK: control}]}


def _marks(items: Any) -> Iterator[Any]:
    """Every mark that the caller has written."""
    for item in items if isinstance(items, list | tuple) else ():
        if isinstance(item, Mapping):
            for place in (item, item.get("function")):
                if isinstance(place, Mapping) and place.get(MARK) is not None:
                    yield place
            yield from _marks(item.get("content"))
