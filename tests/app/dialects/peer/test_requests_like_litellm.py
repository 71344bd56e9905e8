"""The same call, translated by LiteLLM and by us: the same body, or a difference with a reason."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from app.dialects.anthropic.requests import request_to_wire
from app.dialects.openai.requests import request_from_wire
from app.domain.models import Catalogue
from app.errors import TranslationError
from tests.app.dialects.peer.comparing import differences
from tests.app.dialects.peer.request_corrections import CORRECTIONS, LATER
from tests.app.dialects.peer.request_shapes import SHAPES

pytestmark = pytest.mark.peer


def our_body(arguments: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    given = copy.deepcopy(arguments)
    drop = given.pop("drop_params", False)
    untouched = copy.deepcopy(given)
    asked = request_from_wire(given, entry=catalogue.find(given["model"]), drop_params=drop)
    body = request_to_wire(asked.request, stream=asked.stream).body
    assert given == untouched, "what the caller gave was changed"
    return body


def found_differences(theirs: Any, ours: Any) -> list[tuple[str, Any, Any]]:
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        both = isinstance(theirs, Exception) and isinstance(ours, Exception)
        return [] if both else [("error", theirs, ours)]
    theirs.pop("json_mode", None)  # LiteLLM's note to itself, taken out before it sends
    for tool in theirs.get("tools", ()):
        if tool.get("type") == "custom":
            del tool["type"]  # the default, spelt out
    return list(differences(theirs, ours))


@pytest.mark.parametrize("name", SHAPES)
def test_a_request_is_litellms_or_better(
    name: str, their_body: Callable[[dict[str, Any]], dict[str, Any]], catalogue: Catalogue, is_locked: bool
) -> None:
    ours: Any
    theirs: Any
    try:
        ours = our_body(SHAPES[name], catalogue)
    except TranslationError as error:
        ours = error
    try:
        theirs = their_body(SHAPES[name])
    except Exception as error:  # noqa: BLE001 - it refuses with bare exceptions, too
        theirs = error
    reasons = CORRECTIONS.get(name, {}) | ({} if is_locked else LATER.get(name, {}))
    found = found_differences(theirs, ours)
    unexplained = [each for each in found if not any(covers(pointer, each[0]) for pointer in reasons)]
    assert not unexplained
    unneeded = [pointer for pointer in reasons if not any(covers(pointer, where) for where, *_ in found)]
    assert not unneeded or not is_locked


def covers(pointer: str, where: str) -> bool:
    return where == pointer or where.startswith(f"{pointer}/")


def test_there_are_enough_shapes_and_no_reason_is_for_a_shape_that_is_gone() -> None:
    assert len(SHAPES) >= 100
    assert {*CORRECTIONS, *LATER} <= set(SHAPES)
