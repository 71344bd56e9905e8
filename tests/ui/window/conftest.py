"""The whole window in this process, on Qt's own loop, against the simulator over loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.connection import Profile
from app.settings.declared import Settings
from app.settings.keeper import SettingsKeeper
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.bootstrap.program import Program
from ui.bridge.loop import make_loop
from ui.shell.window import Window
from ui.theme.theme import QT_ARGUMENTS, Theme


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"qasync": lambda: make_loop(_qt_app())}


def _qt_app() -> QApplication:
    running = QApplication.instance()
    return running if isinstance(running, QApplication) else QApplication(["duologue", *QT_ARGUMENTS])


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keyring this machine has stays out of it."""
    import keyring.core

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)


@pytest_asyncio.fixture
async def open_desk(qtbot: QtBot, tmp_path: Path, theme: Theme) -> AsyncIterator[Callable[..., object]]:
    """Opens the window on a data folder; every window that was opened is closed at the end."""
    desks: list[Desk] = []

    async def opened(settings: Settings | None = None, environ: dict[str, str] | None = None) -> Desk:
        window = Window(theme, {})
        window.main.resize(1280, 820)
        window.show()
        window.furnish()
        keeper = SettingsKeeper(tmp_path, settings or Settings())
        program = Program(window, theme, tmp_path, keeper, environ or {})
        desk = Desk(window, program, tmp_path)
        desks.append(desk)
        await program.start(simulator=False)
        await until(lambda: desk.is_open)
        return desk

    yield opened
    for desk in desks:
        await desk.close()


@pytest_asyncio.fixture
async def desk(open_desk: Callable[..., object], simulator: LocalSimulator) -> Desk:
    """A window that is connected to the simulator as if it were the real service."""
    settings = Settings(default_profile="Personal", profiles=(Profile("Personal"),))
    environment = {"ANTHROPIC_API_KEY": "sk-ant-CANARY-desk", "ANTHROPIC_BASE_URL": simulator.url}
    return await open_desk(settings, environment)  # type: ignore[misc,no-any-return]
