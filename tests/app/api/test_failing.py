"""Answers that are none, or half of one, and what of an exception can be kept."""

import asyncio
import pickle
from typing import Any

import pytest

import app
from app import acompletion
from tests.app.api.test_completing import HELLO, MODEL, ask, error
from tests.support.recorder import Recorder, message


def heard(answer: Any) -> None:
    """To its end: what was asked of a stream is told while it is read."""
    list(answer)


async def heard_later(answer: Any) -> None:
    if hasattr(answer, "__aiter__"):
        async for _ in answer:
            pass


ANSWERS_THAT_ARE_NONE: list[Any] = [
    {},
    [1],
    {**message(), "content": 5},
    {**message(), "content": [5]},
    message({"type": "tool_use", "id": "t", "name": "f", "input": 5}),
]


@pytest.mark.parametrize("answer", ANSWERS_THAT_ARE_NONE)
@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_that_is_none_is_not_the_callers_fault(api: Recorder, answer: Any, stream: bool) -> None:
    api.says(answer)
    with pytest.raises(app.APIResponseValidationError):
        heard(ask(stream=stream))
    with pytest.raises(app.APIResponseValidationError):
        await heard_later(await acompletion(MODEL, HELLO, stream=stream))


@pytest.mark.parametrize("stream", [False, True])
def test_an_error_with_the_status_of_an_answer(api: Recorder, stream: bool) -> None:
    api.says(error(429, "rate_limit_error", "slower")[1])
    with pytest.raises(app.RateLimitError, match="slower"):
        heard(ask(stream=stream))


async def test_half_an_answer_is_no_timeout() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}]}]}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
        writer.close()

    async with await asyncio.start_server(half, "127.0.0.1", 0) as server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(app.APIConnectionError, match="broke") as caught:
            await acompletion(MODEL, HELLO, api_base=base, api_key="sk-ant-test-key-0001")
    assert not isinstance(caught.value, app.Timeout)


@pytest.mark.parametrize("stream", [False, True])
def test_an_exception_can_be_sent_to_another_process(api: Recorder, stream: bool) -> None:
    api.says(error(429, "rate_limit_error", "slower"))
    with pytest.raises(app.RateLimitError) as caught:
        ask(stream=stream)
    made = pickle.loads(pickle.dumps(caught.value))
    assert (str(made), made.status_code, made.request_id, made.body) == (
        str(caught.value),
        429,
        "req_7",
        caught.value.body,
    )
