"""Scripted faults: what the simulator is to do wrong, said in the prompt or in the model's name.

In the newest user message:  [[sim: WORDS]]        e.g.  [[sim: 529 times=2]]  [[sim: cut after=20]]
In the model's name:         MODEL+WORD[+WORD…]    e.g.  claude-sonnet-5-5+429+retry-after=3

    400 401 402 403 404 413 429 500 504 529        answer with that error
    retry-after=SECONDS                            …and ask for this pause
    times=N                                        only the first N times that this prompt comes, then answer well
    error                                          an overloaded_error inside the stream
    stall                                          stop sending, keep the connection open
    cut                                            close the connection without an end
    refusal  pause_turn  max_tokens                end the answer with that stop_reason
    after=N                                        do it after N deltas (10)
    rate=N                                         deltas a second (the simulator's own rate)
    long                                           a long answer
    think                                          think first
"""

import re
from dataclasses import field

from app.immutable import immutable

STATUSES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
STOPS = frozenset({"refusal", "pause_turn", "max_tokens"})
BREAKS = frozenset({"error", "stall", "cut"})
_SCRIPT = re.compile(r"\[\[sim:([^\]]*)\]\]")


@immutable
class Script:
    """What was asked for; the default asks for nothing."""

    status: int | None = None
    retry_after: float | None = None
    times: int | None = None
    stop_reason: str | None = None
    break_by: str | None = None
    after: int = 10
    rate: float | None = None
    long: bool = False
    think: bool = False
    unknown: tuple[str, ...] = field(default=())


def script_of(prompt: str, model: str) -> Script:
    """Read the script from the prompt and the model's name."""
    words = [word for found in _SCRIPT.findall(prompt) for word in found.replace(",", " ").split()]
    return _script([*words, *model.split("+")[1:]])


def without_script(prompt: str) -> str:
    return _SCRIPT.sub("", prompt).strip()


def _script(words: list[str]) -> Script:
    given: dict[str, object] = {}
    unknown: list[str] = []
    for word in words:
        name, _, value = word.partition("=")
        if word.isdigit() and int(word) in STATUSES:
            given["status"] = int(word)
        elif word in STOPS:
            given["stop_reason"] = word
        elif word in BREAKS:
            given["break_by"] = word
        elif word in {"long", "think"}:
            given[word] = True
        elif name in {"retry-after", "times", "after", "rate"} and re.fullmatch(r"\d+(\.\d+)?", value):
            given[name.replace("-", "_")] = float(value) if name in {"retry-after", "rate"} else int(float(value))
        else:
            unknown.append(word)
    return Script(**given, unknown=tuple(unknown))  # type: ignore[arg-type]  # the names above are the fields
