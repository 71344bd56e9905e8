"""What stands at the left of a text: the marks of notes, the bars of quotes."""

import itertools

import pytest

from app.domain.blocks import TextBlock


def column(transcript, x):
    """The heights at which the line colour stands in a column of pixels, from the text's left edge."""
    shown = transcript.viewport().grab().toImage()
    wanted = transcript.styling.colour("line").rgb()
    return [y for y in range(shown.height()) if shown.pixel(transcript.column_left + x, y) == wanted]


@pytest.mark.parametrize("mark", ["[^1]: ", "[^a-long-name]: "])
def test_the_mark_of_a_note_stands_beside_its_text(mark, transcript, answer):
    transcript.show([answer(f"Text{mark[:-2]}.\n\n{mark}The note.")])
    leaf = next(leaf for unit in transcript.items[0].units for leaf in unit.leaves if "The note." in leaf.text())
    wide = transcript.styling.body_metrics.horizontalAdvance(leaf.spec.marker)
    assert leaf._left - wide >= transcript.styling.space * 2 - 1


def test_the_numbers_of_sources_stand_beside_them(transcript, answer):
    transcript.show([answer(TextBlock("A", tuple({"title": f"Page {n}"} for n in range(120))))])
    leaves = [leaf for unit in transcript.items[0].units for leaf in unit.leaves or () if "Page" in leaf.text()]
    last = leaves[-1]
    assert last.spec.marker == "[120]"
    assert last._left >= transcript.styling.body_metrics.horizontalAdvance("[120]")


def test_a_quote_has_one_bar_from_its_first_line_to_its_last(transcript, answer):
    transcript.show([answer("> one\n>\n> two\n>\n> > three\n>\n> ```\n> four\n> ```")])
    heights = column(transcript, transcript.styling.space)
    assert len(heights) > 100
    assert heights == list(range(heights[0], heights[-1] + 1))


def test_two_quotes_have_two_bars(transcript, answer):
    transcript.show([answer("> one\n\ntext\n\n> two\n\n\n\n> three")])
    heights = column(transcript, transcript.styling.space)
    gaps = sum(below - above > 2 for above, below in itertools.pairwise(heights))
    assert gaps == 2


ARABIC = "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645"


def test_a_text_that_runs_to_the_left_begins_at_the_right(transcript, answer):
    transcript.show([answer(f"{ARABIC}\n\n- {ARABIC}\n\n> {ARABIC}\n\nEnglish")])
    leaves = [leaf for unit in transcript.items[0].units for leaf in unit.leaves if leaf.text()][1:]
    first, item, quoted, last = leaves
    right = transcript.arrangement.width
    assert first.rect_of(0).x() > right - 4
    assert right - 40 < item.rect_of(0).x() < right - 8
    assert right - 40 < quoted.rect_of(0).x() < right - 8
    assert last.rect_of(0).x() < 4
    assert first.hit(right, 5) == 0
    shown = column(transcript, right - transcript.styling.space)
    assert shown
    assert not column(transcript, transcript.styling.space)
