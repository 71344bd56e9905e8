"""Formulae among text: their source until they come, their shape afterwards, their source again when copied."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.blocks import TextBlock
from app.domain.stream import BlockStarted, TextDelta
from app.typesetting.formula import Formula
from ui.theme.palette import DARK
from ui.transcript.formulas import path_of

TALL = Formula("M 0 -2 L 3 -2 L 3 1 L 0 1 Z", 3.0, 2.0, 1.0)


def wanted(transcript):
    found = []
    transcript.formula_wanted.connect(lambda tex, is_display: found.append((tex, is_display)))
    return found


def height(transcript):
    return transcript.arrangement.total


def test_formulas_in_sight_are_asked_for_once(transcript, answer):
    asked = wanted(transcript)
    transcript.show([answer("$a$ and \\(b\\) and $a$\n\n$$c$$\n\n`$d$` and $5 and $6")])
    transcript.grab()
    transcript.set_palette(DARK)
    transcript.grab()
    assert sorted(asked) == [("a", False), ("b", False), ("c", True)]


def test_the_shape_takes_the_source_s_place(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer("so $a$ is")])
    before, low = transcript.grab().toImage(), height(transcript)
    transcript.show_formula("a", False, TALL)
    qtbot.waitUntil(lambda: height(transcript) > low)
    assert transcript.grab().toImage() != before


def test_copying_gives_the_source(transcript, answer, qtbot):
    transcript.show([answer("x 漢 $a_1$ y\n\nend")])
    transcript.show_formula("a_1", False, TALL)
    transcript.grab()
    leaf = transcript.arrangement.items[0].units[2].leaves[0]
    assert leaf.text() == "x 漢 $a_1$ y"
    assert leaf.text(4, 9) == "$a_1$"
    qtbot.keyClick(transcript, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    transcript.copy()
    assert "$a_1$" in QGuiApplication.clipboard().text()


def test_what_is_read_stays_where_it_is_when_formulas_come(transcript, answer, qtbot):
    above = "\n\n".join(f"$f_{{{number}}}$" for number in range(30))
    transcript.show([answer(above + "\n\n" + "\n\n".join(f"Line {number}" for number in range(80)))])
    transcript.arrangement.following = False
    transcript.verticalScrollBar().setValue(transcript.verticalScrollBar().maximum() * 2 // 3)
    transcript.grab()
    first = transcript.visible_text().split("\n")[0]
    for number in range(30):
        transcript.show_formula(f"f_{{{number}}}", False, TALL)
    with qtbot.waitSignal(transcript.later.formulas_came):
        pass
    transcript.grab()
    assert transcript.visible_text().split("\n")[0] == first


def test_a_wide_formula_is_drawn_smaller(transcript, answer, qtbot):
    transcript.show([answer("$$w$$")])
    transcript.show_formula("w", True, Formula(TALL.outline, 500.0, 20.0, 10.0))
    with qtbot.waitSignal(transcript.later.formulas_came):
        pass
    transcript.grab()
    (placed,) = transcript.arrangement.items[0].units[2].leaves[0]._placed
    assert placed.width <= transcript.arrangement.width


def test_an_outline_is_a_path():
    path = path_of("M 0 0 L 1 0 Q 1 1 0 1 C 0 1 0 1 0 0 Z nonsense 4")
    assert path.boundingRect().getRect() == (0.0, 0.0, 1.0, 1.0)


def test_formulas_stand_in_the_cells_of_a_table(transcript, answer, qtbot):
    asked = wanted(transcript)
    transcript.show([answer("| name | value |\n|-|-|\n| area | $a^2$ |\n| x | y |")])
    before, low = transcript.grab().toImage(), height(transcript)
    assert asked == [("a^2", False)]
    transcript.show_formula("a^2", False, TALL)
    qtbot.waitUntil(lambda: height(transcript) > low)
    assert transcript.grab().toImage() != before
    (leaf,) = transcript.arrangement.items[0].units[2].leaves
    assert leaf.text() == "name\tvalue\narea\t$a^2$\nx\ty"


def test_a_growing_table_keeps_its_formulas(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer()], streaming="answer")
    transcript.extend([BlockStarted(0, TextBlock("")), TextDelta(0, "| a |\n|-|\n| $b$ |\n")])
    qtbot.waitUntil(lambda: "$b$" in transcript.visible_text())
    transcript.show_formula("b", False, TALL)
    with qtbot.waitSignal(transcript.later.formulas_came):
        pass
    transcript.extend([TextDelta(0, "| c |\n| d |\n")])
    qtbot.waitUntil(lambda: "\nd" in transcript.visible_text())
    (leaf,) = transcript.arrangement.items[1].units[2].leaves
    assert list(leaf._placed) == [1]
