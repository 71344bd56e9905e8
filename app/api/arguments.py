"""From the arguments of `completion` to a request, where it goes and how the answer is to be spoken.

Source: LiteLLM, "completion", input parameters; the environment variables of both.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from app.api.models import entry_of, model_name
from app.api.plain import plain, response_format
from app.dialects.openai.requests import Asked, request_from_wire
from app.dialects.openai.style import ReplyStyle
from app.domain.capabilities import Misfit, fitted, misfits
from app.domain.connection import ANTHROPIC_URL, Endpoint, Profile, Secret
from app.domain.models import ModelEntry
from app.domain.request import Request
from app.errors import KeyMissing, TranslationError, UnsupportedParameter
from app.immutable import immutable

TIMEOUT_S = 600.0
CONNECT_S = 10.0
LONGEST_S = 30 * 24 * 3600.0
"""What is longer is as good as for ever, and more than sockets take."""
OAUTH_BETA = "oauth-2025-04-20"
OWN = frozenset(
    {
        *("api_key", "api_base", "base_url", "timeout", "request_timeout", "num_retries", "max_retries"),
        *("drop_params", "modify_params", "additional_drop_params", "allowed_openai_params"),
        *("custom_llm_provider", "stream_timeout"),
    }
)
"""What is for us and not for the API."""
IGNORED = frozenset(
    {
        *("verbose", "logger_fn", "litellm_call_id", "litellm_logging_obj", "litellm_params", "litellm_metadata"),
        *("id", "organization", "deployment_id", "api_version", "model_info", "tags", "proxy_server_request"),
        *("no-log", "cooldown_time", "input_cost_per_token", "output_cost_per_token", "shared_session"),
        *("supports_system_message", "hf_model_name", "custom_prompt_dict", "roles", "region_name"),
        *("rpm", "tpm", "max_parallel_requests", "max_budget", "budget_duration", "base_model", "order", "weight"),
        *("no_log", "turn_off_message_logging", "max_fallbacks", "ssl_verify", "acompletion", "text_completion"),
        *("user_continue_message", "assistant_continue_message", "ensure_alternating_roles"),
    }
)
"""LiteLLM's own bookkeeping: it changes nothing of an answer. Turns alternate and certificates are verified anyway."""
_BOOKKEEPING = re.compile(r"litellm_.+|(langfuse|langsmith)_.+|(input|output|cache_\w+)_cost(_per_.+|_above_.+)?")
REFUSED = frozenset(
    {
        *("fallbacks", "context_window_fallback_dict", "model_list", "mock_response", "caching", "cache"),
        *("callbacks", "success_callback", "failure_callback", "guardrails", "prompt_id", "client", "mock_timeout"),
        *("merge_reasoning_content_in_choices",),
    }
)
"""What LiteLLM does around a call and Duologue does not: to ignore it would be to lie."""
_LEFT_OUT = OWN | IGNORED | REFUSED


@immutable
class Call:
    """All that one call is."""

    request: Request
    style: ReplyStyle
    endpoint: Endpoint
    stream: bool
    timeout_s: float
    connect_s: float
    tries: int
    id: str
    dropped: tuple[str, ...]
    """Names of the parameters that were left out, by `drop_params`."""


def call_of(given: Mapping[str, Any]) -> Call:
    """Read the arguments.

    Raises:
        TranslationError, UnsupportedParameter: they cannot be said to Claude, or to this model.
        KeyMissing: nothing to sign with.
    """
    named = {name: value for name, value in given.items() if value is not None}
    model = model_name(named.get("model"), named.get("custom_llm_provider"))
    entry = entry_of(model)
    drop = bool(named.get("drop_params"))
    asked = _asked(_body(named, model, drop), named, entry, drop)
    found = misfits(asked.request, entry)
    _refuse(found, drop)
    request = fitted(asked.request, found)
    endpoint, oauth = _endpoint(named, request)
    if oauth:
        request = replace(request, betas=(*request.betas, OAUTH_BETA))
    timeout_s, connect_s = _timeouts(named)
    return Call(
        request=request,
        style=asked.style,
        endpoint=endpoint,
        stream=asked.stream,
        timeout_s=timeout_s,
        connect_s=connect_s,
        tries=_retries(named) + 1,
        id=f"chatcmpl-{uuid4()}",
        dropped=(*asked.dropped, *(each.name for each in found if not each.harmless)),
    )


