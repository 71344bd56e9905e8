"""Finding text in a conversation."""

import pytest
from PySide6.QtCore import Qt

LONG = 400


@pytest.fixture
def long_talk(transcript, prompt, answer):
    texts = {
        7: "A **marked** needle here",
        300: "```py\nneedle = 1  # NEEDLE\n```",
        399: "| a | b |\n|-|-|\n| x | needle |",
    }
    transcript.show([(answer if n % 2 else prompt)(texts.get(n, f"Message {n}"), id_=str(n)) for n in range(LONG)])
    return transcript


def write(qtbot, transcript, text):
    transcript.open_find()
    qtbot.keyClicks(transcript._search.bar.field, text)


def test_every_hit_is_gone_to_and_selected(long_talk, qtbot):
    write(qtbot, long_talk, "Needle")
    qtbot.waitUntil(lambda: long_talk.found[1] == 4)
    seen = set()
    for _ in range(4):
        qtbot.keyClick(long_talk._search.bar.field, Qt.Key.Key_Return)
        assert "needle" in long_talk.visible_text().lower()
        assert long_talk.selected_text().lower() == "needle"
        seen.add(long_talk.found[0])
    assert seen == {1, 2, 3, 4}


def test_a_hit_is_found_through_the_signs_of_markdown(long_talk, qtbot):
    write(qtbot, long_talk, "marked needle")
    qtbot.waitUntil(lambda: long_talk.found == (1, 1))
    assert long_talk.selected_text() == "marked needle"


def test_what_is_not_there_is_said_to_be_missing(long_talk, qtbot):
    write(qtbot, long_talk, "haystack")
    qtbot.waitUntil(lambda: long_talk._search.bar.said == "No hits")
    assert long_talk.found == (0, 0)


def test_escape_closes_the_bar_and_keeps_the_hit(long_talk, qtbot):
    write(qtbot, long_talk, "marked")
    qtbot.waitUntil(lambda: long_talk.found == (1, 1))
    qtbot.keyClick(long_talk._search.bar.field, Qt.Key.Key_Escape)
    assert not long_talk._search.bar.isVisible()
    assert long_talk.selected_text() == "marked"
