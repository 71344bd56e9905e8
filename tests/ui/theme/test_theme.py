"""Light and dark, chosen or followed; icons in the palette's colours."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import resources
from ui.theme.fonts import interface_font
from ui.theme.icons import Icons
from ui.theme.palette import DARK, LIGHT
from ui.theme.theme import Theme


def says_the_system(qapp: QApplication, scheme: Qt.ColorScheme) -> None:
    qapp.styleHints().colorSchemeChanged.emit(scheme)


def test_a_pinned_theme_dresses_the_application_at_once(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")

    assert theme.palette is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.canvas)
    assert DARK.sidebar in qapp.styleSheet()


def test_the_system_is_followed_while_the_program_runs(qapp: QApplication, theme: Theme) -> None:
    theme.set_mode("system")

    says_the_system(qapp, Qt.ColorScheme.Dark)
    assert theme.palette is DARK

    says_the_system(qapp, Qt.ColorScheme.Light)
    assert theme.palette is LIGHT


def test_a_pinned_theme_does_not_follow_the_system(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        says_the_system(qapp, Qt.ColorScheme.Dark)

    assert theme.palette is LIGHT


def test_choosing_the_same_again_changes_nothing(qtbot: QtBot, theme: Theme) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode("light")


def test_an_unknown_mode_is_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="sepia"):
        theme.set_mode("sepia")


def icon_names() -> list[str]:
    return sorted(path.stem for path in (Path(resources.__file__).parent / "icons").glob("*.svg"))


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_is_drawn_in_the_colour_it_is_given(qapp: QApplication, name: str) -> None:
    image = Icons().pixmap(name, "#FF0000", 32, 2.0).toImage()

    seen = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    inked = [colour for colour in seen if colour.alpha() > 200]
    assert image.width() == 64
    assert inked
    assert all(colour.red() > 200 and colour.green() < 40 and colour.blue() < 40 for colour in inked)


def test_an_icon_is_drawn_once_for_each_colour_and_pixel_ratio(qapp: QApplication) -> None:
    icons = Icons()

    assert icons.pixmap("search", "#FF0000", 16, 2.0) is icons.pixmap("search", "#FF0000", 16, 2.0)
    assert icons.icon("search", "#FF0000") is icons.icon("search", "#FF0000")
    assert icons.icon("search", "#FF0000") is not icons.icon("search", "#00FF00")


def test_an_icon_that_is_not_there_is_a_bug(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        Icons().pixmap("no-such-icon", "#FF0000")


def test_the_interface_font_has_its_weights(theme: Theme) -> None:
    plain, bold = (QFontMetricsF(interface_font(40, weight=weight)) for weight in (400, 600))
    assert bold.horizontalAdvance("Conversation") > plain.horizontalAdvance("Conversation") * 1.01
