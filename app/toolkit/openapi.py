"""Operations of an OpenAPI description as tools: parameters and body become properties of one flat input.

Source: OpenAPI 3.1, "Operation Object", "Parameter Object", "Request Body Object".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import BadTool
from app.toolkit.schema_tree import required_names
from app.toolkit.soundness import resolved

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MOST_LEVELS = 40
"""References that are followed inside one another; what goes deeper may be anything."""
MOST_NODES = 20_000


def operations(document: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Every operation of a description. Raises BadTool: there is none."""
    found = tuple(
        operation_tool({**operation, "parameters": [*_shared(item), *_listed(operation)]}, method, path, document)
        for path, item in document["paths"].items()
        if isinstance(item, Mapping)
        for method, operation in item.items()
        if method in METHODS and isinstance(operation, Mapping)
    )
    if not found:
        raise BadTool("the OpenAPI description has no operation")
    return found


def operation_tool(operation: Mapping[str, Any], method: str, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """One operation as a tool.

    Args:
        document: what its local references are resolved in. Nothing is fetched.

    Raises:
        BadTool: a reference leads nowhere, or without end.
    """
    inline = _Inline(document)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for given in _listed(operation):
        parameter = inline.value(given)
        name = parameter.get("name") if isinstance(parameter, Mapping) else None
        if not isinstance(name, str):
            continue
        schema = parameter.get("schema")
        described = {"description": parameter["description"]} if isinstance(parameter.get("description"), str) else {}
        properties[name] = {**(schema if isinstance(schema, Mapping) else {"type": "string"}), **described}
        if parameter.get("required") is True:
            required.append(name)
    body = _body(inline.value(operation.get("requestBody")))
    if body is not None and isinstance(body.get("properties"), Mapping):
        properties |= {name: each for name, each in body["properties"].items() if name not in properties}
        required += [name for name in required_names(body) if name not in required]
    elif body is not None:
        properties["body"] = body
    words = [operation.get(key) for key in ("summary", "description")]
    text = "\n\n".join(dict.fromkeys(each.strip() for each in words if isinstance(each, str) and each.strip()))
    name = operation.get("operationId") or f"{method}_{path}"
    return {
        "name": re.sub(r"[^a-zA-Z0-9_-]+", "_", str(name)).strip("_")[:64] or "operation",
        **({"description": text} if text else {}),
        "input_schema": {
            "type": "object",
            "properties": properties,
            **({"required": required} if required else {}),
        },
    }


def _listed(holder: Mapping[str, Any]) -> list[Any]:
    given = holder.get("parameters")
    return given if isinstance(given, list) else []


def _shared(item: Mapping[str, Any]) -> list[Any]:
    return _listed(item)


def _body(given: Any) -> Mapping[str, Any] | None:
    content = given.get("content") if isinstance(given, Mapping) else None
    if not isinstance(content, Mapping):
        return None
    kinds = sorted(content, key=lambda kind: "json" not in kind)
    media = content[kinds[0]] if kinds else None
    schema = media.get("schema") if isinstance(media, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


class _Inline:
    """Puts what local references name in their place."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._left = MOST_NODES

    def value(self, given: Any, open_: tuple[str, ...] = (), level: int = 0) -> Any:
        self._left -= 1
        if self._left < 0 or level > 4 * MOST_LEVELS:
            raise BadTool("the OpenAPI description is too large or too deep")
        if isinstance(given, list):
            return [self.value(each, open_, level + 1) for each in given]
        if not isinstance(given, Mapping):
            return given
        reference = given.get("$ref")
        if not isinstance(reference, str):
            return dict(self._entries(given, open_, level))
        if reference in open_ or len(open_) > MOST_LEVELS:
            return {}  # it holds itself: below here anything may stand
        try:
            target = resolved(self._document, reference)
        except (KeyError, UnicodeDecodeError) as error:
            raise BadTool(f"{reference} leads nowhere in this text, and nothing is fetched") from error
        beside = {key: each for key, each in given.items() if key != "$ref"}
        named = self.value(target, (*open_, reference), level + 1)
        return {**named, **dict(self._entries(beside, open_, level))} if isinstance(named, dict) else named

    def _entries(self, given: Mapping[str, Any], open_: tuple[str, ...], level: int) -> Iterator[tuple[str, Any]]:
        for key, each in given.items():
            if key == "nullable" and each is True:
                continue
            yield key, self.value(each, open_, level + 1)
