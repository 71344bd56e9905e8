"""What is wrong with a tool, or could be better, each finding on its field and with a fix where one is certain.

A tool here is its JSON in the Messages API, as a mapping.

Source: Messages API reference, "Tools" and "Structured outputs".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from app.errors import BadSchema
from app.immutable import immutable
from app.toolkit.edits import with_value, without
from app.toolkit.schema_tree import Path, required_names, shown, subschemas, walk
from app.toolkit.soundness import MOST_NODES, MOST_TEXT, refuse_unsound, validator_of
from app.toolkit.verdicts import Checker
from app.wire.json_bytes import json_bytes

Severity = Literal["error", "strict", "advice"]
"""The API refuses it; it refuses it with `strict` on; the model would understand it better otherwise."""

NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")
SCHEMA: Final = ("input_schema",)
DEEP = 4
"""Objects inside objects: from here on models begin to lose the thread."""
HEAVY_TOKENS = 1_000
SHORT_DESCRIPTION = 20
"""Characters: a tool's purpose in less says hardly more than its name."""
VAGUE = frozenset(
    ("tool", "function", "func", "run", "do", "execute", "action", "helper", "process", "test", "foo", "my_tool")
)
NOT_STRICT = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems",
    "uniqueItems", "contains", "prefixItems", "minProperties", "maxProperties", "patternProperties", "propertyNames",
    "dependentRequired", "dependentSchemas", "if", "then", "else", "not",
)  # fmt: skip
MOST_OPTIONAL = 24
MOST_UNIONS = 16
_LISTED_IN_PROSE = re.compile(
    r"(?:one of|either|can be|must be|allowed values?:?)\s+(?:[\"'`][\w-]+[\"'`][,\s]*(?:or|and)?\s*){2,}",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"'`]([\w-]+)[\"'`]")


@immutable
class Fix:
    words: str
    """What a click does, as an order."""
    tool: Mapping[str, Any]
    """The whole tool, with it done."""


@immutable
class Finding:
    rule: str
    severity: Severity
    path: Path
    """Of the field, from the tool."""
    words: str
    fix: Fix | None = None

    @property
    def where(self) -> str:
        """The field, as a person names it; empty for the tool itself."""
        return shown(self.path[1:]) if self.path[:1] == SCHEMA else shown(self.path)


