"""Notices at the top of the window, and the toast with its way back."""

from typing import cast

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ui.theme.theme import Theme
from ui.widgets.error_text import ErrorText
from ui.widgets.notices import Notice, NoticeBar
from ui.widgets.toast import HIDES_AFTER_MS, Toast


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> NoticeBar:
    made = NoticeBar(theme)
    qtbot.addWidget(made)
    return made


def notice(bar: NoticeBar, headline: str) -> Notice:
    return next(each for each in bar.findChildren(Notice) if each.text.headline == headline)


def headlines(bar: NoticeBar) -> list[str]:
    return [text.headline for text in bar.texts]


def test_there_is_no_bar_without_a_notice(bar: NoticeBar) -> None:
    assert bar.isHidden()

    bar.show_notice(ErrorText("The disk is full."))
    assert not bar.isHidden()


def test_details_are_a_click_away_and_can_be_copied(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.show_notice(ErrorText("The API is overloaded.", details="Request id: req_17"))
    bar.show()
    label = next(each for each in bar.findChildren(QLabel) if each.text() == "Request id: req_17")
    assert label.isHidden()

    buttons = {each.text(): each for each in bar.findChildren(QPushButton)}
    qtbot.mouseClick(buttons["Details"], Qt.MouseButton.LeftButton)
    assert label.isVisible()
    qtbot.mouseClick(buttons["Copy details"], Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "Request id: req_17"


def test_a_notice_says_everything_to_a_screen_reader(bar: NoticeBar) -> None:
    bar.show_notice(ErrorText("The disk is full.", "Nothing is lost.", "Free some space."))

    assert notice(bar, "The disk is full.").accessibleName() == "The disk is full. Nothing is lost. Free some space."


def test_the_cross_dismisses_one_notice(bar: NoticeBar) -> None:
    bar.show_notice(ErrorText("One."))
    bar.show_notice(ErrorText("Two."))
    notice(bar, "One.").cross.click()

    assert headlines(bar) == ["Two."]
    notice(bar, "Two.").cross.click()
    assert bar.isHidden()


def test_its_action_is_done_and_the_notice_gone(bar: NoticeBar) -> None:
    done: list[str] = []
    bar.show_notice(ErrorText("The disk is full."), "Try again", lambda: done.append("again"))
    notice(bar, "The disk is full.").button.click()

    assert done == ["again"]
    assert bar.texts == ()


def test_an_action_may_show_the_next_notice(bar: NoticeBar) -> None:
    text = ErrorText("The disk is full.")
    bar.show_notice(text, "Try again", lambda: bar.show_notice(text, "Try again", bar.clear))
    notice(bar, "The disk is full.").button.click()

    assert bar.texts == (text,)
    assert not bar.isHidden()


def test_a_notice_without_an_action_has_no_button(bar: NoticeBar) -> None:
    bar.show_notice(ErrorText("One."), "Try again")

    assert notice(bar, "One.").button.isHidden()


def test_at_most_three_stand_and_the_oldest_goes(bar: NoticeBar) -> None:
    for word in ("One.", "Two.", "Three.", "Four."):
        bar.show_notice(ErrorText(word))

    assert headlines(bar) == ["Two.", "Three.", "Four."]


def test_the_same_notice_stands_once(bar: NoticeBar) -> None:
    for word in ("One.", "Two.", "One."):
        bar.show_notice(ErrorText(word))

    assert headlines(bar) == ["Two.", "One."]


# ---- the toast


@pytest.fixture
def toast(qtbot: QtBot, theme: Theme) -> Toast:
    window = QWidget()
    window.resize(600, 400)
    qtbot.addWidget(window)
    made = Toast(window)
    window.show()
    qtbot.waitExposed(window)
    return made


def test_a_toast_comes_and_goes_by_itself(toast: Toast) -> None:
    assert not toast.isVisible()

    toast.show_toast("Conversation deleted")
    assert toast.isVisible()
    assert toast.timer.isActive()
    assert toast.timer.interval() == HIDES_AFTER_MS

    toast.timer.timeout.emit()
    assert not toast.isVisible()


def test_undo_tells_once_and_hides_it(toast: Toast) -> None:
    undone = QSignalSpy(toast.undone)
    toast.show_toast("Conversation deleted")
    toast.undo_button.click()

    assert undone.count() == 1
    assert not toast.isVisible()


def test_a_toast_that_goes_by_itself_undoes_nothing(toast: Toast) -> None:
    undone = QSignalSpy(toast.undone)
    toast.show_toast("Conversation deleted")
    toast.timer.timeout.emit()

    assert undone.count() == 0


def test_it_can_be_undone_from_the_keyboard(qtbot: QtBot, toast: Toast) -> None:
    undone = QSignalSpy(toast.undone)
    toast.show_toast("Conversation deleted")
    qtbot.keyClick(toast.window(), Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)

    qtbot.waitUntil(lambda: undone.count() == 1)
    assert not toast.isVisible()


def test_it_waits_while_the_focus_or_the_pointer_is_on_it(toast: Toast) -> None:
    toast.show_toast("Conversation deleted")
    toast.undo_button.setFocus()
    assert not toast.timer.isActive()
    toast.undo_button.clearFocus()
    assert toast.timer.isActive()

    here = QPointF(5, 5)
    QApplication.sendEvent(toast, QEnterEvent(here, here, here))
    assert not toast.timer.isActive()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast.timer.isActive()


def test_escape_puts_it_away(qtbot: QtBot, toast: Toast) -> None:
    toast.show_toast("Conversation deleted")
    qtbot.keyClick(toast.undo_button, Qt.Key.Key_Escape)

    assert not toast.isVisible()


def test_a_toast_that_only_tells_has_no_button(toast: Toast) -> None:
    toast.show_toast("Answer copied", undo=False)

    assert not toast.undo_button.isVisible()


def test_it_stays_inside_a_narrow_window(toast: Toast) -> None:
    toast.show_toast("A conversation with a very long title was deleted " * 5)
    window = cast(QWidget, toast.parent())
    window.resize(300, 200)

    assert toast.geometry().left() >= 0
    assert toast.geometry().right() < 300
