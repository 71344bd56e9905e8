"""What comes back, in OpenAI's shapes: attributes, items and `model_dump()` over the parsed JSON, made when looked at.

An object holds the dict that the dialect spoke and nothing else, so a chunk costs what its dict costs. What a field's
object changes is changed in that dict.
"""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, ClassVar, Self


class Shape:
    """A JSON object of the dialect. A field that its kind has and the answer does not is None."""

    __slots__ = ("_data",)

    parts: ClassVar[Mapping[str, "type[Shape]"]] = {}
    """The kind of a field that is an object, or of the entries of one that is a list of them."""
    optional: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, data: dict[str, Any] | None = None, /, **fields: Any) -> None:
        object.__setattr__(self, "_data", {**(data or {}), **_plain(fields)} if fields else data or {})

    # ---- reading

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}") from None

    def __getitem__(self, name: str) -> Any:
        try:
            value = self._data[name]
        except KeyError:
            if name in self.optional:
                return None
            raise
        kind = self.parts.get(name)
        if kind is None:
            return value
        if type(value) is list:
            return [kind(each) for each in value]
        return kind(value) if type(value) is dict else value

    def get(self, name: str, default: Any = None) -> Any:
        """The field, or `default` where the answer has none."""
        return self[name] if name in self._data else default

    def keys(self) -> list[str]:
        return list(self._data)

    def items(self) -> list[tuple[str, Any]]:
        return [(name, self[name]) for name in self._data]

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.items())

    # ---- changing

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _SLOTS:
            object.__setattr__(self, name, value)
        else:
            self._data[name] = _plain(value)

    def __setitem__(self, name: str, value: Any) -> None:
        self._data[name] = _plain(value)

    def __delitem__(self, name: str) -> None:
        del self._data[name]

    def __delattr__(self, name: str) -> None:
        try:
            del self._data[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}") from None

    def pop(self, name: str, *default: Any) -> Any:
        """The field, which goes; `default` where the answer has none."""
        if name not in self._data:
            return self._data.pop(name, *default)
        value = self[name]
        del self._data[name]
        return value

    # ---- leaving

    def model_dump(
        self, *, exclude_none: bool = False, exclude: Any = None, include: Any = None, **_options: Any
    ) -> dict[str, Any]:
        """A copy as plain dicts and lists, with None for what this kind has and this answer does not.

        Args:
            exclude, include: names of fields of this object, as pydantic has them. Its other options change nothing
                of plain JSON.
        """
        dumped: dict[str, Any] = {name: _dumped(self[name], exclude_none) for name in self._data}
        if exclude_none:
            dumped = {name: value for name, value in dumped.items() if value is not None}
        else:
            dumped |= {name: None for name in sorted(self.dumped_absent) if name not in dumped}
        left = set(exclude or ())
        return {name: value for name, value in dumped.items() if name not in left and (not include or name in include)}

    dumped_absent: ClassVar[frozenset[str]] = frozenset()
    """Of the optional fields, those that a dump names all the same, as OpenAI's own objects do."""

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:
        """`model_dump` as JSON text; takes its options."""
        return json.dumps(self.model_dump(**options), indent=indent, ensure_ascii=False)

    def to_dict(self, **options: Any) -> dict[str, Any]:
        """`model_dump` by the name that OpenAI's objects have for it."""
        return self.model_dump(**options)

    dict = to_dict

    def json(self, **options: Any) -> str:
        """`model_dump_json` by its older name."""
        return self.model_dump_json(**options)

    def copy(self) -> Self:
        """A copy that shares nothing with this one."""
        return deepcopy(self)

    model_copy = copy

    def __deepcopy__(self, memo: Any) -> Self:
        return type(self)(deepcopy(self._data, memo))

    def __reduce__(self) -> Any:
        return type(self), (self._data,)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and bool(other._data == self._data)

    __hash__ = None  # type: ignore[assignment] # it can be changed

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.items())})"


_SLOTS = frozenset({"_data", "_hidden_params", "_response_headers"})


def _plain(value: Any) -> Any:
    """The value as JSON has it: a field's object is its dict, the very one."""
    if isinstance(value, Shape):
        return value._data
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if type(value) is dict:
        return {name: _plain(each) for name, each in value.items()}
    return value


