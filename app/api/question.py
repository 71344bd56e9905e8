"""What `duologue ask` was given, as the arguments of `completion`."""

import argparse
import base64
import json
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

PDF = "application/pdf"
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", PDF),
)


class Misuse(Exception):
    """What was asked for cannot be asked: a sentence."""


def question(given: argparse.Namespace, stdin: TextIO | None) -> dict[str, Any]:
    """The arguments of `completion`. Raises Misuse."""
    from app.api.models import catalogue

    prompt = _text(_read_all(stdin), "Standard input") if given.prompt == "-" else _text(given.prompt, "The question")
    if not prompt.strip() and not given.image:
        raise Misuse("There is no question: give one, or write it to standard input.")
    content = [*map(_file_part, given.image), *([{"type": "text", "text": prompt}] if prompt.strip() else [])]
    system = [{"role": "system", "content": _text(given.system, "The system prompt")}] if given.system else []
    tools = [tool for path in given.tool for tool in _tools(path)]
    return {
        "model": given.model or catalogue().default.id,
        "messages": [*system, {"role": "user", "content": content}],
        "max_tokens": given.max_tokens,
        "reasoning_effort": given.effort,
        "timeout": given.timeout,
        "tools": tools or None,
        "tool_choice": _choice(given.tool_choice),
    }


def _read_all(stdin: TextIO | None) -> str | bytes:
    if stdin is None:
        return ""
    source = getattr(stdin, "buffer", stdin)
    read: str | bytes = source.read()
    return read


def _text(given: str | bytes, what: str) -> str:
    """Text that can be sent. A terminal's bytes that are none come as surrogates, a pipe's as they are."""
    try:
        return given.decode("utf-8-sig") if isinstance(given, bytes) else given.encode("utf-8").decode("utf-8")
    except UnicodeError:
        raise Misuse(f"{what} is not text in UTF-8.") from None


def _choice(given: str | None) -> Any:
    named = given is not None and given not in {"auto", "required", "none", "any"}
    return {"type": "function", "function": {"name": given}} if named else given


def _file_part(path: str) -> Mapping[str, Any]:
    data = _read(path)
    kind = _kind(path, data)
    uri = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    if kind == PDF:
        return {"type": "file", "file": {"file_data": uri, "filename": Path(path).name}}
    return {"type": "image_url", "image_url": {"url": uri}}


def _kind(path: str, data: bytes) -> str:
    """The media type: by what the file begins with, else by its name. Raises Misuse."""
    if not data:
        raise Misuse(f"{path} is empty.")
    known = next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        known = "image/webp"
    kind = known or mimetypes.guess_type(path)[0] or ""
    if not kind.startswith("image/") and kind != PDF:
        raise Misuse(f"{path} is neither a picture nor a PDF.")
    return kind


def _tools(path: str) -> list[Any]:
    try:
        parsed = json.loads(_read(path))
    except (ValueError, RecursionError):
        raise Misuse(f"{path} is not JSON.") from None
    return parsed if isinstance(parsed, list) else [parsed]


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Misuse(f"{path} cannot be read: {error.strerror}.") from None
