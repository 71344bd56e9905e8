"""Editing what was said: nothing that was typed is lost on the way, and nothing is sent in the wrong place."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.settings.declared import Settings
from app.settings.file import read_settings
from app.simulator.journal import Entry
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.widgets.fields import TextField


def texts(entry: Entry) -> list[str]:
    """What the request said, message by message."""
    return [message["content"][0]["text"] for message in entry.body["messages"]]


def asked(simulator: LocalSimulator) -> list[Entry]:
    return [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]


def composed(desk: Desk) -> str:
    return desk.window.page.composer.text


def edit_first(desk: Desk) -> None:
    """Press Edit at the person's message, as the button of its row does."""
    transcript = desk.window.page.transcript
    first = next(iter(desk.program._conversation._session.conversation.path))
    transcript.edit_requested.emit(first.id)


async def test_an_edit_gives_back_what_it_displaced(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("First question")
    await desk.until_answered()
    desk.write("half a thought")
    edit_first(desk)
    assert composed(desk) == "First question"
    assert "Editing" in desk.window.page.composer.hint.text()
    desk.write(", better put")
    desk.press(Qt.Key.Key_Return)
    await desk.until_answered()
    assert texts(asked(simulator)[-1]) == ["First question, better put"]
    assert composed(desk) == "half a thought"
    assert "Editing" not in desk.window.page.composer.hint.text()


async def test_esc_leaves_the_message_as_it_was(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("First question")
    await desk.until_answered()
    desk.write("half a thought")
    edit_first(desk)
    desk.press(Qt.Key.Key_Escape)
    assert composed(desk) == "half a thought"
    desk.press(Qt.Key.Key_Return)
    await desk.until_answered()
    assert texts(asked(simulator)[-1])[::2] == ["First question", "half a thought"]


async def test_whoever_empties_the_field_goes_on_below(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("First question")
    await desk.until_answered()
    desk.press(Qt.Key.Key_Up)
    assert composed(desk) == "First question"
    editor = desk.window.page.composer.editor
    QTest.keySequence(editor, "Ctrl+A")
    desk.press(Qt.Key.Key_Backspace)
    desk.say("A follow-up")
    await desk.until_answered()
    assert texts(asked(simulator)[-1])[::2] == ["First question", "A follow-up"]


async def test_closing_during_an_edit_keeps_both_texts(
    open_desk: Callable[..., Awaitable[Desk]], desk: Desk, simulator: LocalSimulator, tmp_path: Path
) -> None:
    desk.say("First question")
    await desk.until_answered()
    desk.write("half a thought")
    edit_first(desk)
    await desk.close()
    again = await open_desk(read_settings(tmp_path).settings)
    await until(lambda: composed(again) != "")
    assert "half a thought" in composed(again)
    assert "First question" in composed(again)


async def test_the_setup_of_a_conversation_that_is_not_begun_waits(desk: Desk) -> None:
    desk.say("Something")
    await desk.until_answered()
    stored = desk.program._conversation.shown_id
    desk.program._conversation.new()
    await until(lambda: desk.program._conversation.shown_id == "")
    desk.click("Add a system block")
    field = desk.window.setup.findChild(TextField)
    assert field is not None
    field.setFocus()
    field.insertPlainText("Answer in verse.")
    desk.program._conversation.open(stored)
    await until(lambda: desk.program._conversation.shown_id == stored)
    desk.program._conversation.new()
    await until(lambda: desk.program._conversation.shown_id == "")
    (block,) = desk.program._conversation._session.conversation.setup.system
    assert block.text == "Answer in verse."


async def test_the_setup_of_a_conversation_that_is_not_begun_survives_a_restart(
    open_desk: Callable[..., Awaitable[Desk]], tmp_path: Path
) -> None:
    desk = await open_desk(Settings(default_profile="Simulator"))
    desk.click("Add a system block")
    field = desk.window.setup.findChild(TextField)
    assert field is not None
    field.insertPlainText("Answer in verse.")
    await desk.close()
    again = await open_desk(read_settings(tmp_path).settings)
    (block,) = again.program._conversation._session.conversation.setup.system
    assert block.text == "Answer in verse."
    again.say("Hello")
    await again.until_answered()
    await again.close()
    last = await open_desk(Settings(default_profile="Simulator"))
    assert last.program._conversation._session.conversation.setup.system == ()


async def test_a_word_that_is_typed_into_the_setup_is_written_once(desk: Desk) -> None:
    desk.say("Hello")
    await desk.until_answered()
    conversation = desk.program._conversation
    writes = desk.program._store._db.total_changes
    desk.click("Add a system block")
    field = desk.window.setup.findChild(TextField)
    assert field is not None
    QTest.keyClicks(field, "Answer in verse.")
    assert conversation._session.has_new_setup
    await until(lambda: not conversation._session.has_new_setup)
    shown = conversation.shown_id
    assert (await desk.program._store.load(shown)).setup.system[0].text == "Answer in verse."
    assert desk.program._store._db.total_changes - writes <= 2


async def test_an_earlier_branch_is_one_step_away(desk: Desk) -> None:
    desk.say("First question")
    await desk.until_answered()
    desk.say("Second question")
    await desk.until_answered()
    edit_first(desk)
    desk.write(", better put")
    desk.press(Qt.Key.Key_Return)
    await desk.until_answered()
    assert "Second question" not in desk.transcript
    path = desk.program._conversation._session.conversation.path
    desk.window.page.transcript.branch_requested.emit(path[0].id, -1)
    await until(lambda: "Second question" in desk.transcript)
    assert "better put" not in desk.transcript
