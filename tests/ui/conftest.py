"""What every test of the window may use."""

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme.theme import Theme


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The application, dressed in the light palette."""
    made = Theme()
    made.set_mode("light")
    made.apply(qapp)
    return made
