"""The Wire tab over a whole window: what was sent can be read, searched, copied, and found from its message."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from tests.support.desk import Desk
from tests.support.waiting import until
from ui.wire.view import WireView


async def test_an_answer_is_found_on_the_wire(desk: Desk, tmp_path: Path) -> None:
    desk.say("About elephants")
    await desk.until_answered()
    (message,) = [each.message for each in desk.window.page.transcript.items if each.message.role == "assistant"]
    desk.window.page.transcript.wire_requested.emit(message.id)
    (wire,) = desk.window.main.findChildren(WireView)
    await until(lambda: wire.timings.topLevelItemCount() > 0)

    body = json.loads(wire.request.text.toPlainText())
    assert body["messages"][0]["content"][0]["text"] == "About elephants"
    assert "x-api-key: …desk" in wire.request.head
    assert "request-id: req_" in wire.response.head
    events = wire.events.rows.model()
    names = [events.index(at, 1).data() for at in range(events.rowCount())]
    assert (names[0], names[-1]) == ("message_start", "message_stop")

    wire.code_requested.emit("curl")
    await until(lambda: "curl" in QGuiApplication.clipboard().text())
    copied = QGuiApplication.clipboard().text()
    assert "About elephants" in copied
    assert "$ANTHROPIC_API_KEY" in copied
    assert "CANARY" not in copied

    wire.search.setText("giraffes")
    await until(lambda: wire.rows.topLevelItemCount() == 0)
    wire.search.setText("ELEPHANTS")
    await until(lambda: wire.rows.topLevelItemCount() == 1)

    await desk.close()
    assert not holding(tmp_path, b"CANARY-desk")


async def test_the_wire_is_there_after_a_restart_and_can_be_cleared(
    desk: Desk, open_desk: Callable[..., object]
) -> None:
    desk.say("Remember me")
    await desk.until_answered()
    await desk.close()
    again: Desk = await open_desk()  # type: ignore[misc]
    again.window.main.actions_table["wire"].trigger()
    (wire,) = again.window.main.findChildren(WireView)
    await until(lambda: wire.rows.topLevelItemCount() > 0)
    again.click("Clear")
    await until(lambda: wire.rows.topLevelItemCount() == 0)
    assert wire.isVisible()


def holding(folder: Path, words: bytes) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file() and words in each.read_bytes()]
