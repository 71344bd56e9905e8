"""Pills, switches, icon buttons and lines of text."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from ui.theme.theme import Theme
from ui.widgets.direction import runs_left
from ui.widgets.elided_label import LONGEST, ElidedLabel
from ui.widgets.icon_button import IconButton
from ui.widgets.pill import ChoiceButton, Pill
from ui.widgets.row_button import RowButton
from ui.widgets.toggle import Toggle


def test_an_icon_button_says_what_it_does_and_its_keys(qtbot: QtBot, theme: Theme) -> None:
    button = IconButton(theme, "panel-left", "Sidebar", keys="Ctrl+B")
    qtbot.addWidget(button)

    assert button.accessibleName() == "Sidebar"
    assert button.toolTip() == "Sidebar (Ctrl+B)"


def test_an_icon_button_follows_the_theme(qtbot: QtBot, theme: Theme) -> None:
    button = IconButton(theme, "panel-left", "Sidebar")
    qtbot.addWidget(button)
    before = button.icon().cacheKey()
    theme.set_mode("dark")

    assert button.icon().cacheKey() != before


def test_a_pressed_icon_button_changes_its_colour_and_another_icon_its_picture(qtbot: QtBot, theme: Theme) -> None:
    button = IconButton(theme, "panel-left", "Sidebar")
    qtbot.addWidget(button)
    button.setCheckable(True)
    keys = {button.icon().cacheKey()}
    button.setChecked(True)
    keys.add(button.icon().cacheKey())
    button.show_icon("panel-right")
    keys.add(button.icon().cacheKey())

    assert len(keys) == 3


def test_space_switches_a_toggle(qtbot: QtBot, theme: Theme) -> None:
    toggle = Toggle(theme, "Allow parallel calls")
    qtbot.addWidget(toggle)
    clicked = QSignalSpy(toggle.clicked)
    qtbot.keyClick(toggle, Qt.Key.Key_Space)

    assert toggle.isChecked()
    assert clicked.count() == 1
    assert toggle.accessibleName() == "Allow parallel calls"


def test_a_toggle_looks_different_when_it_is_on(qtbot: QtBot, theme: Theme) -> None:
    toggle = Toggle(theme, "On or off")
    qtbot.addWidget(toggle)
    off = toggle.grab().toImage()
    toggle.setChecked(True)

    assert toggle.grab().toImage() != off


def test_a_pill_says_its_fact(qtbot: QtBot, theme: Theme) -> None:
    pill = Pill("ready", "good")
    qtbot.addWidget(pill)
    pill.show_fact("not ready", "caution")

    assert (pill.text(), pill.accessibleName(), pill.property("tone")) == ("not ready", "not ready", "caution")


def test_a_choice_says_what_is_chosen_ampersands_and_all(qtbot: QtBot, theme: Theme) -> None:
    button = ChoiceButton(theme, "Model")
    qtbot.addWidget(button)
    assert button.text() == "Choose a model"

    button.show_choice("This & that")
    assert button.text() == "This && that"
    assert button.accessibleName() == "Model: This & that"


def test_a_row_button_says_its_words_and_can_be_off(qtbot: QtBot, theme: Theme) -> None:
    button = RowButton(theme, "settings", "Settings", keys="Ctrl+,")
    qtbot.addWidget(button)
    button.setEnabled(False)

    assert button.accessibleName() == button.words == "Settings"
    assert button.toolTip() == "Settings (Ctrl+,)"


def test_a_line_of_text_is_one_line_and_never_a_megabyte(qtbot: QtBot, theme: Theme) -> None:
    label = ElidedLabel("two\nlines " + "x" * 1_000_000)
    qtbot.addWidget(label)
    label.resize(100, 20)

    assert label.text().startswith("two lines xxx")
    assert len(label.text()) <= LONGEST
    assert label.minimumSizeHint().width() < 100
    assert not label.grab().isNull()


@pytest.mark.parametrize(
    ("text", "leftwards"),
    [
        ("hello", False),
        ("مرحبا", True),
        ("שלום", True),
        ("12: שלום", True),
        ("a שלום", False),
        ("", False),
        ("…", False),
    ],
)
def test_a_text_runs_as_its_first_letter_does(text: str, leftwards: bool) -> None:
    assert runs_left(text) is leftwards
