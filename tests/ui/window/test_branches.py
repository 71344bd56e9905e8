"""What a person does with answers: delete and undo, branch, continue, change; nothing that was there is lost."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.domain.conversation import Conversation, Message, MessageState
from app.simulator.journal import Entry
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.transcript.specs import HeadSpec

TAKES_PREFILL = "claude-haiku-4-5"


def conversation(desk: Desk) -> Conversation:
    return desk.program._conversation._session.conversation


def shown(desk: Desk) -> list[str]:
    """The first words of what is on the page."""
    return [item.message.text[:20] for item in desk.window.page.transcript.items]


def last(desk: Desk) -> Message:
    return conversation(desk).path[-1]


def do(desk: Desk, name: str, message: Message) -> None:
    """What the menu of a message offers."""
    desk.window.page.transcript._choose(name, message.id)


def undo(desk: Desk) -> None:
    QTest.mouseClick(desk.program._commands._toast.undo_button, Qt.MouseButton.LeftButton)


def requests(simulator: LocalSimulator) -> list[Entry]:
    return [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]


async def talk(desk: Desk, *questions: str) -> None:
    for question in questions:
        desk.say(question)
        await desk.until_answered()


def choose_model(desk: Desk, model: str) -> None:
    presenter = desk.program._conversation
    presenter.change_setup(replace(conversation(desk).setup, model=model))


async def test_an_answer_is_deleted_and_comes_back(desk: Desk) -> None:
    await talk(desk, "First question", "Second question")
    answer = last(desk)
    do(desk, "delete", answer)
    await until(lambda: len(shown(desk)) == 3)
    assert answer.id not in conversation(desk).messages
    undo(desk)
    await until(lambda: len(shown(desk)) == 4)
    assert last(desk) == answer


async def test_deleting_more_than_is_seen_is_asked_for(desk: Desk) -> None:
    await talk(desk, "First question", "Second question")
    do(desk, "delete", conversation(desk).path[1])
    (box,) = desk.window.main.findChildren(QMessageBox)
    assert box.text() == "Delete this message and the 2 that follow from it?"
    (yes,) = [each for each in box.findChildren(QPushButton) if each.text() == "Delete 3 messages"]
    assert len(shown(desk)) == 4
    yes.click()
    await until(lambda: shown(desk) == ["First question"])
    undo(desk)
    await until(lambda: len(shown(desk)) == 4)


async def test_deleting_everything_deletes_the_conversation(desk: Desk) -> None:
    await talk(desk, "Only question")
    do(desk, "delete", conversation(desk).path[0])
    (box,) = desk.window.main.findChildren(QMessageBox)
    next(each for each in box.findChildren(QPushButton) if each.text().startswith("Delete")).click()
    await until(lambda: desk.program._conversation.shown_id == "")
    undo(desk)
    await until(lambda: len(shown(desk)) == 2)


async def test_while_an_answer_is_made_nothing_is_deleted_and_that_is_said(desk: Desk) -> None:
    await talk(desk, "First question")
    answer = last(desk)
    desk.say("Second question [[sim: long rate=50]]")
    await until(lambda: desk.is_busy)
    do(desk, "delete", answer)
    assert answer.id in conversation(desk).messages
    assert desk.program._commands._toast.accessibleName() == "Wait until the answer has come, or stop it with Esc."
    desk.press(Qt.Key.Key_Escape)
    await desk.until_answered()


async def test_a_branch_begins_at_an_answer_and_the_other_one_is_a_step_away(desk: Desk) -> None:
    await talk(desk, "First question", "Second question")
    old = conversation(desk).path[2]
    do(desk, "branch", conversation(desk).path[1])
    await until(lambda: len(shown(desk)) == 2)
    assert "2 messages are not shown" in desk.seen
    do(desk, "follow", last(desk))
    await until(lambda: len(shown(desk)) == 4)
    do(desk, "branch", conversation(desk).path[1])
    await until(lambda: len(shown(desk)) == 2)
    await talk(desk, "Another question")
    assert [each.text for each in conversation(desk).siblings(old.id)] == ["Second question", "Another question"]
    assert "not shown" not in desk.seen
    do(desk, "earlier", conversation(desk).path[2])
    await until(lambda: "Second question" in shown(desk))


async def test_a_model_that_takes_up_its_answer_writes_the_rest_of_it(desk: Desk, simulator: LocalSimulator) -> None:
    choose_model(desk, TAKES_PREFILL)
    await talk(desk, "Tell me [[sim: max_tokens]]")
    early = last(desk)
    assert "limit of max tokens" in desk.seen
    do(desk, "continue", early)
    await desk.until_answered()
    sent = requests(simulator)[-1].body["messages"]
    assert [each["role"] for each in sent] == ["user", "assistant"]
    assert last(desk).text.startswith(early.text.rstrip())
    assert len(last(desk).text) > len(early.text)
    assert conversation(desk).messages[early.id] == early


async def test_a_model_that_does_not_is_asked_to_go_on(desk: Desk, simulator: LocalSimulator) -> None:
    await talk(desk, "Tell me [[sim: max_tokens]]")
    do(desk, "continue", last(desk))
    await desk.until_answered()
    assert [each["role"] for each in requests(simulator)[-1].body["messages"]] == ["user", "assistant", "user"]
    assert shown(desk)[2] == "Go on."
    assert last(desk).state is MessageState.COMPLETE


async def test_one_that_fails_to_go_on_leaves_the_answer_as_it_was(desk: Desk) -> None:
    choose_model(desk, TAKES_PREFILL)
    await talk(desk, "Tell me [[sim: max_tokens]]")
    early = last(desk)
    choose_model(desk, f"{TAKES_PREFILL}+400")
    do(desk, "continue", early)
    await until(lambda: "The earlier answer is kept." in desk.notices)
    await until(lambda: last(desk) == early)
    assert shown(desk)[-1] == early.text[:20]


async def test_a_changed_answer_is_what_is_sent_next(desk: Desk, simulator: LocalSimulator) -> None:
    await talk(desk, "First question")
    old = last(desk)
    do(desk, "edit_answer", old)
    editor = desk.window.page.transcript._editing.editor
    editor.field.setPlainText("What I would have said.")
    editor.save.click()
    await desk.until_answered()
    await until(lambda: "What I would have sa" in shown(desk))
    assert conversation(desk).branches[last(desk).id] == (2, 2)
    (head,) = desk.window.page.transcript.items[-1].units[1].piece.specs()
    assert isinstance(head, HeadSpec)
    assert "edited" in head.detail
    cost = desk.program._catalogue.cost(conversation(desk))
    await talk(desk, "Second question")
    assert requests(simulator)[-1].body["messages"][1]["content"][0]["text"] == "What I would have said."
    assert cost is not None
    do(desk, "earlier", conversation(desk).path[1])
    await until(lambda: shown(desk) == ["First question", old.text[:20]])
