#!/usr/bin/env python3
"""What the gateway costs, beside LiteLLM's proxy and a bare pass-through on starlette and httpx, over one upstream.

The upstream is a process of its own that answers from memory: a message of 400 characters, or a stream of 200 deltas,
each an HTTP chunk of its own. Callers keep sixteen requests under way. A server's cost is the processor time of its
whole process; that is compared, for the machine may be busy with others.

Promised, beside LiteLLM: 10 times the requests and 15 times the stream events for a second of processor time, a quarter
of the memory, a tenth of the start. Beside the pass-through, which translates nothing: more requests.

LiteLLM's proxy is installed into an environment of its own, once; `--peer PYTHON` names one that is there already.
"""

import argparse
import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DELTAS = 200
CONCURRENCY = 16
START_WITHIN_S = 120.0
TICK = os.sysconf("SC_CLK_TCK")
KEY = f"sk-{secrets.token_hex(32)}"
"""The upstream's and the gateways': LiteLLM's proxy starts with none that is weak."""
MESSAGES = json.dumps(
    {"model": "m", "max_tokens": 100, "messages": [{"role": "user", "content": "What is a content block? " * 8}]}
).encode()
STREAMED = MESSAGES.replace(b'"max_tokens"', b'"stream": true, "max_tokens"')
TASKS: dict[str, tuple[str, bytes, int]] = {
    "/v1/messages": ("/v1/messages", MESSAGES, 1),
    "/chat/completions": ("/chat/completions", MESSAGES, 1),
    "stream events": ("/chat/completions", STREAMED, DELTAS),
}
REQUESTS = {"ours": (1600, 1600, 160), "litellm": (160, 160, 16), "pass-through": (320, 320, 64)}
PROMISES = {
    ("/v1/messages", "litellm"): 10.0,
    ("/chat/completions", "litellm"): 10.0,
    ("stream events", "litellm"): 15.0,
    ("memory", "litellm"): 4.0,
    ("start", "litellm"): 10.0,
    ("/v1/messages", "pass-through"): 1.0,
    ("/chat/completions", "pass-through"): 1.0,
}
BARE = """
import sys, httpx, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
http = httpx.AsyncClient(limits=httpx.Limits(max_connections=64, max_keepalive_connections=64), timeout=60)
async def ask(request):
    body = await request.body()
    asked = http.build_request("POST", sys.argv[1] + "/v1/messages", content=body, headers={"x-api-key": "k"})
    answer = await http.send(asked, stream=True)
    kind = answer.headers["content-type"]
    if b'"stream": true' in body:
        return StreamingResponse(answer.aiter_bytes(), media_type=kind)
    whole = await answer.aread()
    await answer.aclose()
    return Response(whole, media_type=kind)
async def well(request):
    return Response(b"{}")
routes = [Route("/{path:path}", ask, methods=["POST"]), Route("/{path:path}", well)]
uvicorn.run(Starlette(routes=routes), port=int(sys.argv[2]), log_level="critical", access_log=False, http="h11")
"""


# ------------------------------------------------------------------ the upstream


def answers() -> tuple[bytes, bytes]:
    """A whole answer and a streamed one, as they go over the wire."""
    usage = {"input_tokens": 10, "output_tokens": 100}
    message: dict[str, Any] = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-3", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    whole = json.dumps({**message, "content": [{"type": "text", "text": "words " * 66}], "stop_reason": "end_turn"})
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f"word {at} "}}
            for at in range(DELTAS)
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]
    frames = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in frames) + b"0\r\n\r\n"
    head = "HTTP/1.1 200 OK\r\ncontent-type: "
    plain = f"{head}application/json\r\ncontent-length: {len(whole)}\r\n\r\n{whole}".encode()
    return plain, f"{head}text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".encode() + chunks


async def serve() -> None:
    plain, streamed = answers()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            while (head := await head_of(reader)) is not None:
                body = await reader.readexactly(length_of(head))
                streams = b'"stream":true' in body.replace(b" ", b"")
                writer.write(streamed if streams else plain)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def head_of(reader: asyncio.StreamReader) -> bytes | None:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).lower()
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def length_of(head: bytes) -> int:
    return int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)


# ------------------------------------------------------------------ the callers


async def call(port: int, path: str, body: bytes, count: int) -> None:
    """So many requests, sixteen at a time, each over a connection that is kept."""
    left = iter(range(count))
    host = f"127.0.0.1:{port}"
    head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    request = head.encode() + f"authorization: Bearer {KEY}\r\n\r\n".encode() + body

    async def caller() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with closing(writer):
            for _ in left:
                writer.write(request)
                await whole_answer(reader)

    await asyncio.gather(*(caller() for _ in range(CONCURRENCY)))


