"""Growing Markdown shows what the whole text shows, wherever the stream cuts it."""

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ui.transcript.markdown import growing
from ui.transcript.markdown.growing import LIMIT, SEAL, GrowingMarkdown
from ui.transcript.markdown.pieces import CodePiece, MarkdownPiece
from ui.transcript.markdown.proving import Proof, proved
from ui.transcript.markdown.reading import Ending, specs_of
from ui.transcript.markdown.structure import blocks_of, line_starts, top_blocks
from ui.transcript.specs import CodeSpec, Flow, TableSpec

LINES = [
    "", "", "word", "two words", "# head", "===", "---", "***", "- item", "- [ ] task", "  more", "    deep",
    "1. one", "2) two", "7. seven", "> said", ">> twice", "> - both", "> more", ">", "```", "```python", "~~~",
    "code()",
    "| a | b |", "|-|:-:|", "| 1 | 2 |", "a|b", "-|-", "*em* **strong** `code` ~~gone~~", "[link](https://example.org)",
    "![image](x.png)", "<div>", "</div>", "<!-- note", "-->", "$x$ and $$y$$", "\ttab", "   three", "  - inner",
    "   1. inner", "     deeper", "  ```", "  code", "- ```js", "- > both", "\u6f22\u5b57", "\U0001f600 \u05e9\u05dc",
    "-", "+", "* star", "`", "|", "\\[", "a_1 \\\\ b", "\\]", "\\(x\\)", "note[^1]", "[^1]: said", "**bold",
]  # fmt: skip

