"""The engine builds clients anew when the network's settings change; the simulator behind them stays."""

import threading
from pathlib import Path

from app.services.accounts import SIMULATOR
from app.settings.declared import Settings
from app.settings.keeper import SettingsKeeper
from ui.bootstrap.engine import Engine


def running() -> int:
    return sum(each.name == "simulator" for each in threading.enumerate())


async def test_a_client_built_anew_finds_the_same_simulator(tmp_path: Path) -> None:
    engine, before = Engine(SettingsKeeper(tmp_path, Settings()), {}, lambda rows: None), running()
    first = await engine.connect(SIMULATOR.name)
    await engine.accounts.close()
    second = await engine.connect(SIMULATOR.name)
    assert first is not second
    assert running() == before + 1
    assert len(await second.models()) > 5
    await engine.close()
    assert running() == before
