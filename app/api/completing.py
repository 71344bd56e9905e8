"""What `completion` and `acompletion` do: one question to a Claude model, in OpenAI's shapes."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from app.api.arguments import Call, call_of
from app.api.exceptions import raised
from app.api.models import cost_of
from app.api.objects import ModelResponse
from app.api.pools import POOLS
from app.api.streaming import AsyncCompletionStream, CompletionStream
from app.client.blocking import BlockingClient
from app.client.connection import Timeouts
from app.client.exchange import Answer
from app.client.retrying import RetryPolicy
from app.dialects.openai.chunks import ChunkSpeaker
from app.dialects.openai.responses import reply_to_wire
from app.domain.thoughts import is_stale_signature, without_thinking
from app.errors import DuologueError, InvalidRequest


def completion(model: str, messages: Any = None, **arguments: Any) -> Any:
    """See `app.api.door`."""
    try:
        call = call_of({"model": model, "messages": messages, **arguments})
        client = BlockingClient(
            call.endpoint, POOLS.blocking(call.endpoint), timeouts=_timeouts(call), policy=_policy(call)
        )
        if call.stream:
            return _resent(call, lambda each: CompletionStream(client.stream(each.request), _speaker(each), model))
        return _response(call, _resent(call, lambda each: client.ask(each.request)), model)
    except DuologueError as error:
        raise raised(error, model) from error


async def acompletion(model: str, messages: Any = None, **arguments: Any) -> Any:
    """See `app.api.door`."""
    from app.client.messages import MessagesClient

    try:
        call = call_of({"model": model, "messages": messages, **arguments})
        http = await POOLS.asynchronous(call.endpoint)
        client = MessagesClient(call.endpoint, http=http, timeouts=_timeouts(call), policy=_policy(call))
        if call.stream:
            return await _resent_later(
                call, lambda each: AsyncCompletionStream.opened(client.stream(each.request), _speaker(each), model)
            )
        return _response(call, await _resent_later(call, lambda each: client.ask(each.request)), model)
    except DuologueError as error:
        raise raised(error, model) from error


def _resent(call: Call, ask: Callable[[Call], Any]) -> Any:
    """Ask; once more without any thinking where the API refused what was signed for another prefix."""
    try:
        return ask(call)
    except InvalidRequest as error:
        if not is_stale_signature(error):
            raise
        return ask(replace(call, request=without_thinking(call.request)))


async def _resent_later(call: Call, ask: Callable[[Call], Awaitable[Any]]) -> Any:
    try:
        return await ask(call)
    except InvalidRequest as error:
        if not is_stale_signature(error):
            raise
        return await ask(replace(call, request=without_thinking(call.request)))


def _timeouts(call: Call) -> Timeouts:
    return Timeouts(
        connect_s=call.connect_s, first_byte_s=call.timeout_s, whole_s=call.timeout_s, between_bytes_s=call.timeout_s
    )


def _policy(call: Call) -> RetryPolicy:
    return RetryPolicy(tries=call.tries)


def _speaker(call: Call) -> ChunkSpeaker:
    return ChunkSpeaker(id=call.id, created=int(time.time()), style=call.style)


def _response(call: Call, answer: Answer, model: str) -> ModelResponse:
    wire = reply_to_wire(answer.reply, id=call.id, created=int(time.time()), style=call.style)
    response = ModelResponse(wire)
    response._response_headers = answer.headers
    response._hidden_params = {
        "custom_llm_provider": "anthropic",
        "model": model,
        "response_cost": cost_of(answer.reply.model or call.request.model, answer.reply.usage),
        "additional_headers": headers_told(answer.headers),
        "dropped_params": list(call.dropped),
    }
    return response


def headers_told(headers: Mapping[str, str]) -> dict[str, str]:
    """Rate limits under OpenAI's names, and every header under LiteLLM's prefix."""
    told = {f"llm_provider-{name}": value for name, value in headers.items()}
    for kind in ("requests", "tokens"):
        for what in ("limit", "remaining", "reset"):
            value = headers.get(f"anthropic-ratelimit-{kind}-{what}")
            if value is not None:
                told[f"x-ratelimit-{what}-{kind}"] = value
    return told
