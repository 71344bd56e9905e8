"""A picture by itself: looked at, compared, cut and covered."""

import base64
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.attachments import Attachment, Change, Shape
from app.domain.blocks import Base64Source, ImageBlock
from tests.support.pictures import picture
from ui.theme.theme import Theme
from ui.viewer.view import Viewer

LEFT = Qt.MouseButton.LeftButton


def attachment(id_: str = "a", *, width: int = 400, height: int = 200, before: bool = False) -> Attachment:
    source = Base64Source("image/png", base64.b64encode(picture(width, height)).decode())
    sent = Shape("image/png", len(source.data) * 3 // 4, width, height)
    original, was, changes = source, sent, ()
    if before:
        original = Base64Source("image/png", base64.b64encode(picture(2 * width, 2 * height)).decode())
        was, changes = Shape("image/png", 9_000, 2 * width, 2 * height), (Change.SCALED,)  # type: ignore[assignment]
    return Attachment(id_, f"{id_}.png", original, was, ImageBlock(source), sent, 120, changes)


@pytest.fixture
def viewer(qtbot: QtBot, theme: Theme) -> Iterator[Viewer]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = Viewer(theme, parent)
    made.resize(1000, 700)
    made.show()
    yield made
    parent.close()


def shown(viewer: Viewer, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not viewer.canvas.image.isNull())


def test_keys_zoom_step_and_copy(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show_pictures([attachment("a"), attachment("b", width=100, height=100)], 0, editable=False)
    shown(viewer, qtbot)
    assert viewer.windowTitle() == "a.png (1 of 2)"
    assert viewer.canvas.zoom == 1.0
    QTest.keyClick(viewer, Qt.Key.Key_Plus)
    assert viewer.canvas.zoom == 1.25
    QTest.keyClick(viewer, Qt.Key.Key_1)
    assert viewer.canvas.zoom == 1.0
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.windowTitle() == "b.png (2 of 2)"
    shown(viewer, qtbot)
    QTest.keyClick(viewer, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().image().width() == 100


def test_before_and_after_can_be_compared(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show_pictures([attachment(before=True)], 0, editable=True)
    shown(viewer, qtbot)
    assert "Was: PNG 800 × 400, 9 KB" in viewer.facts.text()
    assert "Sent: PNG 400 × 200" in viewer.facts.text()
    assert "120 tokens (scaled down)" in viewer.facts.text()
    viewer.before.click()
    qtbot.waitUntil(lambda: viewer.canvas.image.width() == 800)
    assert not viewer.crop.isEnabled()


def test_boxes_are_told_in_pixels_of_the_picture(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show_pictures([attachment()], 0, editable=True)
    shown(viewer, qtbot)
    viewer.canvas.setFixedSize(800, 500)
    asked = QSignalSpy(viewer.edit_requested)
    corner = QPoint(200, 150)
    for button, start, end in ((viewer.cover, (10, 10), (30, 20)), (viewer.crop, (0, 0), (100, 60))):
        button.click()
        QTest.mousePress(viewer.canvas, LEFT, pos=corner + QPoint(*start))
        QTest.mouseMove(viewer.canvas, corner + QPoint(*end))
        QTest.mouseRelease(viewer.canvas, LEFT, pos=corner + QPoint(*end))
    assert viewer.canvas.covers == [QRect(10, 10, 20, 10)]
    viewer.apply.click()
    assert asked.at(0) == ["a", (0, 0, 100, 60), [(10, 10, 30, 20)]]


def test_what_was_sent_is_not_changed(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show_pictures([attachment()], 0, editable=False)
    shown(viewer, qtbot)
    assert not viewer.apply.isVisible()
    assert not viewer.alt.isVisible()


def test_a_picture_that_is_taken_away_leaves_the_next(viewer: Viewer, qtbot: QtBot) -> None:
    first, second = attachment("a"), attachment("b")
    viewer.show_pictures([first, second], 0, editable=True)
    viewer.take_pictures([second])
    assert viewer.shown == second
    viewer.take_pictures([])
    assert not viewer.isVisible()
