"""Code blocks: colours, folding, wrapping."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from app.domain.blocks import TextBlock
from app.domain.conversation import MessageState
from app.domain.stream import BlockStarted, TextDelta
from ui.theme.contrast import READABLE, ratio
from ui.theme.palette import DARK, LIGHT
from ui.transcript.highlight.colours import colours_for
from ui.transcript.highlight.grammars import GrammarColours
from ui.transcript.highlight.roles import COLOURS, COMMENT, FUNCTION, KEYWORD, NUMBER, STRING, TYPE
from ui.transcript.leaves.code import FOLDED_LINES, CodeLeaf

PYTHON = ["def greet(name: str) -> str:", '    return f"hi {name}" # 漢 😀 note', "x = 1", '"""open', "more"]
SAMPLES = {
    "py": ("return 1 # why", {KEYWORD, NUMBER, COMMENT}),
    "js": ("const a = 'x' // why", {KEYWORD, STRING, COMMENT}),
    "tsx": ("interface A { a: string }", {KEYWORD, TYPE}),
    "json": ('{"a": 1, "b": true}', {TYPE, NUMBER}),
    "bash": ("if true; then echo 'a'; fi # why", {KEYWORD, STRING, COMMENT}),
    "c": ("int a = 1; // why", {TYPE, NUMBER, COMMENT}),
    "c++": ("class A { int a = 1; };", {KEYWORD, TYPE, NUMBER}),
    "rust": ("fn main() { let a = 1; }", {KEYWORD, FUNCTION, NUMBER}),
    "go": ("func main() { return 1 }", {KEYWORD, FUNCTION, NUMBER}),
    "java": ("class A { int a = 1; }", {KEYWORD, TYPE, NUMBER}),
    "html": ('<a href="x">y</a>', {KEYWORD, STRING, TYPE}),
    "css": ("a { color: red; } /* why */", {KEYWORD, TYPE, COMMENT}),
    "yaml": ("a: 1 # why", {TYPE, NUMBER, COMMENT}),
    "toml": ("a = 1 # why", {TYPE, NUMBER, COMMENT}),
}


def said(lines, runs):
    """What each role is given to."""
    found = {}
    for line, of_line in zip(lines, runs, strict=True):
        for run in of_line:
            units = line.encode("utf-16-le")[2 * run.start : 2 * (run.start + run.length)]
            found.setdefault(run.look, []).append(units.decode("utf-16-le"))
    return found


def code_leaf(transcript) -> CodeLeaf:
    units = transcript.arrangement.items[-1].units
    return next(leaf for unit in units for leaf in unit.leaves or () if isinstance(leaf, CodeLeaf))


def click_on(transcript, qtbot, name):
    """Where a code block offers an act."""
    leaf = code_leaf(transcript)
    for y in range(0, transcript.viewport().height(), 4):
        for x in range(800, 40, -10):
            target = transcript.target(QPoint(x, y).toPointF())
            act = target.act() if target is not None else None
            if act is not None and act.name == name and target.leaf is leaf:
                qtbot.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
                return
    raise AssertionError(f"nothing offers {name}")


@pytest.mark.parametrize("language", SAMPLES)
def test_common_languages_are_coloured_at_once(language):
    line, roles = SAMPLES[language]
    colours = colours_for(language, lambda: None)
    assert isinstance(colours, GrammarColours)
    colours.update([line])
    assert roles <= {run.look for run in colours.runs(0, 1)[0]}


def test_what_is_coloured_is_the_word_itself():
    colours = GrammarColours("python", lambda: None)
    colours.update(PYTHON)
    found = said(PYTHON, colours.runs(0, len(PYTHON)))
    assert "# 漢 😀 note" in found[COMMENT]
    assert "return" in found[KEYWORD]
    assert 'f"hi ' in "".join(found[STRING])


def test_colours_are_the_same_however_the_code_arrived():
    text = "\n".join(PYTHON[:3] * 5)
    growing = GrammarColours("python", lambda: None)
    for end in range(0, len(text), 3):
        growing.update(text[:end].split("\n"))
        growing.runs(0, text[:end].count("\n") + 1)
    growing.update(text.split("\n"))
    whole = GrammarColours("python", lambda: None)
    whole.update(text.split("\n"))
    assert growing.runs(0, 15) == whole.runs(0, 15)


def test_a_long_text_is_coloured_step_by_step():
    lines = [*PYTHON[:3]] * 800
    told = []
    colours = GrammarColours("python", lambda: told.append(True))
    colours.update(lines)
    assert told
    assert not any(colours.runs(len(lines) - 3, len(lines)))
    while told:
        told.clear()
        colours.update(lines)
    last = colours.runs(len(lines) - 3, len(lines))
    assert said(PYTHON[:3], last) == said(PYTHON[:3], colours.runs(0, 3))


def test_other_languages_are_coloured_when_their_lexer_is_done(qtbot):
    told = []
    colours = colours_for("sql", lambda: told.append(True))
    lines = ["SELECT 'a' -- why", "FROM b"]
    colours.update(lines)
    qtbot.waitUntil(lambda: bool(told))
    found = said(lines, colours.runs(0, 2))
    assert "SELECT" in found[KEYWORD]
    assert "-- why" in found[COMMENT]


def test_an_unknown_language_stays_plain(transcript, answer):
    transcript.show([answer("```nosuchlanguage\nreturn 1\n```")])
    transcript.grab()
    assert colours_for("text", lambda: None) is None
    assert "return 1" in transcript.visible_text()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("name", COLOURS.values())
def test_every_colour_can_be_read_on_code(palette, name):
    assert ratio(getattr(palette, name), palette.surface) >= READABLE


def test_a_long_block_is_folded_and_unfolds(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer("```py\n" + "line()\n" * 60 + "```\n\nThe end.")])
    folded = code_leaf(transcript).height
    click_on(transcript, qtbot, "unfold")
    assert code_leaf(transcript).height > folded + 15 * transcript.styling.code_lead
    qtbot.keyClick(transcript, Qt.Key.Key_Home)
    click_on(transcript, qtbot, "unfold")
    assert code_leaf(transcript).height == folded


def test_what_was_seen_growing_does_not_fold(transcript, answer):
    transcript.show([answer(state=MessageState.STREAMING)], streaming="answer")
    transcript.extend([BlockStarted(0, TextBlock(""))])
    text = "```py\n" + "line()\n" * (FOLDED_LINES + 20) + "```\n"
    for at in range(0, len(text), 40):
        transcript.extend([TextDelta(0, text[at : at + 40])])
        transcript._growth.flush()
        transcript.grab()
    before = code_leaf(transcript).height
    transcript.finish(answer(text))
    transcript.grab()
    assert code_leaf(transcript).height == before


def test_long_lines_wrap_when_asked_to(transcript, answer, qtbot):
    transcript.show([answer("```py\n" + "word " * 80 + "\n```")])
    transcript.grab()
    one_row = code_leaf(transcript).height
    click_on(transcript, qtbot, "wrap")
    transcript.grab()
    assert code_leaf(transcript).height > one_row
    assert not code_leaf(transcript).scroll_sideways(50)
    click_on(transcript, qtbot, "copy")
    assert QGuiApplication.clipboard().text() == "word " * 80
    click_on(transcript, qtbot, "wrap")
    transcript.grab()
    assert code_leaf(transcript).height == one_row
    assert code_leaf(transcript).scroll_sideways(50)
