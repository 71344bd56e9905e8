"""LiteLLM's three examples of caching, made by clicks; and what the window says of them before and after."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.domain.blocks import TextBlock
from app.domain.request import Parameters, Setup
from app.domain.tools import ToolChoice, ToolDefinition
from app.simulator.server import LocalSimulator
from tests.support.desk import Desk
from tests.support.waiting import until
from ui.caching.tab import CacheTab
from ui.conversation.caching import Caching
from ui.usage.presenter import UsagePresenter
from ui.usage.view import UsageView

LONG = "Here is the full text of a complex legal agreement. " * 200
TOOL = ToolDefinition("get_current_weather", {"type": "object"}, "Get the current weather in a given location")
MARK = {"type": "ephemeral"}


def tab_of(desk: Desk) -> CacheTab:
    desk.window.main.actions_table.triggered.emit("cache")
    found = desk.window.main.findChild(CacheTab)
    assert isinstance(found, CacheTab)
    return found


def caching_of(desk: Desk) -> Caching:
    found = desk.program.findChild(Caching)
    assert isinstance(found, Caching)
    return found


def write_setup(desk: Desk, *system: str, tools: tuple[ToolDefinition, ...] = ()) -> None:
    choice = ToolChoice("none") if tools else None
    blocks = tuple(TextBlock(each) for each in system)
    made = Setup("Personal", "claude-sonnet-5-5", blocks, Parameters(tool_choice=choice), tools)
    desk.window.setup.setup_changed.emit(made)


def choose(tab: CacheTab, title: str) -> None:
    """Mark a block by the menu of the Cache tab."""
    menu = tab.mark_menu()
    action = next(each for each in menu.actions() if each.text() == title)
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)


def bodies(simulator: LocalSimulator) -> list[dict[str, Any]]:
    return [each.body for each in simulator.simulator.journal.entries if each.path == "/v1/messages"]


def marks_in(value: Any, where: str = "") -> Iterator[str]:
    """Where `cache_control` stands in a body."""
    if isinstance(value, dict):
        if value.get("cache_control") == MARK:
            yield where
        for name, each in value.items():
            yield from marks_in(each, f"{where}/{name}")
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from marks_in(each, f"{where}/{at}")


async def test_a_large_system_context_is_cached(desk: Desk, simulator: LocalSimulator) -> None:
    write_setup(desk, "You are an AI assistant tasked with analyzing legal documents.", LONG)
    tab = tab_of(desk)
    choose(tab, "System · block 2")
    assert ["System · block 2" in row.title.text() for row in tab.mark_rows] == [True]
    desk.say("What are the key terms and conditions in this agreement?")
    await desk.until_answered()
    assert sorted(marks_in(bodies(simulator)[0])) == ["/system/1"]
    await until(lambda: "As foretold" in tab.verdict.text())
    await desk.close()


async def test_the_last_tool_is_marked(desk: Desk, simulator: LocalSimulator) -> None:
    write_setup(desk, tools=(replace(TOOL, name="other"), TOOL))
    tab = tab_of(desk)
    choose(tab, "Tool · get_current_weather")
    assert "too short to cache" in tab.cautions.text()
    desk.say("What's the weather like in Boston today?")
    await desk.until_answered()
    assert sorted(marks_in(bodies(simulator)[0])) == ["/tools/1"]
    await desk.close()


async def test_marks_move_with_the_conversation(desk: Desk, simulator: LocalSimulator) -> None:
    write_setup(desk, LONG)
    tab = tab_of(desk)
    choose(tab, "System · block 1")
    QTest.mouseClick(tab.rolling, Qt.MouseButton.LeftButton)
    for question in ("What are the key terms?", "And the dates?", "And the price?"):
        desk.say(question)
        await desk.until_answered()
    first, _, last = bodies(simulator)
    assert sorted(marks_in(first)) == ["/messages/0/content/0", "/system/0"]
    assert sorted(marks_in(last)) == ["/messages/2/content/0", "/messages/4/content/0", "/system/0"]
    await until(lambda: "As foretold" in tab.verdict.text())
    await until(lambda: "% from cache" in desk.window.page.composer.hint.text())
    await desk.close()


async def test_a_click_on_the_rail_marks_a_message_and_a_fifth_mark_is_refused(
    desk: Desk, simulator: LocalSimulator
) -> None:
    desk.say("What are the key terms?")
    await desk.until_answered()
    caching = caching_of(desk)
    rail = caching.rail
    await until(lambda: len(rail.spots) >= 2)
    y, block = rail.spots[0]
    assert block.name == "You · What are the key terms?"
    QTest.mouseClick(rail, Qt.MouseButton.LeftButton, pos=QPoint(rail.width() // 2, y))
    assert rail.spots[0][1].ttl is not None
    rail.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_T):
        QTest.keyClick(rail, key)
    desk.say("And the dates?")
    await desk.until_answered()
    sent = bodies(simulator)[1]["messages"]
    assert sent[0]["content"][0]["cache_control"] == MARK
    tab = tab_of(desk)
    QTest.mouseClick(tab.rolling, Qt.MouseButton.LeftButton)
    refused: list[str] = []
    tab.refused.connect(refused.append)
    QTest.mouseClick(tab.automatic, Qt.MouseButton.LeftButton)
    assert [each.startswith("The API takes 4 marks at most") for each in refused] == [True]
    assert not tab.automatic.isChecked()
    assert caching.wanted.taken == 4
    await desk.close()


async def test_counting_exactly_asks_once_and_typing_never_does(desk: Desk, simulator: LocalSimulator) -> None:
    desk.write("How many tokens is this?")
    tab = tab_of(desk)
    await until(lambda: desk.window.page.composer.hint.text().startswith("next "))
    assert "–" in desk.window.page.composer.hint.text()
    QTest.mouseClick(tab.exact, Qt.MouseButton.LeftButton)
    await until(lambda: not tab.total.text().startswith("≈"))
    counted = [each for each in simulator.simulator.journal.entries if each.path.endswith("count_tokens")]
    assert len(counted) == 1
    assert "–" not in desk.window.page.composer.hint.text().partition(" tokens")[0]
    await desk.close()


async def test_the_usage_tab_tells_where_the_money_went(desk: Desk, simulator: LocalSimulator, tmp_path: Path) -> None:
    desk.say("What are the key terms?")
    await desk.until_answered()
    desk.window.main.actions_table.triggered.emit("usage")
    view = desk.window.main.findChild(UsageView)
    assert isinstance(view, UsageView)
    await until(lambda: view.table.rowCount() == 1)
    assert "1 answer cost $" in view.summary.text()
    presenter = view.findChild(UsagePresenter)
    assert isinstance(presenter, UsagePresenter)
    presenter.save(tmp_path / "usage.csv")
    await until(lambda: (tmp_path / "usage.csv").exists() and (tmp_path / "usage.csv").read_text().count("\n") == 2)
    await desk.close()
