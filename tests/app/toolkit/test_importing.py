"""What people paste becomes tools, and nothing of it is run."""

import json
from pathlib import Path
from typing import Any, Literal

import pydantic
import pytest

import resources
from app.errors import BadTool
from app.toolkit.importing import imported
from app.toolkit.lint import findings
from app.toolkit.views import VIEWS, view_of

PYTHON = '''
import os
os.system("touch {canary}")

def get_weather(city: str, unit: Literal["celsius", "fahrenheit"] = "celsius", days: int | None = None) -> str:
    """Tell the weather of a city.

    Args:
        city: With its country,
            as people write it.
        unit: Of the temperature.

    Returns:
        A sentence.
    """
    raise SystemExit
'''
OPENAPI = {
    "openapi": "3.1.0",
    "paths": {
        "/pets/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "post": {
                "operationId": "updatePet",
                "summary": "Change a pet",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                },
            },
        }
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}},
        "schemas": {
            "Pet": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "mother": {"$ref": "#/components/schemas/Pet"}},
                "required": ["name"],
            }
        },
    },
}


def _one(text: str) -> dict[str, Any]:
    (tool,) = imported(text)
    return dict(tool)


def test_an_example_becomes_a_schema_with_its_types() -> None:
    assert _one('{"city":"Paris","days":3,"tags":["a"]}')["input_schema"] == {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["city", "days", "tags"],
    }


def test_a_python_function_is_read_with_its_docstring_and_never_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    tool = _one(PYTHON.replace("{canary}", str(canary)))
    assert not canary.exists()
    assert tool["name"] == "get_weather"
    assert tool["description"] == "Tell the weather of a city."
    assert tool["input_schema"]["properties"] == {
        "city": {"type": "string", "description": "With its country, as people write it."},
        "unit": {
            "type": "string",
            "enum": ["celsius", "fahrenheit"],
            "description": "Of the temperature.",
            "default": "celsius",
        },
        "days": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    }
    assert tool["input_schema"]["required"] == ["city"]


def test_an_openapi_operation_becomes_one_flat_input() -> None:
    tool = _one(json.dumps(OPENAPI))
    assert (tool["name"], tool["description"]) == ("updatePet", "Change a pet")
    schema = tool["input_schema"]
    assert schema["properties"] == {"id": {"type": "integer"}, "name": {"type": "string"}, "mother": {}}
    assert schema["required"] == ["id", "name"]


def test_a_pydantic_models_schema_is_a_tool() -> None:
    class Order(pydantic.BaseModel):
        """Buy something."""

        item: str
        size: Literal["s", "m"] = "m"

    tool = _one(json.dumps(Order.model_json_schema()))
    assert (tool["name"], tool["description"]) == ("Order", "Buy something.")
    assert tool["input_schema"] == Order.model_json_schema()


def test_both_dialects_make_the_same_tool() -> None:
    examples = json.loads(resources.read_bytes("tools", "examples.json"))
    for tool in examples:
        assert _one(view_of(tool, "Anthropic")) == tool
        assert _one(view_of(tool, "OpenAI")) == tool
        assert not [each for each in findings(tool) if each.severity == "error"]


def test_the_python_view_is_a_function_that_reads_as_the_same_fields() -> None:
    weather = json.loads(resources.read_bytes("tools", "examples.json"))[0]
    again = _one(view_of(weather, "Python"))
    assert again["name"] == weather["name"]
    assert again["input_schema"]["required"] == ["location"]
    assert again["input_schema"]["properties"]["location"] == weather["input_schema"]["properties"]["location"]
    assert set(VIEWS) == {"Anthropic", "OpenAI", "Python"}


def test_litellms_computer_tool_is_read() -> None:
    parameters = {"display_height_px": 100, "display_width_px": 100, "display_number": 1}
    given = {"type": "computer_20241022", "function": {"name": "computer", "parameters": parameters}}
    assert _one(json.dumps(given)) == {"type": "computer_20241022", "name": "computer", **parameters}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "x = 1",
        "def f(:",
        "{" * 5,
        '{"paths": {}}',
        "[" * 100_000,
        "(" * 10_000,
        "def f(a: " + "list[" * 500,
    ],
)
def test_what_is_no_tool_is_told_as_one_error(text: str) -> None:
    with pytest.raises(BadTool):
        imported(text)


def test_broken_json_tells_where() -> None:
    with pytest.raises(BadTool) as told:
        imported('{"name": "a",\n "input_schema": }')
    assert (told.value.line, told.value.column) == (2, 18)
