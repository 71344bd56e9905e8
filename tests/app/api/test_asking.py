"""`duologue ask`, as a person runs it: through the installed command's own entry, in a process of its own."""

import base64
import json
import subprocess
import sys
from pathlib import Path

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
    wrong = [
        ["x", "--image", "nowhere.png"],
        ["x", "--image", "a.txt"],
        ["x", "--tool", str(tmp_path / "t.json")],
        [""],
    ]
    for arguments in wrong:
        done = run(*arguments)
        assert done.returncode == 2
        assert done.stderr.endswith(".\n")
        assert "Traceback" not in done.stderr
    assert api.asked == []
