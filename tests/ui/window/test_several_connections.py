"""More than one connection: added, tested, edited, chosen by a conversation, deleted and brought back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.connection import Profile
from app.errors import VaultLocked
from app.settings.declared import Settings
from app.settings.file import read_settings
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.shell.dialogs import ConnectionDialog


def opened(desk: Desk) -> ConnectionDialog:
    desk.program._connections.open()
    return desk.window.main.findChildren(ConnectionDialog)[-1]


def line(within: QWidget, name: str) -> QLineEdit:
    return next(each for each in within.findChildren(QLineEdit) if each.accessibleName() == name)


def said(dialog: ConnectionDialog) -> str:
    return dialog.form._said.text()


async def test_a_second_connection_is_used_for_what_is_sent_later(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("With the first")
    await desk.until_answered()
    dialog = opened(desk)
    desk.click("Add connection")
    line(dialog, "Name of the connection").setText("Work")
    line(dialog, "API key").setText("sk-ant-CANARY-work")
    line(dialog, "Address of the service").setText(simulator.url)
    line(dialog, "Betas of this connection").setText("files-api-2025-04-14")
    desk.click("Test")
    await until(lambda: said(dialog).startswith("The key works"))
    dialog.form.session_requested.emit(dialog.form.entered)
    await until(lambda: desk.program._connections.name == "Work")
    desk.say("With the second")
    await desk.until_answered()
    first, second = [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]
    assert first.headers["x-api-key"].endswith("desk")
    assert second.headers["x-api-key"].endswith("work")
    assert "files-api-2025-04-14" in second.headers["anthropic-beta"]


async def test_a_name_is_taken_only_once(desk: Desk) -> None:
    dialog = opened(desk)
    desk.click("Add connection")
    line(dialog, "Name of the connection").setText("Personal")
    line(dialog, "API key").setText("sk-ant-CANARY-work")
    desk.click("Test")
    assert said(dialog).startswith("The connection has no name yet")


async def test_a_deleted_connection_can_come_back(open_desk: Callable[..., object], tmp_path: Path) -> None:
    profiles = (Profile("Personal"), Profile("Work", base_url="https://gateway.example"))
    desk: Desk = await open_desk(Settings(default_profile="Work", profiles=profiles))  # type: ignore[misc]
    opened(desk)
    desk.click("Delete")
    await until(lambda: [each.name for each in desk.program._keeper.value.profiles] == ["Personal"])
    assert "“Work” is deleted" in desk.notices
    desk.click("Undo")
    await until(lambda: [each.name for each in read_settings(tmp_path).settings.profiles] == ["Personal", "Work"])


async def test_a_connection_whose_key_is_locked_away_stays(
    open_desk: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key would stay behind, and nobody could see to it."""
    two = (Profile("Personal"), Profile("Work"))
    desk: Desk = await open_desk(Settings(profiles=two, default_profile="Personal"))  # type: ignore[misc]

    async def locked(profile: Profile) -> None:
        raise VaultLocked("Secret Service", "it is locked")

    monkeypatch.setattr(desk.program._engine.accounts, "kept", locked)
    dialog = opened(desk)
    desk.click("Delete")
    await until(lambda: "locked" in said(dialog))

    assert [each.name for each in desk.program._keeper.value.profiles] == ["Personal", "Work"]


@pytest.mark.parametrize("address", ["http://gateway.example", "no address"])
async def test_an_edited_connection_is_saved_or_told_why_not(desk: Desk, tmp_path: Path, address: str) -> None:
    dialog = opened(desk)
    desk.click("More of this connection")
    line(dialog, "Proxy of this connection").setText("socks5://127.0.0.1:1080")
    desk.click("Save")
    await until(
        lambda: read_settings(tmp_path).settings.profiles == (Profile("Personal", proxy="socks5://127.0.0.1:1080"),)
    )
    line(dialog, "Address of the service").setText(address)
    desk.click("Save")
    assert said(dialog)
    assert "Saved" not in said(dialog)
    assert desk.program._keeper.value.profiles[0].base_url == Profile("").base_url


async def test_the_environments_key_is_taken_over_when_asked(desk: Desk) -> None:
    dialog = opened(desk)
    assert line(dialog, "API key").text() == ""
    desk.click("Take over the environment’s key")
    assert line(dialog, "API key").text() == "sk-ant-CANARY-desk"
