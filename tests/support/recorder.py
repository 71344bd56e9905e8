"""A Messages API on loopback that answers what it is told to, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"input_tokens": 12, "output_tokens": 5, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 7}
Block = dict[str, Any]


def message(*blocks: Block, stop: str = "end_turn") -> dict[str, Any]:
    """A whole answer."""
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "served-model", "content": list(blocks),
        "stop_reason": stop, "stop_sequence": None, "usage": USAGE,
    }  # fmt: skip


def text(said: str) -> Block:
    return {"type": "text", "text": said}


def events(*texts: str, end: bool = True) -> bytes:
    """A streamed answer; cut before its end where `end` is False."""
    start = {**message(), "content": [], "stop_reason": None}
    every: list[dict[str, Any]] = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": text("")},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": t}} for t in texts),
    ]
    if end:
        every += [
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ]
    return spoken(*every)


def spoken(*every: dict[str, Any]) -> bytes:
    return b"".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in every)


@dataclass
class Recorder:
    """`answers` are given in turn, the last one for good: a dict is JSON, bytes a stream, a tuple status and body."""

    url: str = ""
    answers: list[Any] = field(default_factory=lambda: [message(text("Hello!"))])
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def says(self, *answers: Any) -> None:
        self.answers = list(answers)

    @property
    def body(self) -> dict[str, Any]:
        return self.asked[-1]

    def next_answer(self) -> Any:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def recorder() -> Iterator[Recorder]:
    found = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            found.headers.append({name.lower(): value for name, value in self.headers.items()})
            found.paths.append(self.path)
            answer = found.next_answer()
            status, body = answer if isinstance(answer, tuple) else (200, answer)
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "text/event-stream" if isinstance(body, bytes) else "application/json")
            self.send_header("request-id", "req_7")
            self.send_header("anthropic-ratelimit-requests-remaining", "41")
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()
