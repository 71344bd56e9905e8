"""What every test may use. The samples beside the checkout are optional: a test that needs them says so and skips."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
