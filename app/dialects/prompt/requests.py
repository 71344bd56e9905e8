"""Requests of the Text Completions API, both ways.

Source: Messages API reference, "Legacy models and Text Completions".
"""

from collections.abc import Mapping
from typing import Any

from app.dialects.json_values import check_json
from app.dialects.prompt.template import prompt_of, read_prompt
from app.dialects.prompt.template import speaks_prompt as speaks_prompt
from app.dialects.wire_request import WireRequest
from app.domain.request import Parameters, Request
from app.errors import TranslationError, UnsupportedParameter

VERSION = "2023-06-01"
_NAMED = frozenset(
    {
        *("model", "prompt", "max_tokens_to_sample", "stop_sequences", "temperature", "top_p", "top_k"),
        *("metadata", "stream"),
    }
)


def request_to_wire(request: Request, *, stream: bool) -> WireRequest:
    """Speak a request as a prompt.

    Raises:
        UnsupportedParameter: it has tools, thinking or another thing that came after this API.
        TranslationError: a block that is no text.
    """
    _check(request)
    parameters = request.parameters
    metadata = {**({} if parameters.user_id is None else {"user_id": parameters.user_id}), **parameters.metadata}
    given: dict[str, Any] = {
        "model": request.model,
        "prompt": prompt_of(request.system, request.turns, model=request.model),
        "max_tokens_to_sample": request.max_tokens,
        "stop_sequences": list(parameters.stop_sequences) or None,
        "temperature": parameters.temperature,
        "top_p": parameters.top_p,
        "top_k": parameters.top_k,
        "metadata": metadata or None,
        "stream": stream or None,
    }
    body = {name: value for name, value in given.items() if value is not None}
    headers = {"anthropic-version": VERSION, **{name.lower(): value for name, value in request.extra_headers.items()}}
    if request.betas:
        own = headers.get("anthropic-beta")
        headers["anthropic-beta"] = ",".join(dict.fromkeys([*([own] if own else []), *request.betas]))
    return WireRequest({**body, **request.extra_body}, headers)


def _check(request: Request) -> None:
    parameters = request.parameters
    later = {
        "tools": request.tools,
        "tool_choice": parameters.tool_choice,
        "thinking": parameters.thinking,
        "output_config": parameters.effort or parameters.output,
        "service_tier": parameters.service_tier,
        "cache_control": request.cache_plan.breakpoints,
    }
    for name, value in later.items():
        if value:
            raise UnsupportedParameter(f"/{name}", f"{request.model} has no {name}")


def request_from_wire(body: Any) -> tuple[Request, bool]:
    """Read a request, and whether its answer is to be streamed.

    Raises:
        TranslationError: it is none, or its prompt is not of the form that such models take.
    """
    if not isinstance(body, Mapping):
        raise TranslationError("", "not an object")
    check_json(body, "")
    for name, kind in (("model", str), ("prompt", str), ("max_tokens_to_sample", int)):
        if not isinstance(body.get(name), kind) or isinstance(body.get(name), bool):
            raise TranslationError(f"/{name}", "missing or of another type")
    system, turns = read_prompt(body["prompt"])
    metadata = body.get("metadata") or {}
    stops = body.get("stop_sequences") or ()
    if not isinstance(metadata, Mapping):
        raise TranslationError("/metadata", "not an object")
    if not isinstance(stops, list | tuple) or not all(isinstance(each, str) for each in stops):
        raise TranslationError("/stop_sequences", "not a list of strings")
    request = Request(
        model=body["model"],
        max_tokens=body["max_tokens_to_sample"],
        turns=turns,
        system=system,
        parameters=Parameters(
            temperature=body.get("temperature"),
            top_p=body.get("top_p"),
            top_k=body.get("top_k"),
            stop_sequences=tuple(stops),
            user_id=metadata.get("user_id"),
            metadata={name: value for name, value in metadata.items() if name != "user_id"},
        ),
        extra_body={name: value for name, value in body.items() if name not in _NAMED},
    )
    return request, body.get("stream") is True
