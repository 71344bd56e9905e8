"""The client against a Messages API that misbehaves: what is kept, what is raised, how often it asks."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.client.connection import Timeouts
from app.client.messages import MessagesClient
from app.client.retrying import RetryPolicy
from app.domain.blocks import TextBlock
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.request import Request, Turn
from app.domain.stream import Accumulator, Reply, Retrying
from app.errors import (
    ApiError,
    AuthenticationFailed,
    ConnectionFailed,
    DuologueError,
    LimitExceeded,
    NotFound,
    Overloaded,
    StreamBroken,
    TimedOut,
    WrongService,
)
from app.services.identity import new_id

pytestmark = pytest.mark.shared
KEY = "sk-ant-api03-CANARYCANARYCANARY"
TEXT = "Grüße, 世界! Family: 👨\u200d👩\u200d👧\u200d👦. Math: ∑ x². Arabic: مرحبا. Combining: e\u0301. End."


@pytest.fixture(scope="module")
def server(shared: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, str(shared / "hostile" / "http" / "fault_server.py"), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = next(each for each in process.stdout if each.startswith("LISTENING"))
    yield line.split()[1]
    process.kill()
    process.wait()
    process.stdout.close()


class Asked:
    """One request to one mode, with everything that came of it."""

    def __init__(self) -> None:
        self.reply = Reply((), complete=False)
        self.error: DuologueError | None = None
        self.retries: list[Retrying] = []

    @property
    def text(self) -> str:
        return "".join(block.text for block in self.reply.blocks if isinstance(block, TextBlock))


async def ask(server: str, mode: str, session: str = "") -> Asked:
    async def no_wait(_seconds: float) -> None:
        return

    profile = Profile("test", base_url=f"{server}/fault/{mode}", extra_headers={"x-fault-session": session or new_id()})
    client = MessagesClient(
        Endpoint(profile, Secret(KEY)),
        timeouts=Timeouts(connect_s=2, first_byte_s=1.5, between_bytes_s=1),
        policy=RetryPolicy(chance=lambda: 0.0),
        sleep=no_wait,
    )
    asked, accumulator = Asked(), Accumulator()
    request = Request(model="claude-sonnet-5-5", max_tokens=100, turns=(Turn("user", (TextBlock("hello"),)),))
    try:
        async with client.stream(request) as batches:
            async for batch in batches:
                for event in batch:
                    accumulator.add(event)
                    if isinstance(event, Retrying):
                        asked.retries.append(event)
    except DuologueError as error:
        asked.error = error
    finally:
        await client.aclose()
    asked.reply = accumulator.reply()
    return asked


GOOD = [
    *(
        "ok",
        "ok-http10",
        "ok-random-chunks",
        "ok-cr",
        "ok-bom",
        "ok-comments",
        "ok-no-event-name",
        "ok-gzip",
        "ok-json",
    ),
    *("ok-100continue", "ping-between", "no-block-stop", "after-stop", "usage-missing"),
]


@pytest.mark.parametrize("mode", GOOD)
async def test_odd_but_legal_answers_are_whole(server: str, mode: str) -> None:
    asked = await ask(server, mode)
    assert asked.error is None
    assert asked.text == TEXT
    assert asked.reply.complete


KEPT = {
    "cut": "Grüße, ",
    "cut-eof": "Grüße, ",
    "stall": "Grüße, 世界! Family: ",
    "bad-utf8": "Grüße, 世界! Fam",
    "bigint-json": TEXT,
    "error-mid": "Grüße, 世界! Family: ",
    "length-short": TEXT,
    "no-message-start": TEXT,
}
"""How much of the text had come, at the least, when the answer broke."""


@pytest.mark.parametrize("mode", KEPT)
async def test_broken_answers_keep_what_came(server: str, mode: str) -> None:
    asked = await ask(server, mode)
    assert isinstance(asked.error, StreamBroken | ApiError)
    assert asked.retries == []
    assert TEXT.startswith(asked.text)
    assert len(asked.text) >= len(KEPT[mode])


async def test_a_delta_of_another_kind_is_not_shown_as_text(server: str) -> None:
    asked = await ask(server, "wrong-delta-kind")
    assert "partial_json" not in asked.text
    assert asked.text


BOUNDED = [("huge-line@20", LimitExceeded), ("stall-headers", TimedOut), ("slow-loris@0.4", TimedOut)]


@pytest.mark.parametrize(("mode", "error"), BOUNDED)
async def test_limits_fire(server: str, mode: str, error: type[DuologueError]) -> None:
    asked = await ask(server, mode)
    assert isinstance(asked.error, error)


@pytest.mark.parametrize("mode", ["500", "503", "529", "reset-accept", "error-first"])
async def test_passing_failures_are_tried_three_times(server: str, mode: str) -> None:
    asked = await ask(server, mode)
    assert isinstance(asked.error, ApiError | ConnectionFailed)
    assert [each.attempt for each in asked.retries] == [2, 3]


@pytest.mark.parametrize("mode", ["fail-then-ok@2", "reset-then-ok@1"])
async def test_a_failure_that_passes_gives_one_answer(server: str, mode: str) -> None:
    asked = await ask(server, mode)
    assert asked.error is None
    assert asked.text == TEXT
    assert len(asked.retries) == int(mode[-1])


@pytest.mark.parametrize(("mode", "error"), [("401", AuthenticationFailed), ("404", NotFound), ("400", ApiError)])
async def test_final_failures_are_not_retried(server: str, mode: str, error: type[DuologueError]) -> None:
    asked = await ask(server, mode)
    assert isinstance(asked.error, error)
    assert asked.retries == []


async def test_an_endless_pause_is_not_waited_for(server: str) -> None:
    asked = await ask(server, "retryafter-huge")
    assert isinstance(asked.error, ApiError)
    assert asked.error.retry_after_s == 86400
    assert asked.retries == []


async def test_overload_is_named(server: str) -> None:
    assert isinstance((await ask(server, "529")).error, Overloaded)


@pytest.mark.parametrize("mode", ["redirect-other", "redirect-file"])
async def test_redirects_are_refused_and_named(server: str, mode: str) -> None:
    asked = await ask(server, mode)
    assert isinstance(asked.error, WrongService)
    assert asked.error.answer == "redirect"
    assert asked.error.target.startswith(("http://127.0.0.1", "file:///"))


@pytest.mark.parametrize(
    "mode", ["error-echo-key", "401", "garbage", "redirect-other", "cut", "error-odd-json", "error-huge", "204"]
)
async def test_no_error_shows_the_key(server: str, mode: str) -> None:
    asked = await ask(server, mode)
    assert asked.error is not None
    assert KEY not in repr(asked.error) + str(asked.error)
