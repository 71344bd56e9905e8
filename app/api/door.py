"""`completion` and `acompletion`. What they need (dialects, HTTP, the catalogue) is imported at the first call."""

from typing import Any


def completion(model: str, messages: Any = None, **arguments: Any) -> Any:
    """Ask a Claude model, and wait for its answer.

    Takes what OpenAI's `chat.completions.create` and LiteLLM's `completion` take: `temperature`, `max_tokens`, `tools`,
    `tool_choice`, `response_format`, `reasoning_effort`, `thinking`, `stop`, `user`, `extra_headers`, `extra_body`, …;
    an argument that has no name here is forwarded. Of these calls themselves:

    Args:
        model: `claude-…` or `anthropic/claude-…`.
        messages: dicts, or the message objects of earlier answers.
        stream: give a `CompletionStream` of chunks; otherwise a `ModelResponse`.
        api_key: else ANTHROPIC_API_KEY, read at every call.
        api_base, base_url: else ANTHROPIC_API_BASE, ANTHROPIC_BASE_URL, `https://api.anthropic.com`.
        timeout: seconds without a byte after which it is given up, or an `httpx.Timeout`; 600.
        num_retries: further attempts after a failure that may pass, before anything of an answer has come; 0.
        drop_params: leave out what Claude or this model refuses, instead of raising.
        additional_drop_params: names to leave out in any case.
        modify_params: mend a history that the API would refuse.

    Raises:
        app.OpenAIError: one of its subclasses, `app.api.exceptions`.
    """
    from app.api.completing import completion as ask

    return ask(model, messages, **arguments)


async def acompletion(model: str, messages: Any = None, **arguments: Any) -> Any:
    """As `completion`, for an event loop: awaited; a stream is an `AsyncCompletionStream`."""
    from app.api.completing import acompletion as ask

    return await ask(model, messages, **arguments)
