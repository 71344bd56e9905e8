"""The request behind a message, copied as code; two answers and what they were asked, side by side."""

import json
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from app.domain.blocks import TextBlock
from app.domain.conversation import Message, Role
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.shell.comparing import ComparisonDialog, folded_lines
from ui.transcript.actions import menu_for


def answers(desk: Desk) -> list[Message]:
    messages = desk.program._conversation.session.conversation.messages.values()
    return [each for each in messages if each.role is Role.ASSISTANT]


def copied() -> str:
    return QGuiApplication.clipboard().text()


def listed(dialog: ComparisonDialog) -> list[str]:
    items = dialog.list.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
    return [each.text(0) for each in items]


async def test_the_request_of_an_answer_is_copied_as_it_was_sent(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("Hello it's me")
    await desk.until_answered()
    sent = next(each for each in simulator.simulator.journal.entries if each.path == "/v1/messages")
    desk.program._change_setup(replace(desk.program._conversation.shown_setup, system=(TextBlock("Be brief."),)))
    item = desk.window.page.transcript.items[-1]
    menu, names = menu_for(desk.window.main, item, has_selection=False)
    forms = next(each for each in menu.findChildren(QMenu) if each.title() == "Copy request as")
    chosen: dict[str, QAction] = {each.text(): each for each in forms.actions()}
    QGuiApplication.clipboard().clear()

    desk.window.page.transcript._choose(names[chosen["curl"]], item.message.id)

    await until(lambda: bool(copied()))
    head, _, rest = copied().partition("<<'JSON'\n")
    assert json.loads(rest.removesuffix("JSON\n")) == sent.body
    assert f"'{simulator.url}/v1/messages'" in head
    assert "$ANTHROPIC_API_KEY" in head
    assert "CANARY" not in copied()


async def test_two_answers_are_compared_with_what_they_were_asked(desk: Desk) -> None:
    desk.say("Hello")
    await desk.until_answered()
    desk.program._change_setup(replace(desk.program._conversation.shown_setup, system=(TextBlock("Be brief."),)))
    desk.program._conversation.retry()
    await desk.until_answered()

    desk.program._commands.do("compare_answers")

    await until(lambda: bool(desk.window.main.findChildren(ComparisonDialog)))
    (dialog,) = desk.window.main.findChildren(ComparisonDialog)
    await until(lambda: dialog.list.topLevelItemCount() > 0)
    assert [dialog.a.value, dialog.b.value] == [each.id for each in answers(desk)]
    assert "Only in B: 1. block" in listed(dialog)
    assert dialog.detail.toPlainText() == "Be brief."

    dialog.pair_chosen.emit(dialog.b.value, dialog.b.value)
    await until(lambda: "No difference" in dialog.summary.text())
    dialog.close()


def test_what_is_the_same_for_long_is_folded() -> None:
    text = "".join(f"{number}\n" for number in range(100))
    assert folded_lines(text).splitlines() == ["0", "1", "2", "⋯ 94 lines the same ⋯", "97", "98", "99"]
    assert folded_lines("1\n2\n") == "1\n2\n"
