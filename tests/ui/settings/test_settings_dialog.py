"""The settings dialog: every setting is there, and what is changed holds at once."""

import pytest
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.models import PRICES
from app.settings.declared import Settings, abouts
from app.simulator.server import own_catalogue
from ui.settings.dialog import SettingsDialog
from ui.theme.theme import Theme
from ui.widgets.fields import Choice, NumberField

MODELS = own_catalogue().pickable


class Person:
    """Someone at the dialog."""

    def __init__(self, qtbot: QtBot) -> None:
        window = QWidget()
        qtbot.addWidget(window)
        self.dialog = SettingsDialog(window)
        self.changed = QSignalSpy(self.dialog.changed)
        options = {"default_model": [("", "The recommended one")], "default_profile": [("", "The first one")]}
        self.dialog.show_settings(Settings(proxy="http://127.0.0.1:3128"), options, MODELS, "/data")
        self.window = window

    def told(self) -> list[list[object]]:
        return [self.changed.at(at) for at in range(self.changed.count())]

    def line(self, name: str) -> QLineEdit:
        return next(each for each in self.dialog.findChildren(QLineEdit) if each.accessibleName() == name)


@pytest.fixture
def person(qtbot: QtBot, theme: Theme) -> Person:
    return Person(qtbot)


def test_every_setting_has_its_field_and_showing_them_tells_nothing(person: Person) -> None:
    named = {each.accessibleName() for each in person.dialog.findChildren(QWidget)}
    assert {about.title for about in abouts().values()} <= named
    assert person.told() == []
    assert person.line("Proxy").text() == "http://127.0.0.1:3128"


def test_a_choice_holds_at_once(person: Person) -> None:
    theme = next(each for each in person.dialog.findChildren(Choice) if each.accessibleName() == "Theme")
    theme.setCurrentIndex(theme.findData("dark"))
    theme.activated.emit(theme.currentIndex())
    assert person.told() == [["theme", "dark"]]


def test_a_line_holds_when_it_is_left(person: Person) -> None:
    proxy = person.line("Proxy")
    proxy.setText(" http://127.0.0.1:9 ")
    assert person.told() == []
    proxy.editingFinished.emit()
    assert person.told() == [["proxy", "http://127.0.0.1:9"]]


def test_a_number_holds_only_within_its_range(person: Person) -> None:
    zoom = next(
        each for each in person.dialog.findChildren(NumberField) if each.accessibleName() == abouts()["zoom"].title
    )
    zoom.clear()
    QTest.keyClicks(zoom, "9")
    assert person.told() == []
    zoom.clear()
    QTest.keyClicks(zoom, "2")
    assert person.told() == [["zoom", 2.0]]


def test_a_price_of_ones_own_wins_and_an_emptied_cell_gives_the_catalogues_back(person: Person) -> None:
    table = person.dialog._prices
    cell = table.item(0, 0)
    assert cell is not None
    listed = cell.text()
    cell.setText("$1,5")
    assert person.told()[-1] == ["prices", {MODELS[0].id: {PRICES[0]: 1.5}}]
    cell = table.item(0, 0)
    assert cell is not None
    assert cell.font().bold()
    cell.setText("")
    assert person.told()[-1] == ["prices", {}]
    cell = table.item(0, 0)
    assert cell is not None
    assert cell.text() == listed
