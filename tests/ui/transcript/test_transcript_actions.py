"""What a person does with a message."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QToolButton

from app.domain.blocks import ToolUseBlock
from app.domain.conversation import MessageState

MORE = "\u22ef"


def buttons(transcript):
    return {each.text(): each for each in transcript.findChildren(QToolButton) if each.isVisible()}


def hover(transcript, qtbot, y):
    qtbot.mouseMove(transcript.viewport(), QPoint(300, y + 1))
    qtbot.mouseMove(transcript.viewport(), QPoint(300, y))


def test_an_answer_under_the_pointer_offers_copy_and_retry(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer("An *answer*.")])
    hover(transcript, qtbot, 150)
    qtbot.waitUntil(lambda: set(buttons(transcript)) == {"Copy", "Retry", MORE})

    qtbot.mouseClick(buttons(transcript)["Copy"], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "An *answer*."
    with qtbot.waitSignal(transcript.retry_requested) as told:
        qtbot.mouseClick(buttons(transcript)["Retry"], Qt.MouseButton.LeftButton)
    assert told.args == ["answer"]


def test_ones_own_message_offers_edit(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer("An answer.")])
    hover(transcript, qtbot, 50)
    qtbot.waitUntil(lambda: set(buttons(transcript)) == {"Copy", "Edit", MORE})

    with qtbot.waitSignal(transcript.edit_requested) as told:
        qtbot.mouseClick(buttons(transcript)["Edit"], Qt.MouseButton.LeftButton)
    assert told.args == ["prompt"]


def test_a_growing_answer_offers_nothing_yet(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer("Half", state=MessageState.STREAMING)], streaming="answer")
    hover(transcript, qtbot, 50)
    qtbot.waitUntil(lambda: bool(buttons(transcript)))
    hover(transcript, qtbot, 150)
    qtbot.waitUntil(lambda: not buttons(transcript))


@pytest.mark.parametrize(
    ("target", "opens"),
    [
        ("https://example.org/x", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("ms-msdt:/id", False),
    ],
)
@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_only_web_and_mail_addresses_are_activated(target, opens, transcript, answer, qtbot):
    transcript.show([answer(f"[LLLLLLLLLLLLLLLLLLLLLLLLLLLLL]({target})")])
    activated = []
    transcript.link_activated.connect(activated.append)
    for y in range(0, 120, 6):
        qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, y))
    assert set(activated) == ({target} if opens else set())


def test_a_double_click_takes_a_word(transcript, answer, qtbot):
    transcript.show([answer("alphabetical order")])
    for y in range(40, 80, 4):
        qtbot.mouseDClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(90, y))
    qtbot.keyClick(transcript, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "alphabetical"


def test_dragging_selects_across_messages(transcript, prompt, answer, qtbot):
    transcript.show([prompt("question"), answer("first\n\n**second**\n\nthird")])
    view = transcript.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 40))
    qtbot.mouseMove(view, QPoint(700, 300))
    qtbot.mouseMove(view, QPoint(700, 590))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(700, 590))
    transcript.copy()
    assert QGuiApplication.clipboard().text() == "question\n\nfirst\n\n**second**\n\nthird"


def test_the_last_answer_offers_its_actions_without_a_pointer(transcript, prompt, answer):
    transcript.show([prompt("?"), answer("An answer.")])
    assert set(buttons(transcript)) == {"Copy", "Retry", MORE}


def test_a_code_block_is_copied_as_it_is(transcript, answer, qtbot):
    transcript.show([answer("```sh\n$ rm\u200b x\n```")])
    QGuiApplication.clipboard().clear()
    for y in range(30, 120, 6):
        qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(810, y))
    assert QGuiApplication.clipboard().text() == "$ rm\u200b x"


def test_a_message_with_siblings_leads_to_them(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer("The second answer.")], branches={"answer": (2, 3)})
    assert "2/3" in [each.text() for each in transcript.findChildren(QLabel) if each.isVisible()]
    with qtbot.waitSignal(transcript.branch_requested) as told:
        qtbot.mouseClick(buttons(transcript)["\u2039"], Qt.MouseButton.LeftButton)
    assert told.args == ["answer", -1]
    with qtbot.waitSignal(transcript.branch_requested) as told:
        qtbot.keyClick(transcript, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert told.args == ["answer", 1]


def test_arguments_are_rows_and_their_json_a_click_away(transcript, answer):
    transcript.show([answer(ToolUseBlock("t", "get_weather", {"city": "Bonn", "days": 3}))])
    assert 'city\t"Bonn"\ndays\t3' in transcript.visible_text()
    assert '"days": 3\n}' not in transcript.visible_text()
    placed = transcript.arrangement.visible[4]
    transcript._acting.perform(placed, transcript.leaves(placed)[0].act_at(20, 10))
    assert '"days": 3\n}' in transcript.visible_text()
