"""What is kept of an exchange: all that went over the wire, and no key."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.client.connection import Timeouts
from app.client.messages import MessagesClient
from app.client.retrying import RetryPolicy
from app.domain.blocks import TextBlock
from app.domain.connection import Endpoint, Profile, Secret
from app.domain.exchanges import ExchangeRow, RecordedExchange
from app.domain.request import Request, Turn
from app.errors import DuologueError
from app.simulator.server import LocalSimulator
from app.store import exchanges
from app.store.exchanges import FILE_NAME, ExchangeStore
from app.wire.timeline import timed_events

KEY = "sk-ant-api03-CANARYCANARYCANARY"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[ExchangeStore]:
    store = ExchangeStore(tmp_path / FILE_NAME)
    yield store
    store.close()


def asking(words: str = "hello", model: str = "claude-sonnet-5-5") -> Request:
    return Request(model=model, max_tokens=100, turns=(Turn("user", (TextBlock(words),)),))


async def ask(url: str, store: ExchangeStore, request: Request, *, batches: int = 10**6) -> None:
    async def no_wait(_seconds: float) -> None:
        return

    client = MessagesClient(
        Endpoint(Profile("test", base_url=url), Secret(KEY)),
        timeouts=Timeouts(connect_s=2, first_byte_s=5, between_bytes_s=2),
        policy=RetryPolicy(chance=lambda: 0.0),
        sleep=no_wait,
        keep=store.keep,
    )
    try:
        async with client.stream(request) as arriving:
            async for _batch in arriving:
                batches -= 1
                if batches == 0:
                    break
    except DuologueError:
        pass  # what it says is tested elsewhere; here it is what is kept of it
    finally:
        await client.aclose()


def rows(store: ExchangeStore, words: str = "") -> list[ExchangeRow]:
    return list(store.rows(words).result(timeout=10))


def damage(folder: Path, junk: bytes) -> None:
    (folder / FILE_NAME).write_bytes(junk)


def holding(folder: Path, words: bytes) -> list[Path]:
    return [each for each in folder.iterdir() if words in each.read_bytes()]


def newest(store: ExchangeStore) -> RecordedExchange:
    found = store.exchange(rows(store)[0].id).result(timeout=10)
    assert found is not None
    return found


async def test_an_answer_is_kept_as_it_went_over_the_wire(kept: ExchangeStore, simulator: LocalSimulator) -> None:
    await ask(simulator.url, kept, asking("Grüße"))
    found = newest(kept)
    row = found.row
    assert (row.method, row.status, row.outcome, row.model) == ("POST", 200, "done", "claude-sonnet-5-5")
    assert row.url == f"{simulator.url}/v1/messages"
    assert json.loads(found.request_body)["messages"][0]["content"][0]["text"] == "Grüße"
    assert row.request_id.startswith("req_")
    assert row.input_tokens
    assert row.output_tokens
    events = timed_events(found.response_body, found.arrivals)
    assert (events[0].name, events[-1].name) == ("message_start", "message_stop")
    times = row.timings
    steps = (times.sent_ms, times.first_byte_ms, times.first_token_ms, times.last_ms)
    known = [each for each in steps if each is not None]
    assert len(known) == len(steps)
    assert known == sorted(known)
    assert [each.at_ms for each in events] == sorted(each.at_ms for each in events)


async def test_a_key_is_in_no_file(kept: ExchangeStore, simulator: LocalSimulator, tmp_path: Path) -> None:
    await ask(simulator.url, kept, asking(f"my key is {KEY}, and another sk-ant-api03-otherotherother"))
    found = newest(kept)
    assert dict(found.request_headers)["x-api-key"] == f"…{KEY[-4:]}"
    assert b"CANARYCANARY" not in found.request_body + found.response_body
    assert b"otherother" not in found.request_body
    kept.close()
    assert not holding(tmp_path, b"CANARYCANARY")


async def test_every_attempt_is_an_exchange(kept: ExchangeStore, simulator: LocalSimulator) -> None:
    await ask(simulator.url, kept, asking("[[sim: 529 times=2]]"))
    assert [(each.attempt, each.status, each.outcome) for each in rows(kept)] == [
        (3, 200, "done"),
        (2, 529, "failed"),
        (1, 529, "failed"),
    ]


async def test_a_request_that_nobody_answers_is_kept(kept: ExchangeStore) -> None:
    await ask("http://127.0.0.1:9", kept, asking())
    (row,) = rows(kept)
    assert (row.outcome, row.status) == ("failed", None)
    assert row.failure.startswith("ConnectionRefused")


async def test_an_answer_that_is_stopped_keeps_what_had_come(kept: ExchangeStore, simulator: LocalSimulator) -> None:
    await ask(simulator.url, kept, asking(), batches=2)
    found = newest(kept)
    assert found.row.outcome == "stopped"
    assert found.response_body.startswith(b"event: message_start")


async def test_exchanges_are_found_by_what_is_in_them(kept: ExchangeStore, simulator: LocalSimulator) -> None:
    await ask(simulator.url, kept, asking("about ELEPHANTS"))
    await ask(simulator.url, kept, asking("about mice"))
    mice, elephants = rows(kept)
    assert [each.id for each in rows(kept, "elephants")] == [elephants.id]
    assert [each.id for each in rows(kept, mice.request_id)] == [mice.id]
    assert rows(kept, "giraffes") == []


async def test_exchanges_are_there_after_a_restart(
    simulator: LocalSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanges, "KEPT", 2)
    first = ExchangeStore(tmp_path / FILE_NAME)
    for words in ("one", "two", "three"):
        await ask(simulator.url, first, asking(words))
    first.close()
    again = ExchangeStore(tmp_path / FILE_NAME)
    assert len(rows(again)) == 2
    assert b'"three"' in newest(again).request_body
    again.clear().result(timeout=10)
    assert rows(again) == []
    again.close()


async def test_large_bodies_push_out_the_oldest(
    kept: ExchangeStore, simulator: LocalSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanges, "KEPT_BYTES", 1)
    await ask(simulator.url, kept, asking("one"))
    await ask(simulator.url, kept, asking("two"))
    assert [each.id for each in rows(kept)] == [newest(kept).row.id]


@pytest.mark.parametrize("junk", [b"this is no database, but it is long enough to be looked at " * 20, b"SQLite"])
async def test_a_damaged_file_is_begun_anew(tmp_path: Path, simulator: LocalSimulator, junk: bytes) -> None:
    damage(tmp_path, junk)
    store = ExchangeStore(tmp_path / FILE_NAME)
    await ask(simulator.url, store, asking())
    assert len(rows(store)) == 1
    store.close()


async def test_a_file_that_cannot_be_written_costs_no_answer(tmp_path: Path, simulator: LocalSimulator) -> None:
    store = ExchangeStore(tmp_path / "no such folder" / FILE_NAME)
    await ask(simulator.url, store, asking())
    with pytest.raises(DuologueError):
        rows(store)
    store.close()
