"""The simulator's cache keeps the reference's books: floor, look-back, lifetimes, invalidation. §12."""

from typing import Any

import pytest

from app.simulator.cache import Accounted, Ledger, positions_of
from tests.support.simulated import PNG, TOOL, assistant, body, entry, result, text, use, user

MARK = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}
LONG = "All work and no play makes a dull prefix. " * 100
SYSTEM = [text(LONG, MARK)]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Books:
    def __init__(self, floor: int = 0) -> None:
        self.clock = Clock()
        self.ledger = Ledger(self.clock)
        self.floor = floor

    def send(self, **changes: Any) -> Accounted:
        sent = body(**changes)
        return self.ledger.account(positions_of(sent, entry(sent["model"])), self.floor)


@pytest.fixture
def books() -> Books:
    return Books()


def total(accounted: Accounted) -> int:
    return accounted.fresh + accounted.read + accounted.written_5m + accounted.written_1h


def test_a_prefix_costs_the_same_however_long_the_conversation_gets(books: Books) -> None:
    written = books.send(system=SYSTEM).written_5m
    grown = [user(text("one")), assistant(text("two")), user(text("three"))]
    assert books.send(system=SYSTEM, messages=grown).read == written > 1000


def test_a_conversation_reads_what_it_wrote_and_writes_what_is_new(books: Books) -> None:
    first = books.send(messages=[user(text(LONG, MARK))])
    grown = [user(text(LONG)), assistant(text("yes")), user(text("and then?", MARK))]
    second = books.send(messages=grown)
    assert second.read == first.written_5m
    assert second.written_5m > 0
    assert second.fresh == 0
    assert total(second) == total(books.send(messages=grown))


def test_neighbouring_messages_of_one_role_cost_what_one_message_does(books: Books) -> None:
    apart, together = [user(text(LONG)), user(text("b", MARK))], [user(text(LONG), text("b", MARK))]
    assert books.send(messages=apart).written_5m == books.send(messages=together).read


@pytest.mark.parametrize(
    ("model", "floor"),
    [
        ("claude-sonnet-5-5", 512),
        ("claude-opus-5", 512),
        ("claude-opus-4-8", 1024),
        ("claude-sonnet-4-6", 1024),
        ("claude-opus-4-7", 2048),
        ("claude-haiku-4-5", 4096),
    ],
)
def test_below_its_models_floor_a_prefix_is_not_cached(model: str, floor: int) -> None:
    assert entry(model).min_cacheable_tokens == floor
    books = Books(floor)
    # a block costs 4 tokens and a quarter of a token for each character
    short, enough = [text("x" * 4 * (floor - 5), MARK)], [text("x" * 4 * (floor - 4), MARK)]
    below = books.send(model=model, system=short)
    assert (below.written_5m, below.read) == (0, 0)
    assert books.send(model=model, system=enough).written_5m == floor
    assert books.send(model=model, system=enough).read == floor


@pytest.mark.parametrize(("added", "found"), [(19, True), (20, False)])
def test_a_read_looks_back_twenty_blocks(books: Books, added: int, found: bool) -> None:
    written = books.send(messages=[user(text(LONG, MARK))]).written_5m
    more = [text(f"block {number}") for number in range(added)]
    more[-1]["cache_control"] = MARK
    assert books.send(messages=[user(text(LONG), *more)]).read == (written if found else 0)


def test_a_second_breakpoint_bridges_the_look_back(books: Books) -> None:
    written = books.send(messages=[user(text(LONG, MARK))]).written_5m
    more = [text(f"block {number}") for number in range(30)]
    more[-1]["cache_control"] = MARK
    assert books.send(messages=[user(text(LONG, MARK), *more)]).read == written


@pytest.mark.parametrize(("mark", "lifetime"), [(MARK, 300.0), (HOUR, 3600.0)])
def test_an_entry_lives_its_time_from_its_last_use(books: Books, mark: Any, lifetime: float) -> None:
    system = [text(LONG, mark)]
    assert books.send(system=system).read == 0
    for _ in range(3):
        books.clock.now += lifetime - 1
        assert books.send(system=system).read > 0
    books.clock.now += lifetime + 1
    assert books.send(system=system).read == 0


def test_each_lifetime_is_billed_apart(books: Books) -> None:
    sent = books.send(system=[text(LONG, HOUR)], messages=[user(text(LONG, MARK))])
    assert sent.written_1h > 1000
    assert sent.written_5m > 1000


CHANGES: list[tuple[dict[str, Any], tuple[bool, bool, bool]]] = [
    ({}, (True, True, True)),
    ({"metadata": {"user_id": "u"}, "max_tokens": 7}, (True, True, True)),
    ({"tool_choice": {"type": "auto", "disable_parallel_tool_use": False}}, (True, True, True)),
    ({"thinking": {"type": "adaptive"}}, (True, True, True)),
    ({"output_config": {"effort": "high"}}, (True, True, True)),
    ({"speed": "standard"}, (True, True, True)),
    ({"tool_choice": {"type": "none"}}, (True, True, False)),
    ({"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}, (True, True, False)),
    ({"thinking": {"type": "between_tools"}}, (True, True, False)),
    ({"thinking": {"type": "adaptive", "display": "summarized"}}, (True, True, False)),
    ({"output_config": {"effort": "low"}}, (True, True, False)),
    ({"speed": "fast"}, (True, False, False)),
    ({"system": [text(LONG + "!", MARK)]}, (True, False, False)),
    ({"tools": [{**TOOL, "description": LONG, "strict": False, "cache_control": MARK}]}, (False, False, False)),
]


@pytest.mark.parametrize(("change", "kept"), CHANGES)
def test_a_change_invalidates_what_the_table_says(books: Books, change: Any, kept: tuple[bool, bool, bool]) -> None:
    whole = {
        "tools": [{**TOOL, "description": LONG, "cache_control": MARK}],
        "system": [text(LONG, MARK)],
        "messages": [user(text(LONG, MARK))],
    }
    parts = [each.tokens for each in positions_of(body(**whole), entry())]
    books.send(**whole)
    reads = [tokens for tokens, holds in zip(parts, kept, strict=True) if holds]
    assert books.send(**{**whole, **change}).read == (reads[-1] if reads else 0)


def test_pictures_coming_or_going_invalidate_the_messages(books: Books) -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
    written = books.send(system=SYSTEM, messages=[user(text(LONG, MARK))])
    pictured = [user(text(LONG)), assistant(text("yes")), user(picture, text("what is it?", MARK))]
    read = books.send(system=SYSTEM, messages=pictured).read
    assert 0 < read < written.written_5m


def test_a_mark_inside_a_tool_result_is_one_on_the_result(books: Books) -> None:
    asked = [user(text("hi")), assistant(use())]
    inside = [*asked, user(result(content=[text(LONG, MARK)]))]
    written = books.send(tools=[TOOL], messages=inside).written_5m
    assert written > 1000
    outside = [*asked, user(result(content=[text(LONG)], cache_control=MARK))]
    assert books.send(tools=[TOOL], messages=outside).read == written


def test_an_automatic_mark_passes_by_what_cannot_carry_one() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    sent = body(messages=[user(text(LONG)), assistant(text("a"), thought)], cache_control=HOUR)
    assert [each.ttl for each in positions_of(sent, entry())] == [None, "1h", None]


def test_an_automatic_mark_moves_with_the_conversation(books: Books) -> None:
    first = books.send(messages=[user(text(LONG))], cache_control=MARK)
    grown = [user(text(LONG)), assistant(text("yes")), user(text("more"))]
    assert books.send(messages=grown, cache_control=MARK).read == first.written_5m > 1000
