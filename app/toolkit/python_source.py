"""Python functions read as tools, and tools written as Python functions. The source is parsed and never run.

Source: Python reference, "ast"; PEP 257 and the Google and Sphinx styles of docstrings for what arguments mean.
"""

import ast
import json
import keyword
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import BadTool
from app.toolkit.edits import type_of
from app.toolkit.schema_tree import required_names

_PLAIN: dict[str, dict[str, Any]] = {
    "str": {"type": "string"}, "int": {"type": "integer"}, "float": {"type": "number"}, "bool": {"type": "boolean"},
    "None": {"type": "null"}, "dict": {"type": "object"}, "Dict": {"type": "object"}, "Mapping": {"type": "object"},
    "list": {"type": "array", "items": {}}, "List": {"type": "array", "items": {}}, "Any": {}, "object": {},
    "datetime": {"type": "string", "format": "date-time"}, "date": {"type": "string", "format": "date"},
    "bytes": {"type": "string"}, "UUID": {"type": "string", "format": "uuid"},
}  # fmt: skip
_LISTS = frozenset(("list", "List", "Sequence", "Iterable", "tuple", "Tuple", "set", "Set", "frozenset"))
_SPHINX = re.compile(r"^\s*:param (?:[\w\[\], .]+ )?(\w+):\s*(.*)$")
_GOOGLE = re.compile(r"^(\s+)\*{0,2}(\w+)(?:\s*\([^)]*\))?:\s*(.*)$")
_SECTION = re.compile(r"^\s*(Args|Arguments|Parameters|Params|Returns?|Raises|Yields|Examples?|Notes?):\s*$")
_WORDS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "date-time": "str"}


