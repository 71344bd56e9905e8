"""A person with nothing but the keyboard: the real window on a real X server, driven from outside."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.screen import VirtualScreen, Window, until

pytestmark = pytest.mark.window
SIMULATOR = ("--simulator",)


@pytest.fixture
def screen() -> Iterator[VirtualScreen]:
    with VirtualScreen() as each:
        yield each


def clipboard(screen: VirtualScreen) -> str:
    told = subprocess.run(
        ["xclip", "-selection", "clipboard", "-o"],
        env={**os.environ, "DISPLAY": screen.name},
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    return told.stdout


def test_an_answer_streams_is_stopped_and_is_found_again(screen: VirtualScreen, tmp_path: Path) -> None:
    with Window(screen, tmp_path, arguments=SIMULATOR) as window:
        window.say("Tell me a long story [[sim: rate=40]]")
        until(lambda: len(window.newest_text()) > 80, "the answer to stream")
        seen = len(window.newest_text())
        until(lambda: len(window.newest_text()) > seen, "the answer to grow")
        window.press("Escape")
        until(lambda: window.messages()[-1][1] == "stopped", "the answer to stop")
        stopped = window.newest_text()
        window.type("half a thought")
        assert window.close() == 0

    with Window(screen, tmp_path) as again:
        assert again.newest_text() == stopped

        def copied() -> str:
            again.press("ctrl+shift+c")
            return clipboard(screen)

        until(lambda: copied() == stopped, "the stopped answer in the window")
        # the draft came back too, and what is sent next goes on from it
        again.type(" and its end")
        again.press("Return")
        until(lambda: "half a thought and its end" in str(again.messages()), "the draft to be sent")
        again.until_answered()
        assert again.close() == 0


def test_closing_during_an_answer_keeps_it(screen: VirtualScreen, tmp_path: Path) -> None:
    with Window(screen, tmp_path, arguments=SIMULATOR) as window:
        window.say("Tell me a long story [[sim: rate=40]]")
        until(lambda: len(window.newest_text()) > 40, "the answer to stream")
        assert window.close() == 0
        assert window.messages()[-1][1] == "stopped"
        assert len(window.newest_text()) > 40


def test_a_killed_program_loses_neither_answer_nor_draft(screen: VirtualScreen, tmp_path: Path) -> None:
    with Window(screen, tmp_path, arguments=SIMULATOR) as window:
        window.say("Tell me a long story [[sim: rate=40]]")
        until(lambda: len(window.newest_text()) > 60, "the answer to stream")
        window.type("a draft of mine")
        until(lambda: "a draft of mine" in window.drafts(), "the draft to be stored")
        window.process.kill()
        window.process.wait()
        killed = window.newest_text()

    with Window(screen, tmp_path) as again:
        until(lambda: again.messages()[-1][1] == "interrupted", "the answer to be marked")
        assert again.newest_text() == killed
        assert "a draft of mine" in again.drafts()
        assert again.close() == 0


def test_a_second_start_raises_the_first_window(screen: VirtualScreen, tmp_path: Path) -> None:
    with Window(screen, tmp_path, arguments=SIMULATOR) as window:
        second = window.start_again()
        assert second.returncode == 0
        assert "ready" not in second.stdout
        assert window.process.poll() is None
        assert window.close() == 0


def test_of_two_quick_starts_one_stays(screen: VirtualScreen, tmp_path: Path) -> None:
    with Window(screen, tmp_path, arguments=SIMULATOR, waits=False) as window:
        second = window.start_again()
        assert (second.returncode, second.stdout) == (0, "")
        assert window.process.poll() is None
        assert window.close() == 0


def test_conversations_are_renamed_deleted_and_brought_back(screen: VirtualScreen, tmp_path: Path) -> None:
    with Window(screen, tmp_path, arguments=SIMULATOR) as window:
        window.say("First things first")
        window.until_answered()
        window.press("ctrl+n")
        window.say("Second thoughts")
        window.until_answered()
        assert window.titles() == ["First things first", "Second thoughts"]
        window.press("shift+F2")
        window.press("ctrl+a")
        window.type("Renamed by hand")
        window.press("Return")
        until(lambda: window.titles() == ["First things first", "Renamed by hand"], "the new title")
        window.press("ctrl+shift+BackSpace")
        until(lambda: window.titles() == ["First things first"], "the deletion")
        window.press("alt+u")
        until(lambda: window.titles() == ["First things first", "Renamed by hand"], "the undo")
        assert window.close() == 0


def test_what_is_typed_at_once_is_sent_as_soon_as_it_can_be(screen: VirtualScreen, tmp_path: Path) -> None:
    with Window(screen, tmp_path, arguments=SIMULATOR, waits=False) as window:
        window.type("Quick fingers")
        window.press("Return")
        window.until_open()
        window.until_answered()
        assert [each[0] for each in window.messages()] == ["user", "assistant"]
        assert window.titles() == ["Quick fingers"]
        assert window.close() == 0


def test_a_window_that_is_closed_at_once_is_gone_and_keeps_what_was_typed(
    screen: VirtualScreen, tmp_path: Path
) -> None:
    with Window(screen, tmp_path, arguments=SIMULATOR, waits=False) as window:
        window.type("x")
        assert window.close() == 0
    with Window(screen, tmp_path, arguments=SIMULATOR) as again:
        assert again.drafts() == ["x"]
        assert again.close() == 0