_UNSEEN = re.compile(r"((^|\n)[ \t]+)+\Z")
"""Spaces at the end of code, of which the parser takes four or more for a line and fewer for nothing."""


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = draw(st.lists(st.sampled_from(LINES), max_size=16))
    return draw(st.sampled_from(["\n", "\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))


@st.composite
def cut_documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    text = draw(documents())
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    edges = [0, *cuts, len(text)]
    return text, [text[a:b] for a, b in itertools.pairwise(edges)]


@pytest.fixture
def small(monkeypatch):
    """Cut as early as can be, so that short documents are cut everywhere."""
    monkeypatch.setattr(growing, "WINDOW", 12)
    monkeypatch.setattr(growing, "CUT", 6)


def grown(pieces: list[str], *, finished: bool = True) -> GrowingMarkdown:
    markdown = GrowingMarkdown()
    for each in pieces:
        markdown.feed(each)
        markdown.read_all()
    if finished:
        markdown.finish()
    return markdown


def shown(markdown: GrowingMarkdown) -> list[Flow]:
    return joined([spec for piece in markdown.pieces for spec in piece.specs()])


def joined(specs: list[Flow]) -> list[Flow]:
    """Tables that were cut are put together again; code is compared as text."""
    found: list[Flow] = []
    for spec in specs:
        if isinstance(spec, TableSpec) and spec.columns is not None:
            before = found.pop()
            assert isinstance(before, TableSpec)
            found.append(replace(spec, rows=before.rows + spec.rows, columns=before.columns))
        elif isinstance(spec, CodeSpec):
            found.append(replace(spec, code=_UNSEEN.sub("", str(spec.code))))
        else:
            found.append(spec)
    return found


def whole(text: str) -> list[Flow]:
    """What the parser makes of all the text at once."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    starts = line_starts(text, blocks_of(text)) or [0]
    return joined([spec for a, b in itertools.pairwise([*starts, len(text)]) for spec in specs_of(text[a:b])])


def prefixes(pieces: list[str]) -> list[str]:
    return list(itertools.accumulate(pieces))


def assert_shown_as_whole(pieces: list[str]) -> None:
    """At every step, and at the end."""
    markdown = GrowingMarkdown()
    for each, prefix in zip(pieces, prefixes(pieces), strict=True):
        markdown.feed(each)
        markdown.read_all()
        if not prefix.endswith("\r"):
            assert shown(markdown) == whole(prefix), prefix
    markdown.finish()
    assert shown(markdown) == whole("".join(pieces))


@settings(max_examples=300, deadline=None)
@given(cut_documents())
def test_every_prefix_shows_what_a_full_parse_shows(case):
    assert_shown_as_whole(case[1])


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut_documents())
def test_every_prefix_shows_the_same_where_blocks_are_cut(small, case):
    assert_shown_as_whole(case[1])


@settings(max_examples=300, deadline=None)
@given(documents())
def test_top_blocks_are_those_that_a_deep_look_finds(text):
    deep = [(node.kind, node.start, node.end) for node in blocks_of(text)]
    assert [(node.kind, node.start, node.end) for node in top_blocks(text)] == deep


@settings(max_examples=300, deadline=None)
@given(documents())
def test_blocks_apart_show_what_the_text_shows(text):
    together = joined(list(specs_of(text.replace("\r\n", "\n"))))
    assert [replace(each, gap=0) for each in whole(text)] == [replace(each, gap=0) for each in together]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut_documents())
def test_nothing_of_the_source_is_lost(small, case):
    text, pieces = case
    markdown = grown(pieces)
    assert "".join(piece.source for piece in markdown.pieces) == text.replace("\r\n", "\n") == markdown.source


def test_every_single_character_may_be_a_delta():
    text = "# a\n\n- b\n  1. c\n\n     d\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n```\nend [r]\n\n[r]: https://e.org\n"
    assert shown(grown(list(text))) == shown(grown([text]))


ENDLESS = {
    "list": lambda n: f"- item {n} with *some* words and `code`\n",
    "ordered": lambda n: (
        f"{n + 1}. item {n} with words\n   - and one inside\n" if n < 9 else f"1. item {n}, as many write\n"
    ),
    "nested": lambda n: ("- top\n  1. middle\n" if not n else "") + f"     - inner {n} with words\n",
    "loose": lambda n: f"- item {n}\n\n  with a second paragraph\n\n",
    "quote": lambda n: f"> line {n} with words\n" + (">\n" if n % 3 else ""),
    "list in a quote": lambda n: f"> - said {n} with words\n",
    "table": lambda n: ("| a | b |\n|---|--:|\n" if not n else "") + f"| cell {n} | *more* |\n",
    "table in a list": lambda n: ("- x\n\n  | a | b |\n  |---|--:|\n" if not n else "") + f"  | cell {n} | *more* |\n",
    "code": lambda n: ("```py\n" if not n else "") + f"line({n})\n",
    "code in a list": lambda n: ("- x\n\n  ```py\n" if not n else "") + f"  line({n})\n",
    "code in a quote": lambda n: ("> ```py\n" if not n else "") + f"> line({n})\n",
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_endless_block_is_frozen_as_it_grows(kind):
    text = "".join(ENDLESS[kind](number) for number in range(400))
    markdown = GrowingMarkdown()
    for at in range(0, len(text), 70):
        markdown.feed(text[at : at + 70])
        markdown.read_all()
        open_now = sum(len(piece.source) for piece in markdown.open if not isinstance(piece, CodePiece))
        assert open_now < 2 * growing.WINDOW
    assert shown(markdown) == whole(text)
    assert "".join(piece.source for piece in markdown.pieces) == text


def test_a_fence_in_a_list_ends_where_the_item_ends():
    text = "- x\n\n  ```py\n" + "  code\n" * 300 + "- y\n\n  ```\n" + "  code\n" * 300 + "  ```\n  and *more*\n\nend\n"
    assert shown(grown([text[at : at + 9] for at in range(0, len(text), 9)])) == whole(text)


def test_pieces_of_a_table_share_their_columns():
    text = "".join(ENDLESS["table"](number) for number in range(400))
    found = [spec for piece in grown([text]).pieces for spec in piece.specs()]
    assert len({id(spec.columns) for spec in found[1:]}) == 1
    assert found[1].columns.rows == found[0].rows
    assert {spec.gap for spec in found[:-1]} == {0}


def test_what_a_full_parse_shows_otherwise_is_swapped():
    text = "# head\n\n- a\n- b\n\nend\n"
    wrong = [MarkdownPiece("# head\n\n"), MarkdownPiece("- a\n"), MarkdownPiece("- b\n\n"), MarkdownPiece("end\n")]
    assert proved(text, wrong) == [wrong[0], MarkdownPiece("- a\n- b\n\n"), wrong[3]]


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_is_right_stays_as_it_is(kind):
    pieces = grown(["".join(ENDLESS[kind](number) for number in range(60))], finished=False).pieces
    assert proved("".join(piece.source for piece in pieces), pieces) == pieces


def test_a_long_text_is_proved_on_a_thread(qtbot):
    pieces = [MarkdownPiece("- a\n"), MarkdownPiece("- b\n")]
    proof = Proof("- a\n- b\n", pieces)
    qtbot.waitUntil(lambda: proof.pieces is not None)
    assert proof.pieces == [MarkdownPiece("- a\n- b\n")]

    markdown = grown([sealed_text(400)])
    qtbot.waitUntil(lambda: markdown.step() is None and not markdown.is_behind)
    assert "".join(piece.source for piece in markdown.pieces) == sealed_text(400)


def sealed_text(sentences: int) -> str:
    return " ".join(
        f"Sentence {n} is *quite* long, says `so`, and has a [link](https://e.org/{n})." for n in range(sentences)
    )


@pytest.mark.parametrize("around", ["{}", "> {}", "- {}", "> 1. {}\n", "- a\n\n  {}\n\nend"])
def test_a_long_paragraph_is_sealed_after_sentences(around):
    text = around.format(sealed_text(200))
    found = grown([text[at : at + 7] for at in range(0, len(text), 7)])
    seals = [
        piece.source for piece in found.pieces if isinstance(piece, MarkdownPiece) and piece.ending is Ending.SEALED
    ]

    assert len(seals) > 3
    assert all(piece.endswith(".") for piece in seals)
    assert shown(found) == shown(grown([text]))
    assert " ".join(each.text for each in shown(found)) == " ".join(each.text for each in whole(text))


def test_no_emphasis_spans_a_seal():
    text = "*" + "word " * SEAL + "end*"
    assert "".join(each.text for each in shown(grown([text]))).startswith("*word")
    assert shown(grown([text[: SEAL - 1]])) == whole(text[: SEAL - 1])


def test_a_block_that_can_be_cut_nowhere_is_shown_as_it_was_written():
    text = "<div>\n" + "word\n" * LIMIT
    pieces = grown([text]).pieces
    assert len(pieces) > LIMIT // 1000
    assert "".join(piece.source for piece in pieces) == text
    assert shown(grown([text[:7], text[7:LIMIT], text[LIMIT:]])) == shown(grown([text]))


def test_link_definitions_count_at_the_end():
    text = "see [this]\n\nmore\n\n[this]: https://example.org\n"
    markdown = grown([text], finished=False)
    assert not any(run.href for spec in shown(markdown) for run in spec.runs)
    markdown.finish()
    assert [run.href for spec in shown(markdown) for run in spec.runs] == ["https://example.org"]


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        ("costs $5 and $10", []),
        ("costs $5$6", []),
        ("$x$ and $ y $", ["$x$"]),
        ("\\(a_1 * b\\) and \\(c * d\\)", ["\\(a_1 * b\\)", "\\(c * d\\)"]),
        ("\\[\n\\begin{a} x \\\\ y \\end{a}\n\\]", ["\\[\u2028\\begin{a} x \\\\ y \\end{a}\u2028\\]"]),
        ("$$\nx\n$$", ["$$\u2028x\u2028$$"]),
        ("`\\(x\\)` and \\\\(x\\\\) and \\(open", []),
        ("- in \\(a\n  = b\\) lists", ["\\(a\u2028= b\\)"]),
    ],
)
def test_what_is_a_formula(source, formulas):
    (spec,) = specs_of(source)
    looked = [spec.text[run.start : run.start + run.length] for run in spec.runs if run.look == "c"]
    assert [each for each in looked if (each[0] in "$\\" and "(x" not in each) or each in formulas] == formulas
