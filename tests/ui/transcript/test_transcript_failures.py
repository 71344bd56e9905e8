"""A failed answer says what an expert needs, when it is asked for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.conversation import MessageState, ReplyFacts
from ui.transcript.leaves.note import COPIED, NoteLeaf

DETAILS = "Status: 529\nRequest id: req_17"


@pytest.fixture
def failed(transcript, prompt, answer):
    message = answer(state=MessageState.FAILED)
    transcript.show([prompt("?"), replace(message, facts=ReplyFacts(error={"class": "Overloaded"}))])
    return transcript


def note(transcript):
    """The note, and how far down it stands in the viewport."""
    for placed in transcript.arrangement.visible:
        for leaf in transcript.leaves(placed):
            if isinstance(leaf, NoteLeaf):
                return leaf, placed.y + leaf.y
    raise AssertionError("no note")


def press(transcript, qtbot, words):
    leaf, top = note(transcript)
    place = next(place for place, said, _ in leaf._buttons if said == words)
    point = place.center().toPoint()
    point += type(point)(transcript.column_left, top)
    qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point)


def test_details_open_and_close_with_a_click(failed, qtbot):
    assert "req_17" not in failed.visible_text()
    press(failed, qtbot, "Details")
    qtbot.waitUntil(lambda: "req_17" in failed.visible_text())
    press(failed, qtbot, "Hide details")
    qtbot.waitUntil(lambda: "req_17" not in failed.visible_text())


def test_details_are_copied_and_said_to_be(failed, qtbot):
    press(failed, qtbot, "Copy details")
    assert QGuiApplication.clipboard().text() == DETAILS
    assert COPIED in [words for _, words, _ in note(failed)[0]._buttons]


def test_a_long_sentence_is_wrapped_and_not_cut(failed, qtbot, prompt, answer):
    short = note(failed)[0].height
    facts = ReplyFacts(error={"class": "word " * 60})
    failed.show([prompt("?"), replace(answer(id_="other", state=MessageState.FAILED), facts=facts)])
    assert note(failed)[0].height > short


def test_a_failure_for_want_of_a_key_leads_to_the_connection(transcript, prompt, answer, qtbot):
    message = answer(state=MessageState.FAILED)
    transcript.show([prompt("?"), replace(message, facts=ReplyFacts(error={"class": "KeyMissing", "profile": "a"}))])
    with qtbot.waitSignal(transcript.connect_requested):
        press(transcript, qtbot, "Connection and key")
