"""Other programs use the window's connection while its gateway is on."""

import asyncio
from typing import Any

import httpx
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from app.domain.connection import Profile, Secret
from app.settings.declared import Settings
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.gateways import entry, gateway_of, listed
from tests.support.waiting import until
from ui.gateway.view import GatewayDialog

ASKED = {"model": "claude-haiku-4-5", "messages": [{"role": "user", "content": "hi"}]}


def opened(desk: Desk) -> GatewayDialog:
    desk.program._commands.do("gateway")
    (dialog,) = (each for each in desk.window.main.findChildren(GatewayDialog) if each.isVisible())
    return dialog


async def answered(url: str, token: str) -> Any:
    """From a thread of another program's, so to say: the window's own loop goes on."""
    headers = {"authorization": f"Bearer {token}"}
    return await asyncio.to_thread(httpx.post, f"{url}/chat/completions", json=ASKED, headers=headers, trust_env=False)


async def test_a_person_switches_it_on_copies_what_is_needed_and_switches_it_off(desk: Desk) -> None:
    dialog = opened(desk)
    assert not dialog.toggle.isChecked()
    assert not dialog.token.isVisible()

    dialog.toggle.click()
    await until(lambda: dialog.token.isVisible())
    url, token = dialog.address.text(), dialog.token.text()
    (copy,) = (each for each in dialog.findChildren(QPushButton) if each.accessibleName() == "Copy Token")
    copy.click()

    assert QGuiApplication.clipboard().text() == token
    assert (await answered(url, token)).json()["choices"][0]["message"]["content"]
    assert (await answered(url, "sk-another")).status_code == 401
    dialog.close()
    dialog = opened(desk)
    assert dialog.toggle.isChecked()
    assert dialog.token.text() == token

    dialog.toggle.click()
    await until(lambda: dialog.toggle.isEnabled() and not dialog.toggle.isChecked())
    try:
        await answered(url, token)
    except httpx.ConnectError:
        pass
    else:
        raise AssertionError("it answers although it is off")


async def test_the_window_talks_through_a_server_that_speaks_chat_completions(
    open_desk: Any, simulator: LocalSimulator
) -> None:
    with gateway_of(listed(entry("*", "anthropic/*", simulator.url))) as gateway:
        profile = Profile("Proxy", "openai", base_url=f"{gateway.url}/v1")
        desk: Desk = await open_desk(Settings(default_profile="Proxy", profiles=(profile,)))
        await desk.program._engine.accounts.adopt(profile, Secret("sk-proxy-key"), keep=False)

        desk.say("hello there")
        await desk.until_answered()

        assert "hello there" in desk.transcript
        assert "This is the simulator" in desk.transcript
        await desk.close()
