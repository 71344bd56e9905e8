"""Chunks framed anew are the same body, wherever the bytes were cut."""

from itertools import pairwise

import h11
from hypothesis import given
from hypothesis import strategies as st

from app.client.coalescing import Reframer

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\ncontent-type: text/event-stream\r\n\r\n"


def framed(payloads: list[bytes], extension: bytes = b"") -> bytes:
    return b"".join(b"%x%s\r\n%s\r\n" % (len(each), extension, each) for each in payloads) + b"0\r\n\r\n"


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges) if a < b]


def heard(pieces: list[bytes]) -> tuple[bytes, int, bool]:
    """What h11 makes of it: the body, how many pieces, and whether it ended."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
    connection.send(h11.EndOfMessage())
    body, count, ended = b"", 0, False
    for piece in pieces:
        if not piece:
            continue
        connection.receive_data(piece)
        while (event := connection.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if isinstance(event, h11.Data):
                body += event.data
                count += 1
            ended = ended or isinstance(event, h11.EndOfMessage)
    return body, count, ended


PAYLOADS = st.lists(st.binary(min_size=1, max_size=300), max_size=8)


@given(PAYLOADS, st.lists(st.integers(0, 3000), max_size=8), st.sampled_from([b"", b";a=b"]))
def test_any_cut_gives_the_same_body(payloads: list[bytes], places: list[int], extension: bytes) -> None:
    reframer = Reframer()
    pieces = [reframer.take(each) for each in [HEAD, *cut(framed(payloads, extension), places)]]
    body, _, ended = heard(pieces)
    assert body == b"".join(payloads)
    assert ended


def test_what_came_at_once_is_one_chunk() -> None:
    assert heard([Reframer().take(HEAD + framed([b"x" * 10] * 500))]) == (b"x" * 5000, 1, True)


def test_part_of_a_chunk_is_not_kept_back() -> None:
    reframer = Reframer()
    reframer.take(HEAD)
    assert b"abc" in reframer.take(b"5\r\nabc")
    assert b"de" in reframer.take(b"de")


def test_other_bodies_and_nonsense_are_handed_on_as_they_came() -> None:
    for data in (
        b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n5\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + framed([b"x"]),
        b"HTTP/1.1 200 O",
        HEAD + b"zz\r\nabc\r\n",
        HEAD + b"-5\r\nabc\r\n",
        HEAD + b"3\r\nabcd\r\n0\r\n\r\n",
        HEAD + b"f" * 400,
    ):
        assert Reframer().take(data) == data
