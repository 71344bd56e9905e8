"""The plain parameters of a chat-completions request.

Source: OpenAI API reference, "Create chat completion"; what becomes of each with Claude: LiteLLM's documentation.
"""

import re
from collections.abc import Mapping
from typing import Any

from app.dialects.json_values import MAX_INTEGER, check_json
from app.dialects.openai.reading import Wire
from app.errors import TranslationError, UnsupportedParameter

UNSUPPORTED: Mapping[str, tuple[Any, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "seed": (),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "prediction": (),
    "audio": (),
    "modalities": (["text"],),
    "store": (False,),
    "verbosity": ("medium",),
    "moderation": (),
    "safety_identifier": (),
    "prompt_cache_key": (),
    "prompt_cache_options": (),
    "prompt_cache_retention": (),
}
"""What Claude has nothing like → the values that ask for nothing, and are therefore no reason to refuse."""
TIERS = {"auto": "auto", "default": "standard_only", "standard_only": "standard_only"}
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+?[\d\s().-]{7,}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"})
"""Headers that say where a body ends and whose connection it is: a caller's would break both."""
COMPACTION = "compact_20260112"


def check_supported(body: Wire, *, drop: bool, forward: frozenset[str]) -> tuple[str, ...]:
    """The names of parameters that have to be dropped.

    Raises:
        UnsupportedParameter: there are some, and they are not to be dropped.
    """
    found = tuple(
        name
        for name, harmless in UNSUPPORTED.items()
        if body.get(name) is not None and body[name] not in harmless and name not in forward
    )
    if found and not drop:
        raise UnsupportedParameter(f"/{found[0]}", f"Claude has no {found[0]}")
    return found


def max_tokens_of(body: Wire) -> int | None:
    """`max_completion_tokens`, else `max_tokens`; a float is rounded, for some clients send one."""
    for name in ("max_completion_tokens", "max_tokens"):
        value = body.get(name)
        if value is not None:
            number = number_of(body, name)
            assert number is not None
            if number < 0:
                raise TranslationError(f"/{name}", "less than none")
            return number if isinstance(number, int) else max(1, round(number))
    return None


def number_of(body: Wire, name: str, where: str = "") -> int | float | None:
    """A number, or None where it is absent."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise TranslationError(f"{where}/{name}", "not a number")
    if abs(value) > MAX_INTEGER:
        raise TranslationError(f"{where}/{name}", "a number that is too large")
    return value


def whole_of(body: Wire, name: str, where: str = "") -> int | None:
    number = number_of(body, name, where)
    if number is not None and number != int(number):
        raise TranslationError(f"{where}/{name}", "not a whole number")
    return None if number is None else int(number)


def flag_of(body: Wire, name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise TranslationError(f"/{name}", "neither true nor false")
    return bool(value)


def temperature_of(body: Wire) -> float | None:
    """OpenAI's scale ends at 2, the Messages API's at 1: what is above it is as random as Claude gets."""
    value = number_of(body, "temperature")
    if value is not None and value < 0:
        raise TranslationError("/temperature", "less than 0")
    return None if value is None else min(value, 1)


def stops_of(body: Wire, *, drop: bool) -> tuple[str, ...]:
    """`stop` as `stop_sequences`. The API refuses one of white space alone: an error, or left out with `drop`."""
    value = body.get("stop")
    if value is None:
        return ()
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise TranslationError("/stop", "neither a string nor a list of strings")
    blank = next((at for at, each in enumerate(given) if not each.strip()), None)
    if blank is not None and not drop:
        where = "/stop" if isinstance(value, str) else f"/stop/{blank}"
        raise TranslationError(where, "white space alone, which Claude does not stop at")
    return tuple(each for each in given if each.strip())


def user_of(body: Wire) -> tuple[str | None, tuple[str, ...]]:
    """`user`, else `metadata.user_id`, and what of the two was dropped.

    An address or a phone number is not sent: the API asks for an opaque id. The other entries of OpenAI's `metadata`
    are labels for its own archive.
    """
    metadata = body.get("metadata")
    if metadata is not None and not isinstance(metadata, Mapping):
        raise TranslationError("/metadata", "not an object")
    value = body.get("user")
    name = "user"
    if value is None and metadata is not None and metadata.get("user_id") is not None:
        value, name = metadata["user_id"], "metadata"
    if value is not None and not isinstance(value, str):
        raise TranslationError(f"/{name}", "not a string")
    dropped = ("metadata",) if metadata and set(metadata) - {"user_id"} else ()
    if value is not None and (_EMAIL.fullmatch(value.strip()) or _PHONE.fullmatch(value.strip())):
        return None, (*dropped, name)
    return value, dropped


def tier_of(body: Wire, *, drop: bool) -> tuple[str | None, tuple[str, ...]]:
    """`service_tier`, and whether it was dropped."""
    value = body.get("service_tier")
    if value is None:
        return None, ()
    if isinstance(value, str) and value in TIERS:
        return TIERS[value], ()
    if drop:
        return None, ("service_tier",)
    raise UnsupportedParameter("/service_tier", "Claude has the tiers auto and standard_only")


def management_of(value: Any) -> Any:
    """`context_management`: the Messages API's object as it is, OpenAI's list as a compaction edit."""
    check_json(value, "/context_management")
    if not isinstance(value, list):
        return value
    edits: list[dict[str, Any]] = []
    for at, each in enumerate(value):
        if not isinstance(each, Mapping) or each.get("type") != "compaction":
            raise TranslationError(f"/context_management/{at}", "not a compaction")
        edit: dict[str, Any] = {"type": COMPACTION}
        if each.get("compact_threshold") is not None:
            threshold = whole_of(each, "compact_threshold", f"/context_management/{at}")
            edit["trigger"] = {"type": "input_tokens", "value": threshold}
        edits.append(edit)
    return {"edits": edits}


def headers_of(body: Wire) -> dict[str, str]:
    """`headers` and `extra_headers`, arguments of the SDKs and not of the wire; the latter win."""
    found: dict[str, str] = {}
    for name in ("headers", "extra_headers"):
        given = body.get(name) or {}
        if not isinstance(given, Mapping) or not all(isinstance(each, str) for pair in given.items() for each in pair):
            raise TranslationError(f"/{name}", "not an object of strings")
        for each, value in given.items():
            _check_header(each, value, f"/{name}/{each}")
            found[each] = value.strip()
    return found


def _check_header(name: str, value: str, where: str) -> None:
    if name.lower() in _FRAMING:
        raise TranslationError(where, "a header that belongs to the connection")
    if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
        raise TranslationError(where, "not a header: it has a character that no header can have")


def betas_of(body: Wire) -> tuple[str, ...]:
    value = body.get("betas")
    given = value.split(",") if isinstance(value, str) else value or ()
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise TranslationError("/betas", "not a list of strings")
    return tuple(each.strip() for each in given if each.strip())
