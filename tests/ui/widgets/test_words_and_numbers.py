"""Numbers and strangers' texts, as a person reads them."""

import pytest
from pytestqt.qtbot import QtBot

from ui.widgets.amounts import counted, usd
from ui.widgets.direction import isolated
from ui.widgets.elided_label import ElidedLabel

TURNED = "Invoice \u202efdp.exe"


@pytest.mark.parametrize(("amount", "said"), [(0, "$0.00"), (0.00001, "< $0.0001"), (0.0123, "$0.0123"), (4, "$4.00")])
def test_what_costs_something_never_reads_as_nothing(amount: float, said: str) -> None:
    assert usd(amount) == said


def test_one_is_not_many() -> None:
    assert [counted(number, "message") for number in (0, 1, 2000)] == ["0 messages", "1 message", "2,000 messages"]


def test_a_control_turns_round_nothing_but_its_own_text(qtbot: QtBot) -> None:
    assert isolated("A plain title") == "A plain title"
    assert isolated(TURNED) == f"\u2068{TURNED}\u2069"
    label = ElidedLabel(TURNED)
    qtbot.addWidget(label)
    assert label.text().endswith("\u2069")


def test_a_text_cannot_leave_its_isolation() -> None:
    assert isolated("a\u2069\u202eb") == "\u2068a\u202eb\u2069"
    assert isolated("a\u2067b") == "\u2068a\u2067b\u2069\u2069"
