"""What every test of the window may use."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
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
    """Widgets in cycles are destroyed here and not on some worker's thread, as ui.bridge.garbage has it.

    Nothing of one test's window outlives it: a style sheet is set on every widget that there is, and a few hundred
    windows make that take ten seconds.
    """
    gc.disable()
    gc.collect()  # what the test before was made of, which pytest held until after its end
    gc.freeze()  # what is left is none of this test's garbage, and in a long run it is much
    yield
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
