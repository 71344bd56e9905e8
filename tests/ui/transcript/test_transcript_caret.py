"""Moving through the text with a caret, by hand, and what screen readers learn of it."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QPointingDeviceUniqueId
from PySide6.QtWidgets import QApplication

from ui.transcript.access import offset_of, readable, spot_at
from ui.transcript.characters import piece, width
from ui.transcript.selecting import Spot

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
MIXED = (
    "A **bold** \U0001f600 line\n\n- one\n- two\n\n| a | b |\n|-|-|\n| c | Dee |\n\n```py\nx = 1\ny = 22\n```\n\nEnd."
)


@pytest.fixture
def talk(transcript, prompt, answer):
    transcript.show([prompt("What is this?"), answer(MIXED)])
    return transcript


def press(qtbot, view, *keys, modifier=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        qtbot.keyClick(view, key, modifier)


def caret_pixels(view):
    rect = view.rect_of(view.selecting.cursor).toRect()
    shown = view.viewport().grab(rect.adjusted(0, 2, 1, -2)).toImage()
    return {shown.pixelColor(0, y).name() for y in range(shown.height())}


def test_f7_shows_a_caret_that_the_arrows_move(talk, qtbot):
    press(qtbot, talk, Qt.Key.Key_F7)
    assert talk.selecting.cursor == Spot(0, 3, 0, 0)
    assert caret_pixels(talk) == {talk.styling.colour("text").name()}
    press(qtbot, talk, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert talk.selecting.cursor.offset == 2
    press(qtbot, talk, Qt.Key.Key_End)
    assert talk.selecting.cursor.offset == len("What is this?")
    press(qtbot, talk, Qt.Key.Key_Left, modifier=CONTROL | SHIFT)
    assert talk.selected_text() == "?"
    press(qtbot, talk, Qt.Key.Key_Home)
    assert talk.selecting.range is None
    press(qtbot, talk, Qt.Key.Key_Down, modifier=SHIFT)
    assert talk.selected_text().startswith("What is this?")


def test_control_home_and_end_go_to_the_ends_of_all_text(talk, qtbot):
    press(qtbot, talk, Qt.Key.Key_F7)
    press(qtbot, talk, Qt.Key.Key_End, modifier=CONTROL)
    cursor = talk.selecting.cursor
    assert cursor.item == 1
    assert offset_of(talk.items[1], cursor) == width(readable(talk.items[1]))
    press(qtbot, talk, Qt.Key.Key_Home, modifier=CONTROL)
    assert talk.selecting.cursor == Spot(0, 3, 0, 0)
    press(qtbot, talk, Qt.Key.Key_End, modifier=CONTROL | SHIFT)
    assert "End." in talk.selected_text()


def test_without_the_caret_the_arrows_scroll(transcript, prompt, qtbot):
    transcript.show([prompt("Line\n" * 200)])
    transcript.jump_to_start()
    press(qtbot, transcript, Qt.Key.Key_F7, Qt.Key.Key_F7, Qt.Key.Key_Down)
    assert transcript.verticalScrollBar().value() > 0


def test_every_place_has_one_offset_in_what_is_said(talk):
    item = talk.items[1]
    said = readable(item)
    seen = []
    for offset in range(width(said) + 1):
        spot = spot_at(item, 1, offset)
        seen.append(offset_of(item, spot))
    assert seen == sorted(seen)
    for word in ("bold", "two", "Dee", "22", "End"):
        at = said.index(word)
        at = width(said[:at])
        assert offset_of(item, spot_at(item, 1, at)) == at
        talk.selecting.select(spot_at(item, 1, at), spot_at(item, 1, at + width(word)))
        assert talk.selected_text().removeprefix("\u2022 ") == word == piece(said, at, at + width(word))


# ------------------------------------------------------------------ by hand


def test_what_is_selected_can_be_dragged_out(talk, qtbot, monkeypatch):
    begun = []
    monkeypatch.setattr(talk, "_drag_out", lambda: begun.append(talk.selected_text()))
    talk._pointer.drag_out_wanted.disconnect()
    talk._pointer.drag_out_wanted.connect(lambda: begun.append(talk.selected_text()))
    talk.selecting.select(Spot(0, 3, 0, 0), Spot(0, 3, 0, 7))
    talk.repaint_all()
    inside = talk.rect_of(Spot(0, 3, 0, 3)).center().toPoint()
    view = talk.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=inside)
    assert talk.selected_text() == "What is"
    qtbot.mouseMove(view, inside + QPoint(60, 40))
    assert begun == ["What is"]
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=inside + QPoint(60, 40))


def test_a_click_into_what_is_selected_lets_go_of_it(talk, qtbot):
    talk.selecting.select(Spot(0, 3, 0, 0), Spot(0, 3, 0, 7))
    inside = talk.rect_of(Spot(0, 3, 0, 3)).center().toPoint()
    qtbot.mouseClick(talk.viewport(), Qt.MouseButton.LeftButton, pos=inside)
    assert talk.selecting.range is None
    assert talk.selecting.cursor.offset in (2, 3, 4)


@pytest.fixture
def finger():
    kind, capability = QInputDevice.DeviceType.TouchScreen, QInputDevice.Capability.Position
    pointer = QPointingDevice.PointerType.Finger
    return QPointingDevice("touch", 7, kind, pointer, capability, 1, 1, "", QPointingDeviceUniqueId())


def touch(talk, finger, kind, at):
    button = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else button
    screen = QPointF(talk.viewport().mapToGlobal(at))
    event = QMouseEvent(kind, QPointF(at), screen, button, held, Qt.KeyboardModifier.NoModifier, finger)
    QApplication.sendEvent(talk.viewport(), event)


def test_a_finger_that_rests_selects_the_word_and_takes_it_along(talk, finger, qtbot):
    held = []
    talk._pointer.held.disconnect()
    talk._pointer.held.connect(held.append)
    at = talk.rect_of(Spot(0, 3, 0, 9)).center().toPoint()
    touch(talk, finger, QEvent.Type.MouseButtonPress, at)
    assert talk.selecting.range is None
    qtbot.waitUntil(lambda: talk.selected_text() == "this")
    touch(talk, finger, QEvent.Type.MouseMove, at + QPoint(400, 0))
    assert talk.selected_text() == "this?"
    touch(talk, finger, QEvent.Type.MouseButtonRelease, at + QPoint(400, 0))
    assert len(held) == 1


def test_a_finger_that_moves_selects_nothing(talk, finger, qtbot):
    at = talk.rect_of(Spot(0, 3, 0, 9)).center().toPoint()
    touch(talk, finger, QEvent.Type.MouseButtonPress, at)
    touch(talk, finger, QEvent.Type.MouseMove, at + QPoint(0, 60))
    touch(talk, finger, QEvent.Type.MouseMove, at + QPoint(0, 90))
    touch(talk, finger, QEvent.Type.MouseButtonRelease, at + QPoint(0, 90))
    assert talk.selecting.range is None
    assert not talk._pointer._hold_timer.isActive()
