"""The transcript on the real accessibility bus, as a screen reader finds it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.screen import VirtualScreen
from ui.transcript.announcing import Announcer
from ui.transcript.items import Item
from ui.transcript.telling import Telling
from ui.widgets.error_text import from_facts as error_text

ROOT = Path(__file__).resolve().parents[3]


def named(tree: dict[str, Any], role: str) -> list[dict[str, Any]]:
    own = [tree] if tree["role"] == role else []
    return own + [each for child in tree["children"] for each in named(child, role)]


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that the bus tells."""
    told, complaint = (tmp_path_factory.mktemp("bus") / name for name in ("told.json", "complaint.txt"))
    with VirtualScreen() as screen, complaint.open("w") as errors:
        done = subprocess.run(
            ["dbus-run-session", "--", sys.executable, "-m", "tests.support.at_spi", str(told)],
            cwd=ROOT,
            env={**os.environ, "DISPLAY": screen.name, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, complaint.read_text()
    return {"role": "desktop", "name": "", "children": json.loads(told.read_text())}


@pytest.mark.window
def test_a_screen_reader_finds_every_message_with_its_text(desktop):
    (transcript,) = [each for each in named(desktop, "list") if each["name"] == "Transcript"]
    messages = transcript["children"]
    assert [each["role"] for each in messages] == ["list item"] * 4
    assert [each["name"].split(":")[0] for each in messages] == ["You", "Claude", "You", "Claude"]
    assert "What is *this*?" in messages[0]["text"]
    assert "A bold answer \U0001f600." in messages[1]["text"]
    assert "\u2022 one\n\u2022 two" in messages[1]["text"]
    assert messages[3]["text"] == "It grows"
    assert all(each["selections"] == 0 for each in messages)


def test_each_finished_paragraph_is_announced_once(transcript, answer):
    said = []
    announcer = Announcer(transcript, said.append)
    text = "One *fine*\nday.\n\n```py\nx = 1\n\ny = 2\n```\n\nLast."
    for end in range(len(text) + 1):
        announcer.grew(Item(answer(text[:end]), Telling(error_text)))
    announcer.ended(Item(answer(text), Telling(error_text)))
    assert said == ["One fine day.", "Code block, py, 3 lines.", "Last."]
