"""What every test may use. The samples beside the checkout are optional: a test that needs them says so and skips."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.simulator.server import LocalSimulator, own_catalogue
from app.simulator.service import Simulator

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and hostile samples."""
    if not SHARED.is_dir():
        pytest.skip("the samples beside the checkout are not there")
    return SHARED


@pytest.fixture(scope="session")
def recordings(shared: Path) -> list[dict[str, Any]]:
    """Recorded exchanges with the real API, one dict each."""
    return list(_lines(shared / "data" / "anthropic-recordings.jsonl"))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@pytest.fixture
def simulator() -> Iterator[LocalSimulator]:
    """The simulator on loopback, streaming as fast as it is read; `simulator_url` is where."""
    local = LocalSimulator(Simulator(own_catalogue(), rate=0, keeps_bodies=True))
    local.start()
    yield local
    local.stop()


@pytest.fixture
def simulator_url(simulator: LocalSimulator) -> str:
    return simulator.url
