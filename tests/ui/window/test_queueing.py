"""What is sent while an answer streams waits its turn, and comes back where it cannot be sent."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.settings.file import read_settings
from app.simulator.journal import Entry
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until

SLOW = "Story [[sim: long rate=300]]"


def asked(simulator: LocalSimulator) -> list[Entry]:
    return [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]


def queued(desk: Desk) -> tuple[str, ...]:
    queue = desk.window.page.composer._queue
    return queue.texts if queue is not None else ()


async def streams(desk: Desk) -> None:
    await until(lambda: desk.is_busy and "simulator" in desk.transcript)


async def test_what_is_sent_meanwhile_waits_and_is_sent_in_its_order(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("First [[sim: long rate=2000]]")
    await streams(desk)
    desk.say("Second")
    desk.say("Third")
    assert queued(desk) == ("Second", "Third")
    assert desk.window.page.composer.text == ""
    for _ in range(3):
        await desk.until_answered()
    texts = [each["content"][0]["text"] for each in asked(simulator)[-1].body["messages"]]
    assert texts[::2] == ["First [[sim: long rate=2000]]", "Second", "Third"]
    assert queued(desk) == ()


async def test_one_message_is_not_sent_twice_by_two_quick_enters(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("Hello")
    desk.press(Qt.Key.Key_Return)
    await desk.until_answered()
    assert len(asked(simulator)) == 1
    assert desk.window.page.composer.text == ""


async def test_esc_gives_back_what_waits(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say(SLOW)
    await streams(desk)
    desk.say("Second")
    desk.write("half a third")
    desk.press(Qt.Key.Key_Escape)
    await until(lambda: queued(desk) == ())
    assert desk.window.page.composer.text == "Second\n\nhalf a third"
    assert len(asked(simulator)) == 1


@pytest.mark.parametrize(("fault", "text"), [("400", "{first}\n\nSecond"), ("cut after=4", "Second")])
async def test_a_failure_gives_back_what_waits(desk: Desk, simulator: LocalSimulator, fault: str, text: str) -> None:
    first = f"First [[sim: {fault}]]"
    desk.say(first)
    desk.write("Second")
    desk.press(Qt.Key.Key_Return)
    await until(lambda: bool(queued(desk)) or desk.window.page.composer.text == text.format(first=first))
    await until(lambda: desk.window.page.composer.text == text.format(first=first))
    assert queued(desk) == ()
    assert len(asked(simulator)) == 1


async def test_a_chip_is_edited_or_removed(desk: Desk) -> None:
    desk.say(SLOW)
    await streams(desk)
    desk.say("Second")
    desk.say("Third")
    composer = desk.window.page.composer
    composer.queued_remove_requested.emit(0)
    assert queued(desk) == ("Third",)
    composer.queued_edit_requested.emit(0)
    assert queued(desk) == ()
    assert composer.text == "Third"


async def test_what_waits_is_in_the_composer_after_a_restart(
    desk: Desk, open_desk: Callable[..., Awaitable[Desk]], tmp_path: Path
) -> None:
    desk.say(SLOW)
    await streams(desk)
    desk.say("Second")
    desk.write("half a third")
    await desk.close()
    again = await open_desk(read_settings(tmp_path).settings)
    await until(lambda: again.window.page.composer.text == "Second\n\nhalf a third")


async def test_what_waits_goes_while_another_conversation_is_read(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("First [[sim: long rate=2000]]")
    await streams(desk)
    desk.say("Second")
    desk.window.main.actions_table.triggered.emit("new_conversation")
    await until(lambda: desk.window.page.empty.isVisible())
    assert queued(desk) == ()
    for _ in range(2):
        await desk.until_answered()
    assert len(asked(simulator)) == 2
