"""`@immutable`: an immutable dataclass with slots, which the type checker holds immutable and the interpreter need not.

A dataclass that is frozen at run time takes two and a half times as long to make an instance of, and half as long again
to declare. A long history is thousands of instances, and the start of the program some hundred declarations.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def immutable(cls: type[_T]) -> type[_T]:
    """Declare the class's annotated names as its fields: compared and hashed by what they hold, never assigned to."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


class _Nothing(dict[Any, Any]):
    """A dict, so that every JSON encoder takes it."""

    def __hash__(self) -> int:  # type: ignore[override]  # dataclasses take a default only if it can be hashed
        return 0

    def __setitem__(self, _key: Any, _value: Any) -> NoReturn:
        raise TypeError("the one empty mapping is everybody's")

    update = setdefault = __ior__ = __setitem__  # type: ignore[assignment]


NOTHING: Mapping[str, Any] = _Nothing()
"""The empty mapping that most instances share, instead of a dict for each."""
