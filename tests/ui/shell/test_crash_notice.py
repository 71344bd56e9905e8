"""What a person is told of a bug, and can take away."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from ui.shell.window import Window
from ui.theme.theme import Theme


def test_a_crash_is_told_and_its_report_can_be_copied(theme: Theme) -> None:
    window = Window(theme, {})
    window.tell_crashes_by(lambda: "Duologue 1: a KeyError")
    window.show_crash("KeyError")
    (told,) = window.notices.texts
    assert "KeyError" in told.headline
    assert told.details == "Duologue 1: a KeyError"
    (copy,) = [each for each in window.notices.findChildren(QPushButton) if each.text() == "Copy report"]
    copy.click()
    assert QGuiApplication.clipboard().text() == "Duologue 1: a KeyError"
