"""One picture from the web, after the person has agreed."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.client.connection import Network
from app.client.fetching import fetch_picture
from app.errors import FileFailed


class Page(BaseHTTPRequestHandler):
    seen: dict[str, str] = {}  # noqa: RUF012 - one server a test

    def do_GET(self) -> None:
        Page.seen = dict(self.headers)
        found = self.path == "/cat.png"
        self.send_response(200 if found else 404)
        self.end_headers()
        if found:
            self.wfile.write(b"a picture")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_it_comes_and_tells_nothing_of_the_person(address: str) -> None:
    assert await fetch_picture(f"{address}/cat.png", Network()) == b"a picture"
    assert {name.lower() for name in Page.seen} <= {"host", "accept", "accept-encoding", "connection", "user-agent"}


async def test_what_is_not_there_is_told_without_the_query(address: str) -> None:
    with pytest.raises(FileFailed) as caught:
        await fetch_picture(f"{address}/dog.png?token=secret", Network())
    assert caught.value.path == f"{address}/dog.png"
    assert "secret" not in str(caught.value)
