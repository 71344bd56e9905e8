"""Formulae come from a process that may be slow, hang, lie or die; the window only ever gets a formula or none."""

import json
import queue
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.typesetting.cache import FormulaCache
from app.typesetting.formula import Formula
from app.typesetting.typesetter import MOST_FAILURES, Typesetter

ONE = {"outline": "M 0 0 L 1 0 L 1 1 Z", "width": 1.0, "ascent": 0.7, "descent": 0.3}
OBEDIENT = f"import sys\nprint('{{}}', flush=True)\nfor line in sys.stdin: print('{json.dumps(ONE)}', flush=True)"


Answers = queue.SimpleQueue[Any]
Makes = Callable[..., tuple[Typesetter, Answers]]


@pytest.fixture
def typesetter(tmp_path: Path) -> Iterator[Makes]:
    """Makes one, with a helper of a few lines; `answers` is what it said."""
    made: list[Typesetter] = []

    def make(helper: str = "", **given: Any) -> tuple[Typesetter, Answers]:
        answers: Answers = queue.SimpleQueue()
        if helper:
            given["helper"] = (sys.executable, "-c", helper)
        found = Typesetter(tmp_path / "formulae", lambda *each: answers.put(each), **given)
        made.append(found)
        return found, answers

    yield make
    for each in made:
        each.close()


def test_a_fraction_is_typeset(typesetter: Makes) -> None:
    ours, answers = typesetter()
    ours.typeset(r"\frac{a}{b}", True)
    _, _, formula = answers.get(timeout=60)
    assert formula.ascent > 0.9
    assert formula.descent > 0.4
    assert formula.outline.startswith("M ")


def test_what_is_no_tex_is_no_formula(typesetter: Makes) -> None:
    ours, answers = typesetter()
    for tex in (r"\frac{a}{", r"\nosuch{", "", "x" * 5000, r"\input{/etc/passwd}"):
        ours.typeset(tex, False)
        assert answers.get(timeout=60)[2] is None or "passwd" in tex
    ours.typeset("x", False)
    assert answers.get(timeout=60)[2] is not None


def test_a_formula_is_typeset_once(typesetter: Makes, tmp_path: Path) -> None:
    ours, answers = typesetter(OBEDIENT)
    ours.typeset("x", False)
    first = answers.get(timeout=60)
    again, others = typesetter("import sys; sys.exit(1)")
    again.typeset("x", False)
    assert others.get(timeout=60) == first == ("x", False, Formula.from_json(ONE))
    again.typeset("x", True)
    assert others.get(timeout=60)[2] is None


def test_a_helper_that_hangs_is_replaced(typesetter: Makes) -> None:
    hangs = "import sys, time\nprint('{}', flush=True)\nfor line in sys.stdin:\n"
    hangs += f"    time.sleep(60) if 'slow' in line else print('{json.dumps(ONE)}', flush=True)"
    ours, answers = typesetter(hangs, formula_s=0.5)
    ours.typeset("slow", False)
    ours.typeset("quick", False)
    assert [answers.get(timeout=60)[2] for _ in range(2)] == [None, Formula.from_json(ONE)]


def test_a_helper_that_always_dies_is_given_up(typesetter: Makes, tmp_path: Path) -> None:
    log = tmp_path / "starts"
    ours, answers = typesetter(f"open({str(log)!r}, 'a').write('x')")
    for number in range(MOST_FAILURES + 3):
        ours.typeset(str(number), False)
    assert [answers.get(timeout=60)[2] for _ in range(MOST_FAILURES + 3)] == [None] * (MOST_FAILURES + 3)
    assert log.read_text() == "x" * MOST_FAILURES


@pytest.mark.parametrize("found", [{}, [], None, {**ONE, "width": 1e9}, {**ONE, "outline": 5}, {**ONE, "ascent": "x"}])
def test_what_is_no_formula_is_refused(found: Any) -> None:
    with pytest.raises(ValueError, match=r"formula|could not convert"):
        Formula.from_json(found)


def test_a_damaged_cache_is_as_good_as_none(tmp_path: Path) -> None:
    cache = FormulaCache(tmp_path / "formulae")
    cache.keep("x", Formula.from_json(ONE), display=True)
    assert cache.find("x", display=True) == Formula.from_json(ONE)
    (path,) = (tmp_path / "formulae").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("{")
    assert cache.find("x", display=True) is None
