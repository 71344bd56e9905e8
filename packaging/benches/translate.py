#!/usr/bin/env python3
"""What `completion()` costs, in processor time, beside LiteLLM, the official SDK, and lines and `json.loads` alone.

Each figure is taken in a fresh process; the stream comes from a server in another one, 5,000 deltas, every event an
HTTP chunk of its own, as servers write them. "lines" is the floor: `http.client` reads lines, `json.loads` parses them.

Promised: import at most 1/20 of LiteLLM's (with the first call, which both put work off to, stands in a row of its
own); requests 10 and 5 times faster; the
stream at most 1/50 of LiteLLM's, 1/4 of the SDK's, and 3 times the floor.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

DELTAS = 5000
MODEL = "claude-opus-4-5-20251101"
FEW = [
    {"role": "system", "content": "You are brief."},
    {"role": "user", "content": "What is a content block?"},
    {"role": "assistant", "content": "A part of a message."},
    {"role": "user", "content": "And a delta?"},
]
MANY = [{"role": ("user", "assistant")[at % 2], "content": f"Turn {at}: " + "words " * 40} for at in range(199)]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": f"tool_{at}",
            "description": "Does a thing.",
            "parameters": {
                "type": "object",
                "properties": {f"field_{n}": {"type": "string", "description": "A field."} for n in range(6)},
                "required": ["field_0"],
            },
        },
    }
    for at in range(20)
]
PROMISES = {
    ("import", "litellm"): 1 / 20,
    ("3 messages", "litellm"): 1 / 10,
    ("200 messages, 20 tools", "litellm"): 1 / 5,
    ("stream", "litellm"): 1 / 50,
    ("stream", "sdk"): 1 / 4,
    ("stream", "lines"): 3.0,
}


# ------------------------------------------------------------------ the server


def frames() -> list[bytes]:
    message: dict[str, Any] = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 10, "output_tokens": 1},
    }  # fmt: skip
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f"word {at} "}}
            for at in range(DELTAS)
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": DELTAS}},
        {"type": "message_stop"},
    ]
    return [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events]


def serve() -> None:
    whole = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in frames()) + b"0\r\n\r\n"
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=answer, args=(listener.accept()[0], whole), daemon=True).start()


def answer(connection: socket.socket, whole: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    with suppress(OSError), connection, connection.makefile("rb") as file:
        while file.readline():
            length = 0
            while line := file.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            file.read(length)
            connection.sendall(head + whole)


# ------------------------------------------------------------------ what each does, in a process of its own


def import_ours() -> None:
    from app import completion  # noqa: F401


def first_ours() -> None:
    from app import completion

    with suppress(Exception):
        completion(MODEL, FEW, api_key="sk-ant-test", api_base="http://127.0.0.1:9")


def first_litellm() -> None:
    import litellm

    with suppress(Exception):
        litellm.completion(f"anthropic/{MODEL}", FEW, api_key="sk-ant-test", api_base="http://127.0.0.1:9")


def import_litellm() -> None:
    import litellm  # noqa: F401


def import_sdk() -> None:
    import anthropic  # noqa: F401


def import_lines() -> None:
    import http.client  # noqa: F401


def translate_ours(messages: list[Any], tools: list[Any] | None) -> float:
    from app.api.arguments import call_of
    from app.client.speech import Spoken
    from app.wire.json_bytes import json_bytes

    started = time.process_time()
    call = call_of({"model": MODEL, "messages": messages, "tools": tools, "api_key": "sk-ant-test", "temperature": 0.5})
    json_bytes(Spoken.of(call.request, stream=False).wire.body)
    return time.process_time() - started


def translate_litellm(messages: list[Any], tools: list[Any] | None) -> float:
    """From the call until it hands the request to its HTTP client; the asynchronous one takes tools as it comes."""
    import asyncio

    import litellm
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

    sent: list[float] = []

    class Unsent(AsyncHTTPHandler):
        async def post(self, *_: Any, **__: Any) -> Any:
            sent.append(time.process_time())
            raise ConnectionError

    async def ask() -> float:
        client = Unsent()
        started = time.process_time()
        with suppress(Exception):
            await litellm.acompletion(
                f"anthropic/{MODEL}", messages, tools=tools, temperature=0.5, api_key="sk-ant-test", client=client
            )
        return sent[-1] - started if sent else float("inf")  # it fails now and then before it sends

    return asyncio.run(ask())


def stream_ours(url: str) -> int:
    from app import completion

    chunks = completion(MODEL, FEW, api_key="sk-ant-test", api_base=url, stream=True)
    return sum(1 for chunk in chunks if chunk["choices"][0]["delta"]["content"])


def stream_litellm(url: str) -> int:
    import litellm

    chunks = litellm.completion(f"anthropic/{MODEL}", FEW, api_key="sk-ant-test", api_base=url, stream=True)
    return sum(1 for chunk in chunks if chunk["choices"][0]["delta"]["content"])


def stream_sdk(url: str) -> int:
    from anthropic import Anthropic

    client = Anthropic(api_key="sk-ant-test", base_url=url)
    messages: Any = FEW[1:]
    events: Any = client.messages.create(model=MODEL, max_tokens=100, messages=messages, stream=True)
    return sum(1 for event in events if event.type == "content_block_delta" and event.delta.type == "text_delta")


def stream_lines(url: str) -> int:
    import http.client

    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    connection.request("POST", "/v1/messages", b"{}")
    found = 0
    for line in connection.getresponse():
        if line.startswith(b"data:"):
            found += json.loads(line[5:])["type"] == "content_block_delta"
    return found


def spent_s(work: Callable[[], Any], repeats: int) -> float:
    """Processor time of the fastest of some rounds, in seconds: what else the machine does only ever adds to it."""
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def measure(task: str, who: str, url: str) -> float:
    match task:
        case "import":
            return spent_s(globals()[f"import_{who}"], 1)
        case "import, first call":
            return spent_s(globals()[f"first_{who}"], 1)
        case "stream":
            stream = globals()[f"stream_{who}"]
            stream(url)  # what is imported at the first call is the import's
            counts: list[int] = []
            best = spent_s(lambda: counts.append(stream(url)), 1 if who == "litellm" else 5)
            assert set(counts) == {DELTAS}, counts
            return best
        case _:
            messages, tools = (FEW, None) if task == "3 messages" else (MANY, TOOLS)
            translate = globals()[f"translate_{who}"]
            return min(float(translate(messages, tools)) for _ in range(60))


# ------------------------------------------------------------------ the table


def asked(task: str, who: str, url: str) -> float:
    """A figure, from a fresh process; the best of three for imports."""
    found = []
    for _ in range(3 if task.startswith("import") else 1):
        done = subprocess.run(
            [sys.executable, __file__, "--measure", task, who, url],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},  # no network: it would only wait for it
        )
        found.append(float(done.stdout.split()[-1]))
    return min(found)


def main() -> int:
    if sys.argv[1:2] == ["--serve"]:
        serve()
    if sys.argv[1:2] == ["--measure"]:
        print(measure(*sys.argv[2:5]))
        return 0
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        return shown({task: {who: asked(task, who, url) for who in peers} for task, peers in TASKS.items()})
    finally:
        server.kill()
        server.communicate()


TASKS = {
    "import": ("ours", "litellm", "sdk", "lines"),
    "import, first call": ("ours", "litellm"),
    "3 messages": ("ours", "litellm"),
    "200 messages, 20 tools": ("ours", "litellm"),
    "stream": ("ours", "litellm", "sdk", "lines"),
}


def shown(figures: dict[str, dict[str, float]]) -> int:
    names = TASKS["stream"]
    print(f"{'processor time, ms':<24}" + "".join(f"{name:>12}" for name in names))
    for task, found in figures.items():
        cells = (f"{found[name] * 1000:>12.2f}" if name in found else f"{'':>12}" for name in names)
        print(f"{task:<24}" + "".join(cells))
    print(f"\n{'ours to theirs':<36}{'ratio':>10}{'promised':>12}")
    ratios = {}
    for (task, peer), most in PROMISES.items():
        ratio = ratios[f"{task} / {peer}"] = round(figures[task]["ours"] / figures[task][peer], 4)
        print(f"{task + ' / ' + peer:<36}{ratio:>10.4f}{most:>12.4f}{'' if ratio <= most else '   BROKEN'}")
    broken = [f"{task} / {peer}" for (task, peer), most in PROMISES.items() if ratios[f"{task} / {peer}"] > most]
    print(json.dumps({"seconds": figures, "ratios": ratios, "broken": broken}))
    return int(bool(broken))


if __name__ == "__main__":
    raise SystemExit(main())
