"""What a person does in the composer, and what it tells."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent, QTextOption
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFrame, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.composer.view import Composer
from ui.theme.theme import Theme

Key = Qt.Key


class Desk:
    """A window with a composer at its bottom, and a person at it."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(800, 600)
        self.composer = Composer(theme)
        column = QVBoxLayout(self.window)
        column.addStretch(1)
        column.addWidget(self.composer)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.composer.setFocus()
        self.sent = QSignalSpy(self.composer.send_requested)
        self.stopped = QSignalSpy(self.composer.stop_requested)
        self.edited = QSignalSpy(self.composer.text_edited)
        self.recalled = QSignalSpy(self.composer.edit_last_requested)

    @property
    def text(self) -> str:
        return self.composer.editor.text

    def types(self, text: str) -> None:
        self.qtbot.keyClicks(self.composer.editor, text)

    def presses(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.composer.editor, key, modifier)

    def composes(self, preedit: str, commit: str = "") -> None:
        event = QInputMethodEvent(preedit, [])
        event.setCommitString(commit)
        QApplication.sendEvent(self.composer.editor, event)

    def pastes(self, data: QMimeData) -> None:
        QApplication.clipboard().setMimeData(data)
        self.composer.editor.paste()

    def told(self) -> list[list[object]]:
        return [self.edited.at(at) for at in range(self.edited.count())]

    def prompts(self) -> list[object]:
        return [self.sent.at(at)[0] for at in range(self.sent.count())]


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme) -> Desk:
    return Desk(qtbot, theme)


# ---- sending


def test_enter_sends_what_is_typed_and_leaves_it_until_it_is_stored(desk: Desk) -> None:
    desk.types("Which is Boston?")
    desk.presses(Key.Key_Return)

    assert desk.prompts() == ["Which is Boston?"]
    assert desk.text == "Which is Boston?"


def test_the_keypads_enter_sends_too(desk: Desk) -> None:
    desk.types("Hello")
    desk.presses(Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)

    assert desk.prompts() == ["Hello"]


