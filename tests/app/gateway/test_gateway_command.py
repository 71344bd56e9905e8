"""`duologue gateway --config FILE`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.__main__ import main
from tests.support.gateways import entry, listed

KEY = "sk-ant-api03-CANARYCANARYCANARY"


def test_it_serves_until_it_is_interrupted_and_says_where_and_no_key(simulator_url: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    lines = [
        entry("claude-3", "anthropic/claude-haiku-4-5", simulator_url, api_key="os.environ/UPSTREAM_KEY"),
        entry("other", "anthropic/claude-haiku-4-5", simulator_url, api_key=KEY, rpm=5),
    ]
    file.write_text(listed(*lines))
    command = [sys.executable, "-m", "app", "gateway", "--config", str(file), "--port", "0"]
    environ = {**os.environ, "UPSTREAM_KEY": KEY}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told: list[str] = []
            while not told or not told[-1].startswith("Gateway on "):
                told.append(process.stdout.readline())
            url = told[-1].split()[2]
            body = {"model": "claude-3", "messages": [{"role": "user", "content": "hi"}]}
            answer = httpx.post(f"{url}/chat/completions", json=body, timeout=20, trust_env=False)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()

    assert answer.status_code == 200
    assert process.returncode == 0, errors
    assert f"{file}:3: litellm_params.rpm is not used by this gateway\n" in told
    assert KEY not in "".join(told) + errors


def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("model_list:\n  - model_name: a\n")

    assert main(["gateway", "--config", str(file)]) == 1
    assert main(["gateway", "--config", str(tmp_path / "none.yaml")]) == 1

    first, second = capsys.readouterr().err.splitlines()
    assert first == "The gateway did not start: line 2: litellm_params is missing"
    assert second.startswith("The gateway did not start: ")
    assert "none.yaml" in second
