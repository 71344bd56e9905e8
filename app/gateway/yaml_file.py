"""YAML as a configuration needs it, every value with its line: no aliases, no tags, no duplicates, not without end.

What the safe loader would read, this reads to the same values, so that a file means here what it means to LiteLLM.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from app.errors import ConfigRefused

FILE_LIMIT = 1_000_000
"""Bytes."""
DEEPEST = 20
LONGEST_NUMBER = 40
"""Characters. A number in base 60, which YAML has, takes quadratic time to read."""
_PREFIX = "tag:yaml.org,2002:"
_READ = frozenset({"null", "bool", "int", "float"})
"""Of the types that a plain scalar may be; a date is text here."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """A value and where it stands."""

    value: Any
    """A dict of names to nodes, a list of nodes, or a scalar."""
    line: int
    """From 1."""

    def plain(self) -> Any:
        """The value without lines."""
        match self.value:
            case dict():
                return {name: each.plain() for name, each in self.value.items()}
            case list():
                return [each.plain() for each in self.value]
            case scalar:
                return scalar


def parsed(raw: bytes) -> Node:
    """Read a document.

    Raises:
        ConfigRefused: it is no YAML, is not one document, or has what a configuration needs none of.
    """
    if len(raw) > FILE_LIMIT:
        raise ConfigRefused(f"it is longer than {FILE_LIMIT // 1_000_000} MB")
    try:
        text = raw.decode("utf-8-sig")
        return _Builder(yaml.parse(text, Loader=_Loader)).document()
    except UnicodeDecodeError as error:
        raise ConfigRefused("it is not text in UTF-8", raw.count(b"\n", 0, error.start) + 1) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigRefused(f"it is not YAML: {error.problem or 'unreadable'}", mark.line + 1 if mark else 0) from None
    except yaml.YAMLError:
        raise ConfigRefused("it is not YAML: a character that no text has") from None


class _Builder:
    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._scalars = yaml.SafeLoader("")

    def document(self) -> Node:
        for event in self._events:
            if isinstance(event, yaml.StreamEndEvent):
                return Node(None, 1)
            if isinstance(event, yaml.DocumentStartEvent):
                break
        root = self._node(next(self._events), 0)
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise ConfigRefused("a second document begins", _line(event))
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ConfigRefused("an alias or an anchor", line)
        if getattr(event, "tag", None) is not None:
            raise ConfigRefused("a tag", line)
        if depth > DEEPEST:
            raise ConfigRefused(f"nested deeper than {DEEPEST} levels", line)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(self._mapping(depth), line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self._sequence(depth), line)
        assert isinstance(event, yaml.ScalarEvent)
        return Node(self._scalar(event, line), line)

    def _mapping(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = self._node(event, depth + 1)
            if not isinstance(name.value, str) or name.value == "<<":
                raise ConfigRefused("a name that is no text", name.line)
            if name.value in found:
                raise ConfigRefused("a name that stands twice", name.line)
            found[name.value] = self._node(next(self._events), depth + 1)
        return found

    def _sequence(self, depth: int) -> list[Node]:
        found: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._node(event, depth + 1))
        return found

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Any:
        tag: str = self._scalars.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        kind = tag.removeprefix(_PREFIX)
        if kind not in _READ:
            return event.value
        if len(event.value) > LONGEST_NUMBER:
            raise ConfigRefused("a number that is too long", line)
        try:
            return self._scalars.construct_object(yaml.ScalarNode(_PREFIX + kind, event.value))
        except ValueError:
            raise ConfigRefused("a number that is none", line) from None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
