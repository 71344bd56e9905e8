"""The form for a key, as a person fills it in."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme.theme import Theme
from ui.welcome.connect_form import ConnectForm
from ui.widgets.error_text import ErrorText


class Person:
    """Someone at the form."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        self.form = ConnectForm()
        column = QVBoxLayout(self.window)
        column.addWidget(self.form)
        column.addStretch(1)
        qtbot.addWidget(self.window)
        self.window.resize(480, 700)
        self.window.show()
        qtbot.waitActive(self.window)
        self.form.show_keyring("Test Keyring")
        self.key = self.field("API key")
        self.tested, self.edited = QSignalSpy(self.form.test_requested), QSignalSpy(self.form.edited)

    def field(self, name: str) -> QLineEdit:
        return next(each for each in self.form.findChildren(QLineEdit) if each.accessibleName() == name)

    def button(self, words: str) -> QPushButton:
        return next(each for each in self.form.findChildren(QPushButton) if each.text() == words)

    def clicks(self, words: str) -> None:
        self.qtbot.mouseClick(self.button(words), Qt.MouseButton.LeftButton)

    @property
    def said(self) -> str:
        label = self.form.findChild(QLabel, "connect_result")
        assert label is not None
        return label.text()


@pytest.fixture
def person(qtbot: QtBot, theme: Theme) -> Person:
    return Person(qtbot)


def test_a_key_is_hidden_until_one_wants_to_see_it(person: Person) -> None:
    person.key.setText("sk-ant-1")
    assert person.key.echoMode() == QLineEdit.EchoMode.Password
    person.clicks("Show")
    assert person.key.echoMode() == QLineEdit.EchoMode.Normal
    person.clicks("Hide")
    assert person.key.echoMode() == QLineEdit.EchoMode.Password


def test_a_test_is_asked_for_once_and_leaves_the_focus_where_it_was(person: Person) -> None:
    person.key.setText("sk-ant-1")
    person.clicks("Test")
    person.button("Test").setFocus()
    person.form.show_testing()
    person.clicks("Test")
    assert person.tested.count() == 1
    assert QApplication.focusWidget() is person.button("Test")
    person.form.show_models(["Claude"])
    assert QApplication.focusWidget() is person.button("Test")
    assert person.said == "The key works. 1 model: Claude."


def test_who_edits_meanwhile_has_asked_about_something_else(person: Person) -> None:
    person.key.setText("sk-ant-1")
    person.form.show_testing()
    before = person.edited.count()
    person.qtbot.keyClicks(person.key, "2")
    assert person.edited.count() == before + 1
    assert person.said == ""
    person.clicks("Test")
    assert person.tested.at(0)[0].key == "sk-ant-12"


def test_what_is_said_moves_nothing_above_it(person: Person) -> None:
    person.key.setText("sk-ant-1")
    places = [each.mapTo(person.window, each.rect().topLeft()) for each in (person.key, person.button("Test"))]
    person.form.show_refusal(ErrorText("The API did not accept the key.", "", "Enter another.", "Status: 401"))
    QApplication.processEvents()
    assert [each.mapTo(person.window, each.rect().topLeft()) for each in (person.key, person.button("Test"))] == places


def test_the_usual_address_is_an_experts_business(person: Person) -> None:
    person.form.show_address("https://api.anthropic.com", is_usual=True)
    address = person.field("Address of the service")
    assert not address.isVisible()
    person.clicks("Advanced")
    assert address.isVisible()
    person.form.show_address("https://gateway.example", is_usual=False)
    assert address.isVisible()


def test_an_address_can_be_read_whole(person: Person) -> None:
    person.form.show_address("https://gateway.long-name-of-a-company.example", is_usual=False)
    address = person.field("Address of the service")
    assert address.fontMetrics().horizontalAdvance(address.text()) < address.width()


def test_a_kept_key_is_named_by_its_end_and_can_be_forgotten(person: Person) -> None:
    forgets = QSignalSpy(person.form.forget_requested)
    assert not person.button("Forget this key").isVisible()
    person.form.show_kept("…wxyz")
    person.clicks("Forget this key")
    assert forgets.count() == 1


def test_a_locked_keyring_says_how_to_unlock_it(person: Person) -> None:
    person.form.show_no_keyring(ErrorText("Secret Service is locked."), is_locked=True)
    words = " ".join(each.text() for each in person.form.findChildren(QLabel) if each.isVisible())
    assert "is locked" in words
    assert "Passwords and Keys" in words
    assert "install a keyring" not in words


def test_the_console_is_a_click_away(person: Person) -> None:
    asked = QSignalSpy(person.form.console_requested)
    person.clicks("Get a key in the Console")
    assert asked.count() == 1
