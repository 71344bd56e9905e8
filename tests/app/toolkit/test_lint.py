"""Every finding names its field, and its fix makes it go away without making another."""

from typing import Any

import pytest

from app.toolkit.lint import Finding, findings, weight

GOOD = {
    "name": "get_weather",
    "description": "Tells the weather of a city, today or on one of the next days.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "With its country"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


def _found(tool: Any, rule: str) -> Finding:
    return next(each for each in findings(tool) if each.rule == rule)


def _with(schema: Any, **beside: Any) -> dict[str, Any]:
    return {**GOOD, "input_schema": schema, **beside}


def test_a_good_tool_has_no_findings() -> None:
    assert findings(GOOD) == ()
    assert findings({"type": "bash_20250124", "name": "bash"}) == ()


FIXED = (
    ({**GOOD, "name": "get weather!"}, "name", "name"),
    (_with({"properties": {}}), "top-object", ""),
    (_with({"type": "object", "properties": {"a": {"type": "array", "description": "x"}}}), "array-items", "a"),
    (_with({"type": "object", "properties": {}, "required": ["gone"]}), "required-absent", "required"),
    (_with({"type": "object", "properties": {}}, strict=True), "strict-closed", ""),
    (
        _with({"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}}, strict=True),
        "strict-keyword",
        "n.minimum",
    ),
    (
        _with({"type": "object", "properties": {"u": {"type": "string", "description": 'One of "c" or "f"'}}}),
        "enum-in-prose",
        "u",
    ),
    ({**GOOD, "defer_loading": True, "cache_control": {"type": "ephemeral"}}, "deferred-mark", "cache_control"),
)


@pytest.mark.parametrize(("tool", "rule", "field"), FIXED, ids=[rule for _, rule, _ in FIXED])
def test_a_finding_names_its_field_and_its_fix_mends_it(tool: Any, rule: str, field: str) -> None:
    finding = _found(tool, rule)
    assert finding.where == field
    assert finding.fix is not None
    left = [(each.rule, each.path) for each in findings(finding.fix.tool)]
    assert (rule, finding.path) not in left


def test_what_strict_would_refuse_is_told_before_it_is_on() -> None:
    tool = _with({"type": "object", "properties": {"n": {"type": "integer", "maximum": 9, "description": "x"}}})
    assert {each.severity for each in findings(tool)} == {"strict"}
    assert {each.severity for each in findings({**tool, "strict": True})} == {"error"}


def test_quality_is_advice() -> None:
    deep: dict[str, Any] = {"type": "string", "description": "x"}
    for _ in range(6):
        deep = {"type": "object", "description": "x", "properties": {"a": deep}}
    tool = {"name": "run", "input_schema": deep, "description": "x" * 8000}
    rules = {each.rule for each in findings(tool) if each.severity == "advice"}
    assert {"vague-name", "deep", "heavy"} <= rules
    assert weight(tool) > 2000
    bare = {"name": "tell", "input_schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
    assert {"no-description", "undescribed"} <= {each.rule for each in findings(bare)}


def test_an_example_that_does_not_fit_is_found_on_its_field() -> None:
    finding = _found({**GOOD, "input_examples": [{"city": 5}]}, "example")
    assert finding.path == ("input_examples", 0, "city")
