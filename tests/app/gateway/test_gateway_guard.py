"""Who may ask."""

import pytest

from app.domain.connection import Secret
from app.gateway.guard import Guard, hosts_of

OPEN = Guard(hosts_of("127.0.0.1", 4000, as_printed=True), None)
CLOSED = Guard(hosts_of("127.0.0.1", 4000, as_printed=False), Secret("sk-right-token-0001"))
JSON = {"content-type": "application/json; charset=utf-8", "content-length": "2"}


def status(guard: Guard, method: str = "POST", *, host: str = "127.0.0.1:4000", **headers: str) -> int:
    """What a request is refused with; 200 for one that is let in."""
    every = {"host": host, **(JSON if method == "POST" else {})}
    every |= {name.replace("_", "-"): value for name, value in headers.items()}
    found = guard.refusal(method, [(name.encode(), value.encode("latin-1")) for name, value in every.items()])
    return 200 if found is None else found.status


@pytest.mark.parametrize("host", ["127.0.0.1:4000", "localhost:4000", "LOCALHOST:4000", "[::1]:4000", "0.0.0.0:4000"])
def test_programs_on_this_machine_need_no_token_where_none_is_set(host: str) -> None:
    assert status(OPEN, host=host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:4000", "127.0.0.1", "127.0.0.1:1", "0.0.0.0", "127.1:4000", ""]
)
def test_a_name_that_is_not_ours_is_not_answered_to(host: str) -> None:
    assert status(OPEN, host=host) == 403
    assert status(OPEN, "GET", host=host) == 403


def test_the_name_of_litellms_documentation_is_for_files_alone() -> None:
    assert status(CLOSED, host="0.0.0.0:4000", authorization="Bearer sk-right-token-0001") == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "file://", "http://127.0.0.1:4000"])
def test_no_browser_is_answered(origin: str) -> None:
    assert status(OPEN, origin=origin) == 403
    assert status(OPEN, "GET", sec_fetch_site="cross-site") == 403


def test_what_a_page_can_send_unasked_is_no_request() -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        assert status(OPEN, content_type=kind) == 415


def test_a_body_that_is_too_long_is_not_read() -> None:
    assert status(OPEN, content_length=str(33 * 1024 * 1024)) == 413
    assert status(OPEN, content_length="9" * 400) == 413


def test_the_token_is_taken_as_either_header() -> None:
    assert status(CLOSED, authorization="Bearer sk-right-token-0001") == 200
    assert status(CLOSED, x_api_key="sk-right-token-0001") == 200


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer sk-wrong", "Basic sk-right-token-0001", "Bearer \xff\xfe"])
def test_any_other_token_is_none(shown: str) -> None:
    assert status(CLOSED, authorization=shown) == 401
    assert status(CLOSED) == 401


def test_two_tokens_of_which_one_is_wrong_are_no_token() -> None:
    right = "sk-right-token-0001"
    assert status(CLOSED, authorization="Bearer sk-wrong", x_api_key=right) == 401
    assert status(CLOSED, authorization=f"Bearer {right}", x_api_key="sk-wrong") == 401


def test_a_request_whose_length_can_be_read_in_two_ways_is_refused() -> None:
    assert status(OPEN, transfer_encoding="chunked") == 400
    twice = [(b"host", b"127.0.0.1:4000"), (b"host", b"evil.example"), (b"content-type", b"application/json")]
    refused = OPEN.refusal("POST", twice)
    assert refused is not None
    assert refused.status == 400


def test_who_listens_everywhere_is_called_by_any_name() -> None:
    everywhere = Guard(hosts_of("0.0.0.0", 4000, as_printed=True), Secret("sk-right-token-0001"))
    assert status(everywhere, host="desk.local:4000", authorization="Bearer sk-right-token-0001") == 200
    assert status(everywhere, host="desk.local:4000") == 401
