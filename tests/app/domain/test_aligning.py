"""Whatever two sequences are, what is said of them is true."""

import random

from hypothesis import given
from hypothesis import strategies as st

from app.domain.aligning import aligned, pieces

LETTERS = st.lists(st.sampled_from("abcdefgh"), max_size=40)


@given(LETTERS, LETTERS)
def test_stretches_cover_both_and_the_equal_ones_are_equal(a: list[str], b: list[str]) -> None:
    at_a = at_b = 0
    for each in aligned(a, b):
        assert (each.a_from, each.b_from) == (at_a, at_b)
        assert each.is_equal == (a[each.a_from : each.a_to] == b[each.b_from : each.b_to])
        at_a, at_b = each.a_to, each.b_to
    assert (at_a, at_b) == (len(a), len(b))


@given(LETTERS, LETTERS)
def test_each_side_can_be_read_back_from_the_pieces(a: list[str], b: list[str]) -> None:
    found = list(pieces(a, b))

    assert "".join(text for kind, text in found if kind != "only_b") == "".join(a)
    assert "".join(text for kind, text in found if kind != "only_a") == "".join(b)


def test_a_line_put_in_and_one_taken_out_are_found() -> None:
    lines = [f"{number}\n" for number in range(5000)]
    changed = [*lines[:100], "new\n", *lines[100:4000], *lines[4001:]]

    assert [each for each in pieces(lines, changed) if each[0] != "same"] == [("only_b", "new\n"), ("only_a", "4000\n")]


def test_what_would_take_for_ever_each_with_each_ends() -> None:
    chance = random.Random(1)
    a, b = ([chance.choice("ab") for _ in range(20_000)] for _ in range(2))

    assert sum(each.a_to - each.a_from for each in aligned(a, b)) == 20_000
