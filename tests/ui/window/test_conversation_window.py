"""A person's first conversation: connect, write, stop, retry, fail, and never lose a word."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.domain.connection import Profile
from app.settings.declared import Settings
from app.settings.file import read_settings
from app.simulator.journal import Entry
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.welcome.keyring_choices import KeyringChoices
from ui.widgets.fields import NumberField, TextField

W = TypeVar("W", bound=QWidget)
Opening = Callable[..., Awaitable[Desk]]


def asked(simulator: LocalSimulator) -> list[Entry]:
    """The requests for messages so far; the window also asks for the list of models."""
    return [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]


def part(whole: QWidget, kind: type[W], name: str) -> W:
    """The part of a widget that has this name."""
    found = whole.findChild(kind, name)
    assert found is not None, name
    return found


def assert_nowhere(folder: Path, secret: bytes) -> None:
    for path in folder.rglob("*"):
        assert path.is_dir() or secret not in path.read_bytes(), path


async def test_an_answer_streams_into_the_window(desk: Desk) -> None:
    desk.say("Show me a table")
    await desk.until_answered()
    assert "Haiku" in desk.transcript
    assert desk.window.page.composer.text == ""
    assert desk.notices == ""


async def test_the_simulator_needs_one_click(open_desk: Opening) -> None:
    desk = await open_desk()
    assert desk.window.page.welcome.isVisible()
    assert desk.window.main.focusWidget() is desk.window.page.welcome.try_simulator
    desk.click("Try the simulator")
    desk.say("Hello")
    await until(lambda: "not Claude" in desk.transcript)


async def test_esc_stops_fifty_times_and_nothing_sticks(desk: Desk, simulator: LocalSimulator) -> None:
    for number in range(50):
        shown = len(desk.transcript)
        desk.say(f"Story {number} [[sim: long rate=400]]")
        await until(lambda shown=shown: "simulator" in desk.transcript[shown:])  # type: ignore[misc]
        desk.press(Qt.Key.Key_Escape)
        await until(lambda: not desk.is_busy)
        entry = asked(simulator)[-1]
        await until(lambda entry=entry: entry.disconnected)  # type: ignore[misc]
    await desk.close()
    bodies = [each.body for each in asked(simulator)]
    assert len(bodies) == 50
    roles = [message["role"] for message in bodies[-1]["messages"]]
    assert roles == ["user", "assistant"] * 49 + ["user"]


async def test_a_stopped_answer_goes_with_the_next_message(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("Story [[sim: long rate=200]]")
    await until(lambda: "simulator" in desk.transcript)
    desk.press(Qt.Key.Key_Escape)
    await desk.until_answered()
    desk.say("Go on")
    await desk.until_answered()
    messages = asked(simulator)[-1].body["messages"]
    assert [each["role"] for each in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"][0]["text"].startswith("This is the simulator")


@pytest.mark.parametrize("fault", ["401", "400", "402", "500 retry-after=0.01", "529 retry-after=0.01"])
async def test_a_failed_message_comes_back_to_the_composer(desk: Desk, fault: str) -> None:
    desk.say(f"Precious words [[sim: {fault}]]")
    await desk.until_answered()
    assert desk.window.page.composer.text == f"Precious words [[sim: {fault}]]"
    assert "Your message is kept" in desk.seen


async def test_text_typed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    desk.say("Precious words [[sim: 400 retry-after=1]]")
    desk.write("Newer words")
    await desk.until_answered()
    assert desk.window.page.composer.text == "Newer words"


async def test_sending_again_after_a_failure_replaces_the_failed_turn(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("Once more [[sim: 400 times=1]]")
    await desk.until_answered()
    desk.press(Qt.Key.Key_Return)
    await desk.until_answered()
    messages = asked(simulator)[-1].body["messages"]
    assert len(messages) == 1
    assert desk.window.page.composer.text == ""


async def test_a_failed_retry_leaves_the_answer_that_was_there(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("Show me a table")
    await desk.until_answered()
    before = desk.transcript
    simulator.stop()
    desk.window.main.actions_table.triggered.emit("retry")
    await desk.until_answered()
    await until(lambda: "earlier answer is kept" in desk.notices)
    assert "Haiku" in desk.transcript
    assert desk.transcript == before


async def test_two_answers_at_once_do_not_mix(desk: Desk) -> None:
    desk.say("First story [[sim: long rate=100]]")
    await until(lambda: "simulator" in desk.transcript)
    desk.window.main.actions_table.triggered.emit("new_conversation")
    await until(lambda: desk.window.page.empty.isVisible())
    desk.say("Show me a table")
    await desk.until_answered()
    assert "Haiku" in desk.transcript
    assert "First story" not in desk.transcript
    await desk.close()


async def test_a_draft_belongs_to_its_conversation(desk: Desk) -> None:
    desk.say("Show me a table")
    await desk.until_answered()
    desk.write("half a reply")
    desk.window.main.actions_table.triggered.emit("new_conversation")
    await until(lambda: desk.window.page.empty.isVisible())
    assert desk.window.page.composer.text == ""
    desk.window.main.actions_table.triggered.emit("next_conversation")
    await until(lambda: desk.window.page.composer.text == "half a reply")


async def test_the_setup_reaches_the_wire(desk: Desk, simulator: LocalSimulator) -> None:
    desk.click("Add a system block")
    system = next(
        each for each in desk.window.setup.findChildren(TextField) if each.accessibleName() == "System block 1"
    )
    system.insertPlainText("Answer in verse.")
    numbers = {each.accessibleName(): each for each in desk.window.setup.findChildren(NumberField)}
    numbers["Max tokens"].setFocus()
    QTest.keyClicks(numbers["Max tokens"], "777")
    assert not numbers["Temperature"].isEnabled()
    desk.say("Show me a table")
    await desk.until_answered()
    body = asked(simulator)[-1].body
    assert body["system"] == [{"type": "text", "text": "Answer in verse."}]
    assert body["max_tokens"] == 777
    assert "temperature" not in body


async def test_without_a_keyring_the_choice_is_clear_and_nothing_is_written(
    open_desk: Opening, simulator: LocalSimulator, tmp_path: Path
) -> None:
    desk = await open_desk(Settings(profiles=(Profile("Personal", base_url=simulator.url),)))
    desk.click("Add an API key")
    form = desk.window.page.welcome.form
    await until(lambda: part(form, KeyringChoices, "keyring_choices").isVisible())
    part(form, QLineEdit, "key").setText("sk-ant-CANARY-session")
    desk.click("Test")
    said = part(form, QLabel, "connect_result")
    await until(lambda: "key works" in said.text())
    desk.click("Use the key for this session only")
    await until(lambda: desk.window.page.empty.isVisible())
    desk.say("Hello")
    await desk.until_answered()
    await desk.close()
    assert_nowhere(tmp_path, b"CANARY")
    settings = read_settings(tmp_path).settings
    again = await open_desk(settings)
    assert "No connection is chosen" in again.notices
    again.window.main.actions_table.triggered.emit("new_conversation")
    await until(lambda: again.window.page.welcome.isVisible())


async def test_a_key_in_the_environment_that_is_none_is_told(open_desk: Opening) -> None:
    desk = await open_desk(environ={"ANTHROPIC_API_KEY": "sk-ant-schlüssel"})
    await until(lambda: "What ANTHROPIC_API_KEY holds cannot be an API key" in desk.notices)
    assert "schl" not in desk.notices


async def test_a_wrong_key_is_told_and_stays_in_the_field(open_desk: Opening, simulator: LocalSimulator) -> None:
    desk = await open_desk(Settings(profiles=(Profile("Personal", base_url=simulator.url),)))
    desk.click("Add an API key")
    form = desk.window.page.welcome.form
    key, said = part(form, QLineEdit, "key"), part(form, QLabel, "connect_result")
    key.setText("sk-wrong")
    desk.click("Test")
    await until(lambda: "key" in said.text().lower() and "Asking" not in said.text())
    assert key.text() == "sk-wrong"


async def test_an_unreadable_database_opens_a_window_that_says_so(open_desk: Opening, tmp_path: Path) -> None:
    (tmp_path / "duologue.db").mkdir()
    desk = await open_desk(Settings(default_profile="Simulator"))
    assert "nothing that you write here is kept when the window closes" in desk.notices
    desk.say("Hello")
    await until(lambda: "not Claude" in desk.transcript)


async def test_the_key_is_nowhere_whatever_goes_wrong(desk: Desk, simulator: LocalSimulator, tmp_path: Path) -> None:
    for text in ("Hello", "Wrong [[sim: 401]]", "Cut [[sim: cut after=3]]"):
        desk.write(text)
        desk.press(Qt.Key.Key_Return)
        await desk.until_answered()
        desk.window.page.composer.show_text("", 0)
    simulator.stop()
    desk.say("Nobody there")
    await desk.until_answered()
    shown = desk.transcript + desk.seen + desk.notices + desk.window.main.windowTitle()
    await desk.close()
    assert "CANARY" not in shown
    assert_nowhere(tmp_path, b"CANARY")
    commands = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline"))  # noqa: ASYNC240
    assert not any(b"CANARY-desk" in command for command in commands)
