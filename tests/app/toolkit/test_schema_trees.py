"""A schema becomes a tree and comes back as it was; what is changed on it changes nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.toolkit import edits
from app.toolkit.edits import History
from app.toolkit.schema_tree import json_of, shown, tree_of

RECORDINGS = Path("../shared/data/anthropic-recordings.jsonl")
WORDS = ("type", "properties", "items", "anyOf", "$defs", "required", "enum", "additionalProperties", "description")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), below, max_size=5)
    ),
    max_leaves=40,
)
WEATHER = {
    "type": "object",
    "properties": {"location": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}},
    "required": ["location"],
    "x-ours": 1,
}


@given(JSON)
def test_any_json_comes_back_from_its_tree_in_the_same_order(schema: object) -> None:
    assert json.dumps(json_of(tree_of(schema))) == json.dumps(schema)


@pytest.mark.shared
def test_every_recorded_tool_opens_is_edited_and_is_saved_as_it_was() -> None:
    if not RECORDINGS.exists():
        pytest.skip("the recordings are not beside this checkout")
    tools = [
        tool
        for line in RECORDINGS.read_text().splitlines()
        for tool in (json.loads(line)["request"]["body"] or {}).get("tools", ())
        if "input_schema" in tool
    ]
    assert len(tools) > 50
    for tool in tools:
        schema = tool["input_schema"]
        assert json.dumps(json_of(tree_of(schema))) == json.dumps(schema)
        edited = History(schema).doing(edits.with_property(schema, (), "added", {"type": "string"}))
        assert edited.value["properties"]["added"] == {"type": "string"}
        assert json.dumps(edited.back().value) == json.dumps(schema)


def test_the_weather_schema_is_built_with_the_mouse_alone() -> None:
    schema = {"type": "object", "properties": {}}
    schema = edits.with_property(schema, (), "place", {"type": "string"})
    schema = edits.renamed(schema, ("properties", "place"), "location")
    schema = edits.with_required(schema, ("properties", "location"), True)
    schema = edits.with_property(schema, (), "unit", {"type": "string"})
    schema = edits.changed(schema, ("properties", "unit"), lambda each: edits.retyped(each, "enum"))
    schema = edits.with_value(schema, ("properties", "unit", "enum"), ["celsius", "fahrenheit"])
    assert schema == {
        "type": "object",
        "properties": {"location": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
        "required": ["location"],
    }


def test_renaming_keeps_the_place_and_what_is_required() -> None:
    renamed = edits.renamed(WEATHER, ("properties", "location"), "city")
    assert list(renamed["properties"]) == ["city", "unit"]
    assert renamed["required"] == ["city"]
    with pytest.raises(ValueError, match="unit"):
        edits.renamed(WEATHER, ("properties", "location"), "unit")


def test_a_property_is_moved_and_taken_away_with_its_mention() -> None:
    assert list(edits.moved(WEATHER, ("properties", "unit"), 0)["properties"]) == ["unit", "location"]
    assert edits.without(WEATHER, ("properties", "location")) == {
        "type": "object",
        "properties": {"unit": {"enum": ["celsius", "fahrenheit"]}},
        "x-ours": 1,
    }


def test_another_type_keeps_the_description_and_drops_what_it_cannot_use() -> None:
    old = {"type": "string", "description": "How many", "minLength": 2, "x-ours": 1}
    assert edits.retyped(old, "integer") == {"type": "integer", "description": "How many", "x-ours": 1}
    assert edits.retyped(old, "array")["items"] == {"type": "string"}


def test_moving_is_a_change_although_python_finds_the_objects_equal() -> None:
    history = History(WEATHER).doing(edits.moved(WEATHER, ("properties", "unit"), 0))
    assert history.past
    assert list(history.back().value["properties"]) == ["location", "unit"]
    assert list(history.back().forth().value["properties"]) == ["unit", "location"]


def test_a_path_is_shown_as_a_person_writes_it() -> None:
    assert shown(("properties", "alerts", "properties", "level")) == "alerts.level"
    assert shown(("properties", "days", "items")) == "days.items"
