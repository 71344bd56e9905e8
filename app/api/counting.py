"""Tokens and costs."""

import json
from collections.abc import Mapping
from typing import Any

from app.api.exceptions import BadRequestError, raised
from app.api.models import cost_of, model_name
from app.api.plain import plain
from app.dialects.openai.usage import usage_from_wire
from app.domain.usage import TokenUsage
from app.errors import TranslationError

BYTES_A_TOKEN = 3.5
"""Of English and code, in Claude's tokenizers; measured by others, and meant as an estimate."""
PER_MESSAGE = 4
PER_PICTURE = 1600
"""The most that a picture costs at the size to which older models shrink it."""
PER_TOOLS = 300
"""What the API's own words about tools cost, about."""


def token_counter(
    model: str = "",
    text: str | list[str] | None = None,
    messages: Any = None,
    tools: Any = None,
    **_bookkeeping: Any,
) -> int:
    """Estimate how many tokens a prompt is, on this machine and without asking anyone.

    Claude's tokenizers are not public: this is right to a tenth or two for prose. `count_tokens` of the API is exact.

    Raises:
        BadRequestError: the text is none, or the messages are no list.
    """
    try:
        given, told = _texts(text), plain(_listed(messages))
    except TranslationError as error:
        raise raised(error, model) from error
    total = _tokens("".join(given))
    for each in told:
        total += PER_MESSAGE + _value_tokens(each)
    if tools:
        total += PER_TOOLS + _tokens(json.dumps(tools, ensure_ascii=False, default=str))
    return total


def completion_cost(
    completion_response: Any = None,
    model: str | None = None,
    prompt: str = "",
    messages: Any = None,
    completion: str = "",
    **_bookkeeping: Any,
) -> float:
    """What an answer cost, in USD, by the catalogue's prices; from texts, an estimate.

    Raises:
        BadRequestError: the model, or a price that is needed, is not known; or what was given is no answer.
    """
    name = model or ""
    try:
        response = _answer(completion_response)
        name = name or response.get("model") or ""
        usage = _usage(response, prompt, messages, completion)
        cost = cost_of(model_name(name), usage)
    except TranslationError as error:
        raise raised(error, name) from error
    if cost is None:
        raise BadRequestError(f"There is no price for {name or 'a model without a name'}.", name)
    return cost


def _answer(given: Any) -> Mapping[str, Any]:
    """The answer as JSON: one of ours, of another library, or a dict."""
    found = plain(given or {})
    if not isinstance(found, Mapping):
        raise TranslationError("/completion_response", "not an answer")
    return found


def _listed(messages: Any) -> list[Any]:
    if not isinstance(messages, list | tuple | None):
        raise TranslationError("/messages", "not a list")
    return list(messages or ())


def _texts(given: Any) -> list[str]:
    texts = [given] if isinstance(given, str) else given or ()
    if not isinstance(texts, list | tuple) or not all(isinstance(each, str) for each in texts):
        raise TranslationError("/text", "neither a string nor a list of strings")
    return list(texts)


def _usage(response: Mapping[str, Any], prompt: str, messages: Any, completion: str) -> TokenUsage:
    if response.get("usage"):
        return usage_from_wire(response["usage"])
    told = token_counter(text=prompt, messages=messages)
    return TokenUsage(input_tokens=told, output_tokens=token_counter(text=completion))


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "surrogatepass")) * 2 // int(BYTES_A_TOKEN * 2))


def _value_tokens(value: Any) -> int:
    """Of a message or a part of one: its texts; names and structure are in the message's own few."""
    if isinstance(value, str):
        return _tokens(value)
    if isinstance(value, list | tuple):
        return sum(_value_tokens(each) for each in value)
    if not isinstance(value, dict):
        return 0
    if value.get("type") in {"image_url", "image"}:
        return PER_PICTURE
    skipped = {"role", "type", "cache_control", "id", "tool_call_id", "index", "provider_specific_fields", "signature"}
    return sum(_value_tokens(each) for name, each in value.items() if name not in skipped)