def tools_from_python(source: str) -> tuple[dict[str, Any], ...]:
    """Each function at the top of the source, as a tool.

    Raises:
        BadTool: it is no Python, or has no function.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # about a stranger's code, which is only read
            module = ast.parse(source)
    except SyntaxError as error:
        raise BadTool(f"it is neither JSON nor Python: {error.msg}", error.lineno or 0, error.offset or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise BadTool("it cannot be read as Python") from error
    functions = [each for each in module.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    if not functions:
        raise BadTool("there is no function in it")
    return tuple(_tool(each) for each in functions)


def _tool(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Any]:
    purpose, meanings = _docstring(ast.get_docstring(function) or "")
    properties: dict[str, Any] = {}
    required: list[str] = []
    for argument, default in _arguments(function.args):
        schema = _schema(argument.annotation) if argument.annotation else {}
        if meaning := meanings.get(argument.arg):
            schema = {**schema, "description": meaning}
        if default is None:
            required.append(argument.arg)
        elif (value := _literal(default)) is not None:
            schema = {**schema, "default": value}
        properties[argument.arg] = schema
    described = {"description": purpose} if purpose else {}
    needs = {"required": required} if required else {}
    return {
        "name": function.name[:64],
        **described,
        "input_schema": {"type": "object", "properties": properties, **needs},
    }


def _arguments(given: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Each argument with its default; `self` and what gathers the rest are none of the model's business."""
    placed = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(placed) - len(given.defaults)) + list(given.defaults)
    for argument, default in (
        *zip(placed, defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ):
        if argument.arg not in {"self", "cls"}:
            yield argument, default


def _literal(default: ast.expr) -> Any:
    try:
        value = ast.literal_eval(default)
        json.dumps(value)
    except (ValueError, TypeError, RecursionError):
        return None
    return value


def _docstring(text: str) -> tuple[str, dict[str, str]]:
    """(what stands before its sections, what it says of each argument)."""
    purpose: list[str] = []
    meanings: dict[str, str] = {}
    section, name, indent = "", "", 0
    for line in text.splitlines():
        if found := _SECTION.match(line):
            section, name = found[1], ""
        elif found := _SPHINX.match(line):
            section, name = "sphinx", found[1]
            meanings[name] = found[2].strip()
        elif (
            section.startswith(("Arg", "Param"))
            and (found := _GOOGLE.match(line))
            and (not name or len(found[1]) <= indent)
        ):
            name, indent = found[2], len(found[1])
            meanings[name] = found[3].strip()
        elif name and line.strip():
            meanings[name] = f"{meanings[name]} {line.strip()}".strip()
        elif not section:
            purpose.append(line)
        elif not line.strip():
            name = "" if section == "sphinx" else name
    return "\n".join(purpose).strip(), meanings


def _schema(annotation: ast.expr) -> dict[str, Any]:
    """The schema of a type annotation; one that is not known here says nothing."""
    match annotation:
        case ast.Constant(str() as text):
            return _quoted(text)
        case ast.Constant(None):
            return {"type": "null"}
        case ast.Name(name) | ast.Attribute(attr=name):
            return dict(_PLAIN.get(name, {}))
        case ast.BinOp(left, ast.BitOr(), right):
            return _union([left, right])
        case ast.Subscript(ast.Name(name) | ast.Attribute(attr=name), inside):
            return _generic(name, inside.elts if isinstance(inside, ast.Tuple) else [inside])
    return {}


def _quoted(text: str) -> dict[str, Any]:
    try:
        return _schema(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError):
        return {}


def _generic(name: str, inside: list[ast.expr]) -> dict[str, Any]:
    if name == "Literal":
        values: list[Any] = [each.value for each in inside if isinstance(each, ast.Constant)]
        return (
            {"type": "string", "enum": values} if all(isinstance(value, str) for value in values) else {"enum": values}
        )
    if name == "Optional":
        return _union([*inside, ast.Constant(None)])
    if name == "Union":
        return _union(inside)
    if name == "Annotated":
        notes = [each.value for each in inside[1:] if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        return {**_schema(inside[0]), **({"description": notes[0]} if notes else {})}
    if name in _LISTS:
        return {"type": "array", "items": _schema(inside[0])}
    if name in {"dict", "Dict", "Mapping"} and len(inside) == 2:
        each = _schema(inside[1])
        return {"type": "object", **({"additionalProperties": each} if each else {})}
    return dict(_PLAIN.get(name, {}))


def _union(parts: list[ast.expr]) -> dict[str, Any]:
    flat: list[dict[str, Any]] = []
    for part in parts:
        schema = _schema(part)
        flat += schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
    return {"anyOf": flat}


# ------------------------------------------------------------------ writing


def python_of(tool: Mapping[str, Any]) -> str:
    """A tool as the head of a Python function, with its docstring: what one writes to answer it."""
    schema = tool.get("input_schema")
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    known = properties if isinstance(properties, Mapping) else {}
    wanted = required_names(schema)
    ordered = [*(name for name in known if name in wanted), *(name for name in known if name not in wanted)]
    lines = [f"    {_argument(name, known[name], required=name in wanted)}," for name in ordered]
    head = f"def {_identifier(tool.get('name') or tool.get('type'))}("
    signature = "\n".join([head, *lines, ") -> str:"]) if lines else f"{head}) -> str:"
    text = [str(tool.get("description") or "").strip().replace("\\", "\\\\").replace('"""', "'''")]
    meanings = [
        f"    {name}: {' '.join(str(known[name]['description']).split())}"
        for name in ordered
        if isinstance(known[name], Mapping) and known[name].get("description")
    ]
    text += ["", "Args:", *meanings] if meanings else []
    body = "\n".join(f"    {line}".rstrip() for part in text for line in part.splitlines() or [""])
    imports = "from typing import Any, Literal\n\n\n" if re.search(r"\b(Any|Literal)\b", signature) else ""
    return f'{imports}{signature}\n    """{body.strip()}\n    """\n    raise NotImplementedError\n'


def _argument(name: str, schema: Any, *, required: bool) -> str:
    kind = _annotation(schema)
    if required:
        return f"{_identifier(name)}: {kind}"
    default = schema.get("default") if isinstance(schema, Mapping) else None
    optional = kind if default is not None or kind == "Any" or "None" in kind else f"{kind} | None"
    return f"{_identifier(name)}: {optional} = {default!r}"


def _annotation(schema: Any, level: int = 0) -> str:
    if not isinstance(schema, Mapping) or level > 8:
        return "Any"
    match type_of(schema):
        case "enum":
            return f"Literal[{', '.join(repr(each) for each in schema['enum'][:100])}]" if schema["enum"] else "Any"
        case "array":
            return f"list[{_annotation(schema.get('items'), level + 1)}]"
        case "object":
            return "dict[str, Any]"
        case "union":
            parts = schema.get("anyOf") or schema.get("oneOf") or [{"type": each} for each in schema.get("type", [])]
            return " | ".join(dict.fromkeys(_annotation(each, level + 1) for each in parts)) or "Any"
        case word:
            return _WORDS.get(word, "Any")


def _identifier(name: Any) -> str:
    fit = re.sub(r"\W", "_", str(name or "tool"))
    return f"{fit}_" if keyword.iskeyword(fit) else f"_{fit}" if fit[:1].isdigit() else fit
