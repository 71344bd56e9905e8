"""A server of one answer, as a process of its own: one write for each event, at a rate.

    python -m transcript.server     prints its port

Addresses: /RATE/COUNT/v1/messages streams COUNT deltas at RATE a second (0: at full speed); /page is the page for
browsers; a POST to /report prints what was posted.
"""

import json
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any, Final

from transcript.material import answer, deltas

PAGE: Final = Path(__file__).with_name("page.html")
LEAD_S: Final = 0.05
"""From the headers to the first delta. Processes of one machine share the monotonic clock."""
CHARACTERS: Final = 5
"""More than a delta has on average, so that the text is long enough."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/page"):
            self._answer(PAGE.read_bytes(), "text/html; charset=utf-8")
        else:
            self._answer(b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/report":
            print(body.decode(), flush=True)
            self._answer(b"", "text/plain")
            return
        _, rate, count, *_ = self.path.split("/")
        self._stream(int(rate), int(count))

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, rate: int, count: int) -> None:
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("request-id", "req_bench")
        self.send_header("connection", "close")
        pieces = list(islice(deltas(answer(count * CHARACTERS, seed=31)), count))
        started = time.monotonic() + LEAD_S
        self.send_header("bench-started", str(started))
        self.end_headers()
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {
            "id": "msg_bench",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": "claude-sonnet-5-5",
        }
        self._send("message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": usage})
        self._send("content_block_start", index=0, content_block={"type": "text", "text": ""})
        for number, piece in enumerate(pieces):
            if rate:
                due = started + number / rate
                while (wait := due - time.monotonic()) > 0:
                    time.sleep(wait)
            self._send("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        self._send("content_block_stop", index=0)
        self._send("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage=usage)
        self._send("message_stop")
        self.close_connection = True

    def _send(self, kind: str, **members: Any) -> None:
        self.wfile.write(f"event: {kind}\ndata: {json.dumps({'type': kind, **members})}\n\n".encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Nobody reads it."""


def main() -> int:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
