"""`duologue ask`: one question from a terminal, the answer to standard output as it comes."""

import argparse
import json
import sys
from typing import Any, TextIO

SUCCESS, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
RETRIES = 2


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


def ask(given: argparse.Namespace, stdin: TextIO | None, stdout: TextIO | None, stderr: TextIO | None) -> int:
    """Ask, and return the exit status: 0, 1 where no whole answer came, 2 for misuse, 130 when interrupted."""
    from app.api.exceptions import AuthenticationError, BadRequestError, OpenAIError
    from app.api.question import Misuse

    try:
        _asked(given, stdin, _writable(stdout), stderr)
    except Misuse as error:
        return _told(stderr, f"{error}", MISUSED)
    except OpenAIError as error:
        unsent = isinstance(error, AuthenticationError | BadRequestError) and error.body is None
        return _told(stderr, f"{error}", MISUSED if unsent else FAILED)
    except KeyboardInterrupt:
        return _told(stderr, "\nStopped.", INTERRUPTED)
    except BrokenPipeError:
        sys.stdout = None  # whoever read has gone: nothing is to be flushed at the end
        return FAILED
    except OSError as error:
        sys.stdout = None
        return _told(stderr, f"The answer cannot be written: {error.strerror}.", FAILED)
    return SUCCESS


def _asked(given: argparse.Namespace, stdin: TextIO | None, stdout: TextIO, stderr: TextIO | None) -> None:
    from app.api.completing import completion
    from app.api.question import question

    stream = given.stream if given.stream is not None else not given.json
    answer = completion(**question(given, stdin), stream=stream, num_retries=RETRIES)
    if given.json:
        plain = (stdout.encoding or "").lower().replace("-", "") != "utf8"
        for each in answer if stream else (answer,):
            shown = json.dumps(each.model_dump(), indent=None if stream else 2, ensure_ascii=plain)
            stdout.write(f"{shown}\n")
            stdout.flush()
    else:
        _write(answer if stream else (answer,), stdout, stderr)


def _writable(stdout: TextIO | None) -> TextIO:
    """Standard output, that takes every text: what its encoding has not is written as an escape."""
    from app.api.question import Misuse

    if stdout is None:
        raise Misuse("Standard output is closed.")
    reconfigure = getattr(stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    return stdout


def _told(stderr: TextIO | None, sentence: str, status: int) -> int:
    if stderr is not None:
        stderr.write(f"{sentence}\n")
    return status


def _write(pieces: Any, stdout: TextIO, stderr: TextIO | None) -> None:
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
    stdout.flush()
    if reason in {"length", "content_filter"}:
        why = "it reached its maximum length" if reason == "length" else "Claude refused"
        _told(stderr, f"The answer is not complete: {why}.", SUCCESS)