def _dumped(value: Any, exclude_none: bool) -> Any:
    if isinstance(value, Shape):
        return value.model_dump(exclude_none=exclude_none)
    if isinstance(value, list):
        return [_dumped(each, exclude_none) for each in value]
    return deepcopy(value) if isinstance(value, dict) else value


class Function(Shape):
    """The name of a tool and its arguments as JSON text."""

    __slots__ = ()
    optional = frozenset({"name", "arguments"})


class Custom(Shape):
    """The name of a tool that takes free text, and the text."""

    __slots__ = ()
    optional = frozenset({"name", "input"})


class ChatCompletionMessageToolCall(Shape):
    """A call of a function or of a custom tool; `type` says which."""

    __slots__ = ()
    parts: ClassVar[Mapping[str, type[Shape]]] = {"function": Function, "custom": Custom}
    optional = frozenset({"id", "type", "index", "function", "custom"})


class Message(Shape):
    """The assistant's message; it can go into the next request's `messages` as it is, or dumped."""

    __slots__ = ()
    parts: ClassVar[Mapping[str, type[Shape]]] = {"tool_calls": ChatCompletionMessageToolCall}
    optional = frozenset(
        {
            *("content", "role", "tool_calls", "function_call", "refusal", "audio", "annotations"),
            *("thinking_blocks", "reasoning_content", "provider_specific_fields"),
        }
    )
    dumped_absent = frozenset({"tool_calls", "function_call"})


class Delta(Message):
    __slots__ = ()
    dumped_absent = frozenset({"content", "role", "tool_calls", "function_call"})


class Choices(Shape):
    __slots__ = ()
    parts: ClassVar[Mapping[str, type[Shape]]] = {"message": Message}
    optional = frozenset({"logprobs"})


class StreamingChoices(Shape):
    __slots__ = ()
    parts: ClassVar[Mapping[str, type[Shape]]] = {"delta": Delta}
    optional = frozenset({"logprobs"})


class Details(Shape):
    """Of usage. A count that the API did not give is None."""

    __slots__ = ()
    optional = frozenset(
        {
            *("cached_tokens", "cache_write_tokens", "cache_creation_tokens", "cache_creation_token_details"),
            *("text_tokens", "audio_tokens", "image_tokens", "reasoning_tokens"),
            *("accepted_prediction_tokens", "rejected_prediction_tokens"),
        }
    )


class Usage(Shape):
    __slots__ = ()
    parts: ClassVar[Mapping[str, type[Shape]]] = {
        "prompt_tokens_details": Details,
        "completion_tokens_details": Details,
    }
    optional = frozenset({"prompt_tokens_details", "completion_tokens_details", "service_tier", "server_tool_use"})


class ModelResponse(Shape):
    """A `chat.completion`."""

    __slots__ = ("_hidden_params", "_response_headers")
    parts: ClassVar[Mapping[str, type[Shape]]] = {"choices": Choices, "usage": Usage}
    optional = frozenset({"usage", "system_fingerprint", "service_tier"})

    def __init__(self, data: dict[str, Any] | None = None, /, **fields: Any) -> None:
        super().__init__(data, **fields)
        self._hidden_params: dict[str, Any] = {}
        self._response_headers: Mapping[str, str] = {}

    def __deepcopy__(self, memo: Any) -> Self:
        made = type(self)(deepcopy(self._data, memo))
        made.__setstate__((deepcopy(self._hidden_params, memo), self._response_headers))
        return made

    def __reduce__(self) -> Any:
        return type(self), (self._data,), (self._hidden_params, self._response_headers)

    def __setstate__(self, state: tuple[dict[str, Any], Mapping[str, str]]) -> None:
        self._hidden_params, self._response_headers = state


class ModelResponseStream(Shape):
    """A `chat.completion.chunk`."""

    __slots__ = ()
    parts: ClassVar[Mapping[str, type[Shape]]] = {"choices": StreamingChoices, "usage": Usage}
    optional = frozenset({"usage", "system_fingerprint", "service_tier", "provider_specific_fields"})
