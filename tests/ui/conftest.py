"""What every test of the window may use."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme.theme import QT_ARGUMENTS, Theme


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["duologue", *QT_ARGUMENTS]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The application, dressed in the light palette."""
    made = Theme()
    made.set_mode("light")
    made.apply(qapp)
    return made


@pytest.fixture(autouse=True)
def garbage_of_this_thread() -> Iterator[None]:
    """Widgets in cycles are destroyed here and not on some worker's thread, as ui.bridge.garbage has it."""
    gc.disable()
    gc.freeze()  # what was there before the test is none of its garbage, and in a long run it is a gigabyte
    yield
    gc.collect()