def test_shift_enter_breaks_the_line(desk: Desk) -> None:
    desk.types("one")
    desk.presses(Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    desk.types("two")

    assert desk.text == "one\ntwo"
    assert desk.prompts() == []


def test_with_the_other_setting_ctrl_enter_sends_and_enter_breaks_the_line(desk: Desk) -> None:
    desk.composer.set_enter_sends(False)
    desk.types("one")
    desk.presses(Key.Key_Return)
    assert desk.prompts() == []

    desk.presses(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.prompts() == ["one"]
    assert desk.text == "one\n"


@pytest.mark.parametrize("blank", ["", "   ", "\n\n", "\u00a0\u2003"])
def test_nothing_but_blanks_is_never_sent(desk: Desk, blank: str) -> None:
    desk.composer.show_text(blank, len(blank))
    desk.presses(Key.Key_Return)
    desk.composer.send_button.click()

    assert desk.prompts() == []
    assert not desk.composer.send_button.isEnabled()


def test_the_button_sends(desk: Desk) -> None:
    desk.types("Hello")
    desk.composer.send_button.click()

    assert desk.prompts() == ["Hello"]


def test_what_cannot_be_sent_stays_and_the_composer_says_why(desk: Desk) -> None:
    desk.composer.set_sendable(False, "Add an API key to send.")
    desk.types("Hello")
    desk.presses(Key.Key_Return)

    assert desk.prompts() == []
    assert desk.text == "Hello"
    assert desk.composer.hint.text() == "Add an API key to send."
    assert not desk.composer.send_button.isEnabled()


# ---- while an answer comes


def test_enter_while_an_answer_comes_sends_too_and_stops_nothing(desk: Desk) -> None:
    desk.composer.set_busy(True)
    desk.types("next question")
    assert "when the answer has ended" in desk.composer.hint.text()
    desk.presses(Key.Key_Return)

    assert desk.text == "next question"
    assert desk.prompts() == ["next question"]
    assert desk.stopped.count() == 0


def test_what_waits_is_shown_and_can_be_taken_back_or_dropped(desk: Desk) -> None:
    edited, removed = (
        QSignalSpy(desk.composer.queued_edit_requested),
        QSignalSpy(desk.composer.queued_remove_requested),
    )
    desk.composer.show_queue(["First", "Second"])
    chips = [each for each in desk.composer.findChildren(QFrame) if each.accessibleName().startswith("Queued: ")]
    assert [each.accessibleName() for each in chips] == ["Queued: First", "Queued: Second"]

    edit, remove = chips[1].findChildren(QToolButton)
    edit.click()
    remove.click()
    assert (edited.at(0), removed.at(0)) == ([1], [1])

    desk.composer.show_queue([])
    assert not any(each.isVisible() for each in chips)


def test_escape_and_the_button_stop_an_answer(desk: Desk) -> None:
    desk.composer.set_busy(True)
    assert desk.composer.send_button.accessibleName() == "Stop"

    desk.presses(Key.Key_Escape)
    desk.composer.send_button.click()

    assert desk.stopped.count() == 2


def test_escape_stops_nothing_when_nothing_runs(desk: Desk) -> None:
    desk.presses(Key.Key_Escape)

    assert desk.stopped.count() == 0


def test_send_is_back_after_the_answer(desk: Desk) -> None:
    desk.composer.set_busy(True)
    desk.types("next")
    desk.composer.set_busy(False)

    assert desk.composer.send_button.accessibleName() == "Send"
    desk.presses(Key.Key_Return)
    assert desk.prompts() == ["next"]


# ---- input methods


def test_enter_during_composition_is_the_input_methods(desk: Desk) -> None:
    desk.types("say ")
    desk.composes("にほん")
    desk.presses(Key.Key_Return)
    assert desk.prompts() == []

    desk.composes("", commit="日本")
    assert desk.prompts() == []
    assert desk.text == "say 日本"

    desk.presses(Key.Key_Return)
    assert desk.prompts() == ["say 日本"]


def test_escape_and_up_during_composition_are_the_input_methods_too(desk: Desk) -> None:
    desk.composer.set_busy(True)
    desk.composes("に")
    desk.presses(Key.Key_Escape)
    desk.presses(Key.Key_Up)

    assert desk.stopped.count() == 0
    assert desk.recalled.count() == 0


def test_an_abandoned_composition_gives_enter_back(desk: Desk) -> None:
    desk.types("hi")
    desk.composes("に")
    desk.composes("")
    desk.presses(Key.Key_Return)

    assert desk.prompts() == ["hi"]


# ---- drafts


def test_every_edit_is_told_once_with_its_caret(desk: Desk) -> None:
    desk.types("ab")

    assert desk.told() == [["a", 1], ["ab", 2]]


def test_a_moved_caret_is_told(desk: Desk) -> None:
    desk.types("ab")
    desk.presses(Key.Key_Left)

    assert desk.told()[-1] == ["ab", 1]


def test_the_caret_counts_characters_not_utf16_units(desk: Desk) -> None:
    desk.pastes(text_data("a🌦️b"))
    desk.presses(Key.Key_Left)
    assert desk.told()[-1] == ["a🌦️b", 3]

    desk.composer.show_text("🌦🌦x", 2)
    desk.types("!")
    assert desk.told()[-1] == ["🌦🌦!x", 3]


def test_setters_tell_nothing(desk: Desk) -> None:
    picked = QSignalSpy(desk.composer.model_picked)
    desk.composer.show_text("a draft", 3)
    desk.composer.set_busy(True)
    desk.composer.set_busy(False)
    desk.composer.set_models([("a", "A"), ("b", "B")])
    desk.composer.set_model("b")
    desk.composer.set_sendable(False, "why")
    desk.composer.set_estimate("≈ 12 tokens")
    desk.composer.show_text("", 0)

    counts = [spy.count() for spy in (desk.sent, desk.stopped, desk.edited, desk.recalled, picked)]
    assert counts == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("caret", [-5, 0, 3, 99])
def test_a_draft_comes_back_with_its_caret_wherever_it_was(desk: Desk, caret: int) -> None:
    desk.composer.show_text("a\nb🌦", caret)

    assert desk.text == "a\nb🌦"
    assert desk.composer.editor.caret == max(0, min(caret, 4))


def test_no_break_spaces_stay(desk: Desk) -> None:
    desk.pastes(text_data("10\u00a0km"))

    assert desk.text == "10\u00a0km"


def test_up_in_an_empty_composer_asks_for_the_last_message(desk: Desk) -> None:
    desk.presses(Key.Key_Up)
    assert desk.recalled.count() == 1

    desk.types("x")
    desk.presses(Key.Key_Up)
    assert desk.recalled.count() == 1


# ---- pasting and growing


def text_data(text: str, html: str = "") -> QMimeData:
    data = QMimeData()
    data.setText(text)
    if html:
        data.setHtml(html)
    return data


def test_pasting_takes_the_text_alone_and_can_be_undone_in_one_step(desk: Desk) -> None:
    desk.types("see: ")
    desk.pastes(text_data("bold\r\nline", "<b>bold</b><br>line"))
    assert desk.text == "see: bold\nline"

    desk.composer.editor.undo()
    assert desk.text == "see: "


def test_a_text_without_any_blank_is_broken_anywhere(desk: Desk) -> None:
    desk.pastes(text_data("aB3+/" * 40_000))

    assert desk.composer.editor.wordWrapMode() == QTextOption.WrapMode.WrapAnywhere
    assert len(desk.text) == 200_000

    desk.composer.show_text("", 0)
    assert desk.composer.editor.wordWrapMode() == QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere


def test_the_composer_grows_with_its_text_up_to_two_fifths_of_the_window(desk: Desk) -> None:
    empty = desk.composer.height()
    desk.composer.show_text("line\n" * 4, 0)
    desk.qtbot.waitUntil(lambda: desk.composer.height() > empty + 40)

    desk.composer.show_text("line\n" * 5000, 0)
    desk.qtbot.waitUntil(lambda: desk.composer.height() > 200)
    assert desk.composer.height() <= round(0.4 * desk.window.height()) + 6

    desk.composer.show_text("", 0)
    desk.qtbot.waitUntil(lambda: desk.composer.height() == empty)


def test_it_grows_further_in_a_higher_window(desk: Desk) -> None:
    desk.composer.show_text("line\n" * 5000, 0)
    desk.qtbot.waitUntil(lambda: desk.composer.height() > 200)
    before = desk.composer.height()

    desk.window.resize(800, 900)

    desk.qtbot.waitUntil(lambda: desk.composer.height() > before + 80)


# ---- the model


def test_a_model_is_picked_from_the_menu(desk: Desk, qtbot: QtBot) -> None:
    desk.composer.set_models([("sonnet", "Claude Sonnet"), ("opus", "Claude Opus")])
    desk.composer.set_model("sonnet")
    assert desk.composer.model_button.accessibleName() == "Model: Claude Sonnet"
    picked = QSignalSpy(desk.composer.model_picked)

    menu = desk.composer.model_menu()
    assert [action.text() for action in menu.actions()] == ["Claude Sonnet", "Claude Opus"]
    assert [action.isChecked() for action in menu.actions()] == [True, False]
    menu.actions()[1].trigger()

    assert [picked.at(at) for at in range(picked.count())] == [["opus"]]


def test_there_is_no_model_button_without_models(desk: Desk) -> None:
    assert not desk.composer.model_button.isVisible()


def test_a_model_that_is_not_in_the_list_is_named_by_its_id(desk: Desk) -> None:
    desk.composer.set_models([("sonnet", "Claude Sonnet")])
    desk.composer.set_model("claude-next")

    assert desk.composer.model_button.text() == "claude-next"


def test_every_control_has_a_name_and_can_be_reached(desk: Desk) -> None:
    desk.composer.set_models([("sonnet", "Claude Sonnet")])
    desk.types("x")

    attach = desk.composer.attach_button
    for control in (desk.composer.editor, attach, desk.composer.model_button, desk.composer.send_button):
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus

    for control in (attach, desk.composer.model_button):
        QTest.keyClick(desk.composer.window().focusWidget(), Key.Key_Tab)
        assert control.hasFocus()
