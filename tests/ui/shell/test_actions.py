"""The table of commands: every key means one thing, and every command is done by something."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.shell.actions import COMMANDS, Actions


def test_no_key_means_two_things() -> None:
    keys = [QKeySequence(key).toString() for command in COMMANDS for key in command.keys]
    assert sorted(keys) == sorted(set(keys))


def test_no_command_takes_a_bare_letter() -> None:
    assert all(len(key) > 1 for command in COMMANDS for key in command.keys)


def test_the_menu_shows_what_has_a_group_with_its_key(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(window)
    menu = actions.menu(window)
    shown = {action.text(): action.shortcut().toString() for action in menu.actions() if not action.isSeparator()}
    assert shown["Rename conversation"] == "F2"
    assert set(shown) == {command.text for command in COMMANDS if command.group}


def test_a_command_is_told_by_its_name(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(window)
    with qtbot.waitSignal(actions.triggered) as told:
        actions["retry"].trigger()
    assert told.args == ["retry"]
