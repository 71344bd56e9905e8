"""What an answer cites: marks in its text, and a list at its end."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

from app.domain.blocks import TextBlock
from app.domain.stream import BlockStarted, BlockStopped, CitationsDelta, TextDelta

PAGE = {"type": "web_search_result_location", "url": "https://e.org/a", "title": "Page", "cited_text": "said so"}
BOOK = {"type": "page_location", "document_title": "Book", "start_page_number": 3, "end_page_number": 5}


def test_a_text_that_the_api_cut_at_its_sources_is_read_as_one(transcript, answer):
    blocks = (TextBlock("The sky "), TextBlock("is blue", (PAGE,)), TextBlock(" and "), TextBlock("high.\n", (BOOK,)))
    transcript.show([answer(*blocks)])
    shown = transcript.visible_text()
    assert "The sky is blue\u202f[1] and high.\u202f[2]" in shown
    assert shown.endswith("[1] Page: \u201csaid so\u201d\n[2] Book, pages 3\u20134")


def test_the_same_source_keeps_its_number(transcript, answer):
    transcript.show([answer(TextBlock("One", (PAGE,)), TextBlock(", two", (BOOK, PAGE)))])
    assert "One\u202f[1], two\u202f[2]\u202f[1]" in transcript.visible_text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It is **bold**", "It is bold\u202f[1]"),
        ("It is _slanted_", "It is slanted\u202f[1]"),
        ("- one\n- two\n\n", "\u2022 one\n\u2022 two\u202f[1]"),
        ("| a | b |\n|-|-|\n| x | y |\n", "a\tb\nx\ty\u202f[1]"),
        ("See https://e.org/x", "See https://e.org/x\u202f[1]"),
    ],
)
def test_a_mark_stands_within_the_block_that_cites(text, shown, transcript, answer):
    transcript.show([answer(TextBlock(text, (PAGE,)))])
    assert shown in transcript.visible_text()


def test_who_copies_the_text_gets_it_as_it_was_written(transcript, answer):
    transcript.show([answer(TextBlock("A *fact*", (PAGE,)), TextBlock(" and more."))])
    transcript.select_all()
    transcript.copy()
    assert QGuiApplication.clipboard().text() == "A *fact* and more."


def test_a_mark_tells_its_source_where_it_is_pointed_at(transcript, answer, qtbot):
    transcript.show([answer(TextBlock("A fact", ({**PAGE, "cited_text": "<b>x</b>"},)))])
    tips = set()
    for x in range(60, 400, 4):
        qtbot.mouseMove(transcript.viewport(), QPoint(x, 58))
        tips.add(transcript.viewport().toolTip())
    assert any("&lt;b&gt;x&lt;/b&gt;\u201d \u2014 Page \u2014 https://e.org/a" in tip for tip in tips)


def test_what_is_cited_is_marked_while_the_answer_grows(transcript, prompt, answer, qtbot):
    transcript.show([prompt("?"), answer()], streaming="answer")
    events = [BlockStarted(0, TextBlock("")), TextDelta(0, "The sky "), BlockStopped(0)]
    events += [BlockStarted(1, TextBlock("")), TextDelta(1, "is **blue**"), CitationsDelta(1, PAGE), BlockStopped(1)]
    events += [BlockStarted(2, TextBlock("")), TextDelta(2, ", mostly.")]
    transcript.extend(events)
    qtbot.waitUntil(lambda: "The sky is blue\u202f[1], mostly." in transcript.visible_text())
    whole = answer(TextBlock("The sky "), TextBlock("is **blue**", (PAGE,)), TextBlock(", mostly."))
    before = transcript.items[-1].units[2].leaves[0]
    transcript.finish(whole)
    assert transcript.items[-1].units[2].leaves[0] is before
    assert "[1] Page" in transcript.visible_text()


def test_a_text_cannot_make_a_mark_of_its_own(transcript, answer):
    transcript.show([answer(TextBlock("\u2e28\ufdd07\u2e29 and \u2e281\u2e29"), TextBlock(" x", (PAGE,)))])
    assert "[7] and \u2e281\u2e29" in transcript.visible_text()
    assert transcript.items[0].making.citations.tip(7) == ""
