"""What a stretch of code is. Each role is a letter of `Run.look` and a colour of the palette."""

from typing import Final

from ui.transcript.specs import Run

KEYWORD, STRING, COMMENT, NUMBER, FUNCTION, TYPE = "K", "T", "C", "N", "F", "Y"

COLOURS: Final = {
    KEYWORD: "code_keyword",
    STRING: "code_string",
    COMMENT: "code_comment",
    NUMBER: "code_number",
    FUNCTION: "code_function",
    TYPE: "code_type",
}

Runs = tuple[Run, ...]

_BY_CAPTURE: Final = {
    "keyword": KEYWORD,
    "string": STRING,
    "escape": STRING,
    "comment": COMMENT,
    "number": NUMBER,
    "float": NUMBER,
    "boolean": NUMBER,
    "constant": NUMBER,
    "function": FUNCTION,
    "method": FUNCTION,
    "constructor": TYPE,
    "type": TYPE,
    "tag": KEYWORD,
    "property": TYPE,
    "attribute": TYPE,
    "label": TYPE,
}


def role_of(capture: str) -> str:
    """The role of a capture such as `function.builtin` in a grammar's query; empty for what stays plain."""
    if capture == "string.special.key":
        return TYPE
    return _BY_CAPTURE.get(capture.split(".", 1)[0], "")
