"""A request as code sends what Duologue sends, whatever stands in it, and has no key in it."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.dialects.anthropic.requests import request_to_wire
from app.dialects.code.programs import FORMS
from app.dialects.openai.speaking import request_to_wire as as_completions
from app.domain.blocks import TextBlock, ToolResultBlock, ToolUseBlock
from app.domain.caching import Breakpoint, CachePlan, Section
from app.domain.connection import Profile
from app.domain.request import Parameters, Request, Thinking, Turn
from app.domain.tools import ToolDefinition
from app.errors import TranslationError
from app.services.request_code import code_of
from app.simulator.server import LocalSimulator
from tests.support.recorder import events, recorder

HOSTILE = (
    "'\"`$(touch hurt)`touch hurt`; touch hurt\nJSON\ntouch hurt\nEOF\\\n'''\"\"\"{}${process.exit(3)}\\u0041 %s\t\r"
    "\u202eback\u2028\u2029\x00\x1b[31m ünï 🦊 \\"
)
REQUEST = Request(
    model="claude-sonnet-4-5",
    max_tokens=2000,
    turns=(
        Turn("user", (TextBlock(HOSTILE),)),
        Turn("assistant", (ToolUseBlock("toolu_1", "look", {"__proto__": {"a": HOSTILE}, "n": 1.5, "no": None}),)),
        Turn("user", (ToolResultBlock("toolu_1", HOSTILE, True), TextBlock("Go on"))),
    ),
    system=(TextBlock(HOSTILE),),
    parameters=Parameters(thinking=Thinking("enabled", 1024), stop_sequences=("'", "\\")),
    tools=(ToolDefinition("look", {"type": "object", "properties": {"q'\"$x": {"type": "string"}}}, HOSTILE),),
    cache_plan=CachePlan(frozenset({Breakpoint(Section.SYSTEM, 0)})),
    betas=("context-1m-2025-08-07",),
    extra_headers={"x-team": 'it\'s "$HOME" `id`'},
)
BODY = request_to_wire(REQUEST, stream=True).body
KEY = "sk-ant-CANARY-'$(id)"


def run(command: list[str], code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code as a person would who has the key in the environment; it leaves nothing in its folder."""
    path = folder / "program"
    path.write_text(code, encoding="utf-8")
    environment = {
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_AUTH_TOKEN": KEY,
        "X_GATEWAY_TOKEN": "open",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "NODE_PATH": str(folder),
    }
    done = subprocess.run(
        [*command, str(path)], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert not (folder / "hurt").exists()
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize(
    ("form", "command"),
    [
        ("curl", ["sh"]),
        ("curl", ["bash"]),
        ("httpx", [sys.executable]),
        ("anthropic", [sys.executable]),
    ],
)
def test_what_is_copied_sends_what_duologue_sends(
    form: Any, command: list[str], simulator: LocalSimulator, tmp_path: Path
) -> None:
    if not all(shutil.which(each) for each in (command[0], "curl")):
        pytest.skip(f"{command[0]} or curl is not on this machine")
    code = code_of(REQUEST, Profile("", base_url=simulator.url), form)

    done = run(command, code, tmp_path)

    (entry,) = simulator.simulator.journal.entries
    assert (entry.status, entry.body) == (200, BODY)
    assert done.stdout.strip()
    assert "CANARY" not in code


@pytest.mark.parametrize("form", ["curl", "httpx"])
def test_headers_and_keys_go_as_they_are(form: Any, tmp_path: Path) -> None:
    with recorder() as service:
        service.says(events("Hello"))
        gateway = {"x-gateway-token": "CANARY-2", "x-`id`": "1"}
        profile = Profile("", base_url=f"{service.url}/v1", auth="bearer", extra_headers=gateway)
        code = code_of(REQUEST, profile, form)

        run(["sh"] if form == "curl" else [sys.executable], code, tmp_path)

        (sent,) = service.headers
    assert service.paths == ["/v1/messages"]
    assert sent["authorization"] == f"Bearer {KEY}"
    assert sent["x-gateway-token"] == "open"
    assert sent["x-`id`"] == "1"
    assert sent["x-team"] == REQUEST.extra_headers["x-team"]
    assert "context-1m-2025-08-07" in sent["anthropic-beta"]
    assert sent["anthropic-version"] == request_to_wire(REQUEST, stream=True).headers["anthropic-version"]
    assert "CANARY" not in code


def test_the_openai_sdk_sends_the_dialect_of_its_vendor(tmp_path: Path) -> None:
    with recorder() as service:
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        delta = {"choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": None}]}
        service.says(f"data: {json.dumps({**chunk, **delta})}\n\ndata: [DONE]\n\n".encode())

        done = run([sys.executable], code_of(REQUEST, Profile("", base_url=service.url), "openai"), tmp_path)

    assert done.stdout == "Hello"
    assert service.paths == ["/v1/chat/completions"]
    assert service.body == as_completions(REQUEST, stream=True)


SDK = """
export default class Anthropic {
  constructor(options) { this.options = options; this.messages = { stream: (body, more) => {
    process.stdout.write(JSON.stringify({ options, body, more }));
    return { on() {}, async finalMessage() {} };
  } }; }
}
"""


def test_typescript_hands_the_sdk_what_duologue_sends(tmp_path: Path) -> None:
    """With a stand-in for the SDK; the one type in the code is taken out, for not every node knows types."""
    if shutil.which("node") is None:
        pytest.skip("node is not on this machine")
    place = tmp_path / "node_modules" / "@anthropic-ai" / "sdk"
    place.mkdir(parents=True)
    (place / "index.mjs").write_text(SDK)
    (place / "package.json").write_text('{"name": "@anthropic-ai/sdk", "exports": "./index.mjs"}')
    code = code_of(REQUEST, Profile("", base_url="http://127.0.0.1:1"), "typescript")
    script = tmp_path / "program.mjs"
    script.write_text(code.replace(" as Anthropic.MessageStreamParams", ""), encoding="utf-8")

    done = subprocess.run(
        ["node", str(script)],
        env={"ANTHROPIC_API_KEY": KEY, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    said = json.loads(done.stdout)
    assert {**said["body"], "stream": True} == BODY
    assert said["options"] == {"apiKey": KEY, "baseURL": "http://127.0.0.1:1"}
    assert said["more"]["headers"]["x-team"] == REQUEST.extra_headers["x-team"]


@pytest.mark.parametrize("form", FORMS)
def test_what_cannot_be_seen_is_escaped(form: Any) -> None:
    code = code_of(REQUEST, Profile(""), form)

    assert all(each.isprintable() or each == "\n" for each in code)
    assert "ünï 🦊" in code


def test_a_header_that_is_none_is_refused() -> None:
    for name in ("@/etc/passwd", "a b", "x\n", ""):
        with pytest.raises(TranslationError):
            code_of(replace(REQUEST, extra_headers={name: "x"}), Profile(""), "curl")
