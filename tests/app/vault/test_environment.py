"""A key in the environment is for us and for no child of ours."""

import os
import subprocess
import sys

import pytest

from app.vault.environment import taken


def test_no_child_inherits_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-CANARY-env")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://gateway.example")
    found = taken(os.environ)
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(dict(os.environ))"], capture_output=True, text=True, check=True
    )
    assert found["ANTHROPIC_API_KEY"] == "sk-ant-CANARY-env"
    assert found["ANTHROPIC_BASE_URL"] == "https://gateway.example"
    assert "CANARY" not in child.stdout
    assert "PATH" in child.stdout
