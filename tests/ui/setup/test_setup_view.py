"""The Setup tab: what is entered becomes a setup, and what a model does not take is closed with its reason."""

from typing import TypeVar

import pytest
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.blocks import TextBlock
from app.domain.caching import Breakpoint, CachePlan, Section, Ttl
from app.domain.request import Parameters, Setup, Thinking
from app.simulator.server import own_catalogue
from ui.setup.view import SetupView
from ui.theme.theme import Theme
from ui.widgets.fields import Choice, NumberField, TextField
from ui.widgets.header_lines import headers_from_text, headers_to_text

W = TypeVar("W", bound=QWidget)
CATALOGUE = own_catalogue()
WITHOUT_SAMPLING = next(each for each in CATALOGUE.pickable if not each.takes_sampling)
WITH_SAMPLING = next(each for each in CATALOGUE.pickable if each.takes_sampling)


class Tab:
    """The tab, and a person at it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.view = SetupView()
        qtbot.addWidget(self.view)
        self.view.resize(376, 900)
        self.view.show()
        self.changed = QSignalSpy(self.view.setup_changed)
        self.shows(Setup())

    def shows(self, setup: Setup, model: str = WITH_SAMPLING.id) -> None:
        self.view.show_setup(setup, model, CATALOGUE.find(model))

    def field(self, kind: type[W], name: str) -> W:
        return next(each for each in self.view.findChildren(kind) if each.accessibleName() == name)

    def types(self, field: QWidget, text: str) -> None:
        field.setFocus()
        QTest.keyClicks(field, text)

    @property
    def newest(self) -> Setup:
        setup = self.changed.at(self.changed.count() - 1)[0]
        assert isinstance(setup, Setup)
        return setup


@pytest.fixture
def tab(qtbot: QtBot, theme: Theme) -> Tab:
    return Tab(qtbot)


def test_what_is_shown_is_told_to_nobody(tab: Tab) -> None:
    tab.shows(Setup(system=(TextBlock("Be brief."),), prefill="{", parameters=Parameters(max_tokens=7)))
    assert tab.changed.count() == 0


def test_each_field_becomes_its_part_of_the_setup(tab: Tab) -> None:
    tab.types(tab.field(NumberField, "Max tokens"), "777")
    tab.types(tab.field(NumberField, "Temperature"), "0.5")
    tab.types(tab.field(TextField, "Stop sequences"), "END")
    tab.types(tab.field(QLineEdit, "Betas"), "one, two")
    tab.types(tab.field(TextField, "Extra headers"), "x-team: blue")
    parameters = tab.newest.parameters
    assert (parameters.max_tokens, parameters.temperature, parameters.stop_sequences) == (777, 0.5, ("END",))
    assert (tab.newest.betas, dict(tab.newest.extra_headers)) == (("one", "two"), {"x-team": "blue"})


def test_a_number_out_of_range_is_marked_and_not_taken(tab: Tab) -> None:
    field = tab.field(NumberField, "Temperature")
    tab.types(field, "7")
    assert tab.changed.count() == 0
    assert field.property("invalid") is True


def test_what_the_model_does_not_take_is_closed_with_its_reason(tab: Tab) -> None:
    tab.shows(Setup(), WITHOUT_SAMPLING.id)
    field = tab.field(NumberField, "Temperature")
    assert not field.isEnabled()
    assert "takes no sampling" in field.toolTip()


def test_what_is_set_all_the_same_can_be_taken_away_again(tab: Tab) -> None:
    tab.shows(Setup(parameters=Parameters(temperature=0.5)), WITHOUT_SAMPLING.id)
    assert tab.field(NumberField, "Temperature").isEnabled()


def test_a_budget_is_asked_for_only_where_thinking_has_one(tab: Tab) -> None:
    budget = tab.field(NumberField, "Thinking budget")
    assert not budget.isVisible()
    tab.shows(Setup(parameters=Parameters(thinking=Thinking("enabled", 2048))))
    assert budget.isVisible()
    assert tab.field(Choice, "Thinking").value == "enabled"


def test_system_blocks_are_added_written_and_removed(tab: Tab) -> None:
    buttons = {each.text(): each for each in tab.view.findChildren(QPushButton)}
    buttons["Add a system block"].click()
    tab.types(tab.field(TextField, "System block 1"), "Be brief.")
    assert tab.newest.system == (TextBlock("Be brief."),)
    remove = next(each for each in tab.view.findChildren(QPushButton) if each.text() == "Remove")
    remove.click()
    assert not tab.newest.system


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x-team: blue\nx-cost:  7 ", {"x-team": "blue", "x-cost": "7"}),
        ("half a line", {}),
        ("bad name: x\nx-ü: y", {}),
        ("X-API-Key: sk-ant-1\nauthorization: Bearer y\ncookie: z", {}),
    ],
)
def test_headers_are_read_and_keys_are_not_among_them(text: str, found: dict[str, str]) -> None:
    assert headers_from_text(text) == found
    assert headers_from_text(headers_to_text(found)) == found


def test_a_system_block_is_marked_for_the_cache_and_the_mark_stays_on_it(tab: Tab) -> None:
    tab.shows(Setup(system=(TextBlock("Be brief."), TextBlock("The lease."))))
    tab.field(QPushButton, "System block 2: No breakpoint").click()
    assert tab.newest.cache_plan.breakpoints == {Breakpoint(Section.SYSTEM, 1)}
    tab.field(QPushButton, "System block 2: ◆ 5 min").click()
    assert tab.newest.cache_plan.breakpoints == {Breakpoint(Section.SYSTEM, 1, ttl=Ttl.ONE_HOUR)}
    tab.field(QPushButton, "Remove system block 1").click()
    assert tab.newest.cache_plan.breakpoints == {Breakpoint(Section.SYSTEM, 0, ttl=Ttl.ONE_HOUR)}
    tab.field(QPushButton, "System block 1: ◆ 1 hour").click()
    assert tab.newest.cache_plan == CachePlan()


def test_a_fifth_mark_is_refused_with_a_sentence(tab: Tab) -> None:
    marks = frozenset(Breakpoint(Section.MESSAGES, at) for at in range(4))
    tab.shows(Setup(system=(TextBlock("Be brief."),), cache_plan=CachePlan(marks)))
    refused = QSignalSpy(tab.view.refused)
    tab.field(QPushButton, "System block 1: No breakpoint").click()
    assert "4 marks at most" in refused.at(0)[0]
    assert tab.changed.count() == 0
