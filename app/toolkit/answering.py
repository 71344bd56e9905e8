"""Who answers a tool's calls, as values: what each makes of a call's arguments is decided here, and done elsewhere.

An MCP server is one more kind of answerer: a value here, and what it does beside `run_command` in the service.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from app.errors import BadTool
from app.immutable import immutable
from app.toolkit.schema_tree import Path, pointer

LONGEST_WAIT_S = 600
COMMAND_TIMEOUT_S = 30.0
MOST_NESTED = 20
_PLACEHOLDER: Final = re.compile(r"\{\{\s*([\w$.-]+)\s*\}\}")


@immutable
class AskMe:
    """The person answers, in the conversation."""


@immutable
class Fixed:
    content: str
    """The result, as text; JSON is text as well."""
    is_error: bool = False


@immutable
class Template:
    """A text in which `{{name}}`, or `{{place.name}}`, stands for an argument. Nothing else in it means anything."""

    text: str


@immutable
class Blocks:
    """Content blocks, in the Messages API's JSON: a picture, or several parts."""

    content: tuple[Mapping[str, Any], ...]


@immutable
class Delayed:
    seconds: float
    then: "Answerer"


@immutable
class Rule:
    name: str
    """Of the argument, with dots into objects; empty: always."""
    equals: Any
    then: "Answerer"


@immutable
class Rules:
    """The first rule that fits answers; without one, the person does."""

    rules: tuple[Rule, ...]


@immutable
class Command:
    """A program that gets the arguments on its standard input, as JSON. Never a shell."""

    argv: tuple[str, ...]
    always_allowed: bool = False
    """The person said: do not ask again for this tool."""
    timeout_s: float = COMMAND_TIMEOUT_S


Answerer = AskMe | Fixed | Template | Blocks | Delayed | Rules | Command


@immutable
class Planned:
    """What is to be done for one call."""

    answerer: AskMe | Fixed | Blocks | Command
    wait_s: float = 0.0
    """Seconds before it."""


def planned(answerer: Answerer, arguments: Mapping[str, Any]) -> Planned:
    """Decide over one call: waits are added up, rules decided, templates filled."""
    wait_s = 0.0
    for _ in range(MOST_NESTED):
        match answerer:
            case Delayed(seconds, then):
                wait_s, answerer = min(wait_s + max(seconds, 0.0), LONGEST_WAIT_S), then
            case Rules(rules):
                answerer = next((each.then for each in rules if _fits(each, arguments)), AskMe())
            case Template(text):
                return Planned(Fixed(filled(text, arguments)), wait_s)
            case AskMe() | Fixed() | Blocks() | Command():
                return Planned(answerer, wait_s)
    return Planned(AskMe(), wait_s)


def filled(template: str, arguments: Mapping[str, Any]) -> str:
    """A template with the arguments in it; a name that no argument has stays as it is written."""

    def put(found: re.Match[str]) -> str:
        known, value = _argument(found[1], arguments)
        if not known:
            return found[0]
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    return _PLACEHOLDER.sub(put, template)


def _fits(rule: Rule, arguments: Mapping[str, Any]) -> bool:
    if not rule.name:
        return True
    known, value = _argument(rule.name, arguments)
    # in Python True is 1; in JSON it is not
    return known and value == rule.equals and isinstance(value, bool) == isinstance(rule.equals, bool)


def _argument(name: str, arguments: Mapping[str, Any]) -> tuple[bool, Any]:
    value: Any = arguments
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False, None
        value = value[part]
    return True, value


# ------------------------------------------------------------------ as they are kept


def answerer_to_raw(answerer: Answerer) -> dict[str, Any]:
    """An answerer as JSON."""
    match answerer:
        case AskMe():
            return {"kind": "ask"}
        case Fixed(content, is_error):
            return {"kind": "fixed", "content": content, **({"is_error": True} if is_error else {})}
        case Template(text):
            return {"kind": "template", "text": text}
        case Blocks(content):
            return {"kind": "blocks", "content": [dict(each) for each in content]}
        case Delayed(seconds, then):
            return {"kind": "delay", "seconds": seconds, "then": answerer_to_raw(then)}
        case Rules(rules):
            told = [{"name": each.name, "equals": each.equals, "then": answerer_to_raw(each.then)} for each in rules]
            return {"kind": "rules", "rules": told}
        case Command(argv, always_allowed, timeout_s):
            return {"kind": "command", "argv": list(argv), "always_allowed": always_allowed, "timeout_s": timeout_s}


def answerer_from_raw(raw: Any, where: Path = ()) -> Answerer:
    """Read an answerer.

    Raises:
        BadTool: it is none; a person may have written it by hand.
    """
    if not isinstance(raw, Mapping) or len(where) > 2 * MOST_NESTED:
        raise _bad(where, "is no answerer")
    return _nested(raw, where) if raw.get("kind") in {"delay", "rules"} else _plain(raw, where)


def _plain(raw: Mapping[str, Any], where: Path) -> Answerer:
    match raw.get("kind"):
        case "ask":
            return AskMe()
        case "fixed" if isinstance(raw.get("content"), str):
            return Fixed(raw["content"], raw.get("is_error") is True)
        case "template" if isinstance(raw.get("text"), str):
            return Template(raw["text"])
        case "blocks" if isinstance(content := raw.get("content"), list) and all(
            isinstance(x, Mapping) for x in content
        ):
            return Blocks(tuple(content))
        case "command":
            return _command(raw, where)
    raise _bad(where, "is no answerer that is known here")


def _nested(raw: Mapping[str, Any], where: Path) -> Answerer:
    match raw.get("kind"):
        case "delay" if _is_number(raw.get("seconds")):
            return Delayed(float(raw["seconds"]), answerer_from_raw(raw.get("then"), (*where, "then")))
        case "rules" if isinstance(raw.get("rules"), list):
            return Rules(tuple(_rule(each, (*where, "rules", at)) for at, each in enumerate(raw["rules"])))
    raise _bad(where, "lacks what its kind needs")


def _rule(raw: Any, where: Path) -> Rule:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str):
        raise _bad(where, "needs the name of an argument")
    return Rule(raw["name"], raw.get("equals"), answerer_from_raw(raw.get("then"), (*where, "then")))


def _command(raw: Mapping[str, Any], where: Path) -> Command:
    argv = raw.get("argv")
    if not isinstance(argv, list) or not argv or not all(isinstance(each, str) and "\0" not in each for each in argv):
        raise _bad((*where, "argv"), "is a program and its arguments, each a text")
    timeout = raw.get("timeout_s")
    limit = min(max(float(timeout), 0.1), LONGEST_WAIT_S) if isinstance(timeout, int | float) else COMMAND_TIMEOUT_S
    return Command(tuple(argv), raw.get("always_allowed") is True, limit)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_WAIT_S


def _bad(where: Path, words: str) -> BadTool:
    return BadTool(f"{pointer(where) or 'it'} {words}")
