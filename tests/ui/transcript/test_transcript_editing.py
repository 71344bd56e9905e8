"""Changing an answer where it stands, and what the menu of a message offers."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from app.domain.blocks import TextBlock, ThinkingBlock
from app.domain.conversation import MessageState

KEEPS = (ThinkingBlock("Hm.", "s"), TextBlock("The sky is green."))


@pytest.fixture
def talk(transcript, prompt, answer):
    transcript.show([prompt("?"), answer(*KEEPS)])
    return transcript


def labels(transcript, message_id):
    item = next(each for each in transcript.items if each.message.id == message_id)
    transcript._open_menu(item, transcript.mapToGlobal(transcript.rect().center()))
    (menu,) = [each for each in transcript.findChildren(QMenu) if each.isVisible()]
    found = {action.text(): action for action in menu.actions() if action.text()}
    menu.close()
    return found


def begin(transcript):
    transcript._choose("edit_answer", "answer")
    return transcript._editing.editor.field


def test_the_text_is_changed_in_its_place_and_saved_beside_the_old_one(talk, qtbot):
    field = begin(talk)
    assert field.toPlainText() == "The sky is green."
    assert "The sky is green." not in talk.visible_text()
    field.selectAll()
    qtbot.keyClicks(field, "It is blue.")
    with qtbot.waitSignal(talk.answer_edited) as told:
        qtbot.keyClick(field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["answer", 1, "It is blue."]
    assert not talk._editing.editor.isVisible()
    assert "The sky is green." in talk.visible_text()


def test_escape_leaves_it_as_it_is(talk, qtbot):
    saved = []
    talk.answer_edited.connect(lambda *args: saved.append(args))
    field = begin(talk)
    qtbot.keyClicks(field, "Never.")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert "The sky is green." in talk.visible_text()
    assert saved == []


def test_what_is_typed_stays_while_other_messages_are_looked_at(talk, prompt, answer, qtbot):
    field = begin(talk)
    field.selectAll()
    qtbot.keyClicks(field, "Half a thought")
    talk.show([prompt("Another conversation", "other")])
    assert not talk._editing.editor.isVisible()
    talk.show([prompt("?"), answer(*KEEPS)])
    assert talk._editing.editor.isVisible()
    assert field.toPlainText() == "Half a thought"
    with qtbot.waitSignal(talk.answer_edited) as told:
        qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["answer", 1, "Half a thought"]


def test_scrolled_out_of_sight_it_keeps_its_text(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer("Old"), *(prompt(f"Line {n}\n" * 9, f"{n}") for n in range(20))])
    transcript.jump_to_start()
    field = begin(transcript)
    qtbot.keyClicks(field, "New ")
    transcript.jump_to_end()
    assert transcript._editing.editor.geometry().bottom() < 0
    transcript.jump_to_start()
    assert transcript.viewport().rect().intersects(transcript._editing.editor.geometry())
    assert "New" in field.toPlainText()


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_while_an_answer_is_made_nothing_is_saved_and_nothing_lost(talk, prompt, answer, qtbot):
    field = begin(talk)
    qtbot.keyClicks(field, "New ")
    growing = answer("", id_="next", state=MessageState.STREAMING)
    talk.show([prompt("?"), answer(*KEEPS), growing], streaming="next")
    qtbot.keyClick(field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert talk._editing.editor.isVisible()
    assert field.toPlainText() == "New The sky is green."


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_offers_what_can_be_done(talk, answer, prompt):
    assert {"Retry", "Edit this answer", "Branch from here", "Details", "Delete"} <= labels(talk, "answer").keys()
    assert "Continue" not in labels(talk, "answer")
    assert {"Edit", "Delete"} <= labels(talk, "prompt").keys()
    assert {"Branch from here", "Leave out of the context"} <= labels(talk, "prompt").keys()
    talk.show([prompt("?"), answer("Half", state=MessageState.STOPPED)])
    assert "Continue" in labels(talk, "answer")


@pytest.mark.parametrize(
    ("name", "signal"),
    [("delete", "delete_requested"), ("branch", "branch_here_requested"), ("continue", "continue_requested")],
)
def test_what_changes_the_conversation_is_asked_for(name, signal, talk, qtbot):
    with qtbot.waitSignal(getattr(talk, signal)) as told:
        talk._choose(name, "answer")
    assert told.args == ["answer"]


def test_a_path_that_goes_on_elsewhere_says_so(talk, prompt, answer):
    talk.show([prompt("?"), answer(*KEEPS)], beyond=2)
    assert "2 messages are not shown" in talk.visible_text()
    talk.show([prompt("?"), answer(*KEEPS)])
    assert "not shown" not in talk.visible_text()
