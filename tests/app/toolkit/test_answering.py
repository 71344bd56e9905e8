"""What each answerer makes of a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadTool
from app.toolkit.answering import (
    Answerer,
    AskMe,
    Blocks,
    Command,
    Delayed,
    Fixed,
    Planned,
    Rule,
    Rules,
    Template,
    answerer_from_raw,
    answerer_to_raw,
    filled,
    planned,
)

ANSWERERS = st.recursive(
    st.just(AskMe())
    | st.builds(Fixed, st.text(), st.booleans())
    | st.builds(Template, st.text())
    | st.just(Blocks(({"type": "text", "text": "a"},)))
    | st.builds(Command, st.just(("cat", "-")), st.booleans(), st.just(2.5)),
    lambda below: (
        st.builds(Delayed, st.floats(0, 600), below)
        | st.builds(
            Rules,
            st.lists(st.builds(Rule, st.text(max_size=3), st.integers() | st.text(), below), max_size=3).map(tuple),
        )
    ),
    max_leaves=6,
)


@given(ANSWERERS)
def test_an_answerer_is_kept_as_it_is(answerer: Answerer) -> None:
    assert answerer_from_raw(answerer_to_raw(answerer)) == answerer


def test_rules_are_asked_in_turn_and_else_the_person() -> None:
    rules = Rules((Rule("city", "Rome", Fixed("sunny")), Rule("place.days", 1, Fixed("short"))))
    assert planned(rules, {"city": "Rome"}).answerer == Fixed("sunny")
    assert planned(rules, {"place": {"days": 1}}).answerer == Fixed("short")
    assert planned(rules, {"place": {"days": True}}).answerer == AskMe()
    assert planned(rules, {}).answerer == AskMe()


def test_delays_add_up_and_end() -> None:
    assert planned(Delayed(2, Delayed(3, Fixed("x"))), {}) == Planned(Fixed("x"), 5)
    endless: Answerer = Fixed("x")
    for _ in range(100):
        endless = Delayed(600, endless)
    assert planned(endless, {}) == Planned(AskMe(), 600)


def test_only_the_documented_placeholder_is_replaced() -> None:
    template = "weather $city {city} {{city}} ${ANTHROPIC_API_KEY} {{missing}} {{a.b}}"
    assert filled(template, {"city": "{{a.b}}", "a": {"b": [1]}}) == (
        "weather $city {city} {{a.b}} ${ANTHROPIC_API_KEY} {{missing}} [1]"
    )


@pytest.mark.parametrize(
    "raw",
    [None, {}, {"kind": "command", "argv": []}, {"kind": "delay", "seconds": True}, {"kind": "rules", "rules": [1]}],
)
def test_what_is_no_answerer_is_refused(raw: object) -> None:
    with pytest.raises(BadTool):
        answerer_from_raw(raw)
