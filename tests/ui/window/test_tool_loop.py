"""Calls wait in the window, are answered there or by themselves, and the turn goes on."""

import json
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QPushButton

import resources
from app.domain.tools import ToolDefinition
from app.simulator.journal import Entry
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.tools.call_card import CallCard
from ui.tools.calls import CallsPanel

WEATHER = json.loads(resources.read_bytes("tools", "examples.json"))[0]
BOTH = "get_current_weather: both Boston and Lisbon"


def offer(desk: Desk, tool: dict[str, Any] = WEATHER) -> None:
    """Have the tool on in the conversation on the page."""
    conversation = desk.program._conversation
    definition = ToolDefinition(tool["name"], tool["input_schema"], tool.get("description"))
    conversation.change_setup(replace(conversation.shown_setup, tools=(definition,)))


def cards(desk: Desk) -> list[CallCard]:
    panels = [each for each in desk.window.page.findChildren(CallsPanel) if each.isVisible()]
    return [card for panel in panels for card in panel.findChildren(CallCard) if card.isVisible()]


def press(card: CallCard, words: str) -> None:
    found = [each for each in card.findChildren(QPushButton) if each.text() == words and each.isVisible()]
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def answer(card: CallCard, text: str, *, as_error: bool = False) -> None:
    field = next(each for each in card.findChildren(QPlainTextEdit) if each.isVisible())
    field.setFocus()
    field.setPlainText(text)
    if as_error:
        next(each for each in card.findChildren(QCheckBox)).setChecked(True)
    press(card, "Send result")


def asked(simulator: LocalSimulator) -> list[Entry]:
    return [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages" and each.body]


async def test_two_parallel_calls_are_answered_by_hand_in_one_message(desk: Desk, simulator: LocalSimulator) -> None:
    offer(desk)
    desk.say(BOTH)
    await desk.until_answered()
    await until(lambda: len(cards(desk)) == 2)
    first, second = cards(desk)
    answer(second, "rain", as_error=True)
    desk.say("And then?")
    await until(lambda: second.is_answered)
    assert len(asked(simulator)) == 1
    answer(first, '{"temperature": 72}')
    await desk.until_answered()
    sent = asked(simulator)[-1].body["messages"]
    calls = [each["id"] for each in sent[1]["content"] if each["type"] == "tool_use"]
    results = sent[2]["content"]
    assert [each.get("tool_use_id") for each in results] == [*calls, None]
    assert results[0]["content"] == '{"temperature": 72}'
    assert results[1]["is_error"] is True
    assert results[2] == {"type": "text", "text": "And then?"}
    await until(lambda: not cards(desk))
    assert "The tools answered" in desk.transcript


async def test_a_fixed_result_answers_by_itself_until_the_limit(desk: Desk, simulator: LocalSimulator) -> None:
    await desk.program._store.toolbox.put("t", WEATHER, 1)
    await desk.program._store.toolbox.answer_by("t", {"kind": "fixed", "content": "72 degrees"})
    offer(desk)
    conversation = desk.program._conversation
    from app.domain.tools import ToolChoice

    setup = conversation.shown_setup
    forced = replace(setup.parameters, tool_choice=ToolChoice("any"))
    conversation.change_setup(replace(setup, model="claude-opus-4-8", parameters=forced))
    desk.say("get_current_weather in Boston")
    await until(lambda: "10 STEPS" in _notes(desk).upper())
    assert len(asked(simulator)) == 11
    answer(cards(desk)[0], "enough")  # the person takes over
    await until(lambda: len(asked(simulator)) == 12)


def _notes(desk: Desk) -> str:
    panels = [each for each in desk.window.page.findChildren(CallsPanel) if each.isVisible()]
    return panels[0]._note.text() if panels else ""


async def test_a_program_runs_only_after_it_was_allowed(desk: Desk, simulator: LocalSimulator) -> None:
    import sys

    argv = [sys.executable, "-c", "import sys; print('told', sys.stdin.read())"]
    await desk.program._store.toolbox.put("t", WEATHER, 1)
    await desk.program._store.toolbox.answer_by("t", {"kind": "command", "argv": argv})
    offer(desk)
    desk.say("get_current_weather in Boston")
    await until(lambda: bool(cards(desk)) and "Run once" in _buttons(cards(desk)[0]))
    assert len(asked(simulator)) == 1
    press(cards(desk)[0], "Run once")
    await until(lambda: len(asked(simulator)) == 2)
    result = asked(simulator)[-1].body["messages"][-1]["content"][0]
    assert result["content"].startswith("told {")


def _buttons(card: CallCard) -> list[str]:
    return [each.text() for each in card.findChildren(QPushButton) if each.isVisible()]


async def test_a_turn_that_the_service_paused_goes_on_by_itself(desk: Desk, simulator: LocalSimulator) -> None:
    desk.say("Story [[sim: pause_turn]]")
    await until(lambda: len(asked(simulator)) > 1)
    desk.window.page.composer.stop_requested.emit()


async def test_calls_wait_while_another_conversation_is_shown(desk: Desk) -> None:
    offer(desk)
    desk.say(BOTH)
    await until(lambda: len(cards(desk)) == 2)
    conversation = desk.program._conversation
    shown = conversation.shown_id
    conversation.new()
    await until(lambda: not cards(desk))
    conversation.open(shown)
    await until(lambda: len(cards(desk)) == 2)


pytestmark = pytest.mark.timeout(60)
