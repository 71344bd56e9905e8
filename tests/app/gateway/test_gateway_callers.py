"""Callers that leave, are slow, or mean no good."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.gateway import asgi, protocol
from app.gateway.server import LocalGateway
from tests.support.gateways import entry, gateway_of, listed
from tests.support.recorder import message, spoken

CANARY = "sk-ant-api03-CANARYCANARYCANARY"
NOBODY = "http://127.0.0.1:1"
DELTA = (
    b"event: content_block_delta\n"
    b'data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "on and on "}}\n\n'
)


class Upstream:
    """Answers without end, or never; and notes when nobody listens any more."""

    def __init__(self, *, answers: bool) -> None:
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked = threading.Event()
        self.left = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with self._listener, connection:
            try:
                connection.recv(65536)
                self.asked.set()
                if self._answers:
                    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
                    connection.sendall(spoken({"type": "message_start", "message": {**message(), "content": []}}))
                    connection.sendall(
                        spoken(
                            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
                        )
                    )
                    while True:
                        connection.sendall(DELTA * 100)
                while connection.recv(65536):
                    pass
            except OSError:
                pass
            self.left.set()


@contextmanager
def over(url: str) -> Iterator[LocalGateway]:
    with gateway_of(listed(entry("m", "anthropic/x", url))) as gateway:
        yield gateway


def connected(gateway: LocalGateway) -> socket.socket:
    port = int(gateway.url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def sent(gateway: LocalGateway, path: str = "/v1/messages", **more: Any) -> bytes:
    """A request as it goes over the wire."""
    asked = {"model": "m", "max_tokens": 2000, "messages": [{"role": "user", "content": "hi"}], **more}
    body = json.dumps(asked).encode()
    host = gateway.url.removeprefix("http://")
    head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def read_to_end(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/chat/completions"])
@pytest.mark.parametrize("stream", [True, False])
def test_whoever_leaves_ends_the_answer_at_the_upstream_too(path: str, stream: bool) -> None:
    upstream = Upstream(answers=stream)
    with over(upstream.url) as gateway:
        connection = connected(gateway)
        connection.sendall(sent(gateway, path, stream=stream))
        assert upstream.asked.wait(10)
        if stream:
            assert connection.recv(300)
        connection.close()

        assert upstream.left.wait(10)
        assert httpx.get(f"{gateway.url}/v1/models", trust_env=False).status_code == 200


def test_whoever_takes_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "TAKEN_WITHIN_S", 0.2)
    upstream = Upstream(answers=True)
    with over(upstream.url) as gateway, closing(connected(gateway)) as connection:
        connection.sendall(sent(gateway, stream=True))

        assert upstream.left.wait(10)


def test_a_head_that_trickles_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_WITHIN_S", 0.2)
    with over(NOBODY) as gateway, closing(connected(gateway)) as connection:
        connection.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x")

        assert read_to_end(connection) == b""


def test_a_body_that_trickles_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "BODY_WITHIN_S", 0.2)
    with over(NOBODY) as gateway, closing(connected(gateway)) as connection:
        connection.sendall(sent(gateway)[:-5])

        assert b" 408 " in connection.recv(65536).partition(b"\r\n")[0]


def test_heads_and_bodies_have_limits() -> None:
    with over(NOBODY) as gateway:
        with closing(connected(gateway)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nx: " + b"a" * 80_000)
            assert read_to_end(connection).startswith(b"HTTP/1.1 400")
        with closing(connected(gateway)) as connection:
            host = gateway.url.removeprefix("http://").encode()
            head = b"POST /v1/messages HTTP/1.1\r\nhost: %s\r\ncontent-type: application/json\r\n" % host
            connection.sendall(head + b"transfer-encoding: chunked\r\n\r\n")
            chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
            for _ in range(33):
                connection.sendall(chunk)
            assert b" 413 " in connection.recv(65536).partition(b"\r\n")[0]


def test_beyond_this_machine_a_token_is_wanted() -> None:
    from app.errors import GatewayFailed

    lines = listed(entry("m", "anthropic/x", "https://api.example"))
    with pytest.raises(GatewayFailed, match="master_key"), gateway_of(lines) as gateway:
        gateway.listen("0.0.0.0", 0)


@pytest.mark.shared
def test_the_hostile_checks_pass(shared: Path) -> None:
    folder = shared / "hostile"
    command = [sys.executable, str(folder / "http" / "fault_server.py"), "--port", "0", "--leak-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as faults:
        try:
            assert faults.stdout is not None
            ports = {}
            while "LISTENING" not in ports:
                name, _, url = faults.stdout.readline().strip().partition(" ")
                ports[name] = url.rpartition(":")[2]
            token = "duologue-test-token-0123456789"
            lines = listed(
                entry(
                    "*",
                    "anthropic/*",
                    f"http://127.0.0.1:{ports['LISTENING']}",
                    api_key="sk-ant-api03-CANARYCANARYCANARY",
                ),
                more=f"general_settings: {{master_key: {token}}}\n",
            )
            with gateway_of(lines) as gateway:
                check = [sys.executable, str(folder / "proxy" / "proxy_check.py"), "--token", token]
                check += ["--port", gateway.url.rpartition(":")[2], "--fault", ports["LISTENING"]]
                check += ["--leak", ports.get("LEAK", "0")]
                done = subprocess.run(check, capture_output=True, text=True, timeout=100, check=False)
        finally:
            faults.kill()

    assert done.returncode == 0, done.stdout
