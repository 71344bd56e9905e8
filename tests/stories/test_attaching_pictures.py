"""A person drags files from another program onto the real window, and pastes a picture that another one copied."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.pictures import picture
from tests.support.screen import ROOT, VirtualScreen, Window, until

pytestmark = pytest.mark.window
OTHER = ROOT / "tests" / "support" / "other_program.py"


@contextmanager
def other_program(screen: VirtualScreen, *words: str) -> Iterator[None]:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    command = [sys.executable, str(OTHER), *words]
    with subprocess.Popen(
        command, env={**environment, "DISPLAY": screen.name}, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            running.kill()


def drag(screen: VirtualScreen, to: tuple[int, int]) -> None:
    """From the other program's window; the button is still down at the end."""
    screen.do("mousemove", "80", "80")
    screen.do("mousedown", "1")
    for step in range(1, 11):
        screen.do("mousemove", *(str(round(80 + (end - 80) * step / 10)) for end in to))


def attached(window: Window) -> list[str]:
    rows = window._ask("SELECT facts FROM attachments ORDER BY place")
    return [json.loads(facts)["name"] for (facts,) in rows]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_files_are_dragged_onto_the_window_and_a_picture_is_pasted(tmp_path: Path, theme: str) -> None:
    first, second, folder = tmp_path / "cat.png", tmp_path / "notes.txt", tmp_path / "data"
    first.write_bytes(picture(900, 600))
    second.write_text("What the cat did.")
    folder.mkdir()
    settings = {"version": 1, "theme": theme, "default_profile": "Simulator"}
    (folder / "settings.json").write_text(json.dumps(settings))
    shots = Path(os.environ["DUOLOGUE_SHOTS"]) if "DUOLOGUE_SHOTS" in os.environ else None
    with VirtualScreen() as screen, Window(screen, folder, size=(1200, 860)) as window:
        with other_program(screen, "drag", str(first), str(second)):
            drag(screen, (700, 400))
            if shots is not None:
                window.shoot_as_it_is(shots / f"veil-{theme}.png")
            screen.do("mouseup", "1")
            until(lambda: attached(window) == ["cat.png", "notes.txt"], "the dropped files")
        with other_program(screen, "copy", str(first)):
            window.activate()
            window.press("ctrl+l", "ctrl+v")
            until(lambda: len(attached(window)) == 3, "the pasted picture")
            window.type("What did it do?")
            if shots is not None:
                window.shoot(shots / f"chips-{theme}.png")
            window.press("Return")
            window.until_answered()
        if shots is not None:
            window.shoot(shots / f"sent-{theme}.png")
        blocks = json.loads(window.messages()[0][2])
        assert [each["type"] for each in blocks] == ["image", "document", "image", "text"]
        # one picture, twice used, once stored; and nothing of it is left beside the draft
        used = "SELECT count(*) FROM blob_uses WHERE seq IN (SELECT seq FROM messages WHERE role = 'user')"
        assert window._ask(used) == [(1,)]
        assert window._ask("SELECT count(*) FROM attachments") == [(0,)]
