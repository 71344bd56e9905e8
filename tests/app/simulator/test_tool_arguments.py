"""Made-up arguments fit the schema, and no schema makes the making of them fail or last."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.tool_calls import arguments_for

NESTED: dict[str, Any] = {"type": "array", "minItems": 9, "items": {"$ref": "#/properties/a"}}
FITTING: list[tuple[dict[str, Any], Callable[[Any], bool]]] = [
    ({"type": "integer", "minimum": 3, "maximum": 4}, lambda made: made in (3, 4)),
    ({"type": "integer", "maximum": -5}, lambda made: made <= -5),
    ({"type": "number", "exclusiveMinimum": 2, "exclusiveMaximum": 9}, lambda made: 2 < made < 9),
    ({"type": "string", "minLength": 40}, lambda made: len(made) >= 40),
    ({"type": "string", "maxLength": 2}, lambda made: len(made) <= 2),
    ({"type": "array", "minItems": 3, "items": {"type": "boolean"}}, lambda made: len(made) >= 3 and True in made),
    ({"enum": ["a", "b"]}, lambda made: made in ("a", "b")),
    ({"const": 7}, lambda made: made == 7),
    ({"anyOf": [{"type": "null"}, {"type": "string"}]}, lambda made: made is None),
    ({"type": "object", "properties": {"p": {"type": "string"}}, "required": ["p"]}, lambda made: "p" in made),
]


@pytest.mark.parametrize(("schema", "fits"), FITTING)
@pytest.mark.parametrize("variant", [0, 1])
def test_arguments_fit_their_schema(schema: Any, fits: Callable[[Any], bool], variant: int) -> None:
    whole = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    assert fits(arguments_for(whole, variant=variant)["a"])


ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.lists(st.integers()))
KEYWORDS = st.sampled_from(
    ["type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems",
     "items", "enum", "anyOf", "format", "$ref", "properties", "required"]
)  # fmt: skip


@given(st.sampled_from(["integer", "string", "array", "object"]), st.dictionaries(KEYWORDS, ODD))
def test_an_odd_keyword_says_nothing(kind: str, odd: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"a": {"type": kind, **odd}}}
    assert set(arguments_for(schema)) == {"a"}


def test_a_schema_without_end_gets_an_end() -> None:
    names = [f"p{number}" for number in range(20)]
    endless = {"type": "object", "properties": {name: {"$ref": "#"} for name in names}, "required": names}
    assert len(json.dumps(arguments_for(endless))) < 200_000
    assert len(json.dumps(arguments_for({"type": "object", "properties": {"a": NESTED}}))) < 200_000