def findings(tool: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Everything about a tool, in the order of its text within each severity. Never raises, whatever it is given."""
    if "input_schema" not in tool and isinstance(tool.get("type"), str) and tool["type"] != "custom":
        return ()  # a tool that Anthropic defines: the API knows it better
    schema = tool.get("input_schema")
    found = [*_name(tool), *_purpose(tool), *_top(tool, schema)]
    try:
        refuse_unsound(schema)
        sound = True
    except BadSchema as error:
        found.append(Finding("unsound", "error", SCHEMA + error.path, f"The schema cannot be used: {error.reason}."))
        sound = False
    if isinstance(schema, Mapping) and (sound or not _is_huge(schema)):
        if sound:
            found += _validity(schema)
        for path, each in walk(schema):
            for rule in _RULES:
                found += rule(tool, SCHEMA + path, each)
        found += _limits(tool, schema)
        found += _examples(tool, schema) if sound else ()
        found += _weight(tool)
    order = {"error": 0, "strict": 1, "advice": 2}
    return tuple(sorted(found, key=lambda each: order[each.severity]))


def weight(tool: Mapping[str, Any]) -> int:
    """About how many input tokens a tool costs in every request: a quarter of its bytes, as JSON."""
    return -(-len(json_bytes(dict(tool))) // 4)


# ------------------------------------------------------------------ the tool itself


def _name(tool: Mapping[str, Any]) -> Iterator[Finding]:
    name = tool.get("name")
    if not isinstance(name, str) or not name:
        yield Finding("name", "error", ("name",), "A tool needs a name.")
    elif not NAME.match(name):
        fit = re.sub(r"[^a-zA-Z0-9_-]+", "_", name).strip("_")[:64] or "tool"
        fix = Fix(f"Call it {fit}", {**tool, "name": fit})
        yield Finding("name", "error", ("name",), "A name has letters, digits, _ and -, at most 64.", fix)
    elif name.lower() in VAGUE:
        yield Finding("vague-name", "advice", ("name",), f"“{name}” does not say what the tool does.")


def _purpose(tool: Mapping[str, Any]) -> Iterator[Finding]:
    text = tool.get("description")
    if text is not None and not isinstance(text, str):
        yield Finding("description", "error", ("description",), "A description is a text.")
    elif not (text or "").strip():
        yield Finding(
            "no-description", "advice", ("description",), "Without a description the model guesses what it is for."
        )
    elif len((text or "").strip()) < SHORT_DESCRIPTION:
        yield Finding(
            "short-description", "advice", ("description",), "Say what it does, when to use it and what comes back."
        )


def _top(tool: Mapping[str, Any], schema: Any) -> Iterator[Finding]:
    if not isinstance(schema, Mapping):
        fix = Fix("Begin with an empty object", {**tool, "input_schema": {"type": "object", "properties": {}}})
        yield Finding("no-schema", "error", SCHEMA, "A tool needs an input_schema, a JSON object.", fix)
        return
    if schema.get("type") != "object":
        fixed = {"type": "object", **{key: each for key, each in schema.items() if key != "type"}}
        fix = Fix('Set "type": "object"', {**tool, "input_schema": fixed})
        yield Finding("top-object", "error", SCHEMA, 'The input needs "type": "object" at its top.', fix)
    for union in ("oneOf", "anyOf", "allOf"):
        if union in schema:
            yield Finding("top-union", "error", (*SCHEMA, union), f"The API takes no {union} at the top of the input.")
    if tool.get("defer_loading") is True and tool.get("cache_control"):
        fix = Fix("Take cache_control away", without(tool, ("cache_control",)))
        yield Finding("deferred-mark", "error", ("cache_control",), "A deferred tool takes no cache_control.", fix)


def _validity(schema: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        validator_of(schema)
    except BadSchema as error:
        yield Finding("invalid", "error", SCHEMA + error.path, f"This is no JSON Schema 2020-12: {error.reason}.")


def _examples(tool: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Finding]:
    examples = tool.get("input_examples")
    if not isinstance(examples, list):
        return
    checker = Checker(schema)
    for at, example in enumerate(examples):
        for fault in checker.verdict(example).faults[:3]:
            where = f"{shown(fault.path)} " if fault.path else ""
            yield Finding(
                "example",
                "error",
                ("input_examples", at, *fault.path),
                f"The example does not fit: {where}{fault.words}.",
            )


def _weight(tool: Mapping[str, Any]) -> Iterator[Finding]:
    tokens = weight(tool)
    if tokens > HEAVY_TOKENS:
        yield Finding("heavy", "advice", (), f"It costs about {tokens} tokens in every request.")


# ------------------------------------------------------------------ each subschema


def _array(tool: Mapping[str, Any], path: Path, schema: Any) -> Iterator[Finding]:
    if isinstance(schema, Mapping) and schema.get("type") == "array" and not {"items", "prefixItems"} & schema.keys():
        fix = Fix("Let it hold strings", with_value(tool, (*path, "items"), {"type": "string"}))
        yield Finding("array-items", "error", path, "An array needs items: what it holds.", fix)


def _required(tool: Mapping[str, Any], path: Path, schema: Any) -> Iterator[Finding]:
    if not isinstance(schema, Mapping) or not isinstance(properties := schema.get("properties", {}), Mapping):
        return
    names = required_names(schema)
    for name in names:
        if name not in properties:
            kept = [each for each in names if each != name]
            fix = Fix(f"Do not require {name}", with_value(tool, (*path, "required"), kept))
            yield Finding(
                "required-absent", "error", (*path, "required"), f"“{name}” is required and is no property.", fix
            )


def _described(tool: Mapping[str, Any], path: Path, schema: Any) -> Iterator[Finding]:
    if len(path) < 2 or path[-2] != "properties" or not isinstance(schema, Mapping):
        return
    text = schema.get("description")
    if not text and "$ref" not in schema and "enum" not in schema and "const" not in schema:
        yield Finding("undescribed", "advice", path, "It has no description.")
    if isinstance(text, str) and "enum" not in schema and schema.get("type") == "string" and len(text) < 2000:
        listed = _LISTED_IN_PROSE.search(text)
        if listed:
            values = list(dict.fromkeys(_QUOTED.findall(listed[0])))
            fix = Fix("Make it an enum", with_value(tool, path, {**schema, "enum": values}))
            yield Finding(
                "enum-in-prose", "advice", path, "Its description lists values that an enum would enforce.", fix
            )


def _depth(tool: Mapping[str, Any], path: Path, schema: Any) -> Iterator[Finding]:
    if path.count("properties") == DEEP + 1 and path[-2] == "properties":
        yield Finding("deep", "advice", path, f"It lies {DEEP + 1} objects deep; flat inputs are filled more reliably.")


def _strict(tool: Mapping[str, Any], path: Path, schema: Any) -> Iterator[Finding]:
    """What `strict` does not take; told before it is turned on, as an error once it is."""
    if not isinstance(schema, Mapping):
        return
    severity: Severity = "error" if tool.get("strict") is True else "strict"
    if (schema.get("type") == "object" or "properties" in schema) and schema.get("additionalProperties") is not False:
        fix = Fix("Close the object", with_value(tool, (*path, "additionalProperties"), False))
        yield Finding("strict-closed", severity, path, "strict needs additionalProperties: false.", fix)
    for keyword in NOT_STRICT:
        if keyword in schema:
            fix = Fix(f"Take {keyword} away", without(tool, (*path, keyword)))
            yield Finding("strict-keyword", severity, (*path, keyword), f"strict does not take {keyword}.", fix)
    least = schema.get("minItems")
    if isinstance(least, int) and least > 1:
        fix = Fix("Let one be enough", with_value(tool, (*path, "minItems"), 1))
        yield Finding("strict-keyword", severity, (*path, "minItems"), "strict takes minItems up to 1.", fix)
    if "oneOf" in schema and len(path) > 1:
        either = {("anyOf" if key == "oneOf" else key): each for key, each in schema.items()}
        renamed = Fix("Make it anyOf", with_value(tool, path, either)) if "anyOf" not in schema else None
        yield Finding("strict-one-of", severity, (*path, "oneOf"), "strict takes anyOf, not oneOf.", renamed)


_RULES: tuple[Callable[[Mapping[str, Any], Path, Any], Iterator[Finding]], ...] = (
    _array, _required, _described, _depth, _strict,
)  # fmt: skip


def _limits(tool: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Finding]:
    severity: Severity = "error" if tool.get("strict") is True else "strict"
    optional = unions = 0
    for _, each in walk(schema):
        if isinstance(each, Mapping):
            wanted = required_names(each)
            optional += sum(word == "properties" and name not in wanted for _, word, name, _ in subschemas(each))
            unions += "anyOf" in each or isinstance(each.get("type"), list)
    for count, most, what in ((optional, MOST_OPTIONAL, "optional properties"), (unions, MOST_UNIONS, "unions")):
        if count > most:
            yield Finding("strict-limit", severity, SCHEMA, f"strict takes {most} {what} a request; there are {count}.")
    for path, each in walk(schema):
        if isinstance(each, Mapping) and each.get("$ref") == "#":
            yield Finding("strict-recursion", severity, SCHEMA + path, "strict takes no schema that holds itself.")


def _is_huge(schema: Any) -> bool:
    nodes = texts = 0
    waiting = [schema]
    while waiting and nodes <= MOST_NODES and texts <= MOST_TEXT:
        each = waiting.pop()
        nodes += 1
        texts += len(each) if isinstance(each, str) else 0
        waiting += each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ()
        if len(waiting) > MOST_NODES:
            return True
    return nodes > MOST_NODES or texts > MOST_TEXT
