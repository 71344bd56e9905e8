"""How long the client waits before it asks again, which way it goes, and what it never repeats."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
import pytest_asyncio

from app.client.connection import Network, Timeouts
from app.client.messages import MessagesClient
from app.client.retrying import RetryPolicy
from app.domain.blocks import TextBlock
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.request import Request, Turn
from app.domain.stream import Retrying
from app.errors import ApiError, ConnectionFailed, RateLimited, TimedOut, WrongService
from tests.support.waiting import until

KEY = "sk-ant-api03-CANARY-waiting-0001"
REQUEST = Request(model="claude-sonnet-5-5", max_tokens=10, turns=(Turn("user", (TextBlock("Hi"),)),))


class Far:
    """The network's far end: says what it is told to, and counts who asks."""

    def __init__(self) -> None:
        self.answer = b""
        self.asked: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head)
        writer.write(self.answer)
        await writer.drain()
        writer.close()

    def says(self, status: int, kind: str, body: object, headers: str = "") -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(text)}\r\n{headers}\r\n"
        self.answer = head.encode() + text


@pytest_asyncio.fixture
async def far() -> AsyncIterator[Far]:
    made = Far()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made


def refusal(code: str = "") -> dict[str, object]:
    details = {"error_code": code} if code else {}
    return {"type": "error", "error": {"type": "rate_limit_error", "message": "Slow down", "details": details}}


async def ask(
    url: str, network: Network | None = None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> tuple[list[Retrying], ApiError | ConnectionFailed | None]:
    endpoint = Endpoint(Profile("x", base_url=url), Secret(KEY))
    client = MessagesClient(endpoint, network=network, policy=RetryPolicy(chance=lambda: 0.0), sleep=sleep)
    retries: list[Retrying] = []
    try:
        async with client.stream(REQUEST) as batches:
            async for batch in batches:
                retries += [event for event in batch if isinstance(event, Retrying)]
    except (ApiError, ConnectionFailed) as error:
        return retries, error
    finally:
        await client.aclose()
    return retries, None


async def at_once(_seconds: float) -> None:
    return


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ("retry-after: 7\r\n", [7.0, 7.0]),
        ("retry-after-ms: 1500\r\nretry-after: 7\r\n", [1.5, 1.5]),
        ("date: Tue, 24 Nov 2026 20:00:00 GMT\r\nretry-after: Tue, 24 Nov 2026 20:00:09 GMT\r\n", [9.0, 9.0]),
        ("retry-after: 0\r\n", [0.5, 1.0]),
        ("retry-after: soon\r\n", [0.5, 1.0]),
        ("", [0.5, 1.0]),
        ("retry-after: 3600\r\n", []),
        ("x-should-retry: false\r\n", []),
    ],
)
async def test_the_servers_word_decides_how_long_it_is_left_alone(far: Far, headers: str, waits: list[float]) -> None:
    far.says(429, "application/json", refusal(), headers)
    retries, error = await ask(far.url, sleep=at_once)
    assert isinstance(error, RateLimited)
    assert [each.wait_s for each in retries] == waits
    assert len(far.asked) == len(waits) + 1


async def test_a_limit_on_spending_is_never_asked_again(far: Far) -> None:
    far.says(429, "application/json", refusal("enforced_spend_limit_reached"), "retry-after: 1\r\n")
    retries, error = await ask(far.url, sleep=at_once)
    assert isinstance(error, RateLimited)
    assert (retries, len(far.asked)) == ([], 1)


async def test_a_refusal_that_the_server_calls_passing_is_asked_again(far: Far) -> None:
    far.says(400, "application/json", refusal(), "x-should-retry: true\r\n")
    retries, _ = await ask(far.url, sleep=at_once)
    assert (len(retries), len(far.asked)) == (2, 3)


