"""Two libraries: what leaves one comes into the other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.store import Store
from tests.support.libraries import Library


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    store = await Store.in_memory()
    yield Library(store, tmp_path)
    await store.close()


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Library]:
    store = await Store.in_memory()
    yield Library(store, tmp_path)
    await store.close()