def _asked(body: dict[str, Any], named: Mapping[str, Any], entry: ModelEntry | None, drop: bool) -> Asked:
    """The request. Objects inside of what was given are looked for only where it is not JSON as it stands."""
    modify, forward = bool(named.get("modify_params")), _names(named, "allowed_openai_params")
    try:
        return request_from_wire(body, entry=entry, drop_params=drop, modify_params=modify, forward=forward)
    except TranslationError:
        found = plain(body)
        if found is body:
            raise
        return request_from_wire(found, entry=entry, drop_params=drop, modify_params=modify, forward=forward)


def _names(named: Mapping[str, Any], argument: str) -> list[str]:
    given = named.get(argument, ())
    if not isinstance(given, list | tuple | set | frozenset) or not all(isinstance(each, str) for each in given):
        raise TranslationError(f"/{argument}", "not a list of names")
    return list(given)


def _body(named: Mapping[str, Any], model: str, drop: bool) -> dict[str, Any]:
    """What is for the dialect. What is named in `additional_drop_params` is not."""
    dropped = _names(named, "additional_drop_params")
    for name in sorted((REFUSED & named.keys()) - set(dropped)):
        if named[name] and not drop:
            raise UnsupportedParameter(f"/{name}", "Duologue does not do that around a call")
    body = {
        name: value
        for name, value in named.items()
        if name not in _LEFT_OUT and name not in dropped and not _BOOKKEEPING.fullmatch(name)
    }
    if "response_format" in body:
        body["response_format"] = response_format(body["response_format"])
    return {**body, "model": model, "messages": named.get("messages")}


def _refuse(found: tuple[Misfit, ...], drop: bool) -> None:
    """Raise for what the model refuses, unless what it refuses is to be left out.

    A message is no parameter: dropping parameters never drops one.
    """
    for each in found:
        if not each.harmless and (not drop or each.name == "messages"):
            kind = TranslationError if each.name == "messages" else UnsupportedParameter
            raise kind(each.where, each.reason)


def _endpoint(named: Mapping[str, Any], request: Request) -> tuple[Endpoint, bool]:
    """Where to, with which key, and whether that is an OAuth token. The environment is read at every call."""
    base = named.get("api_base") or named.get("base_url") or _env("ANTHROPIC_API_BASE") or _env("ANTHROPIC_BASE_URL")
    url = _address(base or ANTHROPIC_URL)
    key = _key(named) or _env("ANTHROPIC_API_KEY")
    token = "" if key else _env("ANTHROPIC_AUTH_TOKEN")
    if key or token:
        oauth = key.startswith("sk-ant-oat")
        profile = Profile("api", base_url=url, auth="bearer" if oauth or token else "x-api-key")
        return Endpoint(profile, Secret(key or token)), oauth
    if {"x-api-key", "authorization"} & {name.lower() for name in request.extra_headers}:
        return Endpoint(Profile("api", base_url=url), None), False
    raise KeyMissing("api")


def _address(given: Any) -> str:
    """The service's address, with its scheme in small letters."""
    try:
        parts = urlsplit(given.strip() if isinstance(given, str) else "")
        host, _ = parts.hostname or "", parts.port
        if not host.isascii():
            host.encode("idna")
    except ValueError as error:  # a UnicodeError is one too
        raise TranslationError("/api_base", "not an address") from error
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise TranslationError("/api_base", "not an http or https address of a service")
    return parts.geturl()


def _key(named: Mapping[str, Any]) -> str:
    given = named.get("api_key", "")
    if not isinstance(given, str):
        raise TranslationError("/api_key", "not a string")
    return given.strip()


def _env(name: str) -> str:
    return os.environ.get(name, "").strip()


def _timeouts(named: Mapping[str, Any]) -> tuple[float, float]:
    """Seconds for an answer, and for a connection. Also takes an `httpx.Timeout`."""
    given = named.get("timeout", named.get("request_timeout", TIMEOUT_S))
    read = getattr(given, "read", given)
    connect = getattr(given, "connect", None)
    seconds = TIMEOUT_S if read is None else _seconds(read)
    return seconds, min(seconds, CONNECT_S) if connect is None else _seconds(connect)


def _seconds(given: Any) -> float:
    try:
        seconds = float(given)
    except (TypeError, ValueError, OverflowError):
        raise TranslationError("/timeout", "not a number of seconds") from None
    if not 0 < seconds < float("inf"):
        raise TranslationError("/timeout", "not a positive number of seconds")
    return min(seconds, LONGEST_S)


def _retries(named: Mapping[str, Any]) -> int:
    given = named.get("num_retries", named.get("max_retries", 0))
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise TranslationError("/num_retries", "not a number of retries")
    return given
