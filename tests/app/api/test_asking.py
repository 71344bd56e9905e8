"""`duologue ask`, as a person runs it: through the installed command's own entry, in a process of its own."""

import base64
import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.recorder import Recorder, events, message, text

ENTRY = """
import sys
from ui.__main__ import main
status = main(sys.argv[1:])
assert not any(name.startswith("PySide6") for name in sys.modules)
raise SystemExit(status)
"""
CALL = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"at": "it"}}


def run(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ENTRY, "ask", *arguments], input=said, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_a_question_is_answered_as_it_comes(api: Recorder) -> None:
    api.says(events("Fine, ", "thanks."))
    done = run("How are you?", "--model", "claude-opus-5", "--system", "Be kind.")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Fine, thanks.\n", "")
    assert api.body["stream"] is True
    assert api.body["model"] == "claude-opus-5"
    assert api.body["system"][0]["text"] == "Be kind."


def test_standard_input_is_read(api: Recorder) -> None:
    for prompt in ([], ["-"]):
        run(*prompt, "--no-stream", said="from a pipe")
        assert api.body["messages"][0]["content"][0]["text"] == "from a pipe"
        assert "stream" not in api.body


def test_pictures_tools_and_json(api: Recorder, tmp_path: Path) -> None:
    api.says(message(text("Let me."), CALL, stop="tool_use"))
    (tmp_path / "f.png").write_bytes(b"picture")
    (tmp_path / "d.pdf").write_bytes(b"%PDF-")
    (tmp_path / "t.json").write_text(json.dumps({"type": "function", "function": {"name": "look"}}))
    files = ["--image", str(tmp_path / "f.png"), "--image", str(tmp_path / "d.pdf"), "--tool", str(tmp_path / "t.json")]
    done = run("What is it?", *files, "--json")
    assert json.loads(done.stdout)["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "look"
    picture, document, question = api.body["messages"][0]["content"]
    assert picture["source"]["data"] == base64.b64encode(b"picture").decode()
    assert document["type"] == "document"
    assert question["text"] == "What is it?"
    assert api.body["tools"][0]["name"] == "look"


def test_a_call_is_shown(api: Recorder) -> None:
    api.says(message(text("Let me."), CALL, stop="tool_use"))
    assert run("x", "--no-stream").stdout == 'Let me.\nlook({"at": "it"})\n'


def test_chunks_as_lines(api: Recorder) -> None:
    api.says(events("a", "b"))
    lines = run("x", "--json", "--stream").stdout.splitlines()
    assert all(json.loads(line)["object"] == "chat.completion.chunk" for line in lines)


def test_failures_are_sentences(api: Recorder) -> None:
    api.says((401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}))
    done = run("x")
    assert done.returncode == 1
    assert done.stderr == "invalid x-api-key (authentication_error, status 401, request req_7)\n"


def test_a_cut_answer_keeps_what_came(api: Recorder) -> None:
    api.says(events("Once ", end=False))
    done = run("x")
    assert (done.returncode, done.stdout) == (1, "Once ")
    assert "broke off" in done.stderr


def test_misuse_is_told(api: Recorder, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text("{")
    (tmp_path / "e.png").touch()
    (tmp_path / "a.txt").write_text("a")
    wrong = [
        ["x", "--image", "nowhere.png"],
        ["x", "--image", str(tmp_path / "a.txt")],
        ["x", "--image", str(tmp_path / "e.png")],
        ["x", "--tool", str(tmp_path / "t.json")],
        ["x", "--max-tokens", "-5"],
        ["x", "--timeout", "nan"],
        ["x", "--effort", "huge"],
        ["x", "--model", "gpt-4"],
        ["a\udcffb"],
        [""],
    ]
    for arguments in wrong:
        done = run(*arguments)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
    assert api.asked == []


def test_a_file_is_what_it_begins_with(api: Recorder, tmp_path: Path) -> None:
    (tmp_path / "shot").write_bytes(b"\x89PNG\r\n\x1a\n...")
    (tmp_path / "photo.png").write_bytes(b"RIFF....WEBP...")
    run("x", "--image", str(tmp_path / "shot"), "--image", str(tmp_path / "photo.png"))
    kinds = [each["source"]["media_type"] for each in api.body["messages"][0]["content"][:2]]
    assert kinds == ["image/png", "image/webp"]


def shell(line: str, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A line of bash in which `$ask` is the command; the exit status is the command's own."""
    command = shlex.join([sys.executable, "-m", "app", "ask"])
    return subprocess.run(
        ["bash", "-c", f"ask() {{ {command} \"$@\"; }}; {line}; exit ${{PIPESTATUS[0]}}"],
        input=said, capture_output=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        ("ask x >&-", {2}),
        ("ask <&-", {2}),
        ("ask x 2>&-", {0}),
        ("ask --model gpt x 2>&-", {2}),
        ("ask x | true", {0, 1}),
        pytest.param("ask x >/dev/full", {1}, marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")),
        ("ask --json x | head -c 1", {0, 1}),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_whatever_the_shell_has_done_to_the_streams(api: Recorder, line: str, statuses: set[int]) -> None:
    done = shell(line)
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    assert done.returncode in statuses


def test_what_a_pipe_says_must_be_text(api: Recorder) -> None:
    done = shell("ask", b"a\xff\xfeb")
    assert (done.returncode, done.stderr) == (2, b"Standard input is not text in UTF-8.\n")
    shell("ask", "\N{BYTE ORDER MARK}größer\r\n".encode())
    assert api.body["messages"][0]["content"][0]["text"] == "größer\r\n"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_every_answer_can_be_written(api: Recorder, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    api.says(message(text("é\ud800日")))
    assert shell("ask x --no-stream").returncode == 0
    done = shell("ask x --json")
    assert json.loads(done.stdout)["choices"][0]["message"]["content"] == "é\ud800日"


@pytest.mark.parametrize("wrong", [["--port", "99999"], ["--rate", "nan"], ["--host", "nope.invalid", "--port", "0"]])
def test_a_simulator_that_cannot_be_had(wrong: list[str]) -> None:
    command = [sys.executable, "-m", "app", "simulate", *wrong]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_a_simulator_ends_by_an_interrupt() -> None:
    command = [sys.executable, "-m", "app", "simulate", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("Simulator on http://")
        running.send_signal(signal.SIGINT)
        _, complaint = running.communicate(timeout=60)
    assert (running.returncode, complaint) == (0, "")