@pytest.mark.parametrize("way", ["setting", "environment"])
async def test_what_stays_on_this_machine_goes_through_no_proxy(
    far: Far, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    proxy = Far()
    far.says(429, "application/json", refusal(), "x-should-retry: false\r\n")
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        if way == "environment":
            monkeypatch.setenv("HTTP_PROXY", address)
            monkeypatch.setenv("http_proxy", address)
        await ask(far.url, Network(proxy=address) if way == "setting" else None)
    assert len(far.asked) == 1
    assert proxy.asked == []


async def test_an_error_inside_a_stream_does_not_repeat_the_key(far: Far) -> None:
    event = {"type": "error", "error": {"type": "api_error", "message": f"bad {KEY}", "details": {"sent": KEY}}}
    far.says(200, "text/event-stream", f"event: error\ndata: {json.dumps(event)}\n\n".encode())
    _, error = await ask(far.url)
    assert isinstance(error, ApiError)
    assert "bad …0001" in error.message
    assert KEY not in repr(error)


NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
EMPTY = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("said", "answer"), [(NO_CONTENT, "nothing"), (EMPTY, "nothing"), (b"* OK IMAP4\r\n\r\n", "no HTTP")]
)
async def test_what_is_no_answer_at_all_is_named_and_not_asked_again(far: Far, said: bytes, answer: str) -> None:
    far.answer = said
    _, error = await ask(far.url)
    assert isinstance(error, WrongService)
    assert (error.answer, len(far.asked)) == (answer, 1)


async def test_a_greeting_of_another_kind_of_server_reads_as_no_answer(far: Far) -> None:
    far.answer = b"SSH-2.0-OpenSSH_9.9\r\n"
    _, error = await ask(far.url, sleep=at_once)
    assert isinstance(error, ConnectionFailed)
    assert error.reason == "closed without an answer"


async def test_a_redirect_is_named_without_what_could_be_secret(far: Far) -> None:
    far.says(307, "text/plain", b"", f"location: https://me:pw@other.example:8443/v1?key={KEY}\r\n")
    _, error = await ask(far.url)
    assert isinstance(error, WrongService)
    assert error.target == "https://other.example:8443/v1"
    assert len(far.asked) == 1


class Slow(Far):
    """A far end that takes the request's body only when it may, and answers only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_read, self.may_answer = asyncio.Event(), asyncio.Event()
        self.came = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.came.set()
        await self.may_read.wait()
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        await reader.readexactly(length)
        await self.may_answer.wait()
        writer.write(self.answer)
        await writer.drain()
        writer.close()


WHOLE = {"type": "message", "id": "msg_1", "role": "assistant", "model": "m", "stop_reason": "end_turn",
         "content": [{"type": "text", "text": "Hi"}], "usage": {"input_tokens": 1, "output_tokens": 1}}  # fmt: skip


@pytest.mark.parametrize("streams", [False, True])
async def test_the_limit_for_an_answer_begins_when_the_request_is_sent(streams: bool) -> None:
    slow = Slow()
    slow.says(200, "application/json", WHOLE)
    large = replace(REQUEST, turns=(Turn("user", (TextBlock("word " * 4_000_000),)),))
    limits = Timeouts(first_byte_s=0.05 if streams else 0.01, whole_s=60 if not streams else 0.01)
    async with await asyncio.start_server(slow.serve, "127.0.0.1", 0, limit=2**16) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = MessagesClient(Endpoint(Profile("x", base_url=url), Secret(KEY)), timeouts=limits)
        asking = asyncio.ensure_future(_whole(client, large) if streams else client.send(large))
        await slow.came.wait()
        begun = time.monotonic()
        await until(lambda: time.monotonic() > begun + 2 * 0.05)  # either limit is over, the body still on its way
        assert not asking.done()
        slow.may_read.set()
        if streams:
            with pytest.raises(TimedOut) as raised:
                await asking
            assert raised.value.phase == "first byte"
        else:
            slow.may_answer.set()
            answer = await asking
            assert answer is not None
            assert answer.complete
        slow.may_answer.set()
        await client.aclose()


async def _whole(client: MessagesClient, request: Request) -> None:
    async with client.stream(request) as batches:
        async for _ in batches:
            pass
