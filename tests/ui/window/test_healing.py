"""What would be refused is said above the composer, mended by a click, and taken back by another."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.domain.blocks import TextBlock, ToolUseBlock
from app.domain.conversation import Conversation, Message, MessageState, Role
from app.domain.request import Parameters
from app.services.identity import new_id
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.transcript.specs import HeadSpec
from ui.transcript.units import RowPiece


async def with_an_unanswered_call(desk: Desk) -> Conversation:
    """A conversation in which a tool was called and nobody answered, on the page."""
    asked = Message(new_id(), None, Role.USER, (TextBlock("How warm is it?"),))
    called = Message(
        new_id(), asked.id, Role.ASSISTANT, (TextBlock("Let me see."), ToolUseBlock("toolu_1", "get_weather", {}))
    )
    again = Message(new_id(), called.id, Role.USER, (TextBlock("Well?"),))
    end = Message(new_id(), again.id, Role.ASSISTANT, (TextBlock("I cannot say."),))
    conversation = Conversation(new_id(), title="Weather", created_ms=1)
    await desk.program._store.add(conversation, asked)
    for message in (called, again, end):
        await desk.program._store.put_leaf(conversation.id, message)
    desk.program._conversation.open(conversation.id)
    await until(lambda: "Let me see." in desk.transcript)
    return conversation


def heads(desk: Desk) -> str:
    """What stands beside the names of those who speak."""
    pieces = [unit.piece for item in desk.window.page.transcript.items for unit in item.units]
    rows = [piece.spec for piece in pieces if isinstance(piece, RowPiece)]
    return "; ".join(row.detail for row in rows if isinstance(row, HeadSpec))


async def test_a_call_without_a_result_is_found_mended_and_taken_back(desk: Desk) -> None:
    await with_an_unanswered_call(desk)
    doctor = desk.window.page.doctor
    await until(lambda: doctor.isVisible())
    assert doctor.texts == ("The answer “Let me see.” calls get_weather, and no result follows.",)

    desk.click("Leave the call out")
    await until(lambda: not doctor.isVisible())
    assert "1 part left out" in heads(desk)
    desk.click("Undo")
    await until(lambda: doctor.isVisible())
    desk.click("Leave the call out")
    await until(lambda: not doctor.isVisible())
    desk.say("And now?")
    session = desk.program._conversation.session
    await until(lambda: len(session.conversation.path) == 6 and not session.is_busy)

    assert session.conversation.path[-1].state is MessageState.COMPLETE


async def test_a_parameter_that_the_model_refuses_is_taken_out_of_the_setup(desk: Desk) -> None:
    desk.say("hello")
    await desk.until_answered()
    conversation = desk.program._conversation
    setup = conversation.shown_setup
    conversation.change_setup(type(setup)(setup.profile, setup.model, parameters=Parameters(effort="nonsense")))
    doctor = desk.window.page.doctor
    await until(lambda: doctor.isVisible())
    assert "not nonsense" in doctor.texts[0]
    desk.click("Do not send it so")
    await until(lambda: not doctor.isVisible())

    assert conversation.shown_setup.parameters.effort is None


async def test_a_message_is_left_out_shown_as_such_and_taken_in_again(desk: Desk) -> None:
    desk.say("hello")
    await desk.until_answered()
    first = desk.program._conversation.session.conversation.path[0]
    desk.window.page.transcript._choose("leave_out", first.id)
    await until(lambda: "left out of the context" in heads(desk))
    stored = (await desk.program._store.load(desk.program._conversation.shown_id)).path[0]
    assert stored.is_left_out
    desk.window.page.transcript._choose("take_in", first.id)
    await until(lambda: "left out of the context" not in heads(desk))

    assert desk.program._conversation.session.conversation.path[0].omitted == ()


@pytest.mark.parametrize(
    ("modifiers", "role"),
    [
        (Qt.KeyboardModifier.AltModifier, Role.USER),
        (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier, Role.ASSISTANT),
    ],
)
async def test_a_message_is_added_without_asking(desk: Desk, modifiers: Qt.KeyboardModifier, role: Role) -> None:
    desk.say("hello")
    await desk.until_answered()
    desk.write("By the way")
    desk.window.main.activateWindow()
    QTest.keyClick(desk.window.page.composer.editor, Qt.Key.Key_Return, modifiers)
    await until(lambda: len(desk.program._conversation.session.conversation.path) == 3)
    await until(lambda: not desk.program._conversation.session.is_busy)
    last = desk.program._conversation.session.conversation.path[-1]

    assert (last.role, last.text) == (role, "By the way")
    assert desk.window.page.composer.text == ""
    assert not [
        each for each in desk.window.main.findChildren(QPushButton) if each.text() == "Fix all" and each.isVisible()
    ]
