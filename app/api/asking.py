"""`duologue ask`: one question from a terminal, the answer to standard output as it comes."""

import argparse
import base64
import json
import mimetypes
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

SUCCESS, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
RETRIES = 2


class Misuse(Exception):
    """What was asked for cannot be asked: a sentence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `ask`."""
    parser.add_argument("prompt", nargs="?", default="-", help="the question; `-` or nothing: standard input")
    parser.add_argument("--model", help="claude-… (default: the catalogue's recommended model)")
    parser.add_argument("--system", help="the system prompt")
    parser.add_argument("--image", action="append", default=[], metavar="FILE", help="a picture or a PDF; repeatable")
    parser.add_argument("--tool", action="append", default=[], metavar="FILE", help="a tool as JSON; repeatable")
    parser.add_argument("--tool-choice", help="auto, required, none, or the name of a tool")
    parser.add_argument("--max-tokens", type=int)
    parser.add_argument("--effort", help="how hard to think: low, medium, high, xhigh, max")
    parser.add_argument("--json", action="store_true", help="the whole answer as JSON; with --stream, a line a chunk")
    parser.add_argument("--stream", action=argparse.BooleanOptionalAction, default=None)
    parser.add_argument("--timeout", type=float, help="seconds without a byte after which it is given up")


def ask(given: argparse.Namespace, stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Ask, and return the exit status: 0, 1 where no whole answer came, 2 for misuse, 130 when interrupted."""
    from app.api.completing import completion
    from app.api.exceptions import AuthenticationError, OpenAIError

    stream = given.stream if given.stream is not None else not given.json
    try:
        answer = completion(**_arguments(given, stdin), stream=stream, num_retries=RETRIES)
        if given.json:
            for each in answer if stream else (answer,):
                stdout.write(each.model_dump_json(indent=None if stream else 2) + "\n")
                stdout.flush()
        else:
            _write(answer if stream else (answer,), stdout, stderr)
    except Misuse as error:
        stderr.write(f"{error}\n")
        return MISUSED
    except OpenAIError as error:
        stderr.write(f"{error}\n")
        return MISUSED if isinstance(error, AuthenticationError) and error.request_id is None else FAILED
    except KeyboardInterrupt:
        stderr.write("\nStopped.\n")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # whoever read has gone: nothing is to be flushed at the end
        return FAILED
    return SUCCESS


def _arguments(given: argparse.Namespace, stdin: TextIO) -> dict[str, Any]:
    """The arguments of `completion`. Raises Misuse."""
    from app.api.models import catalogue

    prompt = stdin.read() if given.prompt == "-" else given.prompt
    if not prompt.strip() and not given.image:
        raise Misuse("There is no question: give one, or write it to standard input.")
    content = [*map(_file_part, given.image), *([{"type": "text", "text": prompt}] if prompt.strip() else [])]
    system = [{"role": "system", "content": given.system}] if given.system else []
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


def _choice(given: str | None) -> Any:
    named = given is not None and given not in {"auto", "required", "none", "any"}
    return {"type": "function", "function": {"name": given}} if named else given


def _file_part(path: str) -> Mapping[str, Any]:
    kind = mimetypes.guess_type(path)[0] or ""
    if not kind.startswith("image/") and kind != "application/pdf":
        raise Misuse(f"{path} is neither a picture nor a PDF, by its name.")
    uri = f"data:{kind};base64,{base64.b64encode(_read(path)).decode()}"
    if kind == "application/pdf":
        return {"type": "file", "file": {"file_data": uri, "filename": Path(path).name}}
    return {"type": "image_url", "image_url": {"url": uri}}


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


def _write(pieces: Any, stdout: TextIO, stderr: TextIO) -> None:
    """The text, then the calls that the model asks for, one a line: `name(arguments)`."""
    calls: dict[int, list[str]] = {}
    reason = None
    for piece in pieces:
        for choice in piece.choices:
            said = choice.get("delta") or choice.get("message")
            stdout.write(said.content or "")
            stdout.flush()
            for call in said.tool_calls or ():
                parts = calls.setdefault(call.index or 0, ["", ""])
                asked = call.function or call.custom
                parts[0] += asked.name or ""
                parts[1] += (asked.arguments if call.function else asked.input) or ""
            reason = choice.finish_reason or reason
    stdout.write("\n")
    stdout.writelines(f"{name}({arguments})\n" for name, arguments in calls.values())
    if reason in {"length", "content_filter"}:
        why = "it reached its maximum length" if reason == "length" else "Claude refused"
        stderr.write(f"The answer is not complete: {why}.\n")