async def whole_answer(reader: asyncio.StreamReader) -> None:
    head = await head_of(reader)
    if head is None or b" 200 " not in head.partition(b"\r\n")[0]:
        raise SystemExit(f"not answered: {head!r}")
    if b"transfer-encoding: chunked" not in head:
        await reader.readexactly(length_of(head))
        return
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()


# ------------------------------------------------------------------ the servers


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    start_s: float
    """Processor time until it first answered."""

    def seconds(self) -> float:
        return processor_seconds(self.process.pid)

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[Server]:
    environment = {**os.environ, "PYTHONPATH": os.fspath(ROOT), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_for(process, port)
        asyncio.run(call(port, "/v1/messages", MESSAGES, 1))
        yield Server(process, port, processor_seconds(process.pid))
    finally:
        process.kill()
        process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"a server did not start: {process.args!r}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def config(folder: Path, upstream: str) -> Path:
    """One file for both gateways."""
    params = {"model": "anthropic/claude-3", "api_base": upstream, "api_key": KEY}
    path = folder / "config.yaml"
    models = [{"model_name": "m", "litellm_params": params}]
    path.write_text(json.dumps({"model_list": models, "general_settings": {"master_key": KEY}}))
    return path


def peer_python(given: str | None) -> Path:
    """An interpreter that has LiteLLM's proxy."""
    if given:
        return Path(given)
    folder = Path(tempfile.gettempdir()) / "duologue-bench-litellm"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        print("installing LiteLLM's proxy …", file=sys.stderr, flush=True)
        venv.EnvBuilder(with_pip=True, clear=True).create(folder)
        subprocess.run([python, "-m", "pip", "install", "-q", "litellm[proxy]"], check=True)
        (folder / "ready").touch()
    return python


# ------------------------------------------------------------------ measuring


def measured(who: str, command: list[str], port: int, folder: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    with running(command, port, folder) as server:
        time.sleep(1.0)
        found["start"], found["memory"] = server.start_s, server.memory_mb()
        for (task, (path, body, weight)), count in zip(TASKS.items(), REQUESTS[who], strict=True):
            asyncio.run(call(port, path, body, CONCURRENCY))  # what is imported or compiled at the first call
            before, began = server.seconds(), time.perf_counter()
            asyncio.run(call(port, path, body, count))
            spent, lasted = server.seconds() - before, time.perf_counter() - began
            found[task] = spent / (count * weight)
            found[f"{task} a second"] = count * weight / lasted
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--peer")
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve())
    python = peer_python(given.peer)
    upstream = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    assert upstream.stdout is not None
    try:
        url = f"http://127.0.0.1:{upstream.stdout.readline().strip()}"
        with tempfile.TemporaryDirectory() as name:
            return shown({who: measured(who, *each, Path(name)) for who, each in servers(python, url, Path(name))})
    finally:
        upstream.kill()
        upstream.communicate()


def servers(python: Path, url: str, folder: Path) -> Iterator[tuple[str, tuple[list[str], int]]]:
    file, ours, theirs, bare = str(config(folder, url)), free_port(), free_port(), free_port()
    yield "ours", ([sys.executable, "-m", "app", "gateway", "--config", file, "--port", str(ours)], ours)
    yield "pass-through", ([sys.executable, "-c", BARE, url, str(bare)], bare)
    litellm = [str(python), str(python.parent / "litellm"), "--config", file, "--host", "127.0.0.1"]
    yield "litellm", ([*litellm, "--port", str(theirs), "--telemetry", "False"], theirs)


def shown(figures: dict[str, dict[str, float]]) -> int:
    names = tuple(figures)
    print(f"{'':<34}" + "".join(f"{name:>14}" for name in names))
    for title, key, scale in (
        ("start, processor s", "start", 1),
        ("idle memory, MB", "memory", 1),
        *((f"{task}, processor ms", task, 1000) for task in TASKS),
        *((f"{task}, a second", f"{task} a second", 1) for task in TASKS),
    ):
        print(f"{title:<34}" + "".join(f"{figures[name][key] * scale:>14.3f}" for name in names))
    print(f"\n{'theirs to ours':<34}{'ratio':>14}{'promised':>14}")
    ratios = {}
    for (what, peer), least in PROMISES.items():
        ratio = ratios[f"{what} / {peer}"] = round(figures[peer][what] / figures["ours"][what], 2)
        print(f"{what + ' / ' + peer:<34}{ratio:>14.2f}{least:>14.2f}{'' if ratio >= least else '   BROKEN'}")
    broken = [f"{what} / {peer}" for (what, peer), least in PROMISES.items() if ratios[f"{what} / {peer}"] < least]
    print(json.dumps({"figures": figures, "ratios": ratios, "broken": broken}))
    return int(bool(broken))


if __name__ == "__main__":
    raise SystemExit(main())
