"""Tools are made, read, tried and offered in the window."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from app.simulator.journal import Entry
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.tools.call_card import CallCard
from ui.tools.lab import LabView
from ui.tools.properties import REQUIRED, PropertyTree
from ui.tools.tab import ToolsTab
from ui.widgets.fields import Choice
from ui.widgets.toggle import Toggle

pytestmark = pytest.mark.timeout(60)


def press(place: QWidget, words: str) -> None:
    found = [each for each in place.findChildren(QPushButton) if words in (each.text(), each.accessibleName())]
    visible = [each for each in found if each.isVisible() and each.isEnabled()]
    assert visible, f"no button says {words!r}"
    QTest.mouseClick(visible[0], Qt.MouseButton.LeftButton)


def named(place: QWidget, name: str) -> Any:
    return next(each for each in place.findChildren(QWidget) if each.accessibleName() == name and each.isVisible())


def pick(box: Choice, value: str) -> None:
    at = box.findData(value)
    assert at >= 0, value
    box.setCurrentIndex(at)
    box.activated.emit(at)


def write(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def tab_of(desk: Desk) -> ToolsTab:
    if not desk.window.inspector.isVisible():
        desk.window.main.panes.toggle_inspector()
    desk.window.inspector.open_tab("Tools")
    (tab,) = desk.window.inspector.findChildren(ToolsTab)
    return tab


def lab_of(desk: Desk) -> LabView:
    (lab,) = desk.window.main.panes.findChildren(LabView)
    return lab


def asked(simulator: LocalSimulator) -> list[Entry]:
    return [each for each in simulator.simulator.journal.entries if each.path == "/v1/messages" and each.body]


def cell(tree: PropertyTree, name: str, column: int) -> QPoint:
    (item,) = tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    tree.scrollToItem(item)
    return tree.visualRect(tree.indexFromItem(item, column)).center()


async def edit_cell(tree: PropertyTree, name: str, column: int, text: str) -> None:
    """Double-click a cell and write."""
    at = cell(tree, name, column)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    editor = tree.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    await until(lambda: bool(tree.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive, column)))


def tick(tree: PropertyTree, name: str) -> None:
    """Click the box of what is required."""
    (item,) = tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    box = tree.visualRect(tree.indexFromItem(item, REQUIRED))
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.left() + 10, box.center().y()))


def retype(tree: PropertyTree, name: str, word: str) -> None:
    at = cell(tree, name, 1)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    box = tree.viewport().findChild(QComboBox)
    assert box is not None
    box.setCurrentText(word)
    box.activated.emit(box.currentIndex())


async def new_tool(desk: Desk) -> LabView:
    press(tab_of(desk), "New tool")
    lab = lab_of(desk)
    await until(lambda: named(lab, "Name").text() == "new_tool")
    return lab


async def test_a_tool_is_built_with_the_mouse_and_offered(desk: Desk, simulator: LocalSimulator) -> None:
    lab = await new_tool(desk)
    write(named(lab, "Name"), "get_weather")
    tree = lab.tree
    press(lab, "Add property")
    await edit_cell(tree, "property_1", 0, "location")
    tick(tree, "location")
    await until(lambda: '"required"' in lab.source.editor.toPlainText())
    press(lab, "Add property")
    await edit_cell(tree, "property_1", 0, "unit")
    retype(tree, "unit", "enum")
    await until(lambda: '"enum"' in lab.source.editor.toPlainText())
    write(named(lab, "enum"), "celsius, fahrenheit")
    wanted = {
        "type": "object",
        "properties": {"location": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
        "required": ["location"],
    }
    assert json.loads(lab.source.editor.toPlainText())["input_schema"] == wanted
    press(lab, "Done")
    tab = tab_of(desk)
    toggles = partial(tab.findChildren, Toggle)
    await until(lambda: any(each.accessibleName() == "Offer get_weather" and each.isVisible() for each in toggles()))
    QTest.mouseClick(named(tab, "Offer get_weather"), Qt.MouseButton.LeftButton)
    pick(named(tab, "Tool choice"), "auto")
    QTest.mouseClick(named(tab, "Parallel calls"), Qt.MouseButton.LeftButton)
    desk.say("get_weather both here and there")
    await desk.until_answered()
    body = asked(simulator)[-1].body
    assert body["tools"][0]["input_schema"] == wanted
    assert body["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}


async def test_source_and_tree_follow_each_other_and_broken_text_keeps_the_last_good_tree(desk: Desk) -> None:
    lab = await new_tool(desk)
    good = {"name": "a", "input_schema": {"type": "object", "x-ours": 1, "properties": {"n": {"type": "integer"}}}}
    editor = lab.source.editor
    editor.setPlainText(json.dumps(good, indent=2))
    assert lab.tree.topLevelItem(0) is not None
    editor.setPlainText(json.dumps(good, indent=2).replace('"integer"', '"integer",'))
    assert lab.source.problem.text().startswith("Line 9, column 7: ")
    item = lab.tree.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "n"
    editor.setPlainText(json.dumps({**good, "input_schema": {"type": "array"}}))
    assert "at its top" in _words(lab)
    press(lab, 'Set "type": "object"')
    assert json.loads(editor.toPlainText())["input_schema"]["type"] == "object"


def _words(lab: LabView) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(each.text() for each in lab.findChildren(QLabel) if each.isVisible())


async def test_versions_are_compared_and_rolled_back(desk: Desk) -> None:
    lab = await new_tool(desk)
    for words, count in (("Tells the weather.", 2), ("Tells the weather of a city.", 3)):
        write(named(lab, "Description"), words)
        await until(lambda count=count: lab.versions.count() == count)  # type: ignore[misc]
    pick(lab.versions, "2")
    assert '-  "description": "Tells the weather.",' in _words(lab)
    press(lab, "Roll back to it")
    await until(lambda: lab.versions.count() == 4)
    assert named(lab, "Description").text() == "Tells the weather."


async def test_a_pasted_python_function_becomes_a_tool(desk: Desk) -> None:
    lab = await new_tool(desk)
    QGuiApplication.clipboard().setText('def add(a: int, b: int = 1):\n    """Add two numbers."""\n')
    press(lab, "Paste a tool")
    await until(lambda: named(lab, "Name").text() == "add")
    assert json.loads(lab.source.editor.toPlainText())["input_schema"]["required"] == ["a"]
    pick(lab.source.views, "OpenAI")
    assert json.loads(lab.source.editor.toPlainText())["function"]["name"] == "add"


async def test_a_tool_is_tried_and_its_runs_are_kept(desk: Desk, simulator: LocalSimulator) -> None:
    tab = tab_of(desk)
    press(tab, "Add examples")
    await until(
        lambda: any(each.accessibleName() == "Edit get_current_weather" for each in tab.findChildren(QPushButton))
    )
    press(tab, "Edit get_current_weather")
    lab = lab_of(desk)
    await until(lambda: named(lab, "Name").text() == "get_current_weather")
    pick(named(lab, "What the lab shows at the right"), "try")
    write(lab.tries.prompt, "get_current_weather in Boston")
    await until(lambda: "5 of 5 valid" in lab.tries.summary.text())
    assert len(asked(simulator)) == 5
    model = lab.tries.model
    assert [model.index(0, at).data() for at in (0, 2, 6)] == ["get_current_weather", "valid", "1"]
    QTest.mouseClick(lab.tries.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert '"prompt": "get_current_weather in Boston"' in lab.tries.exchange.toPlainText()
    trying = desk.program._tools._made_lab()[2]
    await until(lambda: not trying._owed)
    assert len(await desk.program._store.toolbox.tries(_id(desk))) == 5


def _id(desk: Desk) -> str:
    tool = desk.program._tools._made_lab()[1].tool
    assert tool is not None
    return tool.id


async def test_a_model_that_cannot_be_forced_says_so(desk: Desk) -> None:
    tab = tab_of(desk)
    conversation = desk.program._conversation
    from dataclasses import replace

    conversation.change_setup(replace(conversation.shown_setup, model="claude-sonnet-5-5"))
    assert "cannot be forced" in tab._reason.text()
    assert named(tab, "Tool choice").findData("any") == -1
    conversation.change_setup(replace(conversation.shown_setup, model="claude-opus-4-8"))
    assert "cannot be forced" not in tab._reason.text()
    assert named(tab, "Tool choice").findData("any") >= 0


async def test_the_parallel_weather_example_from_the_first_click_to_the_last_word(
    desk: Desk, simulator: LocalSimulator, tmp_path: Path
) -> None:
    """LiteLLM's example of parallel calls, with mouse and keyboard alone."""
    tab = tab_of(desk)
    press(tab, "Add examples")
    await until(lambda: any(each.accessibleName() == "Offer get_current_weather" for each in tab.findChildren(Toggle)))
    QTest.mouseClick(named(tab, "Offer get_current_weather"), Qt.MouseButton.LeftButton)
    editor = desk.window.page.composer.editor
    editor.setFocus()
    QTest.keyClicks(
        editor, "What is the weather like in both Boston, MA in fahrenheit and in Lisbon? Call in parallel."
    )
    QTest.keyClick(editor, Qt.Key.Key_Return)
    page = desk.window.page
    await until(lambda: len(waiting_cards(desk)) == 2)
    assert page.grab().save(str(tmp_path / "waiting.png"))
    for degrees in ("72", "61"):
        card = next(each for each in waiting_cards(desk) if not each.is_answered)
        field = next(each for each in card.findChildren(QPlainTextEdit) if each.isVisible())
        field.setFocus()
        QTest.keyClicks(field, f'{{"temperature": "{degrees}", "unit": "fahrenheit"}}')
        press(card, "Send result")
    await until(lambda: len(asked(simulator)) == 2 and not desk.is_busy and not waiting_cards(desk))
    await until(lambda: "The tools answered" in desk.transcript)
    assert page.grab().save(str(tmp_path / "answered.png"))
    first, second = (each.body for each in asked(simulator))
    assert [each["name"] for each in first["tools"]] == ["get_current_weather"]
    results = second["messages"][-1]["content"]
    uses = [each for each in second["messages"][-2]["content"] if each["type"] == "tool_use"]
    assert [each["tool_use_id"] for each in results] == [each["id"] for each in uses]
    assert [json.loads(each["content"])["temperature"] for each in results] == ["72", "61"]


def waiting_cards(desk: Desk) -> list[CallCard]:
    return [each for each in desk.window.page.findChildren(CallCard) if each.isVisible()]
